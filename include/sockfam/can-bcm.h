/* SPDX-License-Identifier: MIT */
/*
 * CAN_BCM, the kernel's broadcast manager: frames sent cyclically, and
 * frames watched for what changes and what stays away.
 *
 * All works on a connected socket (sfam_open_text("can-bcm:can0", ...,
 * SFAM_OPEN_CONNECT, ...)). Tasks and watches belong to the socket: its last
 * close ends them. Any thread may use it at any time.
 *
 * Frames are struct can_frame (CAN_MTU), or with SFAM_BCM_FD struct
 * canfd_frame (CANFD_MTU): never both in one task or watch, never CAN XL.
 *
 * Common errors of those that set up: -ENOTCONN: fd is not connected, or its
 * interface was deleted. -ENODEV: it is connected to no interface in
 * particular (only watches can be set up then), or that is just going.
 * -ENOMEM. Others: sendmsg(2).
 */
#ifndef SOCKFAM_CAN_BCM_H
#define SOCKFAM_CAN_BCM_H

#include <sys/uio.h>

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Flags of tasks and watches, with the numbers of linux/can/bcm.h. FD is part
 * of the name: a task 123 with it is another one than without.
 */
#define SFAM_BCM_FD		0x0800u	/* CAN FD frames; since Linux 4.8 */
#define SFAM_BCM_TELL_SENT	0x0004u	/* task: event when count are out */
#define SFAM_BCM_NOW		0x0008u	/* change: send at once too */
#define SFAM_BCM_FROM_FIRST	0x0200u	/* change: go on with the first */
#define SFAM_BCM_LENGTH		0x0040u	/* watch: the length counts too */

/* Intervals are whole microseconds up to this (400 days). */
#define SFAM_BCM_MAX_NS INT64_C(34560000000000000)
#define SFAM_BCM_FRAMES_MAX 256

/* ------------------------------------------------------------- tasks -- */

/*
 * Frames sent in turn, one an interval, the first at once: count of them at
 * first_ns, all further ones at then_ns. Start from SFAM_BCM_TASK_INIT.
 */
struct sfam_bcm_task {
	size_t size;
	uint32_t id;		/* its name here; any number */
	uint32_t flags;		/* SFAM_BCM_FD, _TELL_SENT; see change */
	const struct iovec *frames;
	size_t n;		/* 1..SFAM_BCM_FRAMES_MAX */
	uint32_t count;		/* 0: then_ns from the start */
	int64_t first_ns;	/* 0 if count is */
	int64_t then_ns;	/* 0: it stops after count frames */
	size_t room;		/* frames that fit in the kernel's task; 0: */
				/* none is there. Kept by the functions. */
};

#define SFAM_BCM_TASK_INIT { sizeof(struct sfam_bcm_task), 0, 0, NULL, 0, \
			     0, 0, 0, 0 }

/*
 * Starts a task, or starts it anew.
 *
 * The kernel sends by itself, and tells nobody of a frame that it could not
 * send (a full queue, an interface that is down or takes no FD frames): that
 * one is left out. An interval begins when the frame before was sent, so what
 * the kernel is late by adds up.
 *
 * With SFAM_BCM_TELL_SENT, SFAM_BCM_SENT comes when the last of count frames
 * was due. The kernel has no such event for a count of 1, so that is refused.
 *
 * -EINVAL: an unknown flag, or one of change; no frame; a frame of another
 * size than the flags say or with a length that it cannot have; a negative
 * interval; no interval at all; count without first_ns or first_ns without
 * count; _TELL_SENT with a count below 2.
 * -ERANGE: an interval that is not whole microseconds, or too long.
 * -E2BIG: more than SFAM_BCM_FRAMES_MAX frames (see sfam_bcm_chain), or more
 * than the kernel's task of that name was made with: stop it first. Also for
 * a struct with a tail that is not known here.
 */
int sfam_bcm_task_start(int fd, struct sfam_bcm_task *task) SFAM_MUST_CHECK;

