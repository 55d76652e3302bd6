/* SPDX-License-Identifier: MIT */
/* A service's memory and descriptors. */
#include "service/service.h"

#include <stdlib.h>
#include <sys/epoll.h>

#include "family/row.h"

#include <sockfam/family.h>

static int read_opts(struct sfam_service_opts *ret,
		     const struct sfam_service_opts *opts)
{
	const struct sfam_service_opts defaults = SFAM_SERVICE_OPTS_INIT;
	int r;

	*ret = defaults;
	r = sfam__opts_read(ret, sizeof(*ret), opts);
	if (r < 0)
		return r;
	if (ret->flags & ~SFAM_SERVICE_BYTES || !ret->received ||
	    ret->clients_max == 0 || ret->clients_max > UINT32_MAX ||
	    ret->message_max == 0 || ret->message_max > UINT32_MAX ||
	    ret->queue_max == 0 || ret->queue_max > UINT32_MAX)
		return -EINVAL;
	return 0;
}

/* ----------------------------------------------------------- listeners -- */

static int read_manner(struct sfam__manner *ret, int fd, uint32_t flags)
{
	const struct sfam_family *f;
	uint32_t traits;
	int type;
	int r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_TYPE, &type);

	if (r == 0)
		r = sfam_family_by_fd(&f, fd);
	if (r < 0)
		return r;
	if (type != SOCK_STREAM && type != SOCK_SEQPACKET)
		return -EPROTONOSUPPORT;
	traits = sfam_family_traits(f);
	ret->has_records = type == SOCK_SEQPACKET;
	ret->has_heads = !ret->has_records && !(flags & SFAM_SERVICE_BYTES);
	ret->half_messages = ret->has_records &&
			     traits & SFAM_TRAIT_HALF_MESSAGES;
	ret->ends_as_one = traits & SFAM_TRAIT_ENDS_AS_ONE;
	ret->may_bring_fds = f->flags & SFAM_ROW_PASSES_FDS;
	return 0;
}

static int read_listeners(struct sfam_service *s, const int *fds)
{
	size_t i;
	int r = 0;

	for (i = 0; i < s->n_listeners && r == 0; i++) {
		s->listeners[i].watch.fd = fds[i];
		r = read_manner(&s->listeners[i].manner, fds[i], s->o.flags);
	}
	return r;
}

static int watch_listeners(struct sfam_service *s)
{
	size_t i;
	int r = 0;

	for (i = 0; i < s->n_listeners && r == 0; i++)
		r = sfam__service_watch(s, &s->listeners[i].watch, EPOLLIN);
	return r;
}

/* ------------------------------------------------------------- memory -- */

static void place_clients(struct sfam_service *s)
{
	unsigned char *at = s->buffers;
	struct sfam__client *c;
	size_t i;

	for (i = s->o.clients_max; i-- > 0; ) {
		c = &s->clients[i];
		c->service = s;
		c->in = at;
		c->out = at + SFAM__HEAD + s->o.message_max;
		at = c->out + s->o.queue_max;
		c->next_free = s->free;
		s->free = c;
	}
}

/* Each of it by calloc(3): large memory that nobody touches costs nothing. */
static int alloc(struct sfam_service *s)
{
	size_t each;

	if (__builtin_add_overflow(SFAM__HEAD, s->o.message_max, &each) ||
	    __builtin_add_overflow(each, s->o.queue_max, &each))
		return -ENOMEM;
	s->listeners = calloc(s->n_listeners, sizeof(*s->listeners));
	s->clients = calloc(s->o.clients_max, sizeof(*s->clients));
	s->buffers = calloc(s->o.clients_max, each);
	s->shared = calloc(1, s->o.message_max + 1);
	if (!s->listeners || !s->clients || !s->buffers || !s->shared)
		return -ENOMEM;
	place_clients(s);
	return 0;
}

static int start(struct sfam_service *s, const int *fds)
{
	int r = alloc(s);

	/* Before there are descriptors of ours: one might be closed. */
	if (r == 0)
		r = read_listeners(s, fds);
	if (r < 0)
		return r;
	s->epoll = sfam__sys_epoll();
	if (s->epoll < 0)
		return s->epoll;
	s->wake.fd = sfam__sys_eventfd();
	if (s->wake.fd < 0)
		return s->wake.fd;
	r = sfam__service_watch(s, &s->wake, EPOLLIN);
	return r < 0 ? r : watch_listeners(s);
}

SFAM_PUBLIC int sfam_service_new(struct sfam_service **ret,
				 const int *listeners, size_t n_listeners,
				 const struct sfam_service_opts *opts)
{
	struct sfam_service_opts o;
	struct sfam_service *s;
	int r = read_opts(&o, opts);

	if (r < 0)
		return r;
	if (n_listeners == 0)
		return -EINVAL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->o = o;
	s->n_listeners = n_listeners;
	s->epoll = -1;
	s->wake.fd = -1;
	s->tick_ns = INT64_MAX;
	s->stop_ns = INT64_MAX;
	r = start(s, listeners);
	if (r < 0)
		sfam_service_free(s);
	else
		*ret = s;
	return r;
}

SFAM_PUBLIC struct sfam_service *
sfam_service_free(struct sfam_service *service)
{
	size_t i;

	if (!service)
		return NULL;
	for (i = 0; service->open && i < service->o.clients_max; i++)
		if (service->clients[i].state != SFAM__CLIENT_FREE)
			sfam__client_doom(&service->clients[i], -ESHUTDOWN);
	sfam__service_reap(service);
	if (service->wake.fd >= 0)
		sfam__sys_close(service->wake.fd);
	if (service->epoll >= 0)
		sfam__sys_close(service->epoll);
	free(service->shared);
	free(service->buffers);
	free(service->clients);
	free(service->listeners);
	free(service);
	return NULL;
}
