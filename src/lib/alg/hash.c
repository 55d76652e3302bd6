/* SPDX-License-Identifier: MIT */
#include "alg/alg.h"

#define SEND_MAX ((size_t)1 << 30)	/* the kernel's limit is below 2 GiB */

/* Ends what was fed; the size is exact, so nothing can be cut. */
static ssize_t take_digest(struct sfam_alg_op *op, void *digest)
{
	size_t size = op->alg->info.digest_size;
	ssize_t n = op->alg->engine->take(op, digest, size);

	if (__builtin_expect(n != (ssize_t)size, 0))
		return sfam__alg_fail(op, n < 0 ? (int)n : -EIO);
	op->state = SFAM__ALG_IDLE;
	return n;
}

SFAM_PUBLIC ssize_t sfam_alg_hash(struct sfam_alg_op *op, const void *data,
				  size_t len, void *digest, size_t size)
{
	size_t digest_size = op->alg->info.digest_size;
	int r = sfam__alg_ready(op, SFAM_ALG_HASH);
	ssize_t n;

	if (__builtin_expect(r < 0, 0))
		return r;
	if (op->state != SFAM__ALG_IDLE)
		return -EBUSY;
	if (size < digest_size)
		return -ENOSPC;
	/* A send of nothing begins nothing: the digest of that is there. */
	if (len == 0)
		return take_digest(op, digest);
	n = op->alg->engine->hash(op, data, len, digest, digest_size);
	if (__builtin_expect(n != (ssize_t)digest_size, 0))
		return sfam__alg_fail(op, n < 0 ? (int)n : -EIO);
	return n;
}

SFAM_PUBLIC ssize_t sfam_alg_hash_batch(struct sfam_alg_op *op,
					const struct sfam_alg_hash_job *jobs,
					size_t n)
{
	ssize_t r;
	size_t i;

	for (i = 0; i < n; i++) {
		r = sfam_alg_hash(op, jobs[i].data, jobs[i].len,
				  jobs[i].digest, op->alg->info.digest_size);
		if (r < 0)
			return i > 0 ? (ssize_t)i : r;
	}
	return (ssize_t)n;
}

SFAM_PUBLIC int sfam_alg_hash_update(struct sfam_alg_op *op, const void *data,
				     size_t len)
{
	int r = sfam__alg_ready(op, SFAM_ALG_HASH);

	if (r < 0 || len == 0)
		return r;
	r = op->alg->engine->feed(op, data, len, true);
	if (r < 0)
		return sfam__alg_fail(op, r);
	op->state = SFAM__ALG_HASHING;
	return 0;
}

static int update_pieces(struct sfam_alg_op *op, const struct iovec *iov,
			 size_t count, size_t len)
{
	int r;

	if (len == 0)
		return 0;
	r = op->alg->engine->feedv(op, NULL, iov, count, len, true);
	if (r < 0)
		return sfam__alg_fail(op, r);
	op->state = SFAM__ALG_HASHING;
	return 0;
}

SFAM_PUBLIC int sfam_alg_hash_updatev(struct sfam_alg_op *op,
				      const struct iovec *iov, size_t count)
{
	int r = sfam__alg_ready(op, SFAM_ALG_HASH);
	size_t len, n;

	for (; r == 0 && count > 0; iov += n, count -= n) {
		n = count < IOV_MAX ? count : IOV_MAX;
		r = sfam__alg_sum(iov, n, &len);
		if (r == 0 && len <= SEND_MAX) {
			r = update_pieces(op, iov, n, len);
		} else {	/* more than one call may send */
			n = 1;
			r = sfam_alg_hash_update(op, iov->iov_base,
						 iov->iov_len);
		}
	}
	return r;
}

SFAM_PUBLIC ssize_t sfam_alg_hash_final(struct sfam_alg_op *op, void *digest,
					size_t size)
{
	int r = sfam__alg_ready(op, SFAM_ALG_HASH);

	if (r < 0)
		return r;
	if (size < op->alg->info.digest_size)
		return -ENOSPC;
	return take_digest(op, digest);
}
