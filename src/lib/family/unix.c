/* SPDX-License-Identifier: MIT */
/*
 * unix(7). The length of the sockaddr decides what it is: 2 bytes are the
 * unnamed address (bind: autobind), a first byte of NUL makes the rest an
 * abstract name in which NUL is a byte like any other, and all else is a
 * path that ends at its NUL or after 108 bytes.
 */
#include <sys/un.h>

#include "family/row.h"

#define PATH_AT offsetof(struct sockaddr_un, sun_path)
#define PATH_MAX_LEN sizeof(((struct sockaddr_un *)0)->sun_path)

static const struct sfam__key no_keys[] = { { NULL, NULL } };

static int parse_abstract(struct sfam__scan *s, struct sockaddr_un *un,
			  socklen_t *len)
{
	size_t n;
	int r;

	s->pos++;
	r = sfam__scan_bytes(s, 0, un->sun_path + 1, PATH_MAX_LEN - 1, &n,
			     "an abstract name of at most 107 bytes");
	*len = (socklen_t)(PATH_AT + 1 + n);
	return r;
}

static int parse_path(struct sfam__scan *s, struct sockaddr_un *un,
		      socklen_t *len)
{
	size_t start = s->pos;
	size_t n;
	int r;

	r = sfam__scan_bytes(s, 0, un->sun_path, PATH_MAX_LEN, &n,
			     "a path of at most 108 bytes");
	if (r < 0)
		return r;
	if (memchr(un->sun_path, '\0', n))
		return sfam__scan_fail(s, -EINVAL, start,
				       "a path without a NUL byte");
	*len = (socklen_t)(PATH_AT + n);
	if (n > 0 && n < PATH_MAX_LEN)
		(*len)++;	/* the NUL counts, as getsockname has it */
	return 0;
}

static int unix_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t len = 0;
	int r;

	if (sfam__scan_is(s, '@'))
		r = parse_abstract(s, &un, &len);
	else
		r = parse_path(s, &un, &len);
	if (r < 0)
		return r;
	sfam__addr_set(ret, &un, len);
	return sfam__keys_parse(s, ret, no_keys, NULL, NULL);
}

/* An abstract name keeps its length; a path gets one NUL, if one fits. */
static int unix_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_un un;
	size_t n;

	sfam__addr_get(addr, &un, sizeof(un));
	if (addr->len <= PATH_AT)
		return 0;
	if (un.sun_path[0] == '\0') {
		if (addr->len > sizeof(un))
			return sfam__addr_bad(diag, sizeof(un), "an abstract "
					      "name of at most 107 bytes");
		return 0;
	}
	n = strnlen(un.sun_path, PATH_MAX_LEN);
	if (n > addr->len - PATH_AT)
		n = addr->len - PATH_AT;
	memset(un.sun_path + n, 0, PATH_MAX_LEN - n);
	sfam__addr_set(addr, &un, (socklen_t)(PATH_AT + n +
					      (n < PATH_MAX_LEN)));
	return 0;
}

static void unix_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_un un;
	const char *path = un.sun_path;
	size_t n = addr->len - PATH_AT;

	sfam__addr_get(addr, &un, sizeof(un));
	if (n == 0)
		return;
	if (path[0] == '\0') {
		sfam__out_char(o, '@');
		sfam__out_bytes(o, 0, path + 1, n - 1);
		return;
	}
	n = strnlen(path, PATH_MAX_LEN);
	if (path[0] == '@') {
		sfam__out_escape(o, '@');
		path++;
		n--;
	}
	sfam__out_bytes(o, 0, path, n);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_un, sun_family, HOST),
	SFAM__FIELD(struct sockaddr_un, sun_path, TEXT),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_unix = {
	.name = "unix",
	.syntax = "unix:/PATH | unix:@ABSTRACT | unix: (unnamed)",
	.af = AF_UNIX,
	.type = SOCK_STREAM,
	.types = SFAM_TYPE_STREAM | SFAM_TYPE_DGRAM | SFAM_TYPE_SEQPACKET,
	.flags = SFAM_ROW_UNNAMED | SFAM_ROW_CONNECT_SNDTIMEO |
		 SFAM_ROW_PASSES_FDS,
	.len_min = PATH_AT,
	/* getsockname says 111 of a path of 108 bytes (net/unix/af_unix.c) */
	.len_max = sizeof(struct sockaddr_un) + 1,
	.config = "CONFIG_UNIX",
	.module = "unix",
	.since = "2.0",
	.parse = unix_parse,
	.format = unix_format,
	.fields = fields,
	.check = unix_check,
};
