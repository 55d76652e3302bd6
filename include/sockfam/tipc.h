/* SPDX-License-Identifier: MIT */
/*
 * TIPC: names, messages with what became of them, the topology service that
 * tells who is there, and groups. Sockets are made by sfam_open(), connected
 * within a time by sfam_connect() or sfam_open(). All addresses here are of
 * the row tipc: a service (TYPE:INSTANCE), a range, or a socket.
 *
 * Options are set by sfam_option_set_int() with SOL_TIPC and TIPC_IMPORTANCE,
 * TIPC_SRC_DROPPABLE, TIPC_DEST_DROPPABLE, TIPC_CONN_TIMEOUT, TIPC_NODELAY;
 * TIPC_MCAST_BROADCAST and TIPC_MCAST_REPLICAST, which take no value, by
 * sfam_option_set() with NULL and 0. Constants are those of linux/tipc.h.
 */
#ifndef SOCKFAM_TIPC_H
#define SOCKFAM_TIPC_H

#include <sockfam/addr.h>
#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------- names -- */

/* Bits of flags of sfam_tipc_bind(). */
#define SFAM_TIPC_BIND_EXCLUSIVE (1u << 0) /* nobody else has any of it */

/*
 * One more name, a service or a range, for a socket: it may have many. The
 * kernel lets several sockets have the same one and gives messages to them
 * in turn. SFAM_TIPC_BIND_EXCLUSIVE refuses that: the topology service is
 * asked before the bind, so that who has the name already notices nothing,
 * and after it. What is left: of two that bind at once on one node both may
 * be refused, and the later one may be sent messages until it is; on two
 * nodes both may succeed, if neither has heard of the other. The names of fd
 * itself count too, and one who binds later without the flag is not kept out.
 *
 * -EADDRINUSE: exclusive, and another has it. -EINVAL: not a name (a socket's
 * address, a scope below 0), or unknown flags. -EACCES: a type below 64, or
 * fd is in a group. -EAFNOSUPPORT: name is of another family. -ETIMEDOUT: the
 * topology service did not answer in timeout_ns, which is for
 * SFAM_TIPC_BIND_EXCLUSIVE alone. -ENODATA: it has ended the connection.
 * Others: bind(2), and for that socket(2), connect(2). fd is not bound to
 * name after a failure.
 */
int sfam_tipc_bind(int fd, const struct sfam_addr *name, uint32_t flags,
		   int64_t timeout_ns) SFAM_MUST_CHECK;

/*
 * Takes back one name, as it was bound; NULL: all of them.
 * -EINVAL: fd does not have that name. Others: as sfam_tipc_bind().
 */
int sfam_tipc_unbind(int fd, const struct sfam_addr *name) SFAM_MUST_CHECK;

/* ---------------------------------------------------------- messages -- */

#define SFAM_TIPC_MESSAGE_MAX 66000	/* bytes; streams are cut anywhere */

/*
 * Sends one message of a RDM, DGRAM or SEQPACKET socket, or of a stream as
 * much as there is room for; returns the bytes. to: a service (one of those
 * who have the name), a range (all that have a name in it), a socket; NULL:
 * the peer. In a group a service is any one member of that instance, a
 * socket that member, a range all members of its lower instance (the kernel
 * does not look at the upper: tipc_send_group_mcast() of net/tipc/socket.c),
 * and NULL is everybody else; timeout_ns then limits the wait for receivers
 * that are behind.
 *
 * -EINVAL: buf is empty, which the kernel would drop on arrival without a
 * word (net/tipc/socket.c, tipc_recvmsg()); or to is of another family.
 * -EMSGSIZE: over SFAM_TIPC_MESSAGE_MAX (not on a stream). -EHOSTUNREACH:
 * nobody has that name, or no member is such. -ETIMEDOUT: no room in time.
 * -ENOTCONN, -EDESTADDRREQ: to is NULL and there is no peer. -EPIPE: the peer
 * is gone. Others: sendmsg(2). A message to a socket that is gone is no error:
 * see SFAM_TIPC_REJECTED.
 */
ssize_t sfam_tipc_send(int fd, const struct sfam_addr *to, const void *buf,
		       size_t len, int64_t timeout_ns) SFAM_MUST_CHECK;

