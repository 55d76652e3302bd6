/* SPDX-License-Identifier: MIT */
/*
 * Which nonces have encrypted under a key. A nonce above all before it (as
 * a big-endian number) was not used, whatever their count. Another one was
 * not used if all the ones before are still here. Otherwise it cannot be
 * told: where nonces only rose until now, it is a counter that was set
 * back, and refused; where they did not, they are random or made by XOR,
 * and not to be among the last ones must do.
 */
#include "alg/alg.h"

static bool is_remembered(const struct sfam__alg_nonces *n, const void *iv,
			  size_t len)
{
	uint64_t kept = n->count < SFAM_ALG_NONCES ? n->count :
						     SFAM_ALG_NONCES;
	uint64_t i;

	for (i = 0; i < kept; i++)
		if (memcmp(n->last[i], iv, len) == 0)
			return true;
	return false;
}

/* As long as they only rose, the last one is the highest. */
static bool is_above_all(const struct sfam__alg_nonces *n, const void *iv,
			 size_t len)
{
	return n->count == 0 ||
	       (!n->fell &&
		memcmp(iv, n->last[(n->count - 1) % SFAM_ALG_NONCES],
		       len) > 0);
}

static int use(struct sfam__alg_nonces *n, const void *iv, size_t len)
{
	if (!is_above_all(n, iv, len)) {
		if (is_remembered(n, iv, len))
			return -ENOTUNIQ;
		if (!n->fell && n->count > SFAM_ALG_NONCES)
			return -ENOTUNIQ;
		n->fell = true;
	}
	memcpy(n->last[n->count % SFAM_ALG_NONCES], iv, len);
	n->count++;
	return 0;
}

/*
 * Of ccm's IV the kernel clears the last bytes, as many as the first says
 * and one: they are its own counter (crypto_ccm_init_crypt() of
 * crypto/ccm.c), so IVs that differ there alone are the same.
 */
static void canonical(const struct sfam_alg *alg, uint8_t *iv, size_t len)
{
	if (len == 16 && memcmp(alg->info.name, "ccm(", 4) == 0 && iv[0] < 8)
		memset(iv + 15 - iv[0], 0, iv[0] + 1u);
}

int sfam__alg_nonce_use(struct sfam_alg *alg, const void *iv, size_t len)
{
	uint8_t nonce[sizeof(alg->nonces.last[0])];
	int r;

	memcpy(nonce, iv, len);
	canonical(alg, nonce, len);
	sfam__spin_lock(&alg->nonces.lock);
	r = use(&alg->nonces, nonce, len);
	sfam__spin_unlock(&alg->nonces.lock);
	return r;
}
