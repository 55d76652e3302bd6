/* SPDX-License-Identifier: MIT */
/*
 * Frames in batches, each with what the kernel says of it.
 *
 * All buffers are of one allocation, and every header is armed again right
 * after its record was read: a call costs one system call and what it takes
 * to read the control messages.
 */
#include "base/sys.h"

#include <stdlib.h>

#include <linux/can.h>
#include <linux/sock_diag.h>

#include "can/layout.h"
#include "socket/cmsg-layout.h"

#include <sockfam/can.h>

#define SLOTS_MAX 1024

/*
 * Holds SCM_TIMESTAMPNS, SCM_TIMESTAMPING and SO_RXQ_OVFL together (120
 * bytes) with as much again for what others may have switched on.
 */
#define CONTROL_SIZE 256

/* What belongs to a frame besides its bytes. */
struct slot {
	char control[CONTROL_SIZE] __attribute__((aligned(8)));
	struct iovec iov;
	struct sockaddr_can from;
};

struct sfam_can_receiver {
	unsigned int n;
	uint32_t drops;		/* the socket's counter, as last seen */
	struct mmsghdr *msgs;
	struct sfam_can_record *records;
	struct slot *slots;
};

/* ------------------------------------------------------------ memory -- */

static size_t align_up(size_t size)
{
	return (size + 15) & ~(size_t)15;
}

static void arm(struct mmsghdr *msg)
{
	msg->msg_hdr.msg_namelen = sizeof(struct sockaddr_can);
	msg->msg_hdr.msg_controllen = CONTROL_SIZE;
}

static void link_slot(struct sfam_can_receiver *r, unsigned int i,
		      void *frame, size_t frame_size)
{
	struct slot *slot = &r->slots[i];
	struct msghdr *hdr = &r->msgs[i].msg_hdr;

	slot->iov.iov_base = frame;
	slot->iov.iov_len = frame_size;
	hdr->msg_iov = &slot->iov;
	hdr->msg_iovlen = 1;
	hdr->msg_name = &slot->from;
	hdr->msg_control = slot->control;
	arm(&r->msgs[i]);
	r->records[i].frame = frame;
}

SFAM_PUBLIC struct sfam_can_receiver *sfam_can_receiver_new(size_t n,
							    uint32_t flags)
{
	size_t frame_size = flags & SFAM_CAN_OPT_XL ? SFAM_CANXL_MTU
						    : CANFD_MTU;
	size_t stride = align_up(frame_size);
	struct sfam_can_receiver *r;
	unsigned int i;
	char *p;

	if (n < 1 || n > SLOTS_MAX || flags & ~SFAM_CAN_OPT_XL)
		return NULL;
	p = calloc(1, align_up(sizeof(*r)) + align_up(n * sizeof(*r->msgs)) +
			      align_up(n * sizeof(*r->records)) +
			      align_up(n * sizeof(*r->slots)) + n * stride);
	if (!p)
		return NULL;
	r = (void *)p;
	r->n = (unsigned int)n;
	p += align_up(sizeof(*r));
	r->msgs = (void *)p;
	p += align_up(n * sizeof(*r->msgs));
	r->records = (void *)p;
	p += align_up(n * sizeof(*r->records));
	r->slots = (void *)p;
	p += align_up(n * sizeof(*r->slots));
	for (i = 0; i < r->n; i++)
		link_slot(r, i, p + i * stride, frame_size);
	return r;
}

SFAM_PUBLIC struct sfam_can_receiver *
sfam_can_receiver_free(struct sfam_can_receiver *receiver)
{
	free(receiver);
	return NULL;
}

/* -------------------------------------------------- control messages -- */

/* Three stamps: software, one that is obsolete, the controller's own. */
static void note_stamps(struct sfam_can_record *rec, int64_t software,
			int64_t hardware)
{
	if (software)
		rec->time_ns = software;
	if (hardware) {
		rec->hw_time_ns = hardware;
		rec->flags |= SFAM_CAN_RX_HWTIME;
	}
}

/*
 * The kernel counts all drops of the socket, modulo 2^32. A frame that was
 * queued before sfam_can_receiver_drops() has an older count than that.
 */
static uint32_t new_drops(struct sfam_can_receiver *r, uint32_t drops)
{
	const uint32_t more = drops - r->drops;

	if (more > INT32_MAX)
		return 0;
	r->drops = drops;
	return more;
}

static void note_drops(struct sfam_can_receiver *r,
		       struct sfam_can_record *rec, const unsigned char *data)
{
	uint32_t drops;

	memcpy(&drops, data, sizeof(drops));
	rec->drops = new_drops(r, drops);
}

