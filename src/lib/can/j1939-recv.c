/* SPDX-License-Identifier: MIT */
/* What a J1939 socket has: messages, and in its error queue events. */
#include "can/j1939.h"

#include <poll.h>
#include <sys/uio.h>

#include <linux/errqueue.h>

#include <sockfam/can.h>
#include <sockfam/cmsg.h>

#define CONTROL_SIZE 256

static const struct sfam__deadline now = { 0 };

/* ------------------------------------------------------------- events -- */

/* A netlink attribute (struct nlattr): length, type, value. */
struct attribute {
	uint16_t len;
	uint16_t type;
};

static uint64_t value_of(const unsigned char *data, size_t len)
{
	uint64_t u64;
	uint32_t u32;

	if (len == sizeof(u64)) {
		memcpy(&u64, data, sizeof(u64));
		return u64;
	}
	if (len == sizeof(u32)) {
		memcpy(&u32, data, sizeof(u32));
		return u32;
	}
	return len ? data[0] : 0;
}

static void note_value(struct sfam_j1939_event *e, int type, uint64_t value)
{
	switch (type) {
	case J1939_NLA_BYTES_ACKED:
	case J1939_NLA_TOTAL_SIZE:
		e->len = (size_t)value;
		break;
	case J1939_NLA_PGN:
		e->pgn = (uint32_t)value;
		break;
	case J1939_NLA_SRC_NAME:
		e->src_name = value;
		break;
	case J1939_NLA_DEST_NAME:
		e->dst_name = value;
		break;
	case J1939_NLA_SRC_ADDR:
		e->src = (uint8_t)value;
		break;
	case J1939_NLA_DEST_ADDR:
		e->dst = (uint8_t)value;
		break;
	}
}

static void read_stats(struct sfam_j1939_event *e, const unsigned char *p,
		       size_t left)
{
	struct attribute a;
	size_t step;

	while (left >= sizeof(a)) {
		memcpy(&a, p, sizeof(a));
		if (a.len < sizeof(a) || a.len > left)
			return;
		note_value(e, a.type, value_of(p + sizeof(a),
					       a.len - sizeof(a)));
		step = ((size_t)a.len + 3) & ~(size_t)3;
		if (step > left)
			return;
		p += step;
		left -= step;
	}
}

static int kind_of(const struct sfam_cmsg_error *error,
		   enum sfam_j1939_kind *ret)
{
	static const struct {
		uint8_t origin;
		uint32_t info;
		enum sfam_j1939_kind kind;
	} kinds[] = {
		{ SO_EE_ORIGIN_TIMESTAMPING, SCM_TSTAMP_SCHED,
		  SFAM_J1939_TX_PROGRESS },
		{ SO_EE_ORIGIN_TIMESTAMPING, SCM_TSTAMP_ACK,
		  SFAM_J1939_TX_DONE },
		{ SO_EE_ORIGIN_LOCAL, J1939_EE_INFO_TX_ABORT,
		  SFAM_J1939_TX_ABORT },
		{ SO_EE_ORIGIN_LOCAL, J1939_EE_INFO_RX_RTS,
		  SFAM_J1939_RX_BEGIN },
		{ SO_EE_ORIGIN_LOCAL, J1939_EE_INFO_RX_DPO,
		  SFAM_J1939_RX_PROGRESS },
		{ SO_EE_ORIGIN_LOCAL, J1939_EE_INFO_RX_ABORT,
		  SFAM_J1939_RX_ABORT },
	};
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(kinds); i++) {
		if (kinds[i].origin != error->origin ||
		    kinds[i].info != error->info)
			continue;
		*ret = kinds[i].kind;
		return 0;
	}
	return -EPROTO;
}

/* Of its own errors the kernel tells some with the sign reversed. */
static int error_of(uint32_t ee_errno)
{
	int error = (int)ee_errno;

	return error < 0 ? error : -error;
}

