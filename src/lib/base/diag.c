/* SPDX-License-Identifier: MIT */
#include "base/text.h"

SFAM_PUBLIC ssize_t sfam_diag_format(const struct sfam_diag *diag, char *buf,
				     size_t size)
{
	struct sfam__out o = { buf, size, 0 };

	sfam__out_str(&o, "at ");
	sfam__out_dec(&o, diag->offset);
	sfam__out_str(&o, ": expected ");
	sfam__out_str(&o, diag->expected);
	sfam__out_str(&o, ", found ");
	if (diag->found[0]) {
		sfam__out_char(&o, '"');
		sfam__out_str(&o, diag->found);
		sfam__out_char(&o, '"');
	} else {
		sfam__out_str(&o, "the end");
	}
	return sfam__out_finish(&o);
}

SFAM_PUBLIC const char *sfam_version(void)
{
	return SFAM_VERSION;
}
