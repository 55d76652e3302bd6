/* SPDX-License-Identifier: MIT */
/* The event loop: clients come, descriptors are ready, time passes. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "relay.h"

#define EVENTS 64
#define ACCEPTS 64		/* in a row */
/* Out of descriptors: nobody tells when there are some again. */
#define ACCEPT_AGAIN_NS INT64_C(100000000)

/* ------------------------------------------------------------ watches -- */

void relay_watch(struct relay *r, struct watch *w, uint32_t mask)
{
	struct epoll_event ev = { .events = mask, .data.ptr = w };
	int op = !mask ? EPOLL_CTL_DEL :
		 w->mask ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	/* Out of the set with it: a hang-up is told whatever the mask. */
	if (w->fd < 0 || mask == w->mask)
		return;
	w->mask = mask;
	if (w->always || epoll_ctl(r->epoll, op, w->fd, &ev) == 0)
		return;
	/* EPERM: a file. Others: out of memory, so it is asked again. */
	w->always = 1;
	r->always = w->pair;
}

void relay_unwatch(struct relay *r, struct watch *w)
{
	relay_watch(r, w, 0);
}

void relay_tick_within(struct relay *r, int64_t ns)
{
	if (ns >= 0 && r->now_ns + ns < r->tick_ns)
		r->tick_ns = r->now_ns + ns;
}

/* ----------------------------------------------------------- counters -- */

static void print_direction(const struct relay *r, const char *name, int i)
{
	fprintf(stderr, ", %s %" PRIu64 " bytes", name, r->count.bytes[i]);
	if (r->count.messages[i])
		fprintf(stderr, " in %" PRIu64 " messages",
			r->count.messages[i]);
}

void relay_print_counters(const struct relay *r)
{
	fprintf(stderr, "relay: %" PRIu64 " connections, %" PRIu64 " open",
		r->count.connections, r->count.open);
	print_direction(r, "A to B", 0);
	print_direction(r, "B to A", 1);
	fprintf(stderr, ", %" PRIu64 " errors, %" PRIu64 " messages lost\n",
		r->count.errors, r->count.lost);
}

