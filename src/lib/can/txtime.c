/* SPDX-License-Identifier: MIT */
/* Frames with a time to leave, and word of those that did not. */
#include "base/sys.h"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <sys/uio.h>

#include <sockfam/can-txtime.h>
#include <sockfam/cmsg.h>

SFAM_PUBLIC int sfam_can_set_txtime(int fd, int clock)
{
	const struct sock_txtime txtime = {
		.clockid = clock,
		.flags = SOF_TXTIME_REPORT_ERRORS,
	};

	return sfam__sys_setsockopt(fd, SOL_SOCKET, SO_TXTIME, &txtime,
				    sizeof(txtime));
}

/* ------------------------------------------------------------- sending -- */

static int send_one(int fd, const struct iovec *frame, int64_t time_ns,
		    struct sfam__deadline deadline)
{
	char control[CMSG_SPACE(sizeof(time_ns))] __attribute__((aligned(8)));
	struct msghdr msg = {
		.msg_iov = (struct iovec *)frame,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	ssize_t n;

	memset(control, 0, sizeof(control));
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_TXTIME;
	cmsg->cmsg_len = CMSG_LEN(sizeof(time_ns));
	memcpy(CMSG_DATA(cmsg), &time_ns, sizeof(time_ns));
	n = sfam__sys_sendmsg(fd, &msg, 0, deadline);
	return n < 0 ? (int)n : 0;
}

/*
 * One by one: sendmmsg(2) does not tell why it stopped, and a frame that was
 * tried again to find out would be told of as late twice.
 */
SFAM_PUBLIC int sfam_can_send_at(int fd, const struct iovec *frames,
				 const int64_t *times_ns, size_t n,
				 int64_t timeout_ns, size_t *ret_sent)
{
	const struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	size_t i;
	int r = 0;

	for (i = 0; i < n; i++) {
		r = send_one(fd, &frames[i], times_ns[i], deadline);
		if (r < 0)
			break;
	}
	*ret_sent = i;
	return r;
}

/* ---------------------------------------------------------------- late -- */

/* Does it tell of a frame with a time (report_sock_error(), sch_etf.c)? */
static bool read_late(struct sfam_can_late *ret, const struct msghdr *msg)
{
	struct sfam_cmsg_reader reader;
	struct sfam_cmsg item;
	int r = sfam_cmsg_reader_init(&reader, msg);

	while (r >= 0 && (r = sfam_cmsg_next(&reader, &item)) == 1) {
		if (item.kind != SFAM_CMSG_ERROR ||
		    item.u.error.origin != SO_EE_ORIGIN_TXTIME)
			continue;
		ret->time_ns = (int64_t)((uint64_t)item.u.error.data << 32 |
					 item.u.error.info);
		ret->why = item.u.error.code == SO_EE_CODE_TXTIME_MISSED ?
			   SFAM_CAN_LATE_MISSED : SFAM_CAN_LATE_REFUSED;
		return true;
	}
	return false;
}

SFAM_PUBLIC ssize_t sfam_can_late(int fd, struct sfam_can_late *ret,
				  void *frame, size_t size)
{
	char control[256] __attribute__((aligned(8)));
	struct iovec iov = { frame, size };
	struct sfam_can_late late;
	struct msghdr msg;
	ssize_t n;

	do {
		memset(&msg, 0, sizeof(msg));
		msg.msg_iov = &iov;
		msg.msg_iovlen = 1;
		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		n = sfam__sys_recvmsg(fd, &msg, MSG_ERRQUEUE,
				      sfam__deadline_in(0));
		if (n < 0)
			return n;
	} while (!read_late(&late, &msg));
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	*ret = late;
	return n;
}
