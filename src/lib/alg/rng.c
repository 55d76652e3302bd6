/* SPDX-License-Identifier: MIT */
#include "alg/alg.h"

#define MOST 128	/* rng_recvmsg of crypto/algif_rng.c */

SFAM_PUBLIC int sfam_alg_random(struct sfam_alg_op *op, void *buf, size_t len)
{
	int r = sfam__alg_ready(op, SFAM_ALG_RNG);
	char *p = buf;
	size_t left = len;
	ssize_t n;

	if (r < 0)
		return r;
	while (left > 0) {
		n = op->alg->engine->take(op, p, left < MOST ? left : MOST);
		if (n <= 0) {
			sfam__wipe(buf, len);
			return sfam__alg_fail(op, n < 0 ? (int)n : -EIO);
		}
		p += n;
		left -= (size_t)n;
	}
	return 0;
}
