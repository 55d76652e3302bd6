/* SPDX-License-Identifier: MIT */
/* A service and its client in one process, turn by turn. */
#ifndef SFAM_TEST_SERVICE_TURNS_H
#define SFAM_TEST_SERVICE_TURNS_H

#include <arpa/inet.h>
#include <errno.h>

#include "test-service.h"

#define MS INT64_C(1000000)
#define SEEN 16

enum manner {
	ECHO,
	PUSH,		/* answers with much, as often as there is room */
	TELL_ALL,	/* sends what comes to everybody */
	END,		/* answers with much, and ends the client */
	FAIL,		/* returns -EPROTO */
	LAST_WORD,	/* answers the client's end */
};

static struct test {
	struct sfam_service *service;
	struct sfam_service_opts opts;
	struct sfam_addr addr;
	int listener;
	enum manner manner;
	int refuse;		/* what accepted returns */
	int accepted, received, writable, closed, failures;
	int error;		/* of not_accepted */
	int cause[SEEN];
	struct sfam_service_client *clients[SEEN];
} t;

static char large[60000];

static int on_accepted(void *arg, struct sfam_service_client *client)
{
	ck_assert_ptr_eq(arg, &t);
	ck_assert_ptr_null(client->data);
	ck_assert_uint_eq(client->queued, 0);
	ck_assert_int_ge(client->fd, 0);
	t.clients[t.accepted++] = client;
	return t.refuse;
}

static void tell_all(const void *buf, size_t len)
{
	int i;

	for (i = 0; i < t.accepted; i++)
		if (t.clients[i] &&
		    sfam_service_send(t.clients[i], buf, len) < 0)
			continue;
}

static int answer(struct sfam_service_client *client, const void *buf,
		  size_t len)
{
	int r = 0;

	switch (t.manner) {
	case ECHO:
	case LAST_WORD:
		return sfam_service_send(client, buf, len);
	case PUSH:
		while (r == 0)
			r = sfam_service_send(client, large, 5000);
		return 0;	/* it has its cause */
	case TELL_ALL:
		tell_all(buf, len);
		return 0;
	case END:
		ck_assert_ok(sfam_service_send(client, large, sizeof(large)));
		sfam_service_end(client, 0);
		ck_assert_err(sfam_service_send(client, buf, len), ESHUTDOWN);
		return 0;
	case FAIL:
		return -EPROTO;
	}
	return 0;
}

static int on_received(void *arg, struct sfam_service_client *client,
		       const void *buf, size_t len)
{
	ck_assert_ptr_eq(arg, &t);
	/* Of one that has to read first nothing comes. */
	ck_assert_uint_eq(client->queued, 0);
	if (len == 0)
		return t.manner == LAST_WORD ?
		       sfam_service_send(client, "bye", 3) : 0;
	t.received++;
	return answer(client, buf, len);
}

static void on_writable(void *arg, struct sfam_service_client *client)
{
	ck_assert_ptr_eq(arg, &t);
	ck_assert_uint_eq(client->queued, 0);
	t.writable++;
}

static void on_closed(void *arg, struct sfam_service_client *client, int cause)
{
	int i;

	ck_assert_ptr_eq(arg, &t);
	for (i = 0; i < t.accepted; i++)
		if (t.clients[i] == client)
			t.clients[i] = NULL;
	t.cause[t.closed++] = cause;
}

static void on_failure(void *arg, int error)
{
	ck_assert_ptr_eq(arg, &t);
	t.failures++;
	t.error = error;
}

static void prepare(const char *text, enum manner manner)
{
	const struct sfam_service_opts defaults = SFAM_SERVICE_OPTS_INIT;

	memset(&t, 0, sizeof(t));
	t.manner = manner;
	t.listener = service_listen(text, &t.addr);
	t.opts = defaults;
	t.opts.clients_max = 8;
	t.opts.arg = &t;
	t.opts.accepted = on_accepted;
	t.opts.received = on_received;
	t.opts.writable = on_writable;
	t.opts.closed = on_closed;
	t.opts.not_accepted = on_failure;
}

static void start(void)
{
	ck_assert_ok(sfam_service_new(&t.service, &t.listener, 1, &t.opts));
}

static void begin(const char *text, enum manner manner)
{
	prepare(text, manner);
	start();
}

/* Returns 1 while the service goes on. */
static int turn(void)
{
	int r = sfam_service_run(t.service, MS);

	if (r != 0)
		ck_assert_err(r, ETIMEDOUT);
	return r != 0;
}

#define until(condition) while (!(condition)) turn()

static int dial(void)
{
	const int n = t.accepted;
	int fd = service_dial(&t.addr);

	until(t.accepted > n);
	return fd;
}

static void finish(void)
{
	t.service = sfam_service_free(t.service);
	ck_assert_ptr_null(t.service);
	close(t.listener);
}

/* The service's turns, until fd has had so many bytes, or its end (0). */
static ssize_t take_bytes(int fd, unsigned char *buf, size_t len)
{
	size_t got = 0;
	ssize_t n;

	while (got < len) {
		n = sfam_recv(fd, buf + got, len - got, 0, NULL);
		if (n == -ETIMEDOUT)
			turn();
		else if (n <= 0)
			return n;
		else
			got += (size_t)n;
	}
	return (ssize_t)got;
}

/*
 * The service's turns, until fd has had a message. Of a stream there may be
 * a part of it for now, and the service may have the rest:
 * sfam_message_recv() would have to wait for that.
 */
static ssize_t take(int fd, void *buf, size_t size)
{
	unsigned char head[4];
	uint32_t len;
	ssize_t n;

	if (!is_stream(fd)) {
		while ((n = sfam_recv(fd, buf, size, 0, NULL)) == -ETIMEDOUT)
			turn();
		return n;
	}
	n = take_bytes(fd, head, sizeof(head));
	if (n <= 0)
		return n;
	memcpy(&len, head, sizeof(len));
	len = ntohl(len);
	ck_assert_uint_ge(len, 1);
	ck_assert_uint_le(len, size);
	return take_bytes(fd, buf, len);
}

static void say(int fd, const char *text)
{
	ck_assert_ok(sfam_message_send(fd, text, strlen(text), 0));
}

static void hears(int fd, const char *text)
{
	char got[64];

	ck_assert_int_eq(take(fd, got, sizeof(got)), (ssize_t)strlen(text));
	ck_assert_mem_eq(got, text, strlen(text));
}

#endif
