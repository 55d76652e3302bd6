/* SPDX-License-Identifier: MIT */
/* Keys, tag sizes, seeds: what is set on the transform. */
#include <linux/rtnetlink.h>

#include "alg/alg.h"

static bool size_is_legal(const struct sfam_alg_info *info, size_t len)
{
	if (info->flags & SFAM_ALG_INFO_KEY_ANY || info->key_step == 0)
		return true;	/* the kernel knows */
	return len >= info->key_min && len <= info->key_max &&
	       (len - info->key_min) % info->key_step == 0;
}

/* The errors of crypto's setkey functions, told apart. */
static int key_error(int r)
{
	if (r == -EINVAL)
		return -EKEYREJECTED;
	return r == -ENOSYS ? -EOPNOTSUPP : r;	/* a hash without key */
}

static void forget_nonces(struct sfam_alg *alg)
{
	memset(&alg->nonces, 0, sizeof(alg->nonces));
}

static bool takes_key(const struct sfam_alg *alg)
{
	const struct sfam_alg_info *info = &alg->info;

	return info->type != SFAM_ALG_RNG &&
	       (info->key_max > 0 || info->key_step == 0 ||
		info->flags & SFAM_ALG_INFO_KEY_ANY);
}

static int check_key(const struct sfam_alg *alg, size_t len)
{
	if (!takes_key(alg))
		return -EOPNOTSUPP;
	return size_is_legal(&alg->info, len) ? 0 : -EKEYREJECTED;
}

SFAM_PUBLIC int sfam_alg_set_key(struct sfam_alg *alg, const void *key,
				 size_t len)
{
	int r = check_key(alg, len);

	if (r < 0)
		return r;
	r = alg->engine->set_key(alg, key, len);
	if (r == 0)
		forget_nonces(alg);
	return key_error(r);
}

SFAM_PUBLIC int sfam_alg_set_key_serial(struct sfam_alg *alg, int32_t serial)
{
	int r;

	if (!takes_key(alg))
		return -EOPNOTSUPP;
	r = alg->engine->set_key_serial(alg, serial);
	if (r == 0)
		forget_nonces(alg);
	return key_error(r);
}

SFAM_PUBLIC int sfam_alg_op_set_key(struct sfam_alg_op *op, const void *key,
				    size_t len)
{
	int r = check_key(op->alg, len);
	int renewed;

	if (r < 0)
		return r;
	op->alg->engine->op_close(op);
	r = sfam_alg_set_key(op->alg, key, len);
	renewed = sfam__alg_renew(op);
	return r < 0 ? r : renewed;
}

SFAM_PUBLIC int sfam_alg_set_tag_size(struct sfam_alg *alg, size_t size)
{
	int r;

	if (alg->info.type != SFAM_ALG_AEAD)
		return -EOPNOTSUPP;
	if (size == 0 || size > alg->info.tag_max)
		return -EINVAL;
	r = alg->engine->set_tag_size(alg, size);
	if (r == 0)
		alg->tag_size = size;
	return r;
}

SFAM_PUBLIC int sfam_alg_seed(struct sfam_alg *alg, const void *data,
			      size_t len)
{
	if (alg->info.type != SFAM_ALG_RNG)
		return -EOPNOTSUPP;
	return alg->engine->set_key(alg, data, len);
}

/*
 * A struct rtattr of type CRYPTO_AUTHENC_KEYA_PARAM (1) that holds the
 * length of the cipher's key in big endian, then the two keys
 * (crypto_authenc_extractkeys of crypto/authenc.c).
 */
SFAM_PUBLIC ssize_t sfam_alg_authenc_key(void *buf, size_t size,
					 const void *auth_key, size_t auth_len,
					 const void *enc_key, size_t enc_len)
{
	const struct rtattr attr = { .rta_len = 8, .rta_type = 1 };
	uint8_t *p = buf;
	int i;

	if (size < 8 || auth_len > size - 8 || enc_len > size - 8 - auth_len)
		return -ENOSPC;
	memcpy(p, &attr, sizeof(attr));
	for (i = 0; i < 4; i++)
		p[4 + i] = (uint8_t)(enc_len >> (24 - 8 * i));
	if (auth_len > 0)
		memcpy(p + 8, auth_key, auth_len);
	if (enc_len > 0)
		memcpy(p + 8 + auth_len, enc_key, enc_len);
	return (ssize_t)(8 + auth_len + enc_len);
}
