/* SPDX-License-Identifier: MIT */
/* Sockets of the kernel's ISO-TP (net/can/isotp.c): options, PDUs. */
#include <linux/can.h>
#include <linux/can/isotp.h>
#include <poll.h>

#include "base/sys.h"
#include "family/row.h"

#include <sockfam/can-isotp.h>
#include <sockfam/can.h>
#include <sockfam/socket.h>

#define KNOWN_FLAGS (SFAM_ISOTP_LISTEN | SFAM_ISOTP_ADDRESS | \
		     SFAM_ISOTP_TX_PAD | SFAM_ISOTP_RX_PAD | \
		     SFAM_ISOTP_CHECK_LEN | SFAM_ISOTP_CHECK_PAD | \
		     SFAM_ISOTP_HALF_DUPLEX | SFAM_ISOTP_RX_ADDRESS | \
		     SFAM_ISOTP_WAIT_SENT | BROADCAST | \
		     SFAM_ISOTP_DYNAMIC_FLOW)
#define BROADCAST (SFAM_ISOTP_SF_BROADCAST | SFAM_ISOTP_CF_BROADCAST)
#define FD_FLAGS (CANFD_BRS | CANFD_ESI)

/* The highest u32 is CAN_ISOTP_FRAME_TXTIME_ZERO. */
#define NS_MAX (INT64_C(0xffffffff) - 1)

#define SAME(name, ours) _Static_assert(CAN_ISOTP_##name == (ours), #name)
SAME(LISTEN_MODE, SFAM_ISOTP_LISTEN);
SAME(EXTEND_ADDR, SFAM_ISOTP_ADDRESS);
SAME(TX_PADDING, SFAM_ISOTP_TX_PAD);
SAME(RX_PADDING, SFAM_ISOTP_RX_PAD);
SAME(CHK_PAD_LEN, SFAM_ISOTP_CHECK_LEN);
SAME(CHK_PAD_DATA, SFAM_ISOTP_CHECK_PAD);
SAME(HALF_DUPLEX, SFAM_ISOTP_HALF_DUPLEX);
SAME(RX_EXT_ADDR, SFAM_ISOTP_RX_ADDRESS);
SAME(WAIT_TX_DONE, SFAM_ISOTP_WAIT_SENT);
SAME(SF_BROADCAST, SFAM_ISOTP_SF_BROADCAST);

/* ----------------------------------------------------------- options -- */

/* What the kernel takes without a word, and does something else with. */
static int check_flags(const struct sfam_isotp_opts *o)
{
	if (o->flags & ~KNOWN_FLAGS)
		return -EINVAL;
	if (o->flags & SFAM_ISOTP_RX_ADDRESS &&
	    !(o->flags & SFAM_ISOTP_ADDRESS))
		return -EINVAL;
	return (o->flags & BROADCAST) == BROADCAST ? -EINVAL : 0;
}

static int check_link(const struct sfam_isotp_opts *o)
{
	const bool is_fd = o->mtu == CANFD_MTU;

	if (o->mtu != 0 && o->mtu != CAN_MTU && !is_fd)
		return -EINVAL;
	if (o->tx_flags & ~FD_FLAGS || (o->tx_flags && !is_fd))
		return -EINVAL;
	if (o->tx_dl == 0 || o->tx_dl == CAN_MAX_DLEN)
		return 0;
	return is_fd && o->tx_dl > CAN_MAX_DLEN &&
	       sfam_can_fd_len(o->tx_dl) == o->tx_dl ? 0 : -EINVAL;
}

static int check_times(const struct sfam_isotp_opts *o)
{
	return o->frame_ns > NS_MAX || o->tx_stmin_ns > NS_MAX ||
	       o->rx_stmin_ns > NS_MAX ? -ERANGE : 0;
}

static int read_opts(struct sfam_isotp_opts *ret,
		     const struct sfam_isotp_opts *opts)
{
	const struct sfam_isotp_opts defaults = SFAM_ISOTP_OPTS_INIT;
	int r;

	*ret = defaults;
	r = sfam__opts_read(ret, sizeof(*ret), opts);
	if (r == 0)
		r = check_flags(ret);
	if (r == 0)
		r = check_link(ret);
	return r < 0 ? r : check_times(ret);
}

static int set(int fd, int name, const void *value, size_t len)
{
	return sfam__sys_setsockopt(fd, SOL_CAN_ISOTP, name, value,
				    (socklen_t)len);
}

static int set_main(int fd, const struct sfam_isotp_opts *o)
{
	struct can_isotp_options k = {
		.flags = o->flags,
		.ext_address = o->tx_address,
		.rx_ext_address = o->rx_address,
		.txpad_content = o->tx_pad,
		.rxpad_content = o->rx_pad,
	};

	if (o->tx_stmin_ns >= 0)
		k.flags |= CAN_ISOTP_FORCE_TXSTMIN;
	if (o->rx_stmin_ns >= 0)
		k.flags |= CAN_ISOTP_FORCE_RXSTMIN;
	/* To the kernel 0 means: as it is. */
	if (o->frame_ns >= 0)
		k.frame_txtime = o->frame_ns ? (uint32_t)o->frame_ns :
					       CAN_ISOTP_FRAME_TXTIME_ZERO;
	return set(fd, CAN_ISOTP_OPTS, &k, sizeof(k));
}

static int set_flow(int fd, const struct sfam_isotp_opts *o)
{
	const struct can_isotp_fc_options k = {
		.bs = o->block_size,
		.stmin = o->stmin,
		.wftmax = o->wait_max,
	};

	return set(fd, CAN_ISOTP_RECV_FC, &k, sizeof(k));
}

