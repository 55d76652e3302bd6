/* SPDX-License-Identifier: MIT */
/* Numbered messages: the nonce is the IV XOR the number (RFC 8446, 5.3). */
#include "alg/alg.h"

/*
 * Whether the last 8 bytes of the IV are nonce. Of a longer IV than 12 bytes
 * that is known of aegis; ccm has a counter of its own there, and authenc's
 * modes want an IV that nobody can foretell.
 */
static bool can_count(const struct sfam_alg *alg)
{
	return alg->info.iv_size <= 12 ||
	       memcmp(alg->info.name, "aegis", 5) == 0;
}

SFAM_PUBLIC int sfam_alg_record_init(struct sfam_alg_record *ret,
				     const struct sfam_alg *alg,
				     const void *iv, size_t iv_len)
{
	if (alg->info.type != SFAM_ALG_AEAD || !can_count(alg))
		return -EOPNOTSUPP;
	if (iv_len != alg->info.iv_size || iv_len < 8 ||
	    iv_len > sizeof(ret->iv))
		return -EINVAL;
	memset(ret, 0, sizeof(*ret));
	ret->iv_len = (uint32_t)iv_len;
	memcpy(ret->iv, iv, iv_len);
	return 0;
}

static void make_nonce(const struct sfam_alg_record *rec, uint8_t *nonce)
{
	uint64_t n = rec->next;
	uint32_t i;

	memcpy(nonce, rec->iv, rec->iv_len);
	for (i = 1; i <= 8; i++, n >>= 8)
		nonce[rec->iv_len - i] ^= (uint8_t)n;
}

static int check(const struct sfam_alg_record *rec,
		 const struct sfam_alg_op *op)
{
	if (rec->iv_len < 8 || rec->iv_len > sizeof(rec->iv) ||
	    rec->iv_len != op->alg->info.iv_size)
		return -EINVAL;
	return rec->next == UINT64_MAX ? -EOVERFLOW : 0;
}

/* The number alone sees to it that no nonce comes twice. */
SFAM_PUBLIC int sfam_alg_record_seal(struct sfam_alg_record *rec,
				     struct sfam_alg_op *op,
				     const struct sfam_alg_msg *msg)
{
	struct sfam_alg_msg m = *msg;
	uint8_t nonce[sizeof(rec->iv)];
	bool asked = false;
	int r = check(rec, op);

	if (r < 0)
		return r;
	make_nonce(rec, nonce);
	m.iv_len = rec->iv_len;
	r = sfam__alg_seal(op, &m, nonce, &asked);
	if (asked)
		rec->next++;
	return r;
}

SFAM_PUBLIC int sfam_alg_record_unseal(struct sfam_alg_record *rec,
				       struct sfam_alg_op *op,
				       const struct sfam_alg_msg *msg)
{
	struct sfam_alg_msg m = *msg;
	uint8_t nonce[sizeof(rec->iv)];
	int r = check(rec, op);

	if (r < 0)
		return r;
	make_nonce(rec, nonce);
	m.iv_len = rec->iv_len;
	r = sfam__alg_unseal(op, &m, nonce);
	if (r == 0)
		rec->next++;
	return r;
}
