/* SPDX-License-Identifier: MIT */
#ifndef SFAM_CTL_CRYPTO_H
#define SFAM_CTL_CRYPTO_H

#include <sockfam/ctl-crypto.h>

#include "request.h"

/* Where the algorithms go; stop is what each() ended it with. */
struct sfam__crypto {
	int (*each)(const struct sfam_crypto_alg *alg, void *arg);
	void *arg;
	int stop;
	size_t n;			/* how many have come */
};

/* Gives one on; nothing more after a stop. */
void sfam__crypto_give(struct sfam__crypto *c,
		       const struct sfam_crypto_alg *alg);
int sfam__crypto_netlink(struct sfam__crypto *c, struct sfam_ctl_diag *diag);
int sfam__crypto_proc(struct sfam__crypto *c);

#endif