/*
 * Connects and sends the first message with the request, which saves a round
 * trip; returns when the server has accepted or the time is over. fd is a
 * new SEQPACKET or STREAM socket; its O_NONBLOCK does not matter.
 * -EINVAL: no data, or not an address of TIPC. -EMSGSIZE: over
 * SFAM_TIPC_MESSAGE_MAX, with streams too. -EHOSTUNREACH: nobody has that
 * name. -ECONNREFUSED: who has it does not listen. -EISCONN: fd is connected.
 * -ENOTCONN: it is connecting already. -EOPNOTSUPP: fd has names.
 * -EPROTOTYPE: fd is RDM or DGRAM.
 * -ETIMEDOUT: close fd, the request may still be accepted. Others:
 * sendmsg(2).
 */
int sfam_tipc_connect_send(int fd, const struct sfam_addr *to, const void *buf,
			   size_t len, int64_t timeout_ns) SFAM_MUST_CHECK;

enum sfam_tipc_kind {
	SFAM_TIPC_MESSAGE,	/* or bytes of a stream */
	/*
	 * The connection is over: the peer has closed, shut down, or is
	 * lost; cause tells which, but only once. Every later call says
	 * this again. buf has what the peer did not read: its first message,
	 * 1024 bytes of it at most.
	 */
	SFAM_TIPC_END,
	/*
	 * A message of ours was not taken (never on a connection). buf has
	 * its first 1024 bytes. Only of messages sent while
	 * TIPC_DEST_DROPPABLE was 0, or all of them vanish without a word.
	 */
	SFAM_TIPC_REJECTED,
	SFAM_TIPC_JOINED,	/* a member came to the group */
	SFAM_TIPC_LEFT,		/* a member left it, or is lost */
};

struct sfam_tipc_received {
	enum sfam_tipc_kind kind;
	uint32_t cause;		/* END, REJECTED: TIPC_ERR_..., TIPC_CONN_... */
	size_t len;		/* bytes in buf */
	/*
	 * The socket that sent it; REJECTED: that it was for; the member that
	 * came or left. Of the row's default type, whatever fd's is. len 0:
	 * the kernel does not say (END, when told again). To answer, take
	 * this: the first messages of a node that is new may come before
	 * its names, which go through the cluster by themselves.
	 */
	struct sfam_addr from;
	/* In a group: who that member is there. Else all 0. */
	uint32_t member_type;
	uint32_t member_instance;
	/* The name that it was sent to; of a multicast, the range. Else 0. */
	uint32_t name_type;
	uint32_t name_lower;
	uint32_t name_upper;
};

/*
 * What comes next. -EMSGSIZE: the message, or what came back of one, was
 * longer than size; it is lost. -EINVAL: size is 0. -ETIMEDOUT. -ENOTCONN: a
 * SEQPACKET or STREAM socket that never was connected. -ECONNREFUSED: the
 * connection that was begun did not come about. Others: recvmsg(2).
 */
