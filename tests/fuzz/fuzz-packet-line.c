/* SPDX-License-Identifier: MIT */
/*
 * packet_line() on any bytes: the first says which link, the second how
 * much more there was on the wire. The line must be one, and printable.
 */
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>

#include "packet-line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void one(const uint8_t *data, size_t cap, size_t orig,
		unsigned int arphrd, unsigned int flags)
{
	char line[PACKET_LINE_STRLEN];
	ssize_t n = packet_line(line, sizeof(line), data, cap, orig, arphrd,
				flags);
	ssize_t i;

	if (n < 0 || strlen(line) != (size_t)n)
		abort();
	for (i = 0; i < n; i++)
		if (line[i] < ' ' || line[i] > '~')
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned int links[] = {
		ARPHRD_ETHER, ARPHRD_LOOPBACK, ARPHRD_NONE, ARPHRD_CAN, 801,
	};
	unsigned int arphrd;
	size_t orig;

	if (size < 2)
		return 0;
	arphrd = links[data[0] % (sizeof(links) / sizeof(links[0]))];
	orig = size - 2 + (size_t)data[1] * 256;
	one(data + 2, size - 2, orig, arphrd, 0);
	one(data + 2, size - 2, orig, arphrd, PACKET_LINE_LINK);
	return 0;
}