static void take_signal(struct relay *r)
{
	struct signalfd_siginfo info;
	sigset_t set;

	if (read(r->signals.fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGUSR1) {
		relay_print_counters(r);
		return;
	}
	/* Should the end take long: the next signal kills. */
	r->is_stopping = 1;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* ------------------------------------------------------------- accept -- */

static int wants_clients(const struct relay *r, const struct rule *rule)
{
	return rule->listener.fd >= 0 && rule->left &&
	       rule->open < r->max_open && r->now_ns >= rule->accept_again_ns;
}

/* Told once, until one comes through again. */
static void accept_later(struct relay *r, struct rule *rule, int error)
{
	if (!rule->accept_failed) {
		cli_error("%s: accept: %s; clients wait", rule->name,
			  strerror(-error));
		r->count.errors++;
	}
	rule->accept_failed = 1;
	rule->accept_again_ns = r->now_ns + ACCEPT_AGAIN_NS;
	relay_tick_within(r, ACCEPT_AGAIN_NS);
}

/* Else the last descriptor would go to a client that has no B. */
int relay_keep_spare(struct relay *r)
{
	if (r->spare < 0)
		r->spare = fcntl(r->epoll, F_DUPFD_CLOEXEC, 0);
	return r->spare < 0 ? -errno : 0;
}

/* Only vsock peers are in such a list. */
static int is_allowed(const struct rule *rule, const struct sfam_addr *peer)
{
	uint32_t cid;

	return !rule->allow.n ||
	       (sfam_vsock_addr_get(peer, &cid, NULL) == 0 &&
		sfam_vsock_allow_has(&rule->allow, cid));
}

static void refuse(struct relay *r, const struct rule *rule,
		   const struct sfam_addr *peer, int fd)
{
	char text[SFAM_ADDR_STRLEN];

	close(fd);
	r->count.errors++;
	cli_error("%s: refused %s", rule->name,
		  cli_addr_text(peer, text, sizeof(text)));
}

static void start_client(struct relay *r, struct rule *rule, int fd)
{
	struct pair *p;

	rule->left--;
	close(r->spare);
	r->spare = -1;
	if (relay_pair_new(r, rule, fd, &p) == 0)
		relay_pair_accepted(r, p);
	relay_keep_spare(r);
}

static void accept_clients(struct relay *r, struct rule *rule)
{
	struct sfam_addr peer;
	int fd;
	int i;

	for (i = 0; i < ACCEPTS && wants_clients(r, rule); i++) {
		fd = relay_keep_spare(r);
		if (fd == 0)
			fd = sfam_accept(rule->listener.fd, SFAM_OPEN_NONBLOCK,
					 0, &peer);
		if (fd == -ETIMEDOUT)
			return;
		if (fd == -ECONNABORTED)
			continue;
		if (fd < 0) {
			accept_later(r, rule, fd);
			return;
		}
		rule->accept_failed = 0;
		if (is_allowed(rule, &peer))
			start_client(r, rule, fd);
		else
			refuse(r, rule, &peer, fd);
	}
}

/* --------------------------------------------------------------- loop -- */

static void tick(struct relay *r)
{
	const struct rule *rule = r->rules;
	struct pair *p, *next;

	r->tick_ns = INT64_MAX;
	for (; rule < r->rules + r->n_rules; rule++)
		if (rule->accept_again_ns > r->now_ns)
			relay_tick_within(r, rule->accept_again_ns -
					     r->now_ns);
	for (p = r->pairs.next; p != &r->pairs; p = next) {
		next = p->next;
		relay_pair_tick(r, p);
	}
}

/* A file is ready whenever it is wanted. */
static uint32_t always_mask(const struct watch *w)
{
	return w->always ? w->mask : 0;
}

static struct watch *always_ready(struct pair *p)
{
	struct watch *all[] = { &p->a.in, &p->a.out, &p->b.in, &p->b.out };
	size_t i;

	for (i = 0; i < CLI_ARRAY_LEN(all); i++)
		if (always_mask(all[i]))
			return all[i];
	return NULL;
}

static void look_at_clock(struct relay *r)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	r->now_ns = ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static int timeout_ms(const struct relay *r)
{
	int64_t left = r->tick_ns - r->now_ns;

	if (r->always && always_ready(r->always))
		return 0;
	if (r->tick_ns == INT64_MAX)
		return -1;
	if (left <= 0)
		return 0;
	left = left / 1000000 + 1;
	return left < 60000 ? (int)left : 60000;
}

static void take_event(struct relay *r, const struct epoll_event *ev)
{
	struct watch *w = ev->data.ptr;

	if (w->rule)
		accept_clients(r, w->rule);
	else if (w == &r->signals)
		take_signal(r);
	else if (w->pair->state != PAIR_GONE)
		relay_pair_event(r, w->pair, w, ev->events);
}

/* Are there clients to come? */
static int watch_listeners(struct relay *r)
{
	struct rule *rule = r->rules;
	int any = 0;

	for (; rule < r->rules + r->n_rules; rule++) {
		relay_watch(r, &rule->listener,
			    wants_clients(r, rule) ? EPOLLIN : 0);
		any |= rule->listener.fd >= 0 && rule->left;
	}
	return any;
}

static int loop_once(struct relay *r)
{
	struct epoll_event ev[EVENTS];
	struct watch *w;
	int n, i;

	n = epoll_wait(r->epoll, ev, EVENTS, timeout_ms(r));
	if (n < 0 && errno != EINTR)
		return cli_bad_call("epoll_wait", -errno);
	look_at_clock(r);
	for (i = 0; i < n; i++)
		take_event(r, &ev[i]);
	w = r->always ? always_ready(r->always) : NULL;
	if (w)
		relay_pair_event(r, w->pair, w, w->mask);
	if (r->now_ns >= r->tick_ns)
		tick(r);
	relay_pairs_free(r);
	return CLI_OK;
}

int relay_run(struct relay *r)
{
	int status = CLI_OK;

	look_at_clock(r);
	while (status == CLI_OK && !r->is_stopping &&
	       (watch_listeners(r) || r->count.open))
		status = loop_once(r);
	return status;
}
