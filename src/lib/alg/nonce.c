/* SPDX-License-Identifier: MIT */
/*
 * Which nonces have encrypted under a key. A nonce above all before it (as
 * a big-endian number) was not used, whatever their count. Another one was
 * not used if all the ones before are still here. Otherwise it cannot be
 * told: where nonces only rose until now, it is a counter that was set
 * back, and refused; where they did not, they are random or made by XOR,
 * and not to be among the last ones must do.
 */
#include <endian.h>

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

/* Not above the highest, as far as that can be told at a glance. */
static int use_with_care(struct sfam__alg_nonces *n, const void *iv,
			 size_t len)
{
	const void *last = n->last[(n->count - 1) % SFAM_ALG_NONCES];

	if (n->count == 0 || (!n->fell && memcmp(iv, last, len) > 0))
		return 0;
	if (is_remembered(n, iv, len))
		return -ENOTUNIQ;
	if (!n->fell && n->count > SFAM_ALG_NONCES)
		return -ENOTUNIQ;
	n->fell = true;
	return 0;
}

static inline uint64_t load_be64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return be64toh(v);
}

static void set_top(struct sfam__alg_nonces *n, const void *iv, size_t len)
{
	if (n->fell) {	/* nothing is above this */
		memset(n->top, 0xff, sizeof(n->top));
	} else if (sfam__alg_is_short(len)) {
		n->top[0] = load_be64(iv);
		n->top[1] = load_be64((const char *)iv + len - 8);
	}
}

static int use(struct sfam__alg_nonces *n, const void *iv, size_t len)
{
	int r;

	sfam__spin_lock(&n->lock);
	r = use_with_care(n, iv, len);
	if (r == 0) {
		memcpy(n->last[n->count++ % SFAM_ALG_NONCES], iv, len);
		set_top(n, iv, len);
	}
	sfam__spin_unlock(&n->lock);
	return r;
}

void sfam__alg_nonce_init(struct sfam_alg *alg)
{
	const struct sfam_alg_info *info = &alg->info;

	alg->counts_in_iv = info->iv_size == 16 &&
			    memcmp(info->name, "ccm(", 4) == 0;
	alg->short_iv = sfam__alg_is_short(info->iv_size);
}

/*
 * Of ccm's IV the kernel clears the last bytes, as many as the first says
 * and one: they are its own counter (crypto_ccm_init_crypt() of
 * crypto/ccm.c), so IVs that differ there alone are the same.
 */
static int __attribute__((noinline))
use_any(struct sfam_alg *alg, const void *iv, size_t len)
{
	uint8_t nonce[SFAM__ALG_IV_MAX];

	if (len == 0)	/* there is none */
		return 0;
	memcpy(nonce, iv, len);
	if (alg->counts_in_iv && nonce[0] < 8)
		memset(nonce + 15 - nonce[0], 0, nonce[0] + 1u);
	return use(&alg->nonces, nonce, len);
}

/* The same of the two halves of that IV. */
static inline uint64_t without_count(uint64_t first, uint64_t last)
{
	unsigned int n = (unsigned int)(first >> 56);

	if (n > 7)
		return last;
	return n == 7 ? 0 : last >> 8 * (n + 1) << 8 * (n + 1);
}

/* The two may overlap, and are all of it. */
static inline bool rises(struct sfam__alg_nonces *n, uint64_t first,
			 uint64_t last)
{
	return first > n->top[0] ||
	       (first == n->top[0] && last > n->top[1]);
}

/* No call in here but the last one, so no register is saved. */
int sfam__alg_nonce_use(struct sfam_alg *alg, const void *iv)
{
	struct sfam__alg_nonces *n = &alg->nonces;
	size_t len = alg->info.iv_size;
	uint64_t first, last;

	if (__builtin_expect(!alg->short_iv || !sfam__spin_try(&n->lock), 0))
		return use_any(alg, iv, len);
	first = load_be64(iv);
	last = load_be64((const char *)iv + len - 8);
	if (alg->counts_in_iv)
		last = without_count(first, last);
	if (__builtin_expect(!rises(n, first, last), 0)) {
		sfam__spin_unlock(&n->lock);
		return use_any(alg, iv, len);
	}
	n->top[0] = first;
	n->top[1] = last;
	last = htobe64(last);
	memcpy(n->last[n->count % SFAM_ALG_NONCES], iv, 8);
	memcpy(n->last[n->count % SFAM_ALG_NONCES] + len - 8, &last, 8);
	n->count++;
	sfam__spin_unlock(&n->lock);
	return 0;
}
