/* SPDX-License-Identifier: MIT */
/* Clients come, sockets are ready, time passes, clients go. */
#include "service/service.h"

#include <poll.h>
#include <sys/epoll.h>

#include "base/thread.h"

#include <sockfam/socket.h>

#define EVENTS 64
#define ACCEPTS 16		/* in a row */
/* Out of descriptors: nobody tells when there are some again. */
#define ACCEPT_AGAIN_NS INT64_C(100000000)

int sfam__service_watch(struct sfam_service *s, struct sfam__watch *w,
			uint32_t mask)
{
	int r = 0;

	if (mask != w->mask)
		r = sfam__sys_epoll_set(s->epoll, w->fd, w->mask, mask, w);
	if (r == 0)
		w->mask = mask;
	return r;
}

void sfam__service_due(struct sfam_service *s, int64_t at_ns)
{
	if (at_ns < s->tick_ns)
		s->tick_ns = at_ns;
}

/* A time that is past the end of the clock is never. */
static int64_t after(int64_t start_ns, int64_t ns)
{
	return ns < 0 || ns > INT64_MAX - start_ns ? INT64_MAX : start_ns + ns;
}

/* -------------------------------------------------------------- accept -- */

static bool wants_clients(const struct sfam_service *s)
{
	return !s->is_stopping && s->free && s->now_ns >= s->accept_again_ns;
}

static void accept_later(struct sfam_service *s, int error)
{
	const bool told = s->not_accepted;

	s->not_accepted = true;
	s->accept_again_ns = s->now_ns + ACCEPT_AGAIN_NS;
	sfam__service_due(s, s->accept_again_ns);
	if (!told && s->o.not_accepted)
		s->o.not_accepted(s->o.arg, error);
}

static int64_t due_ns(const struct sfam__client *c)
{
	const struct sfam_service *s = c->service;
	const int64_t idle = after(c->active_ns, s->o.idle_ns);
	const int64_t total = after(c->since_ns, s->o.total_ns);
	int64_t due = idle < total ? idle : total;

	if (c->state == SFAM__CLIENT_LINGERS && c->linger_ns < due)
		due = c->linger_ns;
	return s->stop_ns < due ? s->stop_ns : due;
}

/*
 * close(2) of TIPC waits until the peer has read, eight seconds at most, if
 * it has not room for more (__tipc_shutdown() of net/tipc/socket.c), and
 * nothing tells it not to. The others shall not wait for that.
 */
static void close_client(const struct sfam__client *c)
{
	const struct sfam__deadline now = { 0 };
	const int fd = c->pub.fd;

	if (c->manner.ends_as_one &&
	    sfam__sys_wait(fd, POLLOUT, now) == -ETIMEDOUT &&
	    sfam__sys_close_aside(fd) == 0)
		return;
	sfam__sys_close(fd);
}

/* Its memory, and its number, are another's from now on. */
static void release(struct sfam__client *c)
{
	struct sfam_service *s = c->service;

	sfam__service_watch(s, &c->watch, 0);
	close_client(c);
	c->state = SFAM__CLIENT_FREE;
	c->next_free = s->free;
	s->free = c;
	s->open--;
	s->accept_again_ns = 0;
}

static void start_client(struct sfam_service *s,
			 const struct sfam__listener *l, int fd)
{
	struct sfam__client *c = s->free;
	int r = 0;

	s->free = c->next_free;
	s->open++;
	s->not_accepted = false;
	c->pub.data = NULL;
	c->pub.fd = fd;
	c->pub.queued = 0;
	c->watch = (struct sfam__watch){ .fd = fd, .client = c };
	c->manner = l->manner;
	c->state = SFAM__CLIENT_OPEN;
	c->at_end = false;
	c->since_ns = s->now_ns;
	c->active_ns = s->now_ns;
	c->in_len = 0;
	if (s->o.accepted)
		r = s->o.accepted(s->o.arg, &c->pub);
	if (r < 0) {
		release(c);
		return;
	}
	sfam__client_settle(c);
	sfam__service_due(s, due_ns(c));
}

static void accept_clients(struct sfam_service *s,
			   const struct sfam__listener *l)
{
	int fd;
	int i;

	for (i = 0; i < ACCEPTS && wants_clients(s); i++) {
		fd = sfam_accept(l->watch.fd, 0, 0, &s->free->pub.peer);
		if (fd == -ETIMEDOUT)
			return;
		if (fd >= 0)
			start_client(s, l, fd);
		else if (fd != -ECONNABORTED)
			accept_later(s, fd);
	}
}

/* ----------------------------------------------------------------- end -- */

static void reap(struct sfam__client *c)
{
	const struct sfam_service_opts *o = &c->service->o;

	if (c->state != SFAM__CLIENT_DOOMED)
		return;
	if (o->closed)
		o->closed(o->arg, &c->pub, c->cause);
	release(c);
}

