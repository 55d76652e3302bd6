/* SPDX-License-Identifier: MIT */
/* A client's turn: its output first, then what it sends. */
#include "service/service.h"

#include <sockfam/socket.h>

static void received(struct sfam__client *c, const void *buf, size_t len)
{
	const struct sfam_service_opts *o = &c->service->o;
	int r;

	c->active_ns = c->service->now_ns;
	r = o->received(o->arg, &c->pub, buf, len);
	if (r < 0)
		sfam__client_doom(c, r);
}

/* -------------------------------------------------------------- streams -- */

/* 0: more bytes are needed for a message. */
static size_t next_message(struct sfam__client *c, size_t at)
{
	size_t left = c->in_len - at;
	uint32_t len;

	if (left < SFAM__HEAD)
		return 0;
	len = sfam__head_get(c->in + at);
	if (len == 0)
		sfam__client_doom(c, -EBADMSG);
	else if (len > c->service->o.message_max)
		sfam__client_doom(c, -EMSGSIZE);
	else if (left - SFAM__HEAD >= len)
		return len;
	return 0;
}

/* Messages that are here already wait too while it has output to read. */
static void take_messages(struct sfam__client *c)
{
	size_t at = 0, len = 1;

	while (len && sfam__client_takes_input(c)) {
		len = next_message(c, at);
		if (len) {
			received(c, c->in + at + SFAM__HEAD, len);
			at += SFAM__HEAD + len;
		}
	}
	c->in_len -= at;
	if (at && c->in_len)
		memmove(c->in, c->in + at, c->in_len);
}

/* ---------------------------------------------------------------- input -- */

/*
 * recv(2) costs less than recvmsg(2), but does not tell of descriptors, nor
 * that it cut a record: one that takes a byte more than there may be was too
 * long, and the buffer of records has that byte.
 */
static ssize_t recv_now(struct sfam__client *c, void *buf, size_t size)
{
	const size_t more = c->manner.has_records;
	ssize_t n;

	if (c->manner.may_bring_fds)
		return sfam_recv(c->pub.fd, buf, size, 0, NULL);
	n = sfam__sys_recv_now(c->pub.fd, buf, size + more, MSG_DONTWAIT);
	if (n == -EAGAIN)
		return -ETIMEDOUT;
	return n > 0 && (size_t)n > size ? -EMSGSIZE : n;
}

static void note_input(struct sfam__client *c, ssize_t n)
{
	if (n == -ETIMEDOUT)
		return;
	if (sfam__is_end(c->manner.ends_as_one, n))
		c->at_end = true;
	else if (n < 0)
		sfam__client_doom(c, (int)n);
	else if (c->manner.has_heads)
		c->in_len += (size_t)n;
	else
		received(c, c->service->shared, (size_t)n);
}

static void recv_once(struct sfam__client *c)
{
	const size_t max = c->service->o.message_max;

	/* There is room: a message of this length would have been taken. */
	note_input(c, c->manner.has_heads ?
		   recv_now(c, c->in + c->in_len,
			    SFAM__HEAD + max - c->in_len) :
		   recv_now(c, c->service->shared, max));
}

static void take_end(struct sfam__client *c)
{
	if (c->in_len) {
		sfam__client_doom(c, -EBADMSG);
		return;
	}
	received(c, NULL, 0);
	if (c->state == SFAM__CLIENT_OPEN)
		c->state = SFAM__CLIENT_LAST;
}

static void take_input(struct sfam__client *c)
{
	take_messages(c);
	if (sfam__client_takes_input(c) && !c->at_end) {
		recv_once(c);
		take_messages(c);
	}
	if (sfam__client_takes_input(c) && c->at_end)
		take_end(c);
}

/* What comes now nobody wants. */
static void linger(struct sfam__client *c)
{
	ssize_t n = recv_now(c, c->service->shared, c->service->o.message_max);

	if (n == 0 || (n < 0 && n != -ETIMEDOUT && n != -EMSGSIZE))
		sfam__client_doom(c, 0);
}

void sfam__client_serve(struct sfam__client *c)
{
	const struct sfam_service_opts *o = &c->service->o;

	if (c->pub.queued) {
		sfam__client_flush(c);
		if (sfam__client_takes_input(c) && o->writable)
			o->writable(o->arg, &c->pub);
	}
	if (sfam__client_takes_input(c))
		take_input(c);
	else if (c->state == SFAM__CLIENT_LINGERS)
		linger(c);
	sfam__client_settle(c);
}
