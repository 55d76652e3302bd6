/* SPDX-License-Identifier: MIT */
/* One connection of perf: its plan, its data, its counts. */
#include <endian.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include "progress.h"
#include "stream-perf.h"

#define RECEIVE_SIZE (256 * 1024)	/* of a stream, at a time */
#define BLOCK_NS INT64_C(10000000000)	/* for a plan, and its answer */

/* On the wire: big endian numbers, of which the first tells the kind. */
#define MAGIC UINT64_C(0x736f636b70657200)	/* "sockper" */
enum { PLAN = 1, READY, COUNTS };
enum { PLAN_DIRECTION = 1, PLAN_SIZE, PLAN_BYTES, PLAN_NS };
enum { COUNT_SENT = 1, COUNT_RECEIVED, COUNT_RECEIVE_NS };
#define WORDS (STREAM_PERF_BLOCK / sizeof(uint64_t))
struct block {
	uint64_t words[WORDS];
};

/* ------------------------------------------------------------ blocks -- */

static int send_block(struct perf *p, unsigned int kind, struct block b)
{
	size_t i;

	b.words[0] = MAGIC + kind;
	for (i = 0; i < WORDS; i++)
		b.words[i] = htobe64(b.words[i]);
	return sfam_send_all(p->fd, &b, sizeof(b), 0, SFAM_FOREVER, NULL);
}

static int receive_block(struct perf *p, unsigned int kind,
			 struct block *ret, int64_t timeout_ns)
{
	struct block b;
	ssize_t n;
	size_t i;

	memcpy(&b, p->ahead, p->n_ahead);
	if (p->is_stream)
		n = sfam_recv_exact(p->fd, (char *)&b + p->n_ahead,
				    sizeof(b) - p->n_ahead, timeout_ns, NULL);
	else
		n = sfam_recv(p->fd, &b, sizeof(b), timeout_ns, NULL);
	if (n < 0)
		return n == -EMSGSIZE ? -EBADMSG : (int)n;
	if (!p->is_stream && n != sizeof(b))
		return n ? -EBADMSG : -ENODATA;
	for (i = 0; i < WORDS; i++)
		ret->words[i] = be64toh(b.words[i]);
	return ret->words[0] == MAGIC + kind ? 0 : -EBADMSG;
}

/* -------------------------------------------------------------- data -- */

/* What failed ends the other way as well. */
static void end_way(struct perf *p, struct perf_way *w, int64_t begun,
		    int error)
{
	w->ns = progress_now_ns() - begun;
	w->error = error;
	if (error < 0)
		shutdown(p->fd, SHUT_RDWR);
}

static int is_last(const struct perf *p, int64_t begun)
{
	const struct perf_plan *plan = &p->plan;

	return (plan->bytes && p->sent.bytes + plan->size >= plan->bytes) ||
	       (plan->ns &&
		(uint64_t)(progress_now_ns() - begun) >= plan->ns);
}

static void *send_data(void *arg)
{
	struct perf *p = arg;
	int64_t begun = progress_now_ns();
	int r = 0;

	p->out[0] = 0;
	while (r == 0 && !p->out[0]) {
		p->out[0] = (char)is_last(p, begun);
		r = sfam_send_all(p->fd, p->out, p->plan.size, 0,
				  SFAM_FOREVER, NULL);
		p->sent.bytes += r == 0 ? p->plan.size : 0;
	}
	end_way(p, &p->sent, begun, r);
	return NULL;
}

/*
 * Of n bytes of a stream that came: 1 if the last message has begun, with
 * *ret_end its end, counted from these bytes.
 */
static int find_last(const struct perf *p, size_t n, size_t *ret_end)
{
	size_t size = p->plan.size;
	size_t at = (size - p->received.bytes % size) % size;

	for (; at < n; at += size)
		if (p->in[at]) {
			*ret_end = at + size;
			return 1;
		}
	return 0;
}

/* What stands behind the last message is the begin of a block. */
static int keep_ahead(struct perf *p, size_t end, size_t n)
{
	if (n - end > sizeof(p->ahead))
		return -EBADMSG;
	p->n_ahead = n - end;
	memcpy(p->ahead, p->in + end, p->n_ahead);
	p->received.bytes += end;
	return 0;
}

