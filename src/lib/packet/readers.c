/* SPDX-License-Identifier: MIT */
/* Threads that read the rings of one fanout group. */
#include "packet/ring.h"

#include <linux/if_packet.h>
#include <poll.h>
#include <stdlib.h>

#include "base/thread.h"

#include <sockfam/packet-readers.h>

#define COUNT_MAX 256		/* what the kernel takes unasked */

struct member {
	struct sfam_packet_readers *readers;
	struct sfam_packet_ring *ring;
	pthread_t thread;
};

struct sfam_packet_readers {
	struct sfam_packet_readers_opts o;
	size_t n_rings;		/* opened, and to be freed */
	size_t n_threads;	/* started, and to be joined */
	int ended_fd;		/* an eventfd: all threads have ended */
	size_t running;		/* atomic */
	uint32_t stopped;	/* atomic */
	uint32_t lock;		/* of the two below */
	int error;		/* the first one */
	size_t failed;		/* whose it is */
	struct member members[];
};

/* ------------------------------------------------------------- threads -- */

SFAM_PUBLIC void sfam_packet_readers_stop(struct sfam_packet_readers *readers)
{
	size_t i;

	__atomic_store_n(&readers->stopped, 1, __ATOMIC_RELEASE);
	for (i = 0; i < readers->n_rings; i++)
		sfam_packet_ring_wake(readers->members[i].ring);
}

static void note_error(struct sfam_packet_readers *readers, size_t number,
		       int error)
{
	sfam__spin_lock(&readers->lock);
	if (readers->error == 0) {
		readers->error = error;
		readers->failed = number;
	}
	sfam__spin_unlock(&readers->lock);
}

/* As the user's function does, it returns what ends all members. */
static int call(struct member *m, size_t number, ssize_t n,
		struct sfam_packet_batch batch)
{
	const struct sfam_packet_readers_opts *o = &m->readers->o;
	uint32_t events = sfam_packet_ring_events(m->ring) &
			  ~SFAM_PACKET_EVENT_WOKEN;

	return n || events ? o->read(o->arg, number, batch, events) : 0;
}

/* False: this member is at its end. */
static bool read_once(struct member *m, size_t number)
{
	struct sfam_packet_batch batch = { NULL, 0 };
	ssize_t n = sfam_packet_ring_take(m->ring, &batch, SFAM_FOREVER);
	int r = n < 0 ? (int)n : call(m, number, n, batch);

	if (r < 0)
		note_error(m->readers, number, r);
	/* The others are told that too, behind their last packets. */
	if (n == -ENODEV)
		return false;
	if (r != 0)
		sfam_packet_readers_stop(m->readers);
	return r == 0;
}

static void *run(void *arg)
{
	struct member *m = arg;
	struct sfam_packet_readers *readers = m->readers;
	const size_t number = (size_t)(m - readers->members);

	while (!__atomic_load_n(&readers->stopped, __ATOMIC_ACQUIRE) &&
	       read_once(m, number))
		;
	if (__atomic_sub_fetch(&readers->running, 1, __ATOMIC_ACQ_REL) == 0)
		sfam__sys_eventfd_set(readers->ended_fd);
	return NULL;
}

static void join(struct sfam_packet_readers *readers)
{
	for (; readers->n_threads; readers->n_threads--)
		sfam__sys_join(readers->members[readers->n_threads - 1].
			       thread);
}

/* --------------------------------------------------------------- start -- */

static int read_opts(struct sfam_packet_readers_opts *ret,
		     const struct sfam_packet_readers_opts *opts)
{
	const struct sfam_packet_readers_opts defaults =
		SFAM_PACKET_READERS_OPTS_INIT;
	int r;

	*ret = defaults;
	r = sfam__opts_read(ret, sizeof(*ret), opts);
	if (r < 0)
		return r;
	return ret->read && ret->count > 0 && ret->count <= COUNT_MAX ?
	       0 : -EINVAL;
}

/*
 * The first member makes the group, the others come by its id. Group 0 by
 * hash looks like none; but in one they are.
 */
static void follow_first(struct sfam_packet_fanout *f,
			 const struct sfam_packet_ring *first)
{
	int id = sfam_packet_fanout_id(first->fd);

	f->id = id < 0 ? 0 : (uint16_t)id;
	f->flags &= (uint16_t)~PACKET_FANOUT_FLAG_UNIQUEID;
}

