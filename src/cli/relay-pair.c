/* SPDX-License-Identifier: MIT */
/* A pair of sides: it connects, moves, and ends as its sides end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "relay.h"

#define FULL_NS INT64_C(2000000)	/* send to a full queue */
/*
 * Of a vsock peer that is gone poll(2) says nothing that a half close would
 * not say (vsock_poll), so sending to it is tried now and then.
 */
#define GONE_NS INT64_C(1000000000)

#define HAS_INPUT (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)
#define HAS_ROOM (EPOLLOUT | EPOLLHUP | EPOLLERR)

/* -------------------------------------------------------------- words -- */

void relay_say(struct relay *r, const struct pair *p, const char *what,
	       int error)
{
	char text[SFAM_ADDR_STRLEN] = "-";
	char words[SFAM_ERROR_STRLEN];
	struct sfam_addr addr;

	if (!p->a.is_stdio && !p->a.has_no_peer && p->a.in.fd >= 0 &&
	    sfam_addr_peer(&addr, p->a.in.fd) == 0)
		cli_addr_text(&addr, text, sizeof(text));
	cli_error("%s: connection %llu (%s): %s%s%s", p->rule->name,
		  (unsigned long long)p->number, text, what,
		  error ? ": " : "",
		  error ? cli_words(error, words, sizeof(words)) : "");
	r->count.errors++;
}

const char *relay_mismatch(enum relay_kind a, enum relay_kind b)
{
	if (a == RELAY_ANY || b == RELAY_ANY ||
	    (a == RELAY_BYTES) == (b == RELAY_BYTES))
		return NULL;
	return "one side is a stream of bytes, the other has messages: their "
	       "boundaries would be lost; try: the same type= on both";
}

/* -------------------------------------------------------------- begin -- */

int relay_pair_side(struct relay *r, struct pair *p, struct side *s, int fd)
{
	int error = relay_side(r, s, p, fd);

	if (error < 0) {
		relay_say(r, p, "set-up", error);
		relay_pair_end(r, p, 1);
	}
	return error;
}

int relay_pair_new(struct relay *r, struct rule *rule, int fd,
		   struct pair **ret)
{
	struct pair *p = calloc(1, sizeof(*p));

	if (!p) {
		if (fd >= 0)
			close(fd);
		return cli_bad_call("malloc", -ENOMEM);
	}
	p->next = &r->pairs;
	p->prev = r->pairs.prev;
	p->prev->next = p->next->prev = p;
	p->rule = rule;
	p->number = ++r->count.connections;
	r->count.open++;
	rule->open++;
	p->since_ns = r->now_ns;
	p->b.in.fd = p->b.out.fd = -1;
	if (relay_pair_side(r, p, &p->a, fd) < 0)
		return CLI_FAILED;
	*ret = p;
	return 0;
}

static void begin_flow(struct relay *r, struct flow *f, struct pair *p,
		       struct side *from, struct side *to)
{
	f->pair = p;
	f->from = from;
	f->to = to;
	f->wait = FLOW_IN;
	relay_flow_init(r, f);
}

static void update_watches(struct relay *r, struct pair *p);

void relay_pair_start(struct relay *r, struct pair *p, int fd_b)
{
	const char *words;

	if (p->b.in.fd < 0 && relay_pair_side(r, p, &p->b, fd_b) < 0)
		return;
	words = relay_mismatch(p->a.kind, p->b.kind);
	if (words) {
		relay_say(r, p, words, 0);
		relay_pair_end(r, p, 1);
		return;
	}
	if (p->a.is_stdio)
		p->a.kind = p->b.kind;
	if (p->b.is_stdio)
		p->b.kind = p->a.kind;
	p->state = PAIR_RUNNING;
	p->since_ns = r->now_ns;
	begin_flow(r, &p->a_to_b, p, &p->a, &p->b);
	begin_flow(r, &p->b_to_a, p, &p->b, &p->a);
	update_watches(r, p);
	if (r->idle_ns >= 0)
		relay_tick_within(r, r->idle_ns);
}

/* ---------------------------------------------------------------- end -- */

