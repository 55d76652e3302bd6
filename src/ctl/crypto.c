/* SPDX-License-Identifier: MIT */
/* One list of algorithms, from the better source that there is. */
#include "crypto.h"

void sfam__crypto_give(struct sfam__crypto *c,
		       const struct sfam_crypto_alg *alg)
{
	c->n++;
	if (!c->stop)
		c->stop = c->each(alg, c->arg);
}

SFAM_PUBLIC int sfam_crypto_list(enum sfam_crypto_source source,
				 enum sfam_crypto_source *ret_source,
				 int (*each)(const struct sfam_crypto_alg *alg,
					     void *arg),
				 void *arg, struct sfam_ctl_diag *diag)
{
	struct sfam__crypto c = { .each = each, .arg = arg };
	enum sfam_crypto_source from = source;
	int r = -EINVAL;

	if (source == SFAM_CRYPTO_ANY || source == SFAM_CRYPTO_NETLINK) {
		from = SFAM_CRYPTO_NETLINK;
		r = sfam__crypto_netlink(&c, diag);
	}
	if (source == SFAM_CRYPTO_PROC ||
	    (source == SFAM_CRYPTO_ANY && r < 0 && c.n == 0)) {
		from = SFAM_CRYPTO_PROC;
		r = sfam__crypto_proc(&c);
	}
	if (c.stop)
		return c.stop;
	if (r == 0 && ret_source)
		*ret_source = from;
	return r;
}
