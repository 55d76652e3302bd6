/* SPDX-License-Identifier: MIT */
/*
 * AEAD: the kernel reads AAD, text (and tag to verify), and writes AAD,
 * text (and tag). All of that are pieces, so nothing is copied; the AAD's
 * echo goes to the operation's scratch.
 */
#include "alg/alg.h"

#define PIECES (3 * SFAM_ALG_IOV_MAX + 1)

struct job {
	const struct sfam_alg_msg *msg;
	struct sfam__alg_head head;
	size_t aad_len;
	size_t text_len;
	size_t tag_size;
};

static int check_sizes(const struct sfam_alg_op *op,
		       const struct sfam_alg_msg *msg)
{
	const struct sfam_alg *alg = op->alg;

	if (msg->iv_len != alg->info.iv_size ||
	    msg->tag_len != alg->tag_size ||
	    msg->aad_count > SFAM_ALG_IOV_MAX ||
	    msg->in_count > SFAM_ALG_IOV_MAX ||
	    msg->out_count > SFAM_ALG_IOV_MAX)
		return -EINVAL;
	return 0;
}

static int measure(const struct sfam_alg_op *op, struct job *j)
{
	const struct sfam_alg_msg *msg = j->msg;
	size_t out_len = 0;
	int r;

	r = sfam__alg_sum(msg->in, msg->in_count, &j->text_len);
	if (r == 0)
		r = sfam__alg_sum(msg->out, msg->out_count, &out_len);
	if (r == 0)
		r = sfam__alg_sum(msg->aad, msg->aad_count, &j->aad_len);
	if (r < 0 || j->text_len % op->alg->info.block_size)
		return -EINVAL;
	if (out_len < j->text_len)
		return -ENOSPC;
	/* The kernel's lengths are 32 bits wide. */
	if (j->aad_len > op->alg->aad_max || j->text_len > INT32_MAX / 2)
		return -EMSGSIZE;
	return 0;
}

static int prepare(struct sfam_alg_op *op, struct job *j)
{
	size_t pieces = j->msg->out_count + 2;
	size_t len;
	int r = check_sizes(op, j->msg);

	if (r == 0)
		r = measure(op, j);
	if (r < 0)
		return r;
	j->tag_size = op->alg->tag_size;
	j->head.aad_len = j->aad_len;
	len = j->aad_len + j->text_len + j->tag_size;
	return sfam__alg_room(op, len, len, pieces);
}

/* One that goes on where the last one ends costs the kernel less. */
static inline struct iovec *add_piece(struct iovec *to,
				      const struct iovec *first, void *base,
				      size_t len)
{
	if (len == 0)
		return to;
	if (to > first && (char *)to[-1].iov_base + to[-1].iov_len ==
			  (char *)base) {
		to[-1].iov_len += len;
		return to;
	}
	*to = (struct iovec){ base, len };
	return to + 1;
}

static inline struct iovec *add_pieces(struct iovec *to,
				       const struct iovec *first,
				       const struct iovec *from, size_t count)
{
	for (; count > 0; count--, from++)
		to = add_piece(to, first, from->iov_base, from->iov_len);
	return to;
}

static int feed(struct sfam_alg_op *op, const struct job *j, bool with_tag)
{
	const struct sfam_alg_msg *msg = j->msg;
	struct iovec iov[PIECES];
	struct iovec *end;
	size_t len = j->aad_len + j->text_len;

	end = add_pieces(iov, iov, msg->aad, msg->aad_count);
	end = add_pieces(end, iov, msg->in, msg->in_count);
	if (with_tag) {
		end = add_piece(end, iov, msg->tag, j->tag_size);
		len += j->tag_size;
	}
	return op->alg->engine->feedv(op, &j->head, iov, (size_t)(end - iov),
				      len, false);
}

/* Exactly the text's length of what out has. */
static inline struct iovec *add_output(struct iovec *to,
				       const struct iovec *first,
				       const struct job *j)
{
	const struct iovec *from = j->msg->out;
	size_t left, n;

	for (left = j->text_len; left > 0; left -= n, from++) {
		n = from->iov_len < left ? from->iov_len : left;
		to = add_piece(to, first, from->iov_base, n);
	}
	return to;
}

static int take(struct sfam_alg_op *op, const struct job *j, bool with_tag)
{
	size_t len = j->aad_len + j->text_len;
	struct iovec iov[PIECES];
	struct iovec *end;
	char nothing;
	ssize_t n;

	end = add_piece(iov, iov, op->scratch, j->aad_len);
	end = add_output(end, iov, j);
	if (with_tag) {
		end = add_piece(end, iov, j->msg->tag, j->tag_size);
		len += j->tag_size;
	}
	/* A read of no bytes would not run the operation. */
	if (len == 0)
		end = add_piece(end, iov, &nothing, 1);
	n = op->alg->engine->takev(op, iov, (size_t)(end - iov));
	if (n < 0)
		return (int)n;
	return (size_t)n == len ? 0 : -EIO;
}

static int run(struct sfam_alg_op *op, const struct job *j, bool seals)
{
	int r = feed(op, j, !seals);

	if (r == 0)
		r = take(op, j, seals);
	if (__builtin_expect(r == 0, 1))
		return 0;
	/* The kernel has written there what it could not verify. */
	sfam__alg_wipe_pieces(j->msg->out, j->msg->out_count, j->text_len);
	if (seals)
		sfam__wipe(j->msg->tag, j->tag_size);
	return sfam__alg_fail(op, r);
}

int sfam__alg_seal(struct sfam_alg_op *op, const struct sfam_alg_msg *msg,
		   const void *iv, bool check_nonce, bool *ret_asked)
{
	struct job j = { msg, { SFAM_ALG_ENCRYPT, iv, 0 }, 0, 0, 0 };
	int r = sfam__alg_ready(op, SFAM_ALG_AEAD);

	if (r == 0)
		r = prepare(op, &j);
	if (r == 0 && check_nonce && msg->iv_len > 0)
		r = sfam__alg_nonce_use(op->alg, iv, msg->iv_len);
	if (r < 0)
		return r;
	if (ret_asked)
		*ret_asked = true;
	return run(op, &j, true);
}

int sfam__alg_unseal(struct sfam_alg_op *op, const struct sfam_alg_msg *msg,
		     const void *iv)
{
	struct job j = { msg, { SFAM_ALG_DECRYPT, iv, 0 }, 0, 0, 0 };
	int r = sfam__alg_ready(op, SFAM_ALG_AEAD);

	if (r == 0)
		r = prepare(op, &j);
	return r < 0 ? r : run(op, &j, false);
}

SFAM_PUBLIC int sfam_alg_seal(struct sfam_alg_op *op,
			      const struct sfam_alg_msg *msg)
{
	return sfam__alg_seal(op, msg, msg->iv, true, NULL);
}

SFAM_PUBLIC int sfam_alg_unseal(struct sfam_alg_op *op,
				const struct sfam_alg_msg *msg)
{
	return sfam__alg_unseal(op, msg, msg->iv);
}