static int open_rings(struct sfam_packet_readers *readers,
		      const struct sfam_addr *addr)
{
	const struct sfam_packet_readers_opts *ro = &readers->o;
	struct sfam_packet_fanout f = {
		.mode = PACKET_FANOUT_HASH,
		.flags = PACKET_FANOUT_FLAG_UNIQUEID,
	};
	struct sfam_packet_opts o;
	size_t i;
	int r = sfam__packet_opts(&o, ro->opts);

	if (r == 0 && o.fanout)
		f = *o.fanout;
	o.fanout = &f;
	for (i = 0; i < ro->count && r == 0; i++) {
		r = sfam_packet_ring_new(&readers->members[i].ring, addr, &o,
					 ro->ring_opts);
		if (r == 0)
			readers->n_rings++;
		if (r == 0 && i == 0)
			follow_first(&f, readers->members[0].ring);
	}
	return r;
}

static int start_threads(struct sfam_packet_readers *readers)
{
	struct member *m = readers->members;
	size_t i;
	int r = 0;

	readers->running = readers->o.count;
	for (i = 0; i < readers->o.count && r == 0; i++) {
		m[i].readers = readers;
		r = sfam__sys_thread(&m[i].thread, run, &m[i]);
		if (r == 0)
			readers->n_threads++;
	}
	return r;
}

static struct sfam_packet_readers *
alloc(const struct sfam_packet_readers_opts *o)
{
	struct sfam_packet_readers *readers =
		calloc(1, sizeof(*readers) + o->count *
			  sizeof(readers->members[0]));

	if (readers) {
		readers->o = *o;
		readers->ended_fd = -1;
	}
	return readers;
}

static int start(struct sfam_packet_readers *readers,
		 const struct sfam_addr *addr)
{
	int r = open_rings(readers, addr);

	if (r < 0)
		return r;
	readers->ended_fd = sfam__sys_eventfd();
	return readers->ended_fd < 0 ? readers->ended_fd :
				       start_threads(readers);
}

SFAM_PUBLIC int
sfam_packet_readers_new(struct sfam_packet_readers **ret,
			const struct sfam_addr *addr,
			const struct sfam_packet_readers_opts *opts)
{
	struct sfam_packet_readers *readers;
	struct sfam_packet_readers_opts o;
	int r = read_opts(&o, opts);

	if (r < 0)
		return r;
	readers = alloc(&o);
	if (!readers)
		return -ENOMEM;
	r = start(readers, addr);
	if (r < 0)
		sfam_packet_readers_free(readers);
	else
		*ret = readers;
	return r;
}

/* ----------------------------------------------------------------- end -- */

SFAM_PUBLIC struct sfam_packet_readers *
sfam_packet_readers_free(struct sfam_packet_readers *readers)
{
	size_t i;

	if (!readers)
		return NULL;
	sfam_packet_readers_stop(readers);
	join(readers);
	for (i = 0; i < readers->n_rings; i++)
		sfam_packet_ring_free(readers->members[i].ring);
	if (readers->ended_fd >= 0)
		sfam__sys_close(readers->ended_fd);
	free(readers);
	return NULL;
}

SFAM_PUBLIC int sfam_packet_readers_wait(struct sfam_packet_readers *readers,
					 size_t *ret_member,
					 int64_t timeout_ns)
{
	int r = sfam__sys_wait(readers->ended_fd, POLLIN,
			       sfam__deadline_in(timeout_ns));

	if (r < 0)
		return r;
	join(readers);
	if (readers->error && ret_member)
		*ret_member = readers->failed;
	return readers->error;
}

/* --------------------------------------------------------------- facts -- */

static void add(struct sfam_packet_stats *sum,
		const struct sfam_packet_stats *s)
{
	sum->seen += s->seen;
	sum->dropped += s->dropped;
	sum->freezes += s->freezes;
	sum->rolled += s->rolled;
	sum->rolled_huge += s->rolled_huge;
	sum->not_rolled += s->not_rolled;
}

SFAM_PUBLIC int sfam_packet_readers_stats(struct sfam_packet_readers *readers,
					  struct sfam_packet_stats *ret)
{
	struct sfam_packet_stats sum = { 0 }, s;
	size_t i;
	int r;

	for (i = 0; i < readers->n_rings; i++) {
		r = sfam_packet_ring_stats(readers->members[i].ring, &s);
		if (r < 0)
			return r;
		add(&sum, &s);
	}
	*ret = sum;
	return 0;
}

SFAM_PUBLIC struct sfam_packet_ring *
sfam_packet_readers_ring(const struct sfam_packet_readers *readers,
			 size_t member)
{
	return member < readers->n_rings ? readers->members[member].ring :
					   NULL;
}