void relay_side_end(struct relay *r, struct side *s, int reset)
{
	const struct linger linger = { 1, 0 };

	relay_unwatch(r, &s->in);
	relay_unwatch(r, &s->out);
	if (s->in.fd >= 0 && !s->is_stdio) {
		if (reset)
			setsockopt(s->in.fd, SOL_SOCKET, SO_LINGER, &linger,
				   sizeof(linger));
		/* TIPC's peer has an error without; a sender waits on. */
		if (s->ends_as_one || (reset && s->out.fd >= 0))
			shutdown(s->in.fd, SHUT_RDWR);
		if (s->out.fd >= 0)
			close(s->out.fd);
		close(s->in.fd);
	}
	s->in.fd = s->out.fd = -1;
}

void relay_pair_end(struct relay *r, struct pair *p, int reset)
{
	if (p->state == PAIR_RUNNING) {
		relay_flow_done(r, &p->a_to_b);
		relay_flow_done(r, &p->b_to_a);
	}
	if (r->always == p)
		r->always = NULL;
	p->state = PAIR_GONE;
	relay_side_end(r, &p->a, reset);
	relay_side_end(r, &p->b, reset);
	p->prev->next = p->next;
	p->next->prev = p->prev;
	p->next = r->dead;
	r->dead = p;
	p->rule->open--;
	if (--r->count.open == 0)
		relay_close_pipes(r);
}

void relay_pairs_free(struct relay *r)
{
	struct pair *p;

	while ((p = r->dead)) {
		r->dead = p->next;
		free(p);
	}
}

/* Our stdout is the one end of file that its reader can see. */
static void end_stdout(void)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		dup2(fd, STDOUT_FILENO);
		close(fd);
	}
}

/* The other side shall know that nothing more comes. */
static void pass_end_on(struct relay *r, struct flow *f)
{
	struct side *to = f->to;

	if (to->is_stdio) {
		relay_unwatch(r, &to->out);
		end_stdout();
		return;
	}
	if (to->is_connection && (shutdown(relay_out_fd(to), SHUT_WR) == 0 ||
				  errno != EINVAL))
		return;
	/* Datagrams, TIPC: it cannot know. What it still has to say? */
	f->pair->quiet_at_ns = r->now_ns + r->quiet_ns;
	f->pair->quiet_is_total = !to->is_connection;
	relay_tick_within(r, r->quiet_ns);
}

static int is_gone(const struct side *s)
{
	struct pollfd p = { .fd = s->in.fd };

	return !s->is_stdio && poll(&p, 1, 0) == 1 && p.revents & POLLHUP;
}

static struct flow *other(struct flow *f)
{
	return f == &f->pair->a_to_b ? &f->pair->b_to_a : &f->pair->a_to_b;
}

/* Whatever was held is lost, and that was said. */
static void stop_flow(struct relay *r, struct flow *f)
{
	if (!f->from->is_stdio)
		shutdown(f->from->in.fd, SHUT_RD);
	relay_flow_done(r, f);
}

static void flow_ended(struct relay *r, struct flow *f)
{
	relay_flow_done(r, f);
	pass_end_on(r, f);
	/* A peer that is gone wholly takes nothing either. */
	if (other(f)->wait != FLOW_END && is_gone(f->from)) {
		if (relay_flow_holds(other(f)))
			relay_say(r, f->pair, "send", -EPIPE);
		stop_flow(r, other(f));
	}
	if (other(f)->wait == FLOW_END)
		relay_pair_end(r, f->pair, 0);
}

/*
 * Of a receive. ENOTCONN is vsock's, where the peer had ended before we shut
 * down the other way (vsock_shutdown(), net/vmw_vsock/af_vsock.c).
 */
static int is_end(struct flow *f, int error)
{
	return (error == -ECONNRESET && f->from->ends_as_one) ||
	       (error == -ENOTCONN && f->from->is_connection &&
		other(f)->wait == FLOW_END);
}

static void flow_failed(struct relay *r, struct flow *f, int error)
{
	int sends = strcmp(f->what, "send") == 0;
	int closed = error == -EPIPE || error == -ENOTCONN;
	char words[32];

	if (!sends && is_end(f, error)) {
		flow_ended(r, f);
		return;
	}
	strcpy(words, f->what);
	strcat(words, (f->from == &f->pair->a) == sends ? ", B" : ", A");
	relay_say(r, f->pair, words, error);
	/* It takes no more, but may still have something to say. */
	if (sends && closed && !f->to->ends_as_one && !f->to->is_stdio &&
	    other(f)->wait != FLOW_END)
		stop_flow(r, f);
	else
		relay_pair_end(r, f->pair, 1);
}

