/* SPDX-License-Identifier: MIT */
/*
 * CAN frames that leave at a time of their own (SO_TXTIME; CAN_RAW since
 * Linux 5.19). The interface's queue sees to it, and there must be one that
 * does:
 *
 *	tc qdisc add dev can0 root etf clockid CLOCK_TAI delta 300000
 *
 * Such a queue (etf) sorts frames by their times, takes none whose time is
 * past, and drops those it could not hand over in time: they are never sent,
 * and told of, see sfam_can_late(). A frame leaves up to delta (ns) before
 * its time; the smaller delta is, the more come too late. Without that
 * queue frames leave at once. Another, fq, keeps times of CLOCK_MONOTONIC on
 * Linux 6.1, and not on 6.12.
 *
 * It is for controllers. Where the driver echoes nothing (vcan), the kernel
 * gives a frame to the sockets of this machine as soon as the queue has
 * taken it (can_send() in net/can/af_can.c). Its stamp there, and that of
 * an echo, is the time that was asked for, whatever its clock is, and says
 * nothing.
 */
#ifndef SOCKFAM_CAN_TXTIME_H
#define SOCKFAM_CAN_TXTIME_H

#include <sys/uio.h>

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * From now on a CAN_RAW socket takes times of this clock (CLOCK_TAI ...);
 * it must be that of the queue. Then sfam_can_send() is for interfaces
 * without such a queue only, which refuses frames that have no time.
 * -EPERM: a clock other than CLOCK_MONOTONIC wants CAP_NET_ADMIN. -EINVAL: no
 * clock for this. Others: setsockopt(2).
 */
int sfam_can_set_txtime(int fd, int clock) SFAM_MUST_CHECK;

/*
 * Sends n frames to the interface that fd is bound to, each to leave at its
 * time, in ns of the socket's clock. *ret_sent is how many were taken, on
 * failure too: then frames[*ret_sent] is the one that was not.
 * -ENOBUFS: the queue has refused it, for its time or its clock, and then
 * sfam_can_late() tells of it; or the queue is full. It is not tried again
 * here. -EINVAL also: no sfam_can_set_txtime(), or a kernel before 5.19.
 * -ETIMEDOUT: the socket's buffer, where frames wait for their time too,
 * stayed full for timeout_ns. -ENETDOWN, -ENXIO, -EINVAL: as sfam_can_send().
 * Others: sendmsg(2).
 */
int sfam_can_send_at(int fd, const struct iovec *frames,
		     const int64_t *times_ns, size_t n, int64_t timeout_ns,
		     size_t *ret_sent) SFAM_MUST_CHECK;

enum sfam_can_late_why {
	SFAM_CAN_LATE_REFUSED,	/* by sending: time past, or another clock */
	SFAM_CAN_LATE_MISSED,	/* it was taken, and dropped at its time */
};

struct sfam_can_late {
	int64_t time_ns;	/* that was asked for */
	enum sfam_can_late_why why;
};

/*
 * The next frame that will not be sent, into frame, a buffer of size bytes;
 * 2060 (SFAM_CANXL_MTU) hold any. Does not wait: poll(2) says POLLERR while
 * there is one. Other messages of the socket's error queue are passed over.
 * Returns the frame's size. -ETIMEDOUT: there is none. -EMSGSIZE: size is too
 * small; the frame is gone. Others: recvmsg(2).
 */
ssize_t sfam_can_late(int fd, struct sfam_can_late *ret, void *frame,
		      size_t size) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
