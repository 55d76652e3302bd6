/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as an address: refused, or equal to its canonical text. As a
 * name, with no questions to the resolver: refused, or an address.
 */
#include <stdlib.h>

#include <sockfam/sockfam.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sfam_addr a, b;
	struct sfam_diag diag;
	char text[SFAM_ADDR_STRLEN];
	size_t found;
	ssize_t n;

	if (sfam_resolve((const char *)data, size, SFAM_RESOLVE_NUMERIC, &a, 1,
			 &found, NULL) == 0 &&
	    (found == 0 || sfam_addr_format(&a, text, sizeof(text)) < 0))
		abort();
	if (sfam_addr_parse(&a, (const char *)data, size, &diag) < 0) {
		if (diag.offset > size || !diag.expected[0])
			abort();
		return 0;
	}
	n = sfam_addr_format(&a, text, sizeof(text));
	if (n < 0 || sfam_addr_parse(&b, text, (size_t)n, NULL) < 0 ||
	    !sfam_addr_equal(&a, &b))
		abort();
	return 0;
}