static int set_link(int fd, const struct sfam_isotp_opts *o)
{
	const struct can_isotp_ll_options k = {
		.mtu = o->mtu ? o->mtu : CAN_MTU,
		.tx_dl = o->tx_dl ? o->tx_dl : CAN_MAX_DLEN,
		.tx_flags = o->tx_flags,
	};

	return set(fd, CAN_ISOTP_LL_OPTS, &k, sizeof(k));
}

static int set_ns(int fd, int name, int64_t ns)
{
	const uint32_t k = (uint32_t)ns;

	return ns < 0 ? 0 : set(fd, name, &k, sizeof(k));
}

static int set_all(int fd, const struct sfam_isotp_opts *o)
{
	int r = set_main(fd, o);

	if (r == 0)
		r = set_flow(fd, o);
	if (r == 0)
		r = set_link(fd, o);
	if (r == 0)
		r = set_ns(fd, CAN_ISOTP_TX_STMIN, o->tx_stmin_ns);
	if (r == 0)
		r = set_ns(fd, CAN_ISOTP_RX_STMIN, o->rx_stmin_ns);
	return r;
}

SFAM_PUBLIC int sfam_isotp_set(int fd, const struct sfam_isotp_opts *opts)
{
	struct sfam_isotp_opts o;
	int r = read_opts(&o, opts);

	return r < 0 ? r : set_all(fd, &o);
}

SFAM_PUBLIC int sfam_isotp_open(const struct sfam_addr *addr,
				const struct sfam_isotp_opts *opts)
{
	struct sfam_isotp_opts o;
	int fd, r;

	if (addr->family != &sfam__family_can_isotp)
		return -EINVAL;
	r = read_opts(&o, opts);
	if (r < 0)
		return r;
	fd = sfam_open(addr, SFAM_OPEN_SOCKET, NULL);
	if (fd < 0)
		return fd;
	r = set_all(fd, &o);
	if (r == 0)
		r = sfam__sys_bind(fd, &addr->storage, addr->len);
	if (r == 0)
		return fd;
	sfam__sys_close(fd);
	return r;
}

/* ------------------------------------------------------------- STmin -- */

#define NS_PER_MS INT64_C(1000000)
#define STEP_NS INT64_C(100000)		/* of F1..F9 */
#define STMIN_MS_MAX 127
#define STMIN_STEPS 0xf0

SFAM_PUBLIC int sfam_isotp_stmin_byte(int64_t ns)
{
	if (ns < 0)
		return -EINVAL;
	if (ns > STMIN_MS_MAX * NS_PER_MS)
		return -ERANGE;
	if (ns > 0 && ns <= 9 * STEP_NS)
		return STMIN_STEPS + (int)((ns + STEP_NS - 1) / STEP_NS);
	return (int)((ns + NS_PER_MS - 1) / NS_PER_MS);
}

SFAM_PUBLIC int64_t sfam_isotp_stmin_ns(uint8_t byte)
{
	if (byte > STMIN_STEPS && byte <= STMIN_STEPS + 9)
		return (byte - STMIN_STEPS) * STEP_NS;
	return (byte > STMIN_MS_MAX ? STMIN_MS_MAX : byte) * NS_PER_MS;
}

/* -------------------------------------------------------------- PDUs -- */

/* Two of the kernel's codes would have two meanings here. */
static int translate(int error)
{
	return error == -ETIMEDOUT ? -ETIME :
	       error == -EMSGSIZE ? -EFBIG : error;
}

/*
 * One at a time: MSG_DONTWAIT and -EAGAIN while another is on its way, else
 * it is waited for without an end. isotp_poll() (since 6.3, and in 6.1's
 * updates) has POLLOUT when it is out.
 */
SFAM_PUBLIC int sfam_isotp_send(int fd, const void *buf, size_t len,
				int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	const int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
	ssize_t n;
	int r;

	if (len == 0)
		return -EINVAL;
	for (;;) {
		n = sfam__sys_send_now(fd, buf, len, flags);
		if (n == -EINVAL)
			return -EMSGSIZE;
		if (n != -EAGAIN)
			return n < 0 ? translate((int)n) : 0;
		r = sfam__sys_wait(fd, POLLOUT, deadline);
		if (r < 0)
			return r;
	}
}

/* Of flags isotp_recvmsg() knows these alone. */
SFAM_PUBLIC ssize_t sfam_isotp_recv(int fd, void *buf, size_t size,
				    int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	ssize_t n;
	int r;

	for (;;) {
		n = sfam__sys_recv_now(fd, buf, size,
				       MSG_DONTWAIT | MSG_TRUNC);
		if (n >= 0)
			return (size_t)n > size ? -EMSGSIZE : n;
		if (n != -EAGAIN)
			return translate((int)n);
		r = sfam__sys_wait(fd, POLLIN, deadline);
		if (r < 0)
			return r;
	}
}

SFAM_PUBLIC const char *sfam_isotp_words(int error)
{
	static const struct {
		int error;
		const char *words;
	} table[] = {
		{ ECOMM, "no flow control came from the receiver for a "
			 "second, or a frame could not be sent" },
		{ EFBIG, "the receiver has no room for the PDU (flow "
			 "control: overflow)" },
		{ EBADMSG, "a frame has the wrong length or padding, or an "
			   "answer is no flow control" },
		{ EILSEQ, "a frame of a PDU is missing, or came twice" },
		{ ETIME, "a PDU broke off: its next frame did not come for a "
			 "second" },
		{ EMSGSIZE, "the PDU is too long" },
		{ EADDRNOTAVAIL, "the interface is gone, or rx and tx are "
				 "the same" },
	};
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(table); i++)
		if (table[i].error == -error)
			return table[i].words;
	return NULL;
}