int sfam_tipc_recv(int fd, void *buf, size_t size,
		   struct sfam_tipc_received *ret, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/* ---------------------------------------------------------- topology -- */

/*
 * A connection to the topology service of this network namespace, for as
 * many subscriptions as you like; poll(2) tells of events. The caller closes
 * it. -ETIMEDOUT. -EAFNOSUPPORT: TIPC is not in this kernel. Others:
 * socket(2), connect(2).
 */
int sfam_tipc_topology_open(int64_t timeout_ns) SFAM_MUST_CHECK;

/* Bits of struct sfam_tipc_subscription.flags. */
/*
 * One event for the first and one for the last socket of a name that is
 * bound more than once, not one for each.
 */
#define SFAM_TIPC_SUB_ONCE	(1u << 0)
/* Only what changes from now on. */
#define SFAM_TIPC_SUB_NEWS	(1u << 1)

/* As types, these have events of the cluster itself. */
#define SFAM_TIPC_NODES	0	/* lower, upper: addresses of nodes */
#define SFAM_TIPC_LINKS	2	/* the same: of the links' other ends */

struct sfam_tipc_subscription {
	uint32_t type;
	uint32_t lower, upper;	/* bounds of what is told */
	uint32_t flags;		/* SFAM_TIPC_SUB_... */
	/* SFAM_FOREVER, or it ends by an event; the kernel counts in ms. */
	int64_t timeout_ns;
	uint64_t tag;		/* the caller's, comes with each event */
};

/*
 * Asks for events, first those of what there is already. The service reads
 * this a moment after the call: with SFAM_TIPC_SUB_NEWS what changes in
 * between is not told. It reads one after the other.
 * -EINVAL: lower is above upper, unknown flags, or a time of more than
 * UINT32_MAX - 1 milliseconds. -EPIPE: the service has ended the connection.
 * Others: sendmsg(2). Nothing waits: a subscription always has room.
 */
int sfam_tipc_subscribe(int fd, const struct sfam_tipc_subscription *sub)
	SFAM_MUST_CHECK;
/*
 * Ends the one that was made with the same contents; the kernel does not say
 * whether there is one. Events that were on the way still come.
 */
int sfam_tipc_unsubscribe(int fd, const struct sfam_tipc_subscription *sub)
	SFAM_MUST_CHECK;

enum sfam_tipc_change {
	SFAM_TIPC_UP,
	SFAM_TIPC_DOWN,
	SFAM_TIPC_SUB_OVER,	/* its time is over; it is gone */
};

struct sfam_tipc_event {
	enum sfam_tipc_change change;
	/*
	 * The name as it is bound, which may reach beyond the subscription's
	 * bounds; of nodes and links, lower is the node's address. SUB_OVER:
	 * what was subscribed to.
	 */
	uint32_t type;
	uint32_t lower, upper;
	uint32_t node, ref;	/* the socket that has the name; not of links */
	uint32_t bearer;	/* links: of this node, and of the other */
	uint32_t peer_bearer;
	uint64_t tag;
};

/*
 * The next event. -ETIMEDOUT. -ENODATA: the service has ended the
 * connection, which it does when a subscription is not to its liking or
 * memory is short. -EBADMSG: fd is not of the topology service. Others:
 * recvmsg(2).
 */
int sfam_tipc_event_recv(int fd, struct sfam_tipc_event *ret,
			 int64_t timeout_ns) SFAM_MUST_CHECK;

/*
 * Waits until somebody has the name, a service or a range (any name of it);
 * with a domain, on that node. It may be gone again by the time you read
 * this. -EINVAL: not a name. -EAFNOSUPPORT: of another family, or TIPC is
 * not in this kernel. -ETIMEDOUT. -ENODATA: the topology service has ended
 * the connection. Others: as sfam_tipc_topology_open().
 */
int sfam_tipc_wait(const struct sfam_addr *name, int64_t timeout_ns)
	SFAM_MUST_CHECK;

/* ------------------------------------------------------------ groups -- */

/* Bits of flags of sfam_tipc_group_join(). */
#define SFAM_TIPC_GROUP_EVENTS	(1u << 0) /* be told of who comes and goes */
/* Get what one sends oneself, and one's own JOINED. */
#define SFAM_TIPC_GROUP_LOOPBACK (1u << 1)

/*
 * fd, a RDM or DGRAM socket without names, becomes a member of a group: the
 * service's type is the group, its instance is what the member is there
 * (several may be the same), its scope says how far the group goes. With
 * SFAM_TIPC_GROUP_EVENTS those who are there already are told as JOINED too.
 * All messages of one member arrive in order, and none is lost: who sends
 * waits for who receives (SO_RCVBUF of fd shrinks to what that needs). Who is
 * there is found out only after the call: of members that have not been told
 * as JOINED a sender does not know, so they miss what it sends to all, and
 * where it knows of nobody that is -EHOSTUNREACH.
 * -EACCES: a type below 64, or fd is in a group already. -EINVAL: not a
 * service, a scope below 0, or unknown flags. -EAFNOSUPPORT: another family.
 * -EPROTOTYPE: a SEQPACKET or STREAM socket, which could not receive there.
 * Others: setsockopt(2).
 */
int sfam_tipc_group_join(int fd, const struct sfam_addr *member,
			 uint32_t flags) SFAM_MUST_CHECK;

/* close(2) does so too. -EINVAL: fd is in no group. Others: setsockopt(2). */
int sfam_tipc_group_leave(int fd) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
