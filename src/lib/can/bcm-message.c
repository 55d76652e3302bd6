/* SPDX-License-Identifier: MIT */
#include "can/bcm.h"

#include "base/sys.h"

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_US 1000

/* Fails at compile time where the layouts are not the header's. */
#define SAME_AS_HEADER(type) \
	(sizeof(struct type) == sizeof(struct bcm_msg_head) && \
	 offsetof(struct type, id) == offsetof(struct bcm_msg_head, can_id))
_Static_assert(sizeof(long) == 8 ? SAME_AS_HEADER(sfam__bcm_wide)
				 : SAME_AS_HEADER(sfam__bcm_narrow),
	       "struct bcm_msg_head");
_Static_assert(SFAM_BCM_BUF_SIZE == CANFD_MTU * SFAM__BCM_ITEMS_MAX,
	       "SFAM_BCM_BUF_SIZE");

int sfam__bcm_check_ns(int64_t ns)
{
	if (ns < 0)
		return -EINVAL;
	/* bcm_is_invalid_tv() in net/can/bcm.c; older kernels take all. */
	if (ns > SFAM_BCM_MAX_NS || ns % NS_PER_US)
		return -ERANGE;
	return 0;
}

static void write_wide(struct sfam__bcm_wide *w, const struct sfam__bcm_head *h)
{
	*w = (struct sfam__bcm_wide){
		.opcode = h->opcode,
		.flags = h->flags,
		.count = h->count,
		.first_s = h->first_ns / NS_PER_S,
		.first_us = h->first_ns % NS_PER_S / NS_PER_US,
		.then_s = h->then_ns / NS_PER_S,
		.then_us = h->then_ns % NS_PER_S / NS_PER_US,
		.id = h->id,
		.n = h->n,
	};
}

static void write_narrow(struct sfam__bcm_narrow *w,
			 const struct sfam__bcm_head *h)
{
	*w = (struct sfam__bcm_narrow){
		.opcode = h->opcode,
		.flags = h->flags,
		.count = h->count,
		.first_s = (int32_t)(h->first_ns / NS_PER_S),
		.first_us = (int32_t)(h->first_ns % NS_PER_S / NS_PER_US),
		.then_s = (int32_t)(h->then_ns / NS_PER_S),
		.then_us = (int32_t)(h->then_ns % NS_PER_S / NS_PER_US),
		.id = h->id,
		.n = h->n,
	};
}

static int64_t to_ns(int64_t s, int64_t us)
{
	return s * NS_PER_S + us * NS_PER_US;
}

void sfam__bcm_read_head(struct sfam__bcm_head *ret,
			 const union sfam__bcm_raw *raw, bool is_wide)
{
	const struct sfam__bcm_narrow *n = &raw->narrow;
	const struct sfam__bcm_wide *w = &raw->wide;

	/* The first three stand alike in both. */
	ret->opcode = w->opcode;
	ret->flags = w->flags;
	ret->count = w->count;
	ret->first_ns = is_wide ? to_ns(w->first_s, w->first_us)
				: to_ns(n->first_s, n->first_us);
	ret->then_ns = is_wide ? to_ns(w->then_s, w->then_us)
			       : to_ns(n->then_s, n->then_us);
	ret->id = is_wide ? w->id : n->id;
	ret->n = is_wide ? w->n : n->n;
}

static int send_message(int fd, const struct iovec *iov, size_t count)
{
	const struct msghdr msg = {
		.msg_iov = (struct iovec *)iov,
		.msg_iovlen = count,
	};
	ssize_t r = sfam__sys_sendmsg(fd, &msg, 0, sfam__deadline_in(0));

	return r < 0 ? (int)r : 0;
}

/*
 * A narrow message is too short for a wide kernel (-EINVAL), before anything
 * else is looked at. A narrow one finds the frame missing, and does nothing.
 */
static int probe(int fd)
{
	const struct sfam__bcm_narrow head = { .opcode = TX_SETUP,
					       .id = UINT32_MAX, .n = 1 };
	const struct iovec iov = { (void *)&head, sizeof(head) };

	return send_message(fd, &iov, 1);
}

/* On a socket of its own, of all interfaces. */
static int probe_apart(void)
{
	const struct sockaddr_can any = { .can_family = AF_CAN };
	int fd = sfam__sys_socket(AF_CAN, SOCK_DGRAM, CAN_BCM);
	int r;

	if (fd < 0)
		return fd;
	r = sfam__sys_connect(fd, &any, sizeof(any));
	if (r == 0)
		r = probe(fd);
	sfam__sys_close(fd);
	return r;
}

bool sfam__bcm_is_wide(int fd)
{
	int r;

	if (sizeof(long) == 8)
		return true;
	r = probe(fd);
	/* Its interface is gone, but there may be events yet. */
	if (r == -ENOTCONN)
		r = probe_apart();
	return r == -EINVAL;
}

int sfam__bcm_send(int fd, const struct sfam__bcm_head *head,
		   const struct iovec *frames)
{
	struct iovec iov[1 + SFAM__BCM_ITEMS_MAX];
	bool is_wide = sfam__bcm_is_wide(fd);
	union sfam__bcm_raw raw;

	if (is_wide)
		write_wide(&raw.wide, head);
	else
		write_narrow(&raw.narrow, head);
	iov[0].iov_base = &raw;
	iov[0].iov_len = sfam__bcm_head_size(is_wide);
	if (head->n)
		memcpy(iov + 1, frames, head->n * sizeof(*frames));
	return send_message(fd, iov, 1 + (size_t)head->n);
}

/* The kernel says -EINVAL of what is not there; nothing else is wrong here. */
int sfam__bcm_request(int fd, uint32_t opcode, uint32_t id, uint32_t flags)
{
	const struct sfam__bcm_head head = {
		.opcode = opcode,
		.flags = flags & SFAM_BCM_FD,
		.id = id,
	};
	int r = sfam__bcm_send(fd, &head, NULL);

	return r == -EINVAL ? -ENOENT : r;
}
