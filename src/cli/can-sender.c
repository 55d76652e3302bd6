/* SPDX-License-Identifier: MIT */
#include "can-sender.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "can-bus.h"

/* After so long of waiting, s->stopped is looked at. */
#define SLICE_NS INT64_C(100000000)

size_t can_sender_kind(const void *frame, size_t size)
{
	/* An XL frame of 4 or 60 bytes has the size of another kind. */
	return ((const uint8_t *)frame)[4] & 0x80 ? SFAM_CANXL_MTU : size;
}

/* --------------------------------------------------------------- batches -- */

int can_sender_open(struct can_sender *s, const char *name,
		    uint32_t options_off)
{
	int r;

	memset(s, 0, sizeof(*s));
	strncpy(s->name, name, sizeof(s->name) - 1);
	s->timeout_ns = -1;
	s->largest = CANFD_MTU;
	s->fd = can_bus_open(name, s->largest, 0, NULL);
	if (s->fd < 0)
		return CLI_FAILED;
	/* It hears nothing. */
	r = sfam_can_set_filters(s->fd, NULL, 0);
	if (r == 0)
		r = sfam_can_set_options(s->fd, 0, options_off);
	if (r == 0)
		return CLI_OK;
	can_sender_close(s);
	return cli_bad_call(name, r);
}

/* The least is 4.5 KiB (sock_setsockopt()): six frames, of a queue of ten. */
int can_sender_hold_back(struct can_sender *s)
{
	int r = sfam_option_set_int(s->fd, SOL_SOCKET, SO_SNDBUF, 1);

	return r < 0 ? cli_bad_call(s->name, r) : CLI_OK;
}

static int frame_failed(const struct can_sender *s, const struct iovec *frame,
			int error)
{
	const size_t kind = can_sender_kind(frame->iov_base, frame->iov_len);
	char text[SFAM_CAN_TEXT_STRLEN + 1];

	if (sfam_can_text_format(text, sizeof(text), frame->iov_base,
				 frame->iov_len) < 0)
		strcpy(text, "frame");
	return can_bus_send_failed(s->name, text, s->fd, kind, error);
}

static int is_stopped(const struct can_sender *s)
{
	return s->stopped && *s->stopped;
}

/* How many were dealt with: at least one, or why not. 0: it was stopped. */
static ssize_t send_some(struct can_sender *s, const struct iovec *frames,
			 size_t n)
{
	int64_t left = s->timeout_ns, slice;
	ssize_t r;

	do {
		slice = left < 0 || left > SLICE_NS ? SLICE_NS : left;
		r = sfam_can_send(s->fd, frames, n, NULL, slice);
		if (left > 0)
			left -= slice;
	} while ((r == -ENOBUFS || r == -ETIMEDOUT) && left != 0 &&
		 !is_stopped(s));
	if (r > 0)
		s->sent += (uint64_t)r;
	return r < 0 && is_stopped(s) ? 0 : r;
}

/*
 * The same where a full queue costs a frame; that the socket's own buffer is
 * full costs nothing but time.
 */
static ssize_t send_or_skip(struct can_sender *s, const struct iovec *frames,
			    size_t n)
{
	struct pollfd room = { s->fd, POLLOUT, 0 };
	ssize_t r;

	while (!is_stopped(s)) {
		r = sfam_can_send(s->fd, frames, n, NULL, 0);
		if (r == -ENOBUFS) {
			s->skipped++;
			return 1;
		}
		if (r > 0)
			s->sent += (uint64_t)r;
		if (r != -ETIMEDOUT)
			return r;
		poll(&room, 1, (int)(SLICE_NS / 1000000));
	}
	return 0;
}

int can_sender_flush(struct can_sender *s)
{
	const struct iovec *frames = s->batch;
	size_t n = s->n;
	ssize_t r;

	s->n = s->used = 0;
	while (n && !is_stopped(s)) {
		r = s->skips_full ? send_or_skip(s, frames, n) :
				    send_some(s, frames, n);
		if (r < 0)
			return frame_failed(s, frames, (int)r);
		frames += r;
		n -= (size_t)r;
	}
	return CLI_OK;
}

void *can_sender_space(struct can_sender *s)
{
	if ((s->n == CAN_SENDER_BATCH ||
	     s->used > sizeof(s->room) - SFAM_CANXL_MTU) &&
	    can_sender_flush(s) != CLI_OK)
		return NULL;
	return s->room + s->used;
}

int can_sender_add(struct can_sender *s, size_t size)
{
	void *frame = s->room + s->used;
	const size_t kind = can_sender_kind(frame, size);

	if (kind > s->largest) {
		if (can_bus_allow(s->name, s->fd, kind, 0) != CLI_OK)
			return CLI_FAILED;
		s->largest = kind;
	}
	s->batch[s->n++] = (struct iovec){ frame, size };
	s->used += (size + 7) & ~(size_t)7;
	return CLI_OK;
}

void can_sender_close(struct can_sender *s)
{
	close(s->fd);
}