/* 1 at the end, 0, or -errno. */
static int receive_stream(struct perf *p)
{
	ssize_t n = sfam_recv(p->fd, p->in, RECEIVE_SIZE, SFAM_FOREVER, NULL);
	size_t end = 0;
	int r;

	if (n <= 0)
		return n < 0 ? (int)n : -ENODATA;
	if (!find_last(p, (size_t)n, &end)) {
		p->received.bytes += (size_t)n;
		return 0;
	}
	if ((size_t)n >= end) {
		r = keep_ahead(p, end, (size_t)n);
	} else {
		r = sfam_recv_exact(p->fd, p->in, end - (size_t)n,
				    SFAM_FOREVER, NULL);
		p->received.bytes += r == 0 ? end : (size_t)n;
	}
	return r < 0 ? r : 1;
}

static int receive_message(struct perf *p)
{
	ssize_t n = sfam_recv(p->fd, p->in, sizeof(p->in), SFAM_FOREVER, NULL);

	if (n <= 0)
		return n < 0 ? (int)n : -ENODATA;
	if ((size_t)n != p->plan.size)
		return -EBADMSG;
	p->received.bytes += (size_t)n;
	return p->in[0] != 0;
}

static void receive_data(struct perf *p)
{
	int64_t begun = progress_now_ns();
	int r = 0;

	while (r == 0)
		r = p->is_stream ? receive_stream(p) : receive_message(p);
	end_way(p, &p->received, begun, r < 0 ? r : 0);
}

/* Both ways at once, as the plan has it. 0 or -errno. */
static int move_data(struct perf *p)
{
	pthread_t sender;
	int r;

	if (!p->receives) {
		send_data(p);
		return p->sent.error;
	}
	if (p->sends) {
		r = pthread_create(&sender, NULL, send_data, p);
		if (r)
			return -r;
	}
	receive_data(p);
	if (p->sends)
		pthread_join(sender, NULL);
	/* The other one's is only what follows from it. */
	r = p->received.error;
	return r && (r != -ENODATA || !p->sent.error) ? r : p->sent.error;
}

/* ------------------------------------------------------------- plan --- */

/* A connection that is new: what the last one counted goes. */
static int begin(struct perf *p, int fd)
{
	int type = 0;
	int r = sfam_option_get_int(fd, SOL_SOCKET, SO_TYPE, &type);

	memset(&p->sent, 0, sizeof(p->sent));
	memset(&p->received, 0, sizeof(p->received));
	p->n_ahead = 0;
	p->fd = fd;
	p->is_stream = type == SOCK_STREAM;
	return r;
}

int stream_perf_ask(struct perf *p, int fd)
{
	const struct perf_plan *plan = &p->plan;
	const struct block out = { .words = {
		[PLAN_DIRECTION] = plan->direction,
		[PLAN_SIZE] = plan->size,
		[PLAN_BYTES] = plan->bytes,
		[PLAN_NS] = plan->ns,
	} };
	struct block in;
	int r = begin(p, fd);

	if (r == 0)
		r = send_block(p, PLAN, out);
	if (r == 0)
		r = receive_block(p, READY, &in, BLOCK_NS);
	if (r == 0)
		r = move_data(p);
	if (r == 0)
		r = receive_block(p, COUNTS, &in, SFAM_FOREVER);
	if (r < 0)
		return r;
	if (in.words[COUNT_RECEIVED] != p->sent.bytes ||
	    in.words[COUNT_SENT] != p->received.bytes)
		return -EIO;
	/* What counts is when it had come. */
	p->sent.ns = (int64_t)in.words[COUNT_RECEIVE_NS];
	return 0;
}

static int read_plan(struct perf *p)
{
	struct perf_plan *plan = &p->plan;
	struct block in;
	int r = receive_block(p, PLAN, &in, BLOCK_NS);

	if (r < 0)
		return r;
	plan->direction = in.words[PLAN_DIRECTION];
	plan->size = in.words[PLAN_SIZE];
	plan->bytes = in.words[PLAN_BYTES];
	plan->ns = in.words[PLAN_NS];
	if (plan->direction < PERF_UP ||
	    plan->direction > (PERF_UP | PERF_DOWN) ||
	    plan->size < 1 || plan->size > STREAM_PERF_MAX ||
	    (!plan->bytes && !plan->ns))
		return -EBADMSG;
	p->sends = (plan->direction & PERF_DOWN) != 0;
	p->receives = (plan->direction & PERF_UP) != 0;
	return send_block(p, READY, in);
}

int stream_perf_answer(struct perf *p, int fd)
{
	int r = begin(p, fd);

	if (r == 0)
		r = read_plan(p);
	if (r == 0)
		r = move_data(p);
	if (r < 0)
		return r;
	return send_block(p, COUNTS, (struct block){ .words = {
		[COUNT_SENT] = p->sent.bytes,
		[COUNT_RECEIVED] = p->received.bytes,
		[COUNT_RECEIVE_NS] = (uint64_t)p->received.ns,
	} });
}