/* --------------------------------------------------------------- move -- */

static uint32_t mask_of(const struct flow *from, const struct flow *to)
{
	return (from->wait == FLOW_IN ? (uint32_t)EPOLLIN : 0) |
	       (to->wait == FLOW_OUT ? (uint32_t)EPOLLOUT : 0);
}

static void watch_side(struct relay *r, struct side *s,
		       const struct flow *from, const struct flow *to)
{
	uint32_t mask = mask_of(from, to);

	if (s->out.fd < 0) {
		relay_watch(r, &s->in, mask);
		return;
	}
	relay_watch(r, &s->in, mask & EPOLLIN);
	relay_watch(r, &s->out, mask & EPOLLOUT);
}

static void update_watches(struct relay *r, struct pair *p)
{
	const struct flow *ab = &p->a_to_b;
	const struct flow *ba = &p->b_to_a;

	if (p->state != PAIR_RUNNING)
		return;
	watch_side(r, &p->a, ab, ba);
	watch_side(r, &p->b, ba, ab);
	if (ab->wait == FLOW_TIME || ba->wait == FLOW_TIME)
		relay_tick_within(r, FULL_NS);
	else if (ab->wait + ba->wait == FLOW_OUT + FLOW_END)
		relay_tick_within(r, GONE_NS);
}

static void run_flow(struct relay *r, struct flow *f)
{
	int result = relay_flow_move(r, f);

	if (result < 0)
		flow_failed(r, f, result);
	else if (result == FLOW_END)
		flow_ended(r, f);
	else
		f->wait = result;
}

void relay_pair_event(struct relay *r, struct pair *p, const struct watch *w,
		      uint32_t events)
{
	int is_a = w == &p->a.in || w == &p->a.out;
	struct flow *from = is_a ? &p->a_to_b : &p->b_to_a;
	struct flow *to = is_a ? &p->b_to_a : &p->a_to_b;

	if (p->state != PAIR_RUNNING) {
		relay_begin_event(r, p);
		return;
	}
	p->since_ns = r->now_ns;
	if (p->quiet_at_ns && !p->quiet_is_total)
		p->quiet_at_ns = r->now_ns + r->quiet_ns;
	if (from->wait == FLOW_IN && events & HAS_INPUT)
		run_flow(r, from);
	if (p->state == PAIR_RUNNING && to->wait == FLOW_OUT &&
	    events & HAS_ROOM)
		run_flow(r, to);
	update_watches(r, p);
}

/* --------------------------------------------------------------- time -- */

/* 1 if the pair has ended. */
static int is_idle(struct relay *r, struct pair *p)
{
	int64_t left = r->idle_ns - (r->now_ns - p->since_ns);

	if (r->idle_ns < 0)
		return 0;
	if (left > 0) {
		relay_tick_within(r, left);
		return 0;
	}
	relay_say(r, p, "idle: closed", 0);
	relay_pair_end(r, p, 0);
	return 1;
}

static void retry_flow(struct relay *r, struct flow *f)
{
	if (f->pair->state == PAIR_RUNNING &&
	    (f->wait == FLOW_TIME ||
	     (f->wait == FLOW_OUT && other(f)->wait == FLOW_END)))
		run_flow(r, f);
}

static void running_tick(struct relay *r, struct pair *p)
{
	if (p->quiet_at_ns && r->now_ns >= p->quiet_at_ns) {
		relay_pair_end(r, p, 0);
		return;
	}
	if (is_idle(r, p))
		return;
	if (p->quiet_at_ns)
		relay_tick_within(r, p->quiet_at_ns - r->now_ns);
	retry_flow(r, &p->a_to_b);
	retry_flow(r, &p->b_to_a);
	update_watches(r, p);
}

void relay_pair_tick(struct relay *r, struct pair *p)
{
	if (p->state == PAIR_RUNNING)
		running_tick(r, p);
	else
		relay_begin_tick(r, p);
}
