/* SPDX-License-Identifier: MIT */
/*
 * The engine of `sockfam relay`: one thread, one epoll, pairs of sides. A
 * pair has two flows, one for each direction. A flow never holds more than
 * one receive gave; as long as it holds that, it receives nothing, so a
 * side that does not read stops the one that writes to it, and no other.
 * Pairs are made by rules, of which the command line is one, and a file has
 * many: what listens where, and what its clients are joined to.
 */
#ifndef SFAM_CLI_RELAY_H
#define SFAM_CLI_RELAY_H

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "cli.h"

struct pair;
struct rule;

/* A descriptor in the epoll set, as long as mask is not 0. */
struct watch {
	int fd;			/* -1: closed */
	uint32_t mask;
	int always;		/* a file is always ready; epoll refuses it */
	struct pair *pair;	/* NULL: a listener, the signals */
	struct rule *rule;	/* of a listener */
};

/* What moves between two sides. */
enum relay_kind { RELAY_ANY, RELAY_BYTES, RELAY_MESSAGES, RELAY_FRAMES };

/* An address word of the command line. */
struct endpoint {
	const char *text;
	int is_stdio;		/* "-" */
	int is_parsed;		/* addr is set; else names are to resolve */
	int is_resolved;	/* addr is what the name gave once */
	int is_vsock;		/* so vsock is set, and addr is its at */
	int is_monitor;		/* ... which is a unix socket */
	int is_group;		/* addr is a member of a TIPC group */
	struct sfam_addr addr;
	struct sfam_vsock_addr vsock;
};