/* What is told of the end of one may be the end of another. */
void sfam__service_reap(struct sfam_service *s)
{
	size_t i;

	while (s->has_doomed) {
		s->has_doomed = false;
		for (i = 0; i < s->o.clients_max; i++)
			reap(&s->clients[i]);
	}
}

static void end_in_time(struct sfam__client *c)
{
	const struct sfam_service *s = c->service;

	if (s->now_ns >= s->stop_ns)
		sfam__client_doom(c, -ESHUTDOWN);
	else if (c->state == SFAM__CLIENT_LINGERS)
		sfam__client_doom(c, 0);
	else
		sfam__client_doom(c, -ETIMEDOUT);
}

static void tick(struct sfam_service *s)
{
	struct sfam__client *c;
	size_t i;

	s->tick_ns = INT64_MAX;
	if (s->accept_again_ns > s->now_ns)
		s->tick_ns = s->accept_again_ns;
	for (i = 0; i < s->o.clients_max; i++) {
		c = &s->clients[i];
		if (c->state == SFAM__CLIENT_FREE)
			continue;
		if (s->now_ns >= due_ns(c))
			end_in_time(c);
		else
			sfam__service_due(s, due_ns(c));
	}
}

/* ---------------------------------------------------------------- stop -- */

/* In ms, since 64 bits are not atomic on each machine; UINT32_MAX: never. */
static uint32_t stop_word(int64_t timeout_ns)
{
	const int64_t ms = timeout_ns / 1000000 + (timeout_ns % 1000000 > 0);

	return timeout_ns < 0 || ms >= UINT32_MAX - 1 ? UINT32_MAX :
							(uint32_t)ms + 1;
}

SFAM_PUBLIC void sfam_service_stop(struct sfam_service *service,
				   int64_t timeout_ns)
{
	const uint32_t word = stop_word(timeout_ns);
	uint32_t old = __atomic_load_n(&service->stop, __ATOMIC_RELAXED);

	while ((old == 0 || old > word) &&
	       !__atomic_compare_exchange_n(&service->stop, &old, word, false,
					    __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED))
		;
	sfam__sys_eventfd_set(service->wake.fd);
}

static void take_stop(struct sfam_service *s)
{
	const uint32_t word = __atomic_exchange_n(&s->stop, 0,
						  __ATOMIC_ACQUIRE);
	int64_t at;

	if (word == 0)
		return;
	s->is_stopping = true;
	at = after(s->now_ns, word == UINT32_MAX ? -1 :
		   (int64_t)(word - 1) * 1000000);
	if (at < s->stop_ns)
		s->stop_ns = at;
	sfam__service_due(s, s->stop_ns);
}

/* ---------------------------------------------------------------- loop -- */

static void take_event(struct sfam_service *s, struct sfam__watch *w)
{
	if (w == &s->wake)
		sfam__sys_eventfd_clear(w->fd);
	else if (!w->client)
		accept_clients(s, (struct sfam__listener *)w);
	else if (w->client->state != SFAM__CLIENT_DOOMED)
		sfam__client_serve(w->client);
}

static void watch_listeners(struct sfam_service *s)
{
	const uint32_t mask = wants_clients(s) ? EPOLLIN : 0;
	size_t i;
	int r;

	for (i = 0; i < s->n_listeners; i++) {
		r = sfam__service_watch(s, &s->listeners[i].watch, mask);
		if (r < 0)
			accept_later(s, r);
	}
}

/* Waits until the deadline or less. */
static int serve_once(struct sfam_service *s, struct sfam__deadline deadline)
{
	struct epoll_event ev[EVENTS];
	int n, i;

	watch_listeners(s);
	if (s->tick_ns != INT64_MAX &&
	    (deadline.at_ns < 0 || s->tick_ns < deadline.at_ns))
		deadline.at_ns = s->tick_ns;
	n = sfam__sys_epoll_wait(s->epoll, ev, EVENTS, deadline);
	if (n < 0 && n != -ETIMEDOUT)
		return n;
	s->now_ns = sfam__now_ns();
	for (i = 0; i < n; i++)
		take_event(s, ev[i].data.ptr);
	take_stop(s);
	if (s->now_ns >= s->tick_ns)
		tick(s);
	sfam__service_reap(s);
	return 0;
}

static bool is_over(const struct sfam_service *s)
{
	return s->is_stopping && s->open == 0;
}

SFAM_PUBLIC int sfam_service_run(struct sfam_service *service,
				 int64_t timeout_ns)
{
	const struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	int r;

	service->now_ns = sfam__now_ns();
	while (!is_over(service)) {
		r = serve_once(service, deadline);
		if (r < 0)
			return r;
		if (sfam__deadline_left_ns(deadline) == 0)
			break;
	}
	return is_over(service) ? 0 : -ETIMEDOUT;
}
