/* SPDX-License-Identifier: MIT */
/*
 * The engine of `sockfam relay`: one thread, one epoll, pairs of sides. A
 * pair has two flows, one for each direction. A flow never holds more than
 * one receive gave; as long as it holds that, it receives nothing, so a
 * side that does not read stops the one that writes to it, and no other.
 */
#ifndef SFAM_CLI_RELAY_H
#define SFAM_CLI_RELAY_H

#include <sys/socket.h>

#include "cli.h"

struct pair;

/* A descriptor in the epoll set, as long as mask is not 0. */
struct watch {
	int fd;			/* -1: closed */
	uint32_t mask;
	int always;		/* a file is always ready; epoll refuses it */
	struct pair *pair;	/* NULL: the listener, the signals */
};

/* What moves between two sides. */
enum relay_kind { RELAY_ANY, RELAY_BYTES, RELAY_MESSAGES, RELAY_FRAMES };

/* An address word of the command line. */
struct endpoint {
	const char *text;
	int is_stdio;		/* "-" */
	int is_parsed;		/* addr is set; else names are to resolve */
	int is_resolved;	/* addr is what the name gave once */
	struct sfam_addr addr;
};

/* One end of a pair. */
struct side {
	struct watch in;
	struct watch out;	/* if it is another; else fd is -1 */
	int is_stdio;
	enum relay_kind kind;	/* RELAY_ANY: takes the other's */
	int is_connection;	/* it has an end */
	int is_bus;		/* bound; sends without a peer */
	int ends_as_one;	/* TIPC has no half close */
	int has_control;	/* it tells drops and times */
	size_t write_max;	/* so much never waits after POLLOUT */
	int has_no_peer;	/* answers go to who sent last: */
	socklen_t peer_len;
	struct sockaddr_storage peer;
};

/* What a flow waits for, in `wait`, and what its steps return. */
enum flow_wait {
	FLOW_MORE,		/* nothing: there was progress */
	FLOW_IN,
	FLOW_OUT,
	FLOW_TIME,		/* the kernel has no event for it */
	FLOW_END,
};

struct relay;

struct flow {
	struct pair *pair;
	struct side *from;
	struct side *to;
	/* One receive. Returns enum flow_wait or -errno. */
	int (*get)(struct relay *r, struct flow *f);
	/* Sends what is held: FLOW_MORE when all is gone; or as above. */
	int (*put)(struct relay *r, struct flow *f);
	int wait;
	const char *what;	/* "receive" or "send": the last step */
	int is_eof;		/* ends when nothing is held any more */
	int pipe[2];		/* only while it holds bytes */
	size_t in_pipe;
	char *held;		/* bytes, or messages as records */
	size_t held_off;
	size_t held_len;
	size_t line_len;
	char *line;		/* of stdin: begun, not ended */
	uint32_t drops;		/* SO_RXQ_OVFL, last */
	int said;		/* errno of the message lost last */
	uint64_t *bytes;	/* counter of its direction */
	uint64_t *messages;
};

enum pair_state { PAIR_CONNECTING, PAIR_RETRYING, PAIR_RUNNING, PAIR_GONE };

struct pair {
	struct pair *next;
	struct pair *prev;
	enum pair_state state;
	uint64_t number;	/* its name in messages */
	struct side a;
	struct side b;
	struct flow a_to_b;
	struct flow b_to_a;
	int64_t since_ns;	/* connecting, or the last byte */
	int64_t quiet_at_ns;	/* it ends then if silent; 0: it does not */
	int quiet_is_total;	/* ... silent or not */
};

struct relay_count {
	uint64_t connections;
	uint64_t open;
	uint64_t bytes[2];	/* A to B, B to A */
	uint64_t messages[2];
	uint64_t errors;
	uint64_t lost;		/* messages: dropped, refused, cut */
};

#define RELAY_PIPES_MAX 16
#define RELAY_BUF (256 * 1024)

struct message_batch;

struct relay {
	/* options */
	int a_connects;
	uint64_t max_open;
	uint64_t left;		/* clients still to come */
	int64_t idle_ns;
	int64_t connect_ns;
	int64_t quiet_ns;
	struct endpoint a;
	struct endpoint b;
	/* state */
	int epoll;
	struct watch listener;	/* fd -1: one pair only */
	struct watch signals;
	int is_stopping;
	int spare;		/* kept for the B of the next client; or -1 */
	int accept_failed;	/* said already; its time is up at: */
	int64_t accept_again_ns;
	int64_t now_ns;
	int64_t tick_ns;	/* look at all pairs then; INT64_MAX: no need */
	struct pair *always;	/* has a side that epoll refuses */
	struct pair pairs;	/* list head */
	struct pair *dead;	/* ended, not yet freed */
	struct relay_count count;
	int free_pipes[RELAY_PIPES_MAX][2];
	size_t n_free_pipes;
	int senders;		/* eventfd: a semaphore that counts the gone */
	uint64_t n_senders;
	char *buf;		/* RELAY_BUF bytes */
	struct message_batch *batch;
};

