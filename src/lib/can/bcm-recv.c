/* SPDX-License-Identifier: MIT */
/* What the kernel tells of tasks and watches. */
#include "can/bcm.h"

#include "base/sys.h"

#include <sockfam/can.h>
#include <sockfam/cmsg.h>

/* Of the kernel's flags, those that were the caller's. */
#define TASK_FLAGS (SFAM_BCM_FD | SFAM_BCM_TELL_SENT)
#define WATCH_FLAGS (SFAM_BCM_FD | SFAM_BCM_LENGTH)

static int kind_of(uint32_t opcode, enum sfam_bcm_kind *ret, uint32_t *ret_mask)
{
	static const struct {
		uint32_t opcode;
		enum sfam_bcm_kind kind;
		uint32_t mask;
	} kinds[] = {
		{ TX_EXPIRED, SFAM_BCM_SENT, TASK_FLAGS },
		{ RX_CHANGED, SFAM_BCM_CHANGED, WATCH_FLAGS },
		{ RX_TIMEOUT, SFAM_BCM_TIMEOUT, WATCH_FLAGS },
		{ TX_STATUS, SFAM_BCM_TASK, TASK_FLAGS },
		{ RX_STATUS, SFAM_BCM_WATCH, WATCH_FLAGS },
	};
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(kinds); i++) {
		if (kinds[i].opcode != opcode)
			continue;
		*ret = kinds[i].kind;
		*ret_mask = kinds[i].mask;
		return 0;
	}
	return -EPROTO;
}

static int read_head(struct sfam_bcm_event *e, const struct sfam__bcm_head *h)
{
	uint32_t mask = 0;
	int r = kind_of(h->opcode, &e->kind, &mask);

	e->id = h->id;
	e->flags = h->flags & mask;
	e->n = h->n;
	e->frame_size = sfam__bcm_frame_size(h->flags);
	e->count = h->count;
	e->first_ns = h->first_ns;
	e->then_ns = h->then_ns;
	return r;
}

/* The kernel stamps what has no time of its own when it is read. */
static void read_control(struct sfam_bcm_event *e, const struct msghdr *msg)
{
	struct sfam_cmsg_reader reader;
	struct sfam_cmsg item;

	if (sfam_cmsg_reader_init(&reader, msg) < 0)
		return;
	while (sfam_cmsg_next(&reader, &item) == 1) {
		if (item.kind == SFAM_CMSG_DROPS)
			e->drops = (uint32_t)item.u.number;
		else if (e->kind != SFAM_BCM_CHANGED)
			continue;
		else if (item.kind == SFAM_CMSG_TIMESTAMP)
			e->time_ns = item.u.time_ns;
		else if (item.kind == SFAM_CMSG_TIMESTAMPING)
			e->time_ns = item.u.stamps.software_ns;
	}
}

static void read_flags(struct sfam_bcm_event *e, int msg_flags)
{
	if (msg_flags & MSG_DONTROUTE)
		e->rx_flags |= SFAM_CAN_RX_LOCAL;
	if (msg_flags & MSG_CONFIRM)
		e->rx_flags |= SFAM_CAN_RX_OWN;
}

/* bcm_recvmsg() cuts without MSG_TRUNC: the length tells. */
static int check_len(const struct sfam_bcm_event *e, size_t len, size_t size)
{
	size_t want = e->n * e->frame_size;

	if (e->n > SFAM__BCM_ITEMS_MAX)
		return -EPROTO;
	if (want > size)
		return -EMSGSIZE;
	return len == want ? 0 : -EPROTO;
}

SFAM_PUBLIC int sfam_bcm_recv(int fd, struct sfam_bcm_event *ret, void *buf,
			      size_t size, int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	char control[256] __attribute__((aligned(8)));
	bool is_wide = sfam__bcm_is_wide(fd);
	size_t head_size = sfam__bcm_head_size(is_wide);
	struct sfam_bcm_event e = { .frames = buf };
	struct sfam__bcm_head head;
	struct sockaddr_can from = { .can_ifindex = 0 };
	union sfam__bcm_raw raw;
	struct iovec iov[] = { { &raw, head_size }, { buf, size } };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = iov,
		.msg_iovlen = 2,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = sfam__sys_recvmsg(fd, &msg, 0, deadline);
	int r;

	if (n < 0)
		return (int)n;
	if ((size_t)n < head_size)
		return -EPROTO;
	sfam__bcm_read_head(&head, &raw, is_wide);
	r = read_head(&e, &head);
	if (r == 0)
		r = check_len(&e, (size_t)n - head_size, size);
	if (r < 0)
		return r;
	e.ifindex = from.can_ifindex;
	read_control(&e, &msg);
	read_flags(&e, msg.msg_flags);
	*ret = e;
	return 0;
}
