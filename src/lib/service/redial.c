/* SPDX-License-Identifier: MIT */
/* A connection that is made again, as a machine that is told the time. */
#include "base/sys.h"

#include <poll.h>

#include <sockfam/service.h>
#include <sockfam/socket.h>

#define FIRST_NS INT64_C(100000000)
#define LONGEST_NS INT64_C(10000000000)
#define TRY_NS INT64_C(5000000000)

static const struct sfam__deadline now_or_never = { 0 };

/* --------------------------------------------------------------- rests -- */

/* xorshift64: never 0, and no more than differing rests hang on it. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Between a half and all of first_ns, doubled tries - 1 times. */
static int64_t rest_ns(struct sfam_redial *d)
{
	int64_t ns = d->first_ns;
	unsigned int i;

	for (i = 1; i < d->tries && ns < d->longest_ns; i++)
		ns = ns <= d->longest_ns / 2 ? 2 * ns : d->longest_ns;
	if (ns > d->longest_ns)
		ns = d->longest_ns;
	return ns - (int64_t)(next_random(&d->random) %
			      ((uint64_t)ns / 2 + 1));
}

static void close_fd(struct sfam_redial *d)
{
	if (d->fd >= 0)
		sfam__sys_close(d->fd);
	d->fd = -1;
	d->events = 0;
}

static int rest(struct sfam_redial *d, int error, int64_t now_ns)
{
	close_fd(d);
	if (d->state == SFAM_REDIAL_UP && now_ns - d->up_ns >= d->longest_ns)
		d->tries = 0;
	if (d->tries < UINT32_MAX)
		d->tries++;
	d->state = SFAM_REDIAL_RESTS;
	d->error = error;
	d->due_ns = now_ns + rest_ns(d);
	return 1;
}

/* --------------------------------------------------------------- moves -- */

/* It was O_NONBLOCK for connect(2), and nobody else's until now. */
static int come_up(struct sfam_redial *d, int64_t now_ns)
{
	int r = sfam__sys_clear_nonblock(d->fd);

	if (r < 0)
		return rest(d, r, now_ns);
	d->state = SFAM_REDIAL_UP;
	d->events = POLLIN;
	d->due_ns = -1;
	d->up_ns = now_ns;
	return 1;
}

static int begin(struct sfam_redial *d, int64_t now_ns)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	int r;

	opts.flags = SFAM_OPEN_NONBLOCK;
	d->fd = sfam_open(&d->addr, SFAM_OPEN_SOCKET, &opts);
	if (d->fd < 0)
		return rest(d, d->fd, now_ns);
	r = sfam_connect(d->fd, &d->addr, 0);
	if (r == 0)
		return come_up(d, now_ns);
	if (r != -EINPROGRESS)
		return rest(d, r, now_ns);
	d->state = SFAM_REDIAL_CONNECTS;
	d->events = POLLOUT;
	d->due_ns = now_ns + d->try_ns;
	return 1;
}

/* SO_ERROR, which reading takes away; or what is to be said without one. */
static int error_of(int fd, int otherwise)
{
	int error = 0;
	int r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_ERROR, &error);

	return r < 0 ? r : error ? -error : otherwise;
}

static int see_outcome(struct sfam_redial *d, int64_t now_ns)
{
	int r = sfam__sys_wait(d->fd, POLLOUT, now_or_never);

	if (r == -ETIMEDOUT)
		return now_ns >= d->due_ns ? rest(d, r, now_ns) : 0;
	if (r >= 0)
		r = error_of(d->fd, r & POLLOUT ? 0 : -ECONNRESET);
	return r < 0 ? rest(d, r, now_ns) : come_up(d, now_ns);
}

static int see_health(struct sfam_redial *d, int64_t now_ns)
{
	int r = sfam__sys_wait(d->fd, 0, now_or_never);

	if (r == -ETIMEDOUT)
		return 0;
	return rest(d, r < 0 ? r : error_of(d->fd, -ECONNRESET), now_ns);
}

/* -------------------------------------------------------------- public -- */

SFAM_PUBLIC int sfam_redial_init(struct sfam_redial *redial,
				 const struct sfam_addr *addr, uint64_t seed)
{
	int r;

	if (!addr->family)
		return -EINVAL;
	r = seed ? 0 : sfam__sys_random(&seed, sizeof(seed));
	if (r < 0)
		return r;
	memset(redial, 0, sizeof(*redial));
	redial->state = SFAM_REDIAL_RESTS;
	redial->fd = -1;
	redial->first_ns = FIRST_NS;
	redial->longest_ns = LONGEST_NS;
	redial->try_ns = TRY_NS;
	redial->random = seed ? seed : 1;
	redial->addr = *addr;
	return 0;
}

SFAM_PUBLIC int sfam_redial_step(struct sfam_redial *redial, int64_t now_ns)
{
	switch (redial->state) {
	case SFAM_REDIAL_RESTS:
		return now_ns >= redial->due_ns ? begin(redial, now_ns) : 0;
	case SFAM_REDIAL_CONNECTS:
		return see_outcome(redial, now_ns);
	case SFAM_REDIAL_UP:
		return see_health(redial, now_ns);
	}
	return 0;
}

SFAM_PUBLIC void sfam_redial_lost(struct sfam_redial *redial, int error,
				  int64_t now_ns)
{
	if (redial->state != SFAM_REDIAL_RESTS)
		rest(redial, error, now_ns);
}

SFAM_PUBLIC void sfam_redial_done(struct sfam_redial *redial)
{
	close_fd(redial);
	redial->state = SFAM_REDIAL_RESTS;
	redial->due_ns = 0;
}
