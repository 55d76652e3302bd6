/* SPDX-License-Identifier: MIT */
/* What the files of a service share; see sockfam/service.h. */
#ifndef SFAM_SERVICE_SERVICE_H
#define SFAM_SERVICE_SERVICE_H

#include "base/sys.h"

#include <sockfam/service.h>

/* Before a message in a stream, and in each queue. */
#define SFAM__HEAD 4

/* A descriptor in the epoll set; mask 0: it is not in it. */
struct sfam__watch {
	int fd;
	uint32_t mask;
	struct sfam__client *client;	/* NULL: a listener, or wake */
};

/* What the sockets of a listener are like. */
struct sfam__manner {
	bool has_records;	/* SOCK_SEQPACKET */
	bool has_heads;		/* messages in a stream */
	bool half_messages;	/* SFAM_TRAIT_HALF_MESSAGES matters */
	bool ends_as_one;	/* SFAM_TRAIT_ENDS_AS_ONE */
	bool may_bring_fds;	/* with a message */
};

struct sfam__listener {
	struct sfam__watch watch;
	struct sfam__manner manner;
};

enum sfam__client_state {
	SFAM__CLIENT_FREE,
	SFAM__CLIENT_OPEN,
	SFAM__CLIENT_LAST,	/* takes no input; its queue is sent */
	SFAM__CLIENT_LINGERS,	/* knows of the end; until it has read all */
	SFAM__CLIENT_DOOMED,	/* closed as soon as nobody looks at it */
};

struct sfam__client {
	struct sfam_service_client pub;	/* the first: it is what users have */
	struct sfam_service *service;
	struct sfam__client *next_free;
	struct sfam__watch watch;
	struct sfam__manner manner;
	enum sfam__client_state state;
	bool at_end;		/* it sends no more */
	int cause;
	int64_t since_ns;
	int64_t active_ns;	/* of its last byte */
	int64_t linger_ns;	/* in this state until then */
	size_t in_len;		/* of in: bytes of a stream with heads */
	size_t out_at;		/* of out: pub.queued bytes from there */
	unsigned char *in;
	unsigned char *out;
};

struct sfam_service {
	struct sfam_service_opts o;
	int epoll;
	struct sfam__watch wake;
	uint32_t stop;		/* atomic; ms and 1, 0: not asked for */
	bool is_stopping;
	bool has_doomed;
	bool not_accepted;	/* that was told */
	int64_t now_ns;
	int64_t tick_ns;	/* nothing is due before; INT64_MAX: never */
	int64_t stop_ns;	/* the clients have until then */
	int64_t accept_again_ns;
	size_t open;
	size_t n_listeners;
	struct sfam__listener *listeners;
	struct sfam__client *clients;	/* o.clients_max */
	struct sfam__client *free;
	unsigned char *buffers;	/* in and out of each client */
	unsigned char *shared;	/* message_max bytes and 1: whose turn it is */
};

/* In queue.c. For the caller of these the client stays where it is. */
void sfam__client_doom(struct sfam__client *c, int cause);
/* Sends what can be sent. */
void sfam__client_flush(struct sfam__client *c);
/* After whatever has changed: what to wait for, or to end now. */
void sfam__client_settle(struct sfam__client *c);
static inline bool sfam__client_takes_input(const struct sfam__client *c)
{
	return c->state == SFAM__CLIENT_OPEN && c->pub.queued == 0;
}

/* In client.c. */
void sfam__client_serve(struct sfam__client *c);

/* In loop.c. */
int sfam__service_watch(struct sfam_service *s, struct sfam__watch *w,
			uint32_t mask);
void sfam__service_due(struct sfam_service *s, int64_t at_ns);
/* Closes those that are doomed. */
void sfam__service_reap(struct sfam_service *s);

/* In message.c: the head of a message, and back. */
void sfam__head_put(unsigned char *head, size_t len);
uint32_t sfam__head_get(const unsigned char *head);
/* An error of recv(2) that is how connections of that family end. */
bool sfam__is_end(bool ends_as_one, ssize_t n);

#endif