static void note_rare_control(struct sfam_can_receiver *r,
			      struct sfam_can_record *rec, int type,
			      const unsigned char *data)
{
	switch (type) {
	case SO_RXQ_OVFL:
		note_drops(r, rec, data);
		break;
	case SO_TIMESTAMPNS_OLD:
		rec->time_ns = sfam__time_old_ns(data, 1);
		break;
	case SO_TIMESTAMPING_NEW:
		note_stamps(rec, sfam__time_new_ns(data, 1),
			    sfam__time_new_ns(data + 2 *
					      sizeof(struct sfam__time_new),
					      1));
		break;
	case SO_TIMESTAMPING_OLD:
		note_stamps(rec, sfam__time_old_ns(data, 1),
			    sfam__time_old_ns(data + 2 *
					      sizeof(struct sfam__time_old),
					      1));
		break;
	}
}

static void note_control(struct sfam_can_receiver *r,
			 struct sfam_can_record *rec,
			 const struct cmsghdr *cmsg)
{
	if (cmsg->cmsg_level != SOL_SOCKET)
		return;
	if (cmsg->cmsg_type == SO_TIMESTAMPNS_NEW)
		rec->time_ns = sfam__time_new_ns(CMSG_DATA(cmsg), 1);
	else
		note_rare_control(r, rec, cmsg->cmsg_type, CMSG_DATA(cmsg));
}

static void note_controls(struct sfam_can_receiver *r,
			  struct sfam_can_record *rec,
			  const struct msghdr *hdr)
{
	const unsigned char *p = hdr->msg_control;
	size_t left = hdr->msg_controllen;
	const struct cmsghdr *cmsg;
	size_t len;

	while ((cmsg = sfam__cmsg_step(&p, &left, &len)) != NULL) {
		/* The end of the last one is missing. */
		if (left == 0 && hdr->msg_flags & MSG_CTRUNC)
			break;
		note_control(r, rec, cmsg);
	}
}

/* ----------------------------------------------------------- receive -- */

#define RARE_FLAGS (MSG_CONFIRM | MSG_TRUNC | MSG_CTRUNC)

static void note_rare_flags(struct sfam_can_record *rec, int msg_flags)
{
	if (msg_flags & MSG_CONFIRM)
		rec->flags |= SFAM_CAN_RX_OWN;
	if (msg_flags & MSG_TRUNC)
		rec->flags |= SFAM_CAN_RX_CUT;
	if (msg_flags & MSG_CTRUNC)
		rec->flags |= SFAM_CAN_RX_CUT_INFO;
}

/* What MSG_DONTROUTE and MSG_CONFIRM mean: raw_rcv() in net/can/raw.c. */
static void read_record(struct sfam_can_receiver *r, unsigned int i)
{
	struct sfam_can_record *rec = &r->records[i];
	struct mmsghdr *msg = &r->msgs[i];
	int msg_flags = msg->msg_hdr.msg_flags;

	rec->size = msg->msg_len;
	rec->flags = msg_flags & MSG_DONTROUTE ? SFAM_CAN_RX_LOCAL : 0;
	if (msg_flags & RARE_FLAGS)
		note_rare_flags(rec, msg_flags);
	rec->flags |= sfam__can_overrun(rec->frame);
	rec->ifindex = r->slots[i].from.can_ifindex;
	rec->drops = 0;
	rec->time_ns = 0;
	rec->hw_time_ns = 0;
	note_controls(r, rec, &msg->msg_hdr);
	arm(msg);
}

SFAM_PUBLIC ssize_t sfam_can_receive(int fd,
				     struct sfam_can_receiver *receiver,
				     const struct sfam_can_record **ret_records,
				     int64_t timeout_ns)
{
	unsigned int i;
	int n;

	n = sfam__sys_recvmmsg(fd, receiver->msgs, receiver->n, 0,
			       sfam__deadline_in(timeout_ns));
	if (n < 0)
		return n;
	for (i = 0; i < (unsigned int)n; i++)
		read_record(receiver, i);
	*ret_records = receiver->records;
	return n;
}

SFAM_PUBLIC int sfam_can_receiver_drops(int fd,
					struct sfam_can_receiver *receiver,
					uint32_t *ret_drops)
{
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(info);
	int r = sfam__sys_getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len);

	if (r == -ENOPROTOOPT || (r == 0 && len < sizeof(info)))
		return -EOPNOTSUPP;
	if (r < 0)
		return r;
	*ret_drops = new_drops(receiver, info[SK_MEMINFO_DROPS]);
	return 0;
}
