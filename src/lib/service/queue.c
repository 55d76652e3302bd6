/* SPDX-License-Identifier: MIT */
/* A client's output, and its end. */
#include "service/service.h"

#include <poll.h>
#include <sys/epoll.h>

/* To read what was sent, once it knows that no more will come. */
#define LINGER_NS INT64_C(2000000000)

static struct sfam__client *from_public(struct sfam_service_client *client)
{
	return (struct sfam__client *)client;
}

void sfam__client_doom(struct sfam__client *c, int cause)
{
	if (c->state == SFAM__CLIENT_DOOMED)
		return;
	c->state = SFAM__CLIENT_DOOMED;
	c->cause = cause;
	c->service->has_doomed = true;
}

/* ---------------------------------------------------------------- send -- */

/*
 * With too little room the kernel puts a part of the record into the
 * connection and then says EAGAIN, too; but with no room at all it puts none
 * (vsock_connectible_sendmsg() of net/vmw_vsock/af_vsock.c). Nobody else
 * sends here, so room that poll(2) saw stays: EAGAIN is a part then. Without
 * its rest the peer never gets to see it.
 */
static ssize_t send_record(struct sfam__client *c, const void *buf, size_t len)
{
	const struct sfam__deadline now = { 0 };
	ssize_t n;

	if (c->manner.half_messages) {
		n = sfam__sys_wait(c->pub.fd, POLLOUT, now);
		if (n < 0)
			return n == -ETIMEDOUT ? -EAGAIN : n;
	}
	n = sfam__sys_send_now(c->pub.fd, buf, len,
			       MSG_DONTWAIT | MSG_NOSIGNAL);
	return n == -EAGAIN && c->manner.half_messages ? -ENOBUFS : n;
}

/* Returns how many bytes of the queue are done. */
static ssize_t send_some(struct sfam__client *c)
{
	const unsigned char *at = c->out + c->out_at;
	ssize_t n;

	if (!c->manner.has_records)
		return sfam__sys_send_now(c->pub.fd, at, c->pub.queued,
					  MSG_DONTWAIT | MSG_NOSIGNAL);
	n = send_record(c, at + SFAM__HEAD, sfam__head_get(at));
	return n < 0 ? n : n + SFAM__HEAD;
}

void sfam__client_flush(struct sfam__client *c)
{
	ssize_t n = 1;

	while (c->pub.queued && n > 0) {
		n = send_some(c);
		if (n > 0) {
			c->out_at += (size_t)n;
			c->pub.queued -= (size_t)n;
			c->active_ns = c->service->now_ns;
		}
	}
	if (n < 0 && n != -EAGAIN)
		sfam__client_doom(c, (int)n);
}

/* ----------------------------------------------------------------- end -- */

/* All is sent. What was sent may be lost if it is closed before it is read. */
static void say_end(struct sfam__client *c)
{
	if (c->at_end || c->manner.ends_as_one ||
	    sfam__sys_shutdown(c->pub.fd, SHUT_WR) < 0) {
		sfam__client_doom(c, 0);
		return;
	}
	c->state = SFAM__CLIENT_LINGERS;
	c->linger_ns = c->service->now_ns + LINGER_NS;
	sfam__service_due(c->service, c->linger_ns);
}

void sfam__client_settle(struct sfam__client *c)
{
	int r;

	if (c->state == SFAM__CLIENT_LAST && c->pub.queued == 0)
		say_end(c);
	if (c->state == SFAM__CLIENT_DOOMED)
		return;
	r = sfam__service_watch(c->service, &c->watch,
				c->pub.queued ? EPOLLOUT : EPOLLIN);
	if (r < 0)
		sfam__client_doom(c, r);
}

SFAM_PUBLIC void sfam_service_end(struct sfam_service_client *client,
				  int cause)
{
	struct sfam__client *c = from_public(client);

	if (cause < 0)
		sfam__client_doom(c, cause);
	else if (c->state == SFAM__CLIENT_OPEN)
		c->state = SFAM__CLIENT_LAST;
	sfam__client_settle(c);
}

/* --------------------------------------------------------------- queue -- */

static void put(struct sfam__client *c, const void *buf, size_t len,
		size_t head)
{
	unsigned char *at;

	if (c->pub.queued == 0) {
		c->out_at = 0;
	} else if (c->out_at + c->pub.queued + head + len >
		   c->service->o.queue_max) {
		memmove(c->out, c->out + c->out_at, c->pub.queued);
		c->out_at = 0;
	}
	at = c->out + c->out_at + c->pub.queued;
	if (head)
		sfam__head_put(at, len);
	memcpy(at + head, buf, len);
	c->pub.queued += head + len;
}

SFAM_PUBLIC int sfam_service_send(struct sfam_service_client *client,
				  const void *buf, size_t len)
{
	struct sfam__client *c = from_public(client);
	const bool is_message = c->manner.has_records || c->manner.has_heads;
	const size_t head = is_message ? SFAM__HEAD : 0;
	const size_t before = c->pub.queued;
	const size_t room = c->service->o.queue_max - before;

	if (len == 0 || (is_message && len > UINT32_MAX))
		return -EINVAL;
	if (c->state != SFAM__CLIENT_OPEN)
		return -ESHUTDOWN;
	if (room < head || room - head < len) {
		sfam__client_doom(c, -ENOSPC);
		return c->cause;
	}
	put(c, buf, len, head);
	/* Else its own turn sends all, and then takes the input that waits. */
	if (before == 0) {
		sfam__client_flush(c);
		sfam__client_settle(c);
	}
	return c->state == SFAM__CLIENT_DOOMED ? c->cause : 0;
}
