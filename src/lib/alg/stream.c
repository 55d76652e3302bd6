/* SPDX-License-Identifier: MIT */
/*
 * A cipher's message in parts. With MSG_MORE the kernel gives whole chunks
 * only and keeps the rest (_skcipher_recvmsg of crypto/algif_skcipher.c);
 * how much that is, is counted here, so nothing is asked for in vain.
 */
#include "alg/alg.h"

SFAM_PUBLIC int sfam_alg_stream_begin(struct sfam_alg_op *op,
				      enum sfam_alg_direction dir,
				      const void *iv, size_t iv_len)
{
	const struct sfam_alg_info *info = &op->alg->info;
	int r = sfam__alg_ready(op, SFAM_ALG_SKCIPHER);

	if (r < 0)
		return r;
	if (!(info->flags & SFAM_ALG_INFO_CHAINS))
		return -EOPNOTSUPP;
	if (iv_len != info->iv_size)
		return -EINVAL;
	/* What is staged would come first. */
	if (op->state == SFAM__ALG_STREAMING && op->staged > 0)
		r = sfam__alg_renew(op);
	if (r < 0)
		return r;
	op->state = SFAM__ALG_STREAMING;
	op->staged = 0;
	op->fresh = true;
	op->dir = dir;
	if (iv_len > 0)
		memcpy(op->iv, iv, iv_len);
	return 0;
}

SFAM_PUBLIC size_t sfam_alg_stream_size(const struct sfam_alg_op *op,
					size_t len, int last)
{
	size_t all = op->staged + len;

	return last ? all : all - all % op->alg->info.chunk_size;
}

static int do_part(struct sfam_alg_op *op, const char *in, size_t len,
		   char *out, size_t gives, bool more)
{
	const struct sfam__alg_head head = { op->dir, op->iv, 0 };
	const struct iovec iov = { (void *)(uintptr_t)in, len };
	ssize_t n;
	int r;

	r = op->alg->engine->feedv(op, op->fresh ? &head : NULL, &iov, 1, len,
				   more);
	if (r < 0)
		return r;
	op->fresh = false;
	op->staged += len - gives;
	if (gives == 0)
		return 0;
	n = op->alg->engine->take(op, out, gives);
	if (n == (ssize_t)gives)
		return 0;
	return n < 0 ? (int)n : -EIO;
}

/* most leaves room for what is staged. */
static int do_parts(struct sfam_alg_op *op, const char *in, size_t len,
		    char *out, bool more, size_t most)
{
	size_t n, gives;
	bool part_more;
	int r = 0;

	do {
		n = len < most ? len : most;
		part_more = more || n < len;
		gives = sfam_alg_stream_size(op, n, !part_more);
		r = do_part(op, in, n, out, gives, part_more);
		in += n;
		len -= n;
		out += gives;
	} while (r == 0 && len > 0);
	return r;
}

static ssize_t go_on(struct sfam_alg_op *op, const void *in, size_t len,
		     void *out, size_t size, bool more)
{
	int r = sfam__alg_ready(op, SFAM_ALG_SKCIPHER);
	size_t gives, most;

	if (r < 0)
		return r;
	if (op->state != SFAM__ALG_STREAMING ||
	    len > (size_t)SSIZE_MAX - op->staged)
		return -EINVAL;
	gives = sfam_alg_stream_size(op, len, !more);
	if (!more && gives % op->alg->info.block_size)
		return -EINVAL;
	if (size < gives)
		return -ENOSPC;
	most = sfam__alg_part_size(op) / 2;
	if (most == 0)
		return -EMSGSIZE;
	if (len > 0 || (!more && op->staged > 0))
		r = do_parts(op, in, len, out, more, most);
	if (r == 0)
		return (ssize_t)gives;
	sfam__wipe(out, gives);
	return sfam__alg_fail(op, r);
}

SFAM_PUBLIC ssize_t sfam_alg_stream_update(struct sfam_alg_op *op,
					   const void *in, size_t len,
					   void *out, size_t size)
{
	return go_on(op, in, len, out, size, true);
}

SFAM_PUBLIC ssize_t sfam_alg_stream_end(struct sfam_alg_op *op,
					const void *in, size_t len, void *out,
					size_t size)
{
	ssize_t n = go_on(op, in, len, out, size, false);

	if (n >= 0)
		op->state = SFAM__ALG_IDLE;
	return n;
}