/*
 * Other frames in place of those that are sent; intervals, and what is left
 * of count, go on as they are. With fewer frames it begins with the first,
 * and has room for no more than those from then on. Sent is what the iovecs
 * point to now, so a change is: write into a frame, call this.
 * flags: those of the start, and SFAM_BCM_NOW: the frame whose turn it is
 * goes at once, besides the interval; SFAM_BCM_FROM_FIRST: that is the first.
 *
 * -ENOENT: room is 0: not started, or stopped. (The kernel would make a task
 * that never sends, so it is not asked. For a socket that came from
 * elsewhere, set room to what sfam_bcm_task_ask() finds.)
 * -EINVAL, -E2BIG: as for start.
 */
int sfam_bcm_task_change(int fd, struct sfam_bcm_task *task) SFAM_MUST_CHECK;

/*
 * Ends the task of this name and kind (id, SFAM_BCM_FD), and sets room to 0.
 * -ENOENT: there is none. -E2BIG, -EINVAL: of the struct's size.
 */
int sfam_bcm_task_stop(int fd, struct sfam_bcm_task *task) SFAM_MUST_CHECK;

/*
 * Asks for it: an event SFAM_BCM_TASK will stand behind those that wait in
 * the socket, unless that is full. Errors: as sfam_bcm_task_stop().
 */
int sfam_bcm_task_ask(int fd, const struct sfam_bcm_task *task)
	SFAM_MUST_CHECK;

/* ------------------------------------------------------------ chains -- */

/*
 * More frames than a task holds: part after part, each a task of its own.
 * Within a part the kernel keeps the interval. Between two it is the
 * caller's to keep, so a caller who is late makes it longer, but no frame is
 * left out, doubled or out of turn for that.
 */
struct sfam_bcm_chain {
	uint32_t id;		/* of the task that sends */
	uint32_t flags;		/* SFAM_BCM_FD or 0 */
	const struct iovec *frames;
	size_t n;		/* at least 1 */
	int64_t interval_ns;
	size_t next;		/* index of the frame that is next: 0 first */
};

/*
 * Starts the next part, of at most `most` frames (0: as many as fit), after
 * the last frame with the first again. Call it once, and then one interval
 * after each SFAM_BCM_SENT of this id; sfam_bcm_task_stop() with the id and
 * flags ends it.
 * Returns how many frames the part has. Of a part of 1 no event tells: its
 * frame is out.
 * -EINVAL: no frame, an index beyond n, flags, a frame: as for a task.
 * -ERANGE: as for a task. next is untouched by a failure.
 */
ssize_t sfam_bcm_chain_next(int fd, struct sfam_bcm_chain *chain, size_t most)
	SFAM_MUST_CHECK;

/* ----------------------------------------------------------- watches -- */

/*
 * Frames with one identifier, told when they change. Start from
 * SFAM_BCM_WATCH_INIT.
 *
 * frames says what counts, by its data alone:
 * n = 0: every frame is told;
 * n = 1: the first frame, and then each that differs from the last told one
 *   in a bit that is 1 in the mask frames[0];
 * n > 1: frames[0] has 1 where the value stands that tells one content from
 *   another (a multiplexer), in its first 8 bytes. Each further one is a
 *   value in those bits, and a mask in the rest: told as for n = 1 among
 *   frames with that value. Frames with no value of these are never told.
 * What is compared ends where the received frame does; SFAM_BCM_LENGTH makes
 * another length a change too.
 */
struct sfam_bcm_watch {
	size_t size;
	uint32_t id;		/* as in a frame, with its CAN_EFF_FLAG ... */
	uint32_t flags;		/* SFAM_BCM_FD, _LENGTH */
	const struct iovec *frames;
	size_t n;		/* 0..1 + SFAM_BCM_FRAMES_MAX */
	int64_t timeout_ns;	/* 0: none */
	int64_t throttle_ns;	/* 0: none */
};

#define SFAM_BCM_WATCH_INIT { sizeof(struct sfam_bcm_watch), 0, 0, NULL, 0, \
			      0, 0 }

