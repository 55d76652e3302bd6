/* SPDX-License-Identifier: MIT */
/*
 * Frames that wait for their echo: a ring of copies in the order in which
 * they went. Echoes come in that order but from controllers with several
 * buffers, so one in the middle may be done before those in front of it.
 */
#include <stdlib.h>

#include <linux/can.h>

#include "base/sys.h"
#include "can/layout.h"

#include <sockfam/can-confirm.h>

#define WAITING_MAX 1024

struct waiting {
	size_t size;		/* 0: its echo has come */
	void *frame;
};

struct sfam_can_confirmer {
	size_t frame_size;	/* room of each */
	size_t n;
	size_t span;		/* from the oldest that waits to the newest */
	size_t count;		/* of those, without echo */
	uint64_t next;		/* number of the next to be sent */
	struct waiting *ring;
};

SFAM_PUBLIC struct sfam_can_confirmer *sfam_can_confirmer_new(size_t n,
							      uint32_t flags)
{
	size_t frame_size = flags & SFAM_CAN_OPT_XL ? SFAM_CANXL_MTU
						    : CANFD_MTU;
	struct sfam_can_confirmer *c;
	char *frames;
	size_t i;

	if (n < 1 || n > WAITING_MAX || flags & ~SFAM_CAN_OPT_XL)
		return NULL;
	c = calloc(1, sizeof(*c) + n * (sizeof(*c->ring) + frame_size));
	if (!c)
		return NULL;
	c->frame_size = frame_size;
	c->n = n;
	c->ring = (void *)(c + 1);
	frames = (void *)(c->ring + n);
	for (i = 0; i < n; i++)
		c->ring[i].frame = frames + i * frame_size;
	return c;
}

SFAM_PUBLIC struct sfam_can_confirmer *
sfam_can_confirmer_free(struct sfam_can_confirmer *confirmer)
{
	free(confirmer);
	return NULL;
}

/* The i-th from the oldest on. */
static struct waiting *at(const struct sfam_can_confirmer *c, size_t i)
{
	return &c->ring[(c->next - c->span + i) % c->n];
}

static void keep(struct sfam_can_confirmer *c, const struct iovec *frame)
{
	struct waiting *w;

	c->next++;
	c->span++;
	c->count++;
	w = at(c, c->span - 1);
	w->size = frame->iov_len;
	memcpy(w->frame, frame->iov_base, frame->iov_len);
}

/* How many of them fit, up to the first that does not. */
static size_t fitting(const struct sfam_can_confirmer *c,
		      const struct iovec *frames, size_t n)
{
	size_t i;

	for (i = 0; i < n && i < c->n - c->span; i++)
		if (frames[i].iov_len > c->frame_size)
			break;
	return i;
}

SFAM_PUBLIC ssize_t
sfam_can_confirmer_send(int fd, struct sfam_can_confirmer *confirmer,
			const struct iovec *frames, size_t n,
			uint64_t *ret_first, int64_t timeout_ns)
{
	uint64_t first = confirmer->next;
	size_t fit = fitting(confirmer, frames, n);
	ssize_t sent, i;

	if (n > 0 && fit == 0)
		return confirmer->span == confirmer->n ? -EAGAIN : -EINVAL;
	sent = sfam_can_send(fd, frames, fit, NULL, timeout_ns);
	if (sent < 0)
		return sent;
	for (i = 0; i < sent; i++)
		keep(confirmer, &frames[i]);
	*ret_first = first;
	return sent;
}

/*
 * The echo is the frame that was sent, byte for byte; but can_send() (in
 * net/can/af_can.c, since 6.1) marks FD frames.
 */
static bool is_echo(const struct waiting *w, const struct sfam_can_record *rec)
{
	struct sfam__can_head sent, came;

	if (w->size != rec->size || rec->size < sizeof(sent))
		return false;
	memcpy(&sent, w->frame, sizeof(sent));
	memcpy(&came, rec->frame, sizeof(came));
	if (sfam__can_kind(rec->frame, rec->size) == SFAM__CAN_FD) {
		sent.flags |= SFAM__CANFD_FDF;
		came.flags |= SFAM__CANFD_FDF;
	}
	return memcmp(&sent, &came, sizeof(sent)) == 0 &&
	       memcmp((const char *)w->frame + sizeof(sent),
		      (const char *)rec->frame + sizeof(came),
		      rec->size - sizeof(came)) == 0;
}

/* The oldest of the ring is one that waits, or there is none. */
static void shorten(struct sfam_can_confirmer *c)
{
	while (c->span && at(c, 0)->size == 0)
		c->span--;
}

SFAM_PUBLIC int sfam_can_confirmer_take(struct sfam_can_confirmer *confirmer,
					const struct sfam_can_record *record,
					uint64_t *ret_number)
{
	struct waiting *w;
	size_t i;

	if (!(record->flags & SFAM_CAN_RX_OWN))
		return 0;
	for (i = 0; i < confirmer->span; i++) {
		w = at(confirmer, i);
		if (w->size == 0 || !is_echo(w, record))
			continue;
		*ret_number = confirmer->next - confirmer->span + i;
		w->size = 0;
		confirmer->count--;
		shorten(confirmer);
		return 1;
	}
	return 0;
}

SFAM_PUBLIC size_t
sfam_can_confirmer_waiting(const struct sfam_can_confirmer *confirmer,
			   uint64_t *ret_oldest)
{
	if (confirmer->count && ret_oldest)
		*ret_oldest = confirmer->next - confirmer->span;
	return confirmer->count;
}

SFAM_PUBLIC int sfam_can_confirmer_wait(int fd,
					struct sfam_can_confirmer *confirmer,
					struct sfam_can_receiver *receiver,
					int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	const struct sfam_can_record *rec;
	uint64_t number;
	ssize_t n, i;

	while (confirmer->count) {
		n = sfam_can_receive(fd, receiver, &rec,
				     sfam__deadline_left_ns(deadline));
		if (n < 0)
			return (int)n;
		for (i = 0; i < n; i++)
			(void)!sfam_can_confirmer_take(confirmer, &rec[i],
						       &number);
	}
	return 0;
}

SFAM_PUBLIC size_t
sfam_can_confirmer_forget(struct sfam_can_confirmer *confirmer)
{
	size_t n = confirmer->count;

	confirmer->count = 0;
	confirmer->span = 0;
	return n;
}
