/* SPDX-License-Identifier: MIT */
/*
 * AEAD: the kernel reads AAD, text (and tag to verify), and writes AAD,
 * text (and tag). Here are messages as they mostly are: one piece of text,
 * with an AAD or without, whose result can be had in one piece, in its place
 * or by the scratch; all others are for aead-pieces.c, and so is what is
 * wrong. The instructions of this path are counted (tests/bench/alg.c).
 */
#include "alg/alg.h"

struct flat {
	struct sfam__alg_exchange x;
	struct iovec in[3];
	struct iovec out;
};

static inline bool is_flat(const struct sfam_alg_op *op,
			   const struct sfam_alg_msg *msg)
{
	const struct sfam_alg *alg = op->alg;

	return op->fd >= 0 && alg->info.type == SFAM_ALG_AEAD &&
	       msg->iv_len == alg->info.iv_size &&
	       msg->tag_len == alg->tag_size &&
	       msg->in_count == 1 && msg->out_count == 1 &&
	       msg->aad_count <= 1;
}

/* What msg->out has of the result. */
static inline size_t given_len(const struct sfam_alg *alg, size_t aad_len,
			       size_t text_len)
{
	return __builtin_expect(alg->echoes, 0) ? aad_len + text_len :
						  text_len;
}

/* Of the result, or of what is sent, whichever is more. */
static inline bool fits(const struct sfam_alg_op *op,
			const struct sfam_alg_msg *msg, size_t aad_len,
			size_t text_len)
{
	const struct sfam_alg *alg = op->alg;
	size_t len = aad_len + text_len + alg->tag_size;

	return text_len - 1 < op->send_room && aad_len <= alg->aad_max &&
	       len <= op->send_room && len <= op->recv_room &&
	       !(text_len & alg->block_mask) &&
	       given_len(alg, aad_len, text_len) <= msg->out->iov_len;
}

/* Where the result can come as one piece; NULL: nowhere. */
static inline void *place(struct sfam_alg_op *op,
			  const struct sfam_alg_msg *msg, size_t aad_len,
			  size_t text_len, bool seals)
{
	char *out = msg->out->iov_base;
	const struct sfam_alg *alg = op->alg;

	if ((aad_len == 0 || alg->echoes) &&
	    (!seals || msg->tag == out + given_len(alg, aad_len, text_len)))
		return out;
	if (text_len + alg->tag_size <= SFAM__ALG_STAGE_MAX)
		return op->scratch;
	return NULL;
}

/* From the scratch. */
static void __attribute__((noinline))
unstage(struct sfam_alg_op *op, const struct sfam_alg_msg *msg,
	const struct flat *f)
{
	size_t text_len = msg->in->iov_len;
	size_t aad_len = f->x.head.aad_len;
	size_t given = given_len(op->alg, aad_len, text_len);
	const char *end = op->scratch + aad_len + text_len;

	memcpy(msg->out->iov_base, end - given, given);
	if (f->x.head.dir == SFAM_ALG_ENCRYPT)
		memcpy(msg->tag, end, op->alg->tag_size);
	else	/* what was secret does not stay in a place of ours */
		sfam__wipe(op->scratch, aad_len + text_len);
}

int sfam__alg_aead_fail(struct sfam_alg_op *op, const struct sfam_alg_msg *msg,
			const struct sfam__alg_exchange *x, size_t text_len,
			ssize_t n)
{
	/* The kernel has written there what it could not verify. */
	sfam__alg_wipe_pieces(x->out.iov, x->out.count, SIZE_MAX);
	sfam__alg_wipe_pieces(msg->out, msg->out_count,
			      given_len(op->alg, x->head.aad_len, text_len));
	if (x->head.dir == SFAM_ALG_ENCRYPT)
		sfam__wipe(msg->tag, op->alg->tag_size);
	return sfam__alg_fail(op, n < 0 ? (int)n : -EIO);
}

static inline void gather(const struct sfam_alg *alg,
			  const struct sfam_alg_msg *msg, struct flat *f,
			  bool seals)
{
	size_t text_len = msg->in->iov_len;
	struct iovec *end = f->in;

	f->x.out.asked = f->x.head.aad_len + text_len;
	if (f->x.head.aad_len > 0)
		*end++ = *msg->aad;
	end = sfam__alg_add_piece(end, f->in, msg->in->iov_base, text_len);
	if (!seals) {
		f->x.out.asked += alg->tag_size;
		end = sfam__alg_add_piece(end, f->in, msg->tag, alg->tag_size);
	}
	f->x.in = f->in;
	f->x.in_count = (size_t)(end - f->in);
}

/* Returns 0: that cannot be done here. */
static inline __attribute__((always_inline)) int
prepare(struct sfam_alg_op *op, const struct sfam_alg_msg *msg, struct flat *f,
	bool seals)
{
	size_t text_len, aad_len;
	void *out;

	if (!is_flat(op, msg))
		return 0;
	text_len = msg->in->iov_len;
	aad_len = msg->aad_count > 0 ? msg->aad->iov_len : 0;
	if (!fits(op, msg, aad_len, text_len))
		return 0;
	out = place(op, msg, aad_len, text_len, seals);
	if (!out)
		return 0;
	f->x.head.aad_len = aad_len;
	gather(op->alg, msg, f, seals);
	f->out = (struct iovec){ out, aad_len + text_len +
				      (seals ? op->alg->tag_size : 0) };
	f->x.out.iov = &f->out;
	f->x.out.count = 1;
	return 1;
}

static inline __attribute__((always_inline)) int
do_message(struct sfam_alg_op *op, const struct sfam_alg_msg *msg,
	   enum sfam_alg_direction dir, const void *iv, bool *ret_asked)
{
	struct flat f;
	ssize_t n;
	int r;

	if (__builtin_expect(!prepare(op, msg, &f, dir == SFAM_ALG_ENCRYPT),
			     0))
		return sfam__alg_aead_pieces(op, msg, dir, iv, ret_asked);
	f.x.head.dir = dir;
	f.x.head.iv = iv;
	r = sfam__alg_aead_approve(op, dir, iv, ret_asked);
	if (__builtin_expect(r < 0, 0))
		return r;
	n = op->alg->engine->exchange(op, &f.x);
	if (__builtin_expect(n != (ssize_t)f.out.iov_len, 0))
		return sfam__alg_aead_fail(op, msg, &f.x, msg->in->iov_len, n);
	if (f.out.iov_base == op->scratch)
		unstage(op, msg, &f);
	return 0;
}

int sfam__alg_seal(struct sfam_alg_op *op, const struct sfam_alg_msg *msg,
		   const void *iv, bool *ret_asked)
{
	return do_message(op, msg, SFAM_ALG_ENCRYPT, iv, ret_asked);
}

int sfam__alg_unseal(struct sfam_alg_op *op, const struct sfam_alg_msg *msg,
		     const void *iv)
{
	return do_message(op, msg, SFAM_ALG_DECRYPT, iv, NULL);
}

SFAM_PUBLIC int sfam_alg_seal(struct sfam_alg_op *op,
			      const struct sfam_alg_msg *msg)
{
	return sfam__alg_seal(op, msg, msg->iv, NULL);
}

SFAM_PUBLIC int sfam_alg_unseal(struct sfam_alg_op *op,
				const struct sfam_alg_msg *msg)
{
	return sfam__alg_unseal(op, msg, msg->iv);
}
