/* SPDX-License-Identifier: MIT */
/*
 * X.25 (linux/x25.h): up to 15 digits in ASCII. "any" is what a listener
 * for all calls is bound to: 15 blanks (null_x25_address of
 * net/x25/af_x25.c).
 */
#include <sys/socket.h>

#include "family/row.h"

#define DIGITS_MAX 15

/* struct sockaddr_x25 of linux/x25.h */
struct sockaddr_x25 {
	sa_family_t family;
	char digits[DIGITS_MAX + 1];
};

static const char any[] = "               ";
static const struct sfam__key no_keys[] = { { NULL, NULL } };

static int scan_digits(struct sfam__scan *s, char *ret)
{
	size_t start = s->pos;
	size_t n = 0;

	if (sfam__scan_word(s, "any")) {
		memcpy(ret, any, sizeof(any));
		return 0;
	}
	while (!sfam__scan_end(s) && s->text[s->pos] >= '0' &&
	       s->text[s->pos] <= '9') {
		if (n == DIGITS_MAX)
			return sfam__scan_fail(s, -EINVAL, start,
					       "at most 15 digits, or any");
		ret[n++] = s->text[s->pos++];
	}
	return 0;
}

static int x25_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_x25 sx = { .family = AF_X25 };
	int r;

	r = scan_digits(s, sx.digits);
	if (r == 0)
		r = sfam__keys_parse(s, ret, no_keys, NULL, NULL);
	if (r == 0)
		sfam__addr_set(ret, &sx, sizeof(sx));
	return r;
}

static int x25_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_x25 sx;
	size_t n;

	sfam__addr_get(addr, &sx, sizeof(sx));
	n = strnlen(sx.digits, sizeof(sx.digits));
	if (n == sizeof(sx.digits) ||
	    (strcmp(sx.digits, any) != 0 &&
	     strspn(sx.digits, "0123456789") != n))
		return sfam__addr_bad(diag, offsetof(struct sockaddr_x25,
						     digits),
				      "at most 15 digits and a NUL");
	memset(sx.digits + n, 0, sizeof(sx.digits) - n);
	sfam__addr_set(addr, &sx, sizeof(sx));
	return 0;
}

static void x25_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_x25 sx;

	sfam__addr_get(addr, &sx, sizeof(sx));
	sfam__out_str(o, strcmp(sx.digits, any) == 0 ? "any" : sx.digits);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD_AS("sx25_family", struct sockaddr_x25, family, HOST),
	SFAM__FIELD_AS("sx25_addr.x25_addr", struct sockaddr_x25, digits, TEXT),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_x25 = {
	.name = "x25",
	.syntax = "x25:DIGITS | x25:any",
	.af = AF_X25,
	.type = SOCK_SEQPACKET,
	.types = SFAM_TYPE_SEQPACKET,
	.len_min = sizeof(struct sockaddr_x25),
	.len_max = sizeof(struct sockaddr_x25),
	.config = "CONFIG_X25",
	.module = "x25",
	.since = "2.2",
	.parse = x25_parse,
	.format = x25_format,
	.fields = fields,
	.check = x25_check,
};