/*
 * Sets the watch up, in place of one with this name and kind (id,
 * SFAM_BCM_FD) before; frames that were told before count no more.
 *
 * timeout_ns: SFAM_BCM_TIMEOUT comes when none came for so long, from now or
 * from the last one on, once; the next frame after it is told even if it did
 * not change. throttle_ns: after one is told, the next is at that time the
 * earliest, and is the last that came. On a socket of all interfaces newer
 * kernels hear a watch with one of these times on the interface of its first
 * frame alone.
 *
 * -EINVAL: an unknown flag; an identifier that no frame has; a frame of
 * another size than the flags say; a negative time.
 * -ERANGE: a time that is not whole microseconds, or too long.
 * -E2BIG: too many frames, or more than the watch was made with: end it
 * first. Also for a struct with a tail that is not known here.
 */
int sfam_bcm_watch_start(int fd, const struct sfam_bcm_watch *watch)
	SFAM_MUST_CHECK;

/*
 * Ends it; what it told before stays in the socket. -ENOENT: there is none.
 * -E2BIG, -EINVAL: of the struct's size.
 */
int sfam_bcm_watch_stop(int fd, const struct sfam_bcm_watch *watch)
	SFAM_MUST_CHECK;

/* As sfam_bcm_task_ask(); the event is SFAM_BCM_WATCH. */
int sfam_bcm_watch_ask(int fd, const struct sfam_bcm_watch *watch)
	SFAM_MUST_CHECK;

/* ------------------------------------------------------------ events -- */

enum sfam_bcm_kind {
	SFAM_BCM_SENT,		/* a task has sent its count */
	SFAM_BCM_CHANGED,	/* a watch: frames[0] of 1 */
	SFAM_BCM_TIMEOUT,	/* a watch: no frame for so long */
	SFAM_BCM_TASK,		/* what a task is; its frames */
	SFAM_BCM_WATCH,		/* what a watch is; its frames (masks) */
};

struct sfam_bcm_event {
	enum sfam_bcm_kind kind;
	uint32_t id;
	uint32_t flags;		/* SFAM_BCM_... */
	const void *frames;	/* in the caller's buffer, one after another */
	size_t n;
	size_t frame_size;	/* of each: CAN_MTU or CANFD_MTU */
	uint32_t count;		/* task: frames still to come at first_ns */
	int64_t first_ns;	/* task's; timeout_ns of a watch */
	int64_t then_ns;	/* task's; throttle_ns of a watch */
	int ifindex;		/* watch: where it came from; 0: unknown */
	uint32_t rx_flags;	/* _CHANGED: SFAM_CAN_RX_LOCAL and _OWN of */
				/* sockfam/can.h, since Linux 6.3 */
	int64_t time_ns;	/* _CHANGED: CLOCK_REALTIME at reception, */
				/* with SFAM_CAN_OPT_TIME; else 0 */
	uint32_t drops;		/* events that the socket lost, in all, mod */
				/* 2^32, with SFAM_CAN_OPT_DROPS; else 0 */
};

/* Holds what any event has; CANFD_MTU is enough but for _TASK and _WATCH. */
#define SFAM_BCM_BUF_SIZE (72 * (1 + SFAM_BCM_FRAMES_MAX))

/*
 * The next event. buf is the caller's, aligned for uint32_t. Stamps and
 * drops are switched on by sfam_can_set_options(); a drop shows in the next
 * event that is queued after it.
 * -ETIMEDOUT: none came. -ENETDOWN: the interface went down: tasks lose what
 * they send until it is up. -ENODEV: it was deleted: all have ended. Either
 * is told once, and events from before are still there after it.
 * -EMSGSIZE: its frames do not fit in size bytes; the event is gone.
 * -EPROTO: the kernel said what is not known here. Others: recvmsg(2).
 */
int sfam_bcm_recv(int fd, struct sfam_bcm_event *ret, void *buf, size_t size,
		  int64_t timeout_ns) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