/* ------------------------------------------------------- relay-open -- */

/* Reads an address word; 0, or CLI_FAILED after printing. */
int relay_endpoint(struct endpoint *e, const char *text);
/*
 * Opens it: by listen(2), or bind(2) where there are no connections, for
 * A (relay_serve); connected, or bound to a bus, else. -1 after printing.
 */
int relay_serve(const struct endpoint *e);
int relay_connect(struct relay *r, const struct endpoint *e);
/*
 * Starts to connect to B without waiting. -EINPROGRESS: POLLOUT tells.
 * -EAGAIN: try again later (a unix backlog is full, or there are too many
 * descriptors). Nothing is printed.
 */
int relay_connect_async(struct relay *r, int *ret_fd);
/* Fills a side from its descriptor; fd -1 for stdin and stdout. 0 or -errno. */
int relay_side(struct relay *r, struct side *s, struct pair *p, int fd);
int relay_out_fd(const struct side *s);
/* What its socket moves; RELAY_ANY for stdin, and names. */
enum relay_kind relay_endpoint_kind(const struct endpoint *e);
/* 0: it has no connections, that is certain. */
int relay_may_listen(const struct endpoint *e);
/* Is the address one whose socket is bound to a bus or the like? */
int relay_is_bus(const struct endpoint *e);

/*
 * Messages to s go through a thread from now on, since a send must wait
 * there (relay-sender.c). 0 or -errno.
 */
int relay_sender_start(struct relay *r, struct side *s);
/* Until all senders have sent what they have. */
void relay_sender_wait(struct relay *r);

/* ------------------------------------------------------- relay-pair -- */

/* A new pair, A being fd (-1 for stdin and stdout). It owns fd at once. */
int relay_pair_new(struct relay *r, int fd, struct pair **ret);
/* Ends it; how 1: by a reset, where there is one. */
void relay_pair_end(struct relay *r, struct pair *p, int reset);
/* A is open: goes for B. */
void relay_pair_accepted(struct relay *r, struct pair *p);
/* Those that have ended, when no event can name them any more. */
void relay_pairs_free(struct relay *r);
/* Both are open: starts to move. */
void relay_pair_start(struct relay *r, struct pair *p, int fd_b);
void relay_pair_event(struct relay *r, struct pair *p, const struct watch *w,
		      uint32_t events);
/* Time has passed. */
void relay_pair_tick(struct relay *r, struct pair *p);
/* One line on stderr, and the counter. */
void relay_say(struct relay *r, const struct pair *p, const char *what,
	       int error);
/* NULL if the two cannot be joined; else words. */
const char *relay_mismatch(enum relay_kind a, enum relay_kind b);

/* ------------------------------------------------------- relay-flow -- */

/* Chooses get and put. */
void relay_flow_init(struct relay *r, struct flow *f);
/* Moves what is there, up to a fair share. enum flow_wait or -errno. */
int relay_flow_move(struct relay *r, struct flow *f);
void relay_flow_done(struct relay *r, struct flow *f);
/* Bytes or messages that it still holds. */
int relay_flow_holds(const struct flow *f);
/* Takes a copy of what could not go now. 0 or -ENOMEM. */
int relay_hold(struct flow *f, const void *buf, size_t len);

/* Streams (relay-stream.c). */
int relay_get_splice(struct relay *r, struct flow *f);
int relay_get_bytes(struct relay *r, struct flow *f);
int relay_put_bytes(struct relay *r, struct flow *f);
void relay_give_pipe(struct relay *r, struct flow *f);
void relay_close_pipes(struct relay *r);
ssize_t relay_read(const struct side *s, void *buf, size_t size);

/* Messages (relay-message.c). */
int relay_get_messages(struct relay *r, struct flow *f);
int relay_put_messages(struct relay *r, struct flow *f);
int relay_hold_message(struct flow *f, const void *buf, size_t len);
struct message_batch *relay_batch_new(void);

/* stdin and stdout as messages (relay-text.c). */
int relay_get_stdin(struct relay *r, struct flow *f);
int relay_get_lines(struct relay *r, struct flow *f);
/* A message for stdout; time and interface are those of a frame. */
int relay_hold_text(struct flow *f, const void *buf, size_t len,
		    int64_t time_ns, int ifindex);

/* ------------------------------------------------------- relay-loop -- */

void relay_watch(struct relay *r, struct watch *w, uint32_t mask);
void relay_unwatch(struct relay *r, struct watch *w);
/* Look at all pairs within so long. */
void relay_tick_within(struct relay *r, int64_t ns);
/* 0 or -errno. */
int relay_keep_spare(struct relay *r);
int relay_run(struct relay *r);
void relay_print_counters(const struct relay *r);

#endif
