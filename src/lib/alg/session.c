/* SPDX-License-Identifier: MIT */
/* Transforms and operations: their lives and their keys. */
#include <stdlib.h>

#include "alg/alg.h"

static const char *const type_names[] = {
	[SFAM_ALG_HASH] = "hash",
	[SFAM_ALG_SKCIPHER] = "skcipher",
	[SFAM_ALG_AEAD] = "aead",
	[SFAM_ALG_RNG] = "rng",
};

SFAM_PUBLIC const char *sfam_alg_type_name(enum sfam_alg_type type)
{
	return (size_t)type < SFAM_ARRAY_LEN(type_names) ? type_names[type] :
							   NULL;
}

SFAM_PUBLIC int sfam_alg_type_by_name(enum sfam_alg_type *ret,
				      const char *name)
{
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(type_names); i++) {
		if (strcmp(type_names[i], name) != 0)
			continue;
		*ret = (enum sfam_alg_type)i;
		return 0;
	}
	return -EINVAL;
}

/* ------------------------------------------------------- transforms -- */

static int read_opts(const struct sfam_alg_opts *opts,
		     struct sfam_alg_opts *ret)
{
	static const struct sfam_alg_opts defaults = SFAM_ALG_OPTS_INIT;
	const char *p = (const char *)opts;
	size_t i;

	*ret = defaults;
	if (!opts)
		return 0;
	if (opts->size < sizeof(opts->size))
		return -EINVAL;
	for (i = sizeof(*ret); i < opts->size; i++)
		if (p[i])
			return -E2BIG;
	memcpy(ret, opts, opts->size < sizeof(*ret) ? opts->size :
						      sizeof(*ret));
	if (ret->aad_max > INT32_MAX || (ret->flags & ~SFAM_ALG_OPTS_ECHO))
		return -EINVAL;
	return 0;
}

/* The entry is there only once bind(2) has made the algorithm. */
static int find_facts(struct sfam_alg *alg, const char *name)
{
	enum sfam_alg_type type = (enum sfam_alg_type)alg->info.type;
	struct sfam_alg_info info;
	int r;

	if (sfam__alg_facts(&alg->info, type, name))
		return 0;
	r = sfam__alg_proc_find(&info, type, name);
	if (r < 0)
		return -ENODATA;
	if (info.iv_size > SFAM__ALG_IV_MAX)
		return -EOPNOTSUPP;
	alg->info = info;
	return 0;
}

/* Most take their entropy themselves; ansi_cprng wants it from outside. */
static int seed_first(struct sfam_alg *alg)
{
	uint8_t seed[256];
	int r = alg->engine->set_key(alg, NULL, 0);

	if (r != -EINVAL || alg->info.seed_size == 0 ||
	    alg->info.seed_size > sizeof(seed))
		return r;
	r = sfam__sys_random(seed, alg->info.seed_size);
	if (r == 0)
		r = alg->engine->set_key(alg, seed, alg->info.seed_size);
	sfam__wipe(seed, sizeof(seed));
	return r;
}

static int open_transform(struct sfam_alg *alg, const char *name)
{
	int r = alg->engine->open(alg);

	if (r < 0)
		return r;
	r = find_facts(alg, name);
	if (r == 0 && alg->info.type == SFAM_ALG_RNG)
		r = seed_first(alg);
	if (r < 0) {
		alg->engine->close(alg);
		return r;
	}
	alg->tag_size = alg->info.tag_max;
	sfam__alg_nonce_init(alg);
	alg->block_mask = alg->info.block_size - 1;
	if (alg->info.block_size & alg->block_mask)
		alg->block_mask = SIZE_MAX;
	return 0;
}

