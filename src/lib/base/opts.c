/* SPDX-License-Identifier: MIT */
#include "base/common.h"

int sfam__opts_read(void *ret, size_t size, const void *opts)
{
	const unsigned char *bytes = opts;
	size_t given, i;

	if (!opts)
		return 0;
	memcpy(&given, opts, sizeof(given));
	if (given < sizeof(given))
		return -EINVAL;
	for (i = size; i < given; i++)
		if (bytes[i])
			return -E2BIG;
	memcpy(ret, opts, given < size ? given : size);
	return 0;
}
