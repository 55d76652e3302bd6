/* SPDX-License-Identifier: MIT */
/*
 * AEAD of any message: of many pieces, of none, long, or wrong. A short
 * result of several pieces comes as one into the operation's scratch; a long
 * one into its pieces, and nothing but the AAD's echo into the scratch.
 */
#include "alg/alg.h"

#define PIECES (3 * SFAM_ALG_IOV_MAX + 1)
/* The kernel's lengths are 32 bits wide. */
#define TEXT_MAX ((size_t)INT32_MAX / 2)

struct job {
	struct sfam__alg_exchange x;
	struct iovec in[PIECES];
	struct iovec out[PIECES];
	struct iovec stage;
	size_t text_len;
	size_t tag_len;		/* of the result */
	size_t out_len;
	size_t out_count;
};

/* NULL: they are more than max bytes. */
static struct iovec *add_pieces(struct iovec *to, const struct iovec *first,
				const struct iovec *from, size_t count,
				size_t max, size_t *ret_len)
{
	size_t left = max;

	for (; count > 0; count--, from++) {
		if (__builtin_expect(from->iov_len > left, 0))
			return NULL;
		left -= from->iov_len;
		to = sfam__alg_add_piece(to, first, from->iov_base,
					 from->iov_len);
	}
	*ret_len = max - left;
	return to;
}

static int gather(const struct sfam_alg *alg, const struct sfam_alg_msg *msg,
		  struct job *j)
{
	struct iovec *end;

	end = add_pieces(j->in, j->in, msg->aad, msg->aad_count, alg->aad_max,
			 &j->x.head.aad_len);
	if (end)
		end = add_pieces(end, j->in, msg->in, msg->in_count, TEXT_MAX,
				 &j->text_len);
	if (!end)
		return -EMSGSIZE;
	if (j->text_len % alg->info.block_size)
		return -EINVAL;
	j->x.out.asked = j->x.head.aad_len + j->text_len;
	if (j->tag_len == 0) {
		end = sfam__alg_add_piece(end, j->in, msg->tag, alg->tag_size);
		j->x.out.asked += alg->tag_size;
	}
	j->x.in = j->in;
	j->x.in_count = (size_t)(end - j->in);
	return 0;
}

/* Exactly len bytes of what out has; NULL: it has less. */
static struct iovec *add_output(struct iovec *to, const struct iovec *first,
				const struct sfam_alg_msg *msg, size_t len)
{
	const struct iovec *from = msg->out;
	size_t count = msg->out_count;
	size_t n;

	for (; len > 0; len -= n, from++, count--) {
		if (__builtin_expect(count == 0, 0))
			return NULL;
		n = from->iov_len < len ? from->iov_len : len;
		to = sfam__alg_add_piece(to, first, from->iov_base, n);
	}
	return to;
}

static int scatter(struct sfam_alg_op *op, const struct sfam_alg_msg *msg,
		   struct job *j)
{
	size_t aad_len = j->x.head.aad_len;
	size_t given = j->text_len;
	struct iovec *end = j->out;

	if (op->alg->echoes)
		given += aad_len;
	else
		end = sfam__alg_add_piece(end, j->out, op->scratch, aad_len);
	end = add_output(end, j->out, msg, given);
	if (!end)
		return -ENOSPC;
	end = sfam__alg_add_piece(end, j->out, msg->tag, j->tag_len);
	j->out_len = aad_len + j->text_len + j->tag_len;
	/* A read of no bytes would not run the operation. */
	if (j->out_len == 0)
		end = sfam__alg_add_piece(end, j->out, op->scratch, 1);
	j->out_count = (size_t)(end - j->out);
	return 0;
}

/* Beside aad_max bytes the scratch has room for the rest. */
static void choose_output(struct sfam_alg_op *op, struct job *j)
{
	j->x.out.iov = j->out;
	j->x.out.count = j->out_count;
	if (j->out_count == 1 ||
	    j->text_len + j->tag_len > SFAM__ALG_STAGE_MAX)
		return;
	j->stage = (struct iovec){ op->scratch, j->out_len };
	j->x.out.iov = &j->stage;
	j->x.out.count = 1;
}

static int prepare(struct sfam_alg_op *op, const struct sfam_alg_msg *msg,
		   struct job *j)
{
	const struct sfam_alg *alg = op->alg;
	size_t len;
	int r;

	if (msg->iv_len != alg->info.iv_size ||
	    msg->tag_len != alg->tag_size ||
	    msg->aad_count > SFAM_ALG_IOV_MAX ||
	    msg->in_count > SFAM_ALG_IOV_MAX ||
	    msg->out_count > SFAM_ALG_IOV_MAX)
		return -EINVAL;
	r = gather(alg, msg, j);
	if (r == 0)
		r = scatter(op, msg, j);
	if (r < 0)
		return r;
	choose_output(op, j);
	len = j->x.head.aad_len + j->text_len + alg->tag_size;
	return sfam__alg_room(op, len, len, j->x.out.count);
}

/* The echo is in its place. */
static void unstage(struct sfam_alg_op *op, const struct job *j)
{
	const struct iovec *iov = j->out;
	const char *from = j->stage.iov_base;
	size_t i;

	for (i = 0; i < j->out_count; i++, from += iov->iov_len, iov++)
		if (iov->iov_base != from)
			memcpy(iov->iov_base, from, iov->iov_len);
	/* Text that was secret does not stay in a place of ours. */
	if (j->tag_len == 0)
		sfam__wipe(op->scratch, j->out_len);
}

int sfam__alg_aead_pieces(struct sfam_alg_op *op,
			  const struct sfam_alg_msg *msg,
			  enum sfam_alg_direction dir, const void *iv,
			  bool *ret_asked)
{
	struct job j;
	ssize_t n;
	int r = sfam__alg_ready(op, SFAM_ALG_AEAD);

	j.x.head.dir = dir;
	j.x.head.iv = iv;
	j.tag_len = dir == SFAM_ALG_ENCRYPT ? op->alg->tag_size : 0;
	if (r == 0)
		r = prepare(op, msg, &j);
	if (r == 0)
		r = sfam__alg_aead_approve(op, dir, iv, ret_asked);
	if (r < 0)
		return r;
	n = op->alg->engine->exchange(op, &j.x);
	if (n != (ssize_t)j.out_len)
		return sfam__alg_aead_fail(op, msg, &j.x, j.text_len, n);
	if (j.x.out.iov == &j.stage)
		unstage(op, &j);
	return 0;
}
