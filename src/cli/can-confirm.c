/* SPDX-License-Identifier: MIT */
/* sockfam can send -c: frames that are waited for until they are sent. */
#include <errno.h>
#include <stdio.h>

#include <linux/can/error.h>
#include <linux/can/raw.h>

#include <sockfam/can-confirm.h>

#include "can-bus.h"
#include "progress.h"

#define AT_ONCE 64		/* frames that wait for their echo */

struct confirm {
	const char *name;
	int fd;
	const struct iovec *frames;
	size_t n;
	char **texts;
	size_t largest;
	struct sfam_can_confirmer *confirmer;
	struct sfam_can_receiver *receiver;
};

/*
 * Only what is sent comes back, so that the traffic of others cannot fill
 * the socket; a list that is too long lets all pass. Error frames go by
 * their mask alone (can_rcv_filter() in net/can/af_can.c).
 */
static int set_filters(const struct confirm *c)
{
	struct can_filter filters[CAN_RAW_FILTER_MAX];
	uint32_t id;
	size_t i;
	int r = 0;

	if (c->n > CAN_RAW_FILTER_MAX)
		return sfam_can_set_error_mask(c->fd, CAN_ERR_MASK);
	for (i = 0; i < c->n && r == 0; i++) {
		id = *(const uint32_t *)c->frames[i].iov_base;
		if (id & CAN_ERR_FLAG)
			r = sfam_can_set_error_mask(c->fd, CAN_ERR_MASK);
		filters[i] = can_bus_filter(id & ~CAN_ERR_FLAG);
	}
	return r < 0 ? r : sfam_can_set_filters(c->fd, filters, c->n);
}

static int not_confirmed(const struct confirm *c, size_t sent, int error)
{
	uint64_t oldest = 0;
	size_t waiting = sfam_can_confirmer_waiting(c->confirmer, &oldest);
	char words[SFAM_ERROR_STRLEN] = "the interface went down";

	if (error == -ETIMEDOUT)
		snprintf(words, sizeof(words), "not sent in time; try: "
			 "sockfam can state");
	else if (error != -ENETDOWN)
		cli_words(error, words, sizeof(words));
	return cli_error("%s: %s: %zu of %zu frames are on the bus: %s",
			 c->name, c->texts[oldest], sent - waiting, c->n,
			 words);
}

static int send_all(const struct confirm *c, int64_t end_ns)
{
	size_t sent = 0;
	uint64_t first;
	int64_t left;
	ssize_t n;
	int r;

	while (sent < c->n) {
		left = end_ns - progress_now_ns();
		n = sfam_can_confirmer_send(c->fd, c->confirmer,
					    c->frames + sent, c->n - sent,
					    &first, left > 0 ? left : 0);
		if (n < 0)
			return can_bus_send_failed(c->name, c->texts[sent],
						   c->fd, c->largest, (int)n);
		sent += (size_t)n;
		left = end_ns - progress_now_ns();
		r = sfam_can_confirmer_wait(c->fd, c->confirmer, c->receiver,
					    left > 0 ? left : 0);
		if (r < 0)
			return not_confirmed(c, sent, r);
	}
	return CLI_OK;
}

int can_confirm_send(const char *name, int fd, const struct iovec *frames,
		     size_t n, char **texts, size_t largest,
		     int64_t timeout_ns)
{
	uint32_t xl = largest > CANFD_MTU ? SFAM_CAN_OPT_XL : 0;
	struct confirm c = { name, fd, frames, n, texts, largest,
			     sfam_can_confirmer_new(AT_ONCE, xl),
			     sfam_can_receiver_new(AT_ONCE, xl) };
	int status, r;

	r = c.confirmer && c.receiver ? set_filters(&c) : -ENOMEM;
	status = r < 0 ? cli_bad_call(name, r) :
		 send_all(&c, progress_now_ns() + timeout_ns);
	sfam_can_receiver_free(c.receiver);
	sfam_can_confirmer_free(c.confirmer);
	return status;
}
