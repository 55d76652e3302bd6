/* SPDX-License-Identifier: MIT */
/*
 * libsockfam-ctl: what happens to the interfaces of a network namespace, one
 * event after the other. Needs no privilege.
 */
#ifndef SOCKFAM_CTL_WATCH_H
#define SOCKFAM_CTL_WATCH_H

#include <sockfam/ctl-link.h>

#ifdef __cplusplus
extern "C" {
#endif

enum sfam_link_change {
	/* It was there when the watch began: one for each, first of all. */
	SFAM_LINK_PRESENT,
	SFAM_LINK_ADDED,	/* created, or moved here */
	/* link is what was last known; if it was up, DOWN was told before. */
	SFAM_LINK_GONE,
	SFAM_LINK_MOVED,	/* the same: to another network namespace */
	SFAM_LINK_RENAMED,	/* from old_name */
	SFAM_LINK_UP,		/* IFF_UP: somebody wants it up */
	SFAM_LINK_DOWN,		/* which ends running, too */
	SFAM_LINK_RUNNING,	/* see sfam_link_is_running */
	SFAM_LINK_NO_CARRIER,	/* that ended, and it is still IFF_UP */
	SFAM_LINK_CHANGED,	/* MTU, queue, address, peer, other flags */
	SFAM_LINK_CAN_STATE,	/* of the controller: state, old_state */
	SFAM_LINK_BUS_OFF,	/* the same, for this state */
	SFAM_LINK_RESTARTED,	/* the controller, from bus-off */
	/*
	 * The kernel had more to tell than the socket's buffer holds, and
	 * everything was read anew. What follows is the difference; what
	 * came and went in between is unknown. link is zeroed.
	 */
	SFAM_LINK_RESYNC,
};

struct sfam_link_event {
	enum sfam_link_change change;
	/* As it is now, which may be later than this change. */
	struct sfam_link_info link;
	char old_name[16];
	uint32_t state, old_state;	/* CAN_STATE_... */
	/*
	 * How often since the last such event; more than 1 only where a
	 * controller is faster than the reader.
	 */
	uint32_t times;
};

struct sfam_link_watch;

/*
 * Begins to watch. receive_bytes: of the socket's buffer; 0: the kernel's
 * default, which holds about a hundred changes that were not read yet.
 * -EMFILE, -ENFILE, -ENOMEM, -EAGAIN as for sfam_link_list.
 *
 * The kernel's messages (RTM_NEWLINK) tell nothing of the state of a CAN
 * controller but for its carrier; so where there is one, its error frames
 * are heard by a CAN_RAW socket, and mean: read it again. Of a driver that
 * sends none of them a change of state is seen with the next of the link.
 */
int sfam_link_watch_new(struct sfam_link_watch **ret, size_t receive_bytes)
	SFAM_MUST_CHECK;

/* Takes NULL, returns NULL. */
struct sfam_link_watch *sfam_link_watch_free(struct sfam_link_watch *watch);

/* For poll: readable when there is something to do. Owned by the watch. */
int sfam_link_watch_fd(const struct sfam_link_watch *watch);

/*
 * The next event. One message of the kernel may hold several events: before
 * waiting for the descriptor, and before its first use, call this with
 * timeout 0 until it says -ETIMEDOUT. Others: as sfam_link_watch_new, the
 * watch then stays good.
 */
int sfam_link_watch_next(struct sfam_link_watch *watch,
			 struct sfam_link_event *ret, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/* "up", "bus-off" ...; NULL if unknown. Static storage. */
const char *sfam_link_change_name(enum sfam_link_change change);

#ifdef __cplusplus
}
#endif

#endif
