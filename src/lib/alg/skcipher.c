/* SPDX-License-Identifier: MIT */
/* Whole messages of ciphers. */
#include "alg/alg.h"

#define CHUNK ((size_t)128 << 10)	/* to send before draining */
/*
 * At a time: enough for a chunk if each is a byte, and few enough for
 * optmem_max (room.c).
 */
#define PIECES 16
#define CHUNK_MIN 1024

struct job {
	struct sfam__alg_head head;
	struct sfam__alg_cursor in;
	struct sfam__alg_cursor out;
	size_t len;
};

static int check(const struct sfam_alg_op *op, size_t iv_len, size_t len)
{
	const struct sfam_alg_info *info = &op->alg->info;

	if (op->state != SFAM__ALG_IDLE)
		return -EBUSY;
	if (iv_len != info->iv_size)
		return -EINVAL;
	if (len > 0 && (len % info->block_size || len < info->len_min))
		return -EINVAL;
	return 0;
}

static int take_all(struct sfam_alg_op *op, const struct iovec *out,
		    size_t count, size_t len)
{
	ssize_t n = op->alg->engine->takev(op, out, count);

	if (n == (ssize_t)len)
		return 0;
	return n < 0 ? (int)n : -EIO;
}

/* How much of the job to do next: whole chunks of both sides. */
static size_t next_part(const struct job *j, size_t want, uint32_t chunk,
			struct iovec *in, size_t *in_count,
			struct iovec *out, size_t *out_count)
{
	size_t n;

	n = sfam__alg_slice(&j->in, want, in, PIECES, in_count);
	n = sfam__alg_slice(&j->out, n, out, PIECES, out_count);
	if (n < j->len)
		n -= n % chunk;
	n = sfam__alg_slice(&j->in, n, in, PIECES, in_count);
	return sfam__alg_slice(&j->out, n, out, PIECES, out_count);
}

/* Sends and drains by turns; the kernel hands the IV on. */
static int run_parts(struct sfam_alg_op *op, struct job *j, size_t most)
{
	struct iovec in[PIECES], out[PIECES];
	const struct sfam__alg_head *head = &j->head;
	uint32_t chunk = op->alg->info.chunk_size;
	size_t in_count, out_count, n;
	int r = 0;

	for (; r == 0 && j->len > 0; j->len -= n, head = NULL) {
		n = next_part(j, j->len < most ? j->len : most, chunk, in,
			      &in_count, out, &out_count);
		if (n == 0)	/* a chunk of more than PIECES bytes */
			return -EINVAL;
		r = op->alg->engine->feedv(op, head, in, in_count, n,
					   n < j->len);
		if (r == 0)
			r = take_all(op, out, out_count, n);
		sfam__alg_advance(&j->in, n);
		sfam__alg_advance(&j->out, n);
	}
	return r;
}

/* The modes that do not chain: one kernel operation, or none. */
static int run_at_once(struct sfam_alg_op *op, struct job *j)
{
	struct iovec in[SFAM_ALG_IOV_MAX], out[SFAM_ALG_IOV_MAX];
	size_t in_count, out_count;
	int r;

	if (sfam__alg_slice(&j->in, j->len, in, SFAM_ALG_IOV_MAX,
			    &in_count) < j->len ||
	    sfam__alg_slice(&j->out, j->len, out, SFAM_ALG_IOV_MAX,
			    &out_count) < j->len)
		return -EINVAL;
	r = sfam__alg_room(op, j->len, j->len, out_count);
	if (r < 0)
		return r;
	r = op->alg->engine->feedv(op, &j->head, in, in_count, j->len, false);
	if (r == 0)
		r = take_all(op, out, out_count, j->len);
	if (r == 0)
		return 0;
	sfam__alg_wipe_pieces(out, out_count, j->len);
	return sfam__alg_fail(op, r);
}

size_t sfam__alg_part_size(struct sfam_alg_op *op)
{
	size_t most = CHUNK;

	while (most >= CHUNK_MIN && sfam__alg_room(op, most, most, 1) < 0)
		most /= 2;
	return most >= CHUNK_MIN ? most : 0;
}

static int run_long(struct sfam_alg_op *op, struct job *j)
{
	struct sfam__alg_cursor out = j->out;
	size_t len = j->len;
	size_t most;
	int r;

	if (!(op->alg->info.flags & SFAM_ALG_INFO_CHAINS))
		return run_at_once(op, j);
	most = sfam__alg_part_size(op);
	if (most == 0)
		return -EMSGSIZE;
	r = run_parts(op, j, most);
	if (r == 0)
		return 0;
	sfam__alg_wipe_pieces(out.iov, out.count, len);
	return sfam__alg_fail(op, r);
}

/* x: of one piece each. */
static int __attribute__((noinline))
crypt_long(struct sfam_alg_op *op, const struct sfam__alg_exchange *x)
{
	struct job j = { x->head, { x->in, 1, 0 }, { x->out.iov, 1, 0 },
			 x->out.asked };

	return run_long(op, &j);
}

SFAM_PUBLIC int sfam_alg_crypt(struct sfam_alg_op *op,
			       enum sfam_alg_direction dir, const void *iv,
			       size_t iv_len, const void *in, void *out,
			       size_t len)
{
	const struct iovec from = { (void *)(uintptr_t)in, len };
	const struct iovec to = { out, len };
	const struct sfam__alg_exchange x = { { dir, iv, 0 }, &from, 1,
					      { len, &to, 1 } };
	int r = sfam__alg_ready(op, SFAM_ALG_SKCIPHER);
	ssize_t n;

	if (r == 0)
		r = check(op, iv_len, len);
	if (r < 0 || len == 0)
		return r;
	if (len > op->send_room || len > op->recv_room)
		return crypt_long(op, &x);
	n = op->alg->engine->exchange(op, &x);
	if (__builtin_expect(n == (ssize_t)len, 1))
		return 0;
	sfam__wipe(out, len);
	return sfam__alg_fail(op, n < 0 ? (int)n : -EIO);
}

SFAM_PUBLIC int sfam_alg_cryptv(struct sfam_alg_op *op,
				enum sfam_alg_direction dir, const void *iv,
				size_t iv_len, const struct iovec *in,
				size_t in_count, const struct iovec *out,
				size_t out_count)
{
	struct job j = { { dir, iv, 0 }, { in, in_count, 0 },
			 { out, out_count, 0 }, 0 };
	int r = sfam__alg_ready(op, SFAM_ALG_SKCIPHER);
	size_t room = 0;

	if (r == 0)
		r = sfam__alg_sum(in, in_count, &j.len);
	if (r == 0)
		r = sfam__alg_sum(out, out_count, &room);
	if (r == 0)
		r = check(op, iv_len, j.len);
	if (r < 0 || j.len == 0)
		return r;
	return room < j.len ? -ENOSPC : run_long(op, &j);
}
