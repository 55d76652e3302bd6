/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "hex.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int hex_read(const char *text, unsigned char *ret, size_t size)
{
	size_t n = strlen(text);
	size_t i;
	int high, low;

	if (n % 2 || n / 2 > size)
		return -1;
	for (i = 0; i < n; i += 2) {
		high = digit(text[i]);
		low = digit(text[i + 1]);
		if (high < 0 || low < 0)
			return -1;
		ret[i / 2] = (unsigned char)(high << 4 | low);
	}
	return (int)(n / 2);
}

void hex_write(char *to, const unsigned char *from, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (; n; n--, from++) {
		*to++ = digits[*from >> 4];
		*to++ = digits[*from & 15];
	}
}