/* One end of a pair. */
struct side {
	struct watch in;
	struct watch out;	/* if it is another; else fd is -1 */
	int is_stdio;
	enum relay_kind kind;	/* RELAY_ANY: takes the other's */
	int is_connection;	/* it has an end */
	int is_bus;		/* bound; sends without a peer */
	int is_group;		/* a bus, with members: */
	uint64_t members;	/* others than us */
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

enum pair_state {
	PAIR_ASKED,		/* A will say which port it wants */
	PAIR_CONNECTING,
	PAIR_RETRYING,
	PAIR_ANSWERED,		/* B, a monitor, will say whether it has it */
	PAIR_RUNNING,
	PAIR_GONE,
};

/* "CONNECT 4294967295" and a newline fit. */
#define RELAY_LINE_MAX 32

struct pair {
	struct pair *next;
	struct pair *prev;
	struct rule *rule;
	enum pair_state state;
	uint64_t number;	/* its name in messages */
	struct side a;
	struct side b;
	struct flow a_to_b;
	struct flow b_to_a;
	int64_t since_ns;	/* connecting, or the last byte */
	int64_t quiet_at_ns;	/* it ends then if silent; 0: it does not */
	int quiet_is_total;	/* ... silent or not */
	int64_t retry_at_ns;	/* PAIR_RETRYING ... */
	int error;		/* ... since that happened */
	uint32_t port;		/* that A asked for */
	size_t line_len;	/* of PAIR_ASKED, PAIR_ANSWERED */
	char line[RELAY_LINE_MAX];
};

/* The unix path that our bind made, to remove that and no other. */
struct made_path {
	struct sockaddr_un sa;
	struct stat st;
};

struct rule {
	char *name;		/* in messages: "relay", or FILE:LINE */
	char *line;		/* of a file: the words of a and b */
	struct endpoint a;
	struct endpoint b;
	int asks;		/* A's clients say which port of B */
	struct sfam_vsock_allow allow;	/* n is 0: whoever comes */
	struct watch listener;	/* fd -1: one pair only */
	struct made_path made;
	uint64_t left;		/* clients still to come */
	uint64_t open;
	int accept_failed;	/* said already; its time is up at: */
	int64_t accept_again_ns;
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
	int with_group;
	uint64_t max_open;	/* of a rule */
	uint64_t clients;	/* of a rule, until it ends */
	int64_t idle_ns;
	int64_t connect_ns;
	int64_t quiet_ns;
	/* state */
	struct rule *rules;
	size_t n_rules;
	int epoll;
	struct watch signals;
	int is_stopping;
	int spare;		/* kept for the B of the next client; or -1 */
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

/* Reads an address word; 0, or -errno and diag. */
int relay_endpoint(struct endpoint *e, const char *text,
		   struct sfam_diag *diag);
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
int relay_connect_async(struct relay *r, struct pair *p, int *ret_fd);
/* B, or the port of it that A asked for. */
struct sfam_addr relay_address_of_b(const struct pair *p);
/* Fills a side from its descriptor; fd -1 for stdin and stdout. 0 or -errno. */
int relay_side(struct relay *r, struct side *s, struct pair *p, int fd);
int relay_out_fd(const struct side *s);
/* What s is an opening of. */
const struct endpoint *relay_side_endpoint(const struct side *s);
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

/* Rules of a file, as a verb (relay.c). */
int relay_forward(const struct cli_verb *self, int argc, char **argv);
#define RELAY_FORWARD_ARGS "[-n CLIENTS] [-m CLIENTS] [-i SECONDS] " \
	"[-w SECONDS] [-q SECONDS] RULES"
#define RELAY_FORWARD_DETAILS \
"RULES is a file of lines \"A B [allow=CIDS]\"; a word with # in front is\n" \
"a comment. A listens, and each of its clients is joined to B, as relay\n" \
"does it; see there for the options. -n and -m are of each rule. If B is\n" \
"a name, all wait while it is resolved.\n" \
"  vsock:any:1024  unix:/run/app.sock  allow=3-9  # guests, only these\n" \
"  tcp:127.0.0.1:8080  vsock:3:80          # to a guest\n" \
"  unix:/run/vm3  vsock:3:any              # \"CONNECT PORT\" leads to PORT\n" \
"  tcp:127.0.0.1:8081  vsock:/run/fc:80    # ... as Firecracker has it\n" \
"  vsock:/run/fc:1024  unix:/run/app.sock  # its guest's connections to us\n"

/* ------------------------------------------------------- relay-rule -- */

/* Why a rule cannot be. */
struct rule_fault {
	const char *word;	/* that it lies in */
	const char *words;	/* or NULL: what error and diag say */
	int error;
	struct sfam_diag diag;
};

/* Reads both address words, which must stay. 0 or -1. */
int relay_rule_read(const struct relay *r, struct rule *rule, const char *a,
		    const char *b, struct rule_fault *ret_fault);
/* CLI_OK, with listener.fd -1 if A turns out not to listen; or prints. */
int relay_rule_listen(struct rule *rule);
/* Says where it listens. */
void relay_rule_say(const struct rule *rule, int fd);
/* The same, and notes the path that has been made: A is bound only. */
void relay_rule_listens(struct rule *rule, int fd);
void relay_rule_close(struct rule *rule);

/* ------------------------------------------------------- relay-file -- */

/* Reads a file into r->rules. CLI_OK, or prints. */
int relay_file_read(struct relay *r, const char *path);
void relay_file_free(struct relay *r);

/* ------------------------------------------------------ relay-group -- */

/* Makes a TIPC service that of a member; 0: it is no service. */
int relay_group_mark(struct endpoint *e);
/* Joins, and says so. The descriptor or -errno. */
int relay_group_open(const struct endpoint *e);
int relay_get_group(struct relay *r, struct flow *f);

/* ------------------------------------------------------ relay-begin -- */

/* A is open: goes for B. */
void relay_pair_accepted(struct relay *r, struct pair *p);
/* An event, or time, before it runs. */
void relay_begin_event(struct relay *r, struct pair *p);
void relay_begin_tick(struct relay *r, struct pair *p);

/* ------------------------------------------------------- relay-pair -- */

/*
 * A new pair of a rule, A being fd (-1 for stdin and stdout). It owns fd at
 * once.
 */
int relay_pair_new(struct relay *r, struct rule *rule, int fd,
		   struct pair **ret);
/* Its side s is fd. 0, or the pair has ended, with words. */
int relay_pair_side(struct relay *r, struct pair *p, struct side *s, int fd);
/* Ends a side, its thread too; reset 1: by a reset, where there is one. */
void relay_side_end(struct relay *r, struct side *s, int reset);
/* The same of both. */
void relay_pair_end(struct relay *r, struct pair *p, int reset);
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