SFAM_PUBLIC int sfam_alg_new(struct sfam_alg **ret, enum sfam_alg_type type,
			     const char *name,
			     const struct sfam_alg_opts *opts)
{
	struct sfam_alg_opts o;
	struct sfam_alg *alg;
	size_t len = strlen(name);
	int r = read_opts(opts, &o);

	if (r < 0)
		return r;
	if (!sfam_alg_type_name(type))
		return -EINVAL;
	if (len >= sizeof(alg->info.name))
		return -ENAMETOOLONG;
	alg = calloc(1, sizeof(*alg));
	if (!alg)
		return -ENOMEM;
	alg->engine = &sfam__alg_kernel;
	alg->fd = -1;
	alg->aad_max = o.aad_max;
	alg->echoes = o.flags & SFAM_ALG_OPTS_ECHO;
	alg->info.type = type;
	memcpy(alg->info.name, name, len + 1);
	r = open_transform(alg, name);
	if (r < 0)
		free(alg);
	else
		*ret = alg;
	return r;
}

SFAM_PUBLIC struct sfam_alg *sfam_alg_free(struct sfam_alg *alg)
{
	if (alg) {
		alg->engine->close(alg);
		free(alg);
	}
	return NULL;
}

SFAM_PUBLIC const struct sfam_alg_info *sfam_alg_info(
						const struct sfam_alg *alg)
{
	return &alg->info;
}

SFAM_PUBLIC int sfam_alg_fd(const struct sfam_alg *alg)
{
	return alg->fd;
}

SFAM_PUBLIC size_t sfam_alg_tag_size(const struct sfam_alg *alg)
{
	return alg->tag_size;
}

/* ------------------------------------------------------- operations -- */

static struct sfam_alg_op *alloc_op(struct sfam_alg *alg)
{
	size_t scratch = alg->info.type == SFAM_ALG_AEAD ?
			 alg->aad_max + SFAM__ALG_STAGE_MAX : 0;
	struct sfam_alg_op *op = calloc(1, sizeof(*op) + scratch);

	if (op) {
		op->alg = alg;
		op->fd = -1;
	}
	return op;
}

SFAM_PUBLIC int sfam_alg_op_new(struct sfam_alg_op **ret,
				struct sfam_alg *alg)
{
	struct sfam_alg_op *op = alloc_op(alg);
	int r;

	if (!op)
		return -ENOMEM;
	r = alg->engine->op_open(op);
	if (r < 0)
		free(op);
	else
		*ret = op;
	return r;
}

SFAM_PUBLIC int sfam_alg_hash_clone(struct sfam_alg_op **ret,
				    struct sfam_alg_op *op)
{
	int r = sfam__alg_ready(op, SFAM_ALG_HASH);
	struct sfam_alg_op *copy;

	if (r < 0)
		return r;
	copy = alloc_op(op->alg);
	if (!copy)
		return -ENOMEM;
	r = op->alg->engine->op_clone(copy, op);
	if (r < 0) {
		free(copy);
		return r;
	}
	copy->state = op->state;
	*ret = copy;
	return 0;
}

static void close_op(struct sfam_alg_op *op)
{
	op->alg->engine->op_close(op);
	op->state = SFAM__ALG_IDLE;
	op->staged = 0;
	sfam__wipe(op->iv, sizeof(op->iv));
}

SFAM_PUBLIC struct sfam_alg_op *sfam_alg_op_free(struct sfam_alg_op *op)
{
	if (op) {
		close_op(op);
		free(op);
	}
	return NULL;
}

SFAM_PUBLIC int sfam_alg_op_fd(const struct sfam_alg_op *op)
{
	return op->fd;
}

int sfam__alg_renew(struct sfam_alg_op *op)
{
	close_op(op);
	return op->alg->engine->op_open(op);
}

int sfam__alg_fail(struct sfam_alg_op *op, int error)
{
	/* If this fails, the next call tries again and tells. */
	(void)sfam__alg_renew(op);
	/* Nothing here waits: it would have, where a length was not met. */
	return error == -EAGAIN ? -EIO : error;
}

SFAM_PUBLIC int sfam_alg_op_reset(struct sfam_alg_op *op)
{
	uint8_t digest[SFAM__ALG_DIGEST_MAX];
	ssize_t n;

	if (op->state == SFAM__ALG_IDLE)
		return 0;
	/* To end a hash is cheaper than a new descriptor. */
	if (op->state == SFAM__ALG_HASHING) {
		n = sfam_alg_hash_final(op, digest, sizeof(digest));
		sfam__wipe(digest, sizeof(digest));
		return n < 0 ? (int)n : 0;
	}
	return sfam__alg_renew(op);
}
