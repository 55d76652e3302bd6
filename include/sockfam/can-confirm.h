/* SPDX-License-Identifier: MIT */
/*
 * Which of the frames that were sent are on the bus.
 *
 * send(2) tells that the kernel has taken a frame. That a controller has
 * sent it, and another node has acknowledged it, shows in its echo: the
 * frame comes back to its own socket (SFAM_CAN_OPT_OWN, and LOOPBACK as it
 * is) once the driver has seen it sent. A frame that is dropped on the way
 * (bus-off, one-shot mode, listen-only mode, a link taken down) has none.
 *
 * Time stamps of the error queue (SO_TIMESTAMPING) do not tell it: "sent"
 * (SCM_TSTAMP_SND) is said when the driver gives the frame to the controller
 * (can_put_echo_skb() in drivers/net/can/dev/skb.c).
 *
 * Where the driver echoes nothing (no IFF_ECHO: vcan, vxcan, some adapters),
 * the kernel does it in the place of the driver as soon as the interface's
 * queue has taken the frame (can_send() in net/can/af_can.c): on vcan that
 * is the delivery itself, elsewhere it proves no more than send(2) does.
 */
#ifndef SOCKFAM_CAN_CONFIRM_H
#define SOCKFAM_CAN_CONFIRM_H

#include <sockfam/base.h>
#include <sockfam/can.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Frames of one socket that wait for their echo. One thread at a time. */
struct sfam_can_confirmer;

/*
 * Room for n frames (1..1024) that wait: classic and FD, XL too with
 * SFAM_CAN_OPT_XL in flags. The echoes wait in the receive buffer of the
 * socket, with all else that its filters let through: what is lost there
 * stays unconfirmed (by default about 270 frames fit).
 * NULL: out of memory, or n or flags out of range. Free it by
 * sfam_can_confirmer_free(), which takes NULL and returns NULL.
 */
struct sfam_can_confirmer *sfam_can_confirmer_new(size_t n, uint32_t flags)
	SFAM_MUST_CHECK;
struct sfam_can_confirmer *
sfam_can_confirmer_free(struct sfam_can_confirmer *confirmer);

/*
 * Sends as sfam_can_send() does, to the interface that fd is bound to, and
 * keeps copies of what went. Returns how many went: at most those that there
 * is room for, so go on after some are confirmed. Each frame of a confirmer
 * has a number, from 0 on; *ret_first is that of the first.
 * -EAGAIN: no room. -EINVAL also: a frame that is larger than the confirmer
 * was made for. Others: sfam_can_send().
 */
ssize_t sfam_can_confirmer_send(int fd, struct sfam_can_confirmer *confirmer,
				const struct iovec *frames, size_t n,
				uint64_t *ret_first, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/*
 * Is this record, of sfam_can_receive() on the same socket, the echo of a
 * frame that waits? 1: of number *ret_number, which waits no more. 0: no.
 * Among equal frames it is the oldest.
 */
int sfam_can_confirmer_take(struct sfam_can_confirmer *confirmer,
			    const struct sfam_can_record *record,
			    uint64_t *ret_number) SFAM_MUST_CHECK;

/*
 * How many wait. *ret_oldest is the number of the oldest of them (untouched
 * if none does); NULL: not wanted.
 */
size_t sfam_can_confirmer_waiting(const struct sfam_can_confirmer *confirmer,
				  uint64_t *ret_oldest);

/*
 * Receives until none waits: what else comes in is dropped, so fd is better
 * a socket for this alone. receiver: as for sfam_can_receive().
 * -ETIMEDOUT: some still wait. -ENETDOWN, -ENODEV: the interface went; none
 * of those that wait will come. Others: sfam_can_receive().
 */
int sfam_can_confirmer_wait(int fd, struct sfam_can_confirmer *confirmer,
			    struct sfam_can_receiver *receiver,
			    int64_t timeout_ns) SFAM_MUST_CHECK;

/*
 * None waits any more; returns how many did. An echo that comes all the same
 * is taken for that of an equal frame, if one is sent meanwhile.
 */
size_t sfam_can_confirmer_forget(struct sfam_can_confirmer *confirmer);

#ifdef __cplusplus
}
#endif

#endif
