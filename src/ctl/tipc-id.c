/* SPDX-License-Identifier: MIT */
/* A node's identity as text: tipc_nodeid2string() of net/tipc/addr.c. */
#include "tipc.h"

#include "base/text.h"

static int is_letter(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || (c && strchr(".:_-@", c));
}

static size_t letters(const unsigned char *text, size_t len)
{
	size_t n = 0;

	while (n < len && is_letter(text[n]))
		n++;
	return n;
}

static int is_zero(const unsigned char *bytes, size_t len)
{
	while (len && bytes[len - 1] == 0)
		len--;
	return len == 0;
}

SFAM_PUBLIC ssize_t sfam_tipc_id_format(const struct sfam_tipc_id *id,
					char *buf, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	char text[SFAM_TIPC_ID_STRLEN];
	size_t n = letters(id->bytes, sizeof(id->bytes));
	size_t i;

	if (n > 0 && is_zero(id->bytes + n, sizeof(id->bytes) - n)) {
		memcpy(text, id->bytes, n);
	} else {
		for (i = 0; i < sizeof(id->bytes); i++) {
			text[2 * i] = digits[id->bytes[i] >> 4];
			text[2 * i + 1] = digits[id->bytes[i] & 15];
		}
		for (n = 2 * i; n && text[n - 1] == '0'; n--)
			;
	}
	if (n >= size)
		return -ENOSPC;
	memcpy(buf, text, n);
	buf[n] = '\0';
	return (ssize_t)n;
}

SFAM_PUBLIC int sfam_tipc_id_parse(struct sfam_tipc_id *ret, const char *text,
				   size_t len)
{
	struct sfam_tipc_id id = { { 0 } };
	uint8_t digit;
	size_t i;

	if (len == 2 * sizeof(id.bytes)) {
		for (i = 0; i < len; i++) {
			digit = sfam__hex_value[(unsigned char)text[i]];
			if (digit > 15)
				return -EINVAL;
			id.bytes[i / 2] = (unsigned char)
				(id.bytes[i / 2] << 4 | digit);
		}
	} else if (len <= sizeof(id.bytes) &&
		   letters((const unsigned char *)text, len) == len) {
		memcpy(id.bytes, text, len);
	} else {
		return -EINVAL;
	}
	if (is_zero(id.bytes, sizeof(id.bytes)))
		return -EINVAL;
	*ret = id;
	return 0;
}