static int read_notice(struct sfam_j1939_event *e, const struct msghdr *msg)
{
	struct sfam_cmsg_reader reader;
	struct sfam_cmsg item;
	int r = sfam_cmsg_reader_init(&reader, msg);
	int found = -EPROTO;

	while (r >= 0 && (r = sfam_cmsg_next(&reader, &item)) == 1) {
		if (item.kind == SFAM_CMSG_ERROR) {
			found = kind_of(&item.u.error, &e->kind);
			e->key = item.u.error.data;
			e->error = error_of(item.u.error.error);
		} else if (item.kind == SFAM_CMSG_TIMESTAMPING) {
			e->time_ns = item.u.stamps.software_ns;
		} else if (item.level == SOL_SOCKET &&
			   item.type == SCM_TIMESTAMPING_OPT_STATS) {
			read_stats(e, item.data, item.len);
		}
	}
	if (e->kind != SFAM_J1939_TX_ABORT && e->kind != SFAM_J1939_RX_ABORT)
		e->error = 0;
	return found;
}

/* -ETIMEDOUT: there is none. */
static int recv_notice(int fd, struct sfam_j1939_event *ret)
{
	char control[CONTROL_SIZE] __attribute__((aligned(8)));
	struct sfam_j1939_event e = { .dst = J1939_NO_ADDR };
	struct msghdr msg = {
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = sfam__sys_recvmsg(fd, &msg, MSG_ERRQUEUE, now);
	int r;

	if (n < 0)
		return (int)n;
	r = read_notice(&e, &msg);
	if (r == 0)
		*ret = e;
	return r;
}

/* ----------------------------------------------------------- messages -- */

static void read_control(struct sfam_j1939_event *e, const struct msghdr *msg)
{
	struct sfam_cmsg_reader reader;
	struct sfam_cmsg item;

	if (sfam_cmsg_reader_init(&reader, msg) < 0)
		return;
	while (sfam_cmsg_next(&reader, &item) == 1) {
		if (item.kind == SFAM_CMSG_J1939_ADDR)
			e->dst = (uint8_t)item.u.number;
		else if (item.kind == SFAM_CMSG_J1939_NAME)
			e->dst_name = item.u.number;
		else if (item.kind == SFAM_CMSG_J1939_PRIO)
			e->prio = (uint8_t)item.u.number;
		else if (item.kind == SFAM_CMSG_DROPS)
			e->drops = (uint32_t)item.u.number;
		else if (item.kind == SFAM_CMSG_TIMESTAMP)
			e->time_ns = item.u.time_ns;
	}
}

/* -ETIMEDOUT: there is none. */
static int recv_message(int fd, struct sfam_j1939_event *ret, void *buf,
			size_t size)
{
	char control[CONTROL_SIZE] __attribute__((aligned(8)));
	struct sfam_j1939_event e = { .dst = J1939_NO_ADDR };
	struct sockaddr_can from = { .can_ifindex = 0 };
	struct iovec iov = { buf, size };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = sfam__sys_recvmsg(fd, &msg, 0, now);

	if (n < 0)
		return (int)n;
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	e.kind = SFAM_J1939_MESSAGE;
	e.len = (size_t)n;
	e.ifindex = from.can_ifindex;
	e.src_name = from.can_addr.j1939.name;
	e.src = from.can_addr.j1939.addr;
	e.pgn = from.can_addr.j1939.pgn;
	e.rx_flags = msg.msg_flags & MSG_DONTROUTE ? SFAM_CAN_RX_LOCAL : 0;
	read_control(&e, &msg);
	*ret = e;
	return 0;
}

/* --------------------------------------------------------------- both -- */

/* The socket's own error, which only a call for messages would have told. */
static int pending_error(int fd)
{
	int error = 0;
	int r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_ERROR, &error);

	return r < 0 ? r : -error;
}

static int recv_now(int fd, struct sfam_j1939_event *ret, void *buf,
		    size_t size)
{
	int r = recv_notice(fd, ret);

	if (r != -ETIMEDOUT)
		return r;
	if (buf)
		return recv_message(fd, ret, buf, size);
	r = pending_error(fd);
	return r < 0 ? r : -ETIMEDOUT;
}

SFAM_PUBLIC int sfam_j1939_recv(int fd, struct sfam_j1939_event *ret,
				void *buf, size_t size, int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	int r;

	for (;;) {
		r = recv_now(fd, ret, buf, size);
		if (r != -ETIMEDOUT || timeout_ns == 0)
			return r;
		r = sfam__sys_wait(fd, buf ? POLLIN : 0, deadline);
		if (r < 0)
			return r;
	}
}
