/* SPDX-License-Identifier: MIT */
#include "alg/alg.h"
#include "base/text.h"

#define SHOWN 4		/* sizes to name one by one */

static void write_sizes(struct sfam__out *o, uint32_t min, uint32_t max,
			uint32_t step)
{
	uint32_t n = step ? (max - min) / step : SHOWN;
	uint32_t i;

	if (n >= SHOWN) {
		sfam__out_dec(o, min);
		sfam__out_str(o, " to ");
		sfam__out_dec(o, max);
		return;
	}
	for (i = 0; i <= n; i++) {
		if (i > 0)
			sfam__out_str(o, i == n ? " or " : ", ");
		sfam__out_dec(o, min + i * step);
	}
}

SFAM_PUBLIC ssize_t sfam_alg_key_sizes(const struct sfam_alg_info *info,
				       char *buf, size_t size)
{
	struct sfam__out o = { buf, size, 0 };

	if (info->flags & SFAM_ALG_INFO_KEY_ANY) {
		sfam__out_str(&o, "any size");
	} else if (info->key_max > 0) {
		write_sizes(&o, info->key_min, info->key_max, info->key_step);
		sfam__out_str(&o, " bytes");
	} else if (info->type == SFAM_ALG_RNG || info->key_step > 0) {
		sfam__out_str(&o, "no key");
	} else {
		sfam__out_str(&o, "not known");
	}
	return sfam__out_finish(&o);
}
