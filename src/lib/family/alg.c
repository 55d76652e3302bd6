/* SPDX-License-Identifier: MIT */
/*
 * AF_ALG. The kernel takes 25 to 128 bytes: a name of up to 103 bytes and
 * its NUL (struct sockaddr_alg_new, Linux 4.12). It puts a NUL over the
 * last byte of type and of name (alg_bind of crypto/af_alg.c), so a name
 * that is not terminated would lose a letter in silence: refused here.
 */
#include <linux/if_alg.h>

#include "family/row.h"

#define NAME_AT offsetof(struct sockaddr_alg, salg_name)
#define TYPE_AT offsetof(struct sockaddr_alg, salg_type)
#define TYPE_SIZE sizeof(((struct sockaddr_alg *)0)->salg_type)
#define NAME_SIZE (128 - NAME_AT)

union long_alg {
	struct sockaddr_alg alg;
	char bytes[NAME_AT + NAME_SIZE];
};

static int set_feat(struct sfam__scan *s, void *sa)
{
	return sfam__scan_u32(s, UINT32_MAX, &((union long_alg *)sa)->alg.
			      salg_feat, "features 0..0xffffffff");
}

static int set_mask(struct sfam__scan *s, void *sa)
{
	return sfam__scan_u32(s, UINT32_MAX, &((union long_alg *)sa)->alg.
			      salg_mask, "a mask 0..0xffffffff");
}

static const struct sfam__key keys[] = {
	{ "feat", set_feat },
	{ "mask", set_mask },
	{ NULL, NULL },
};

/* One of the two strings: not empty, no NUL inside, room for one behind. */
static int scan_string(struct sfam__scan *s, char stop, char *buf,
		       size_t size, const char *expected)
{
	size_t start = s->pos;
	size_t n;
	int r;

	r = sfam__scan_bytes(s, stop, buf, size - 1, &n, expected);
	if (r == 0 && (n == 0 || memchr(buf, '\0', n)))
		r = sfam__scan_fail(s, -EINVAL, start, expected);
	return r;
}

/* As long as the classic struct, or as the name needs. */
static socklen_t length_of(const union long_alg *u)
{
	size_t len = NAME_AT + strlen(u->bytes + NAME_AT) + 1;

	return (socklen_t)(len > sizeof(u->alg) ? len : sizeof(u->alg));
}

static int alg_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	union long_alg u;
	int r;

	memset(&u, 0, sizeof(u));
	u.alg.salg_family = AF_ALG;
	r = scan_string(s, ':', u.bytes + TYPE_AT, TYPE_SIZE,
			"a type of 1 to 13 bytes: hash skcipher aead rng");
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":NAME\"");
	if (r == 0)
		r = scan_string(s, 0, u.bytes + NAME_AT, NAME_SIZE,
				"an algorithm name of 1 to 103 bytes");
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &u, NULL);
	if (r == 0)
		sfam__addr_set(ret, &u, length_of(&u));
	return r;
}

/* Zeroes what stands behind the NUL; false without NUL or without text. */
static bool clean_string(char *buf, size_t size)
{
	size_t n = strnlen(buf, size);

	if (n == 0 || n == size)
		return false;
	memset(buf + n, 0, size - n);
	return true;
}

static int alg_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	union long_alg u;

	sfam__addr_get(addr, &u, sizeof(u));
	if (!clean_string(u.bytes + TYPE_AT, TYPE_SIZE))
		return sfam__addr_bad(diag, TYPE_AT,
				      "a type of 1 to 13 bytes and its NUL");
	if (!clean_string(u.bytes + NAME_AT, addr->len - NAME_AT))
		return sfam__addr_bad(diag, NAME_AT,
				      "a name and its NUL within the length");
	sfam__addr_set(addr, &u, length_of(&u));
	return 0;
}

static void out_u32(struct sfam__out *o, const char *key, uint32_t v)
{
	if (v == 0)
		return;
	sfam__out_str(o, key);
	sfam__out_hex(o, v, 1);
}

static void alg_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	union long_alg u;

	sfam__addr_get(addr, &u, sizeof(u));
	sfam__out_bytes(o, ':', u.bytes + TYPE_AT,
			strlen(u.bytes + TYPE_AT));
	sfam__out_char(o, ':');
	sfam__out_bytes(o, 0, u.bytes + NAME_AT, strlen(u.bytes + NAME_AT));
	out_u32(o, ",feat=0x", u.alg.salg_feat);
	out_u32(o, ",mask=0x", u.alg.salg_mask);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_alg, salg_family, HOST),
	SFAM__FIELD(struct sockaddr_alg, salg_type, TEXT),
	SFAM__FIELD(struct sockaddr_alg, salg_feat, HOST),
	SFAM__FIELD(struct sockaddr_alg, salg_mask, HOST),
	{ "salg_name", NAME_AT, NAME_SIZE, SFAM_FIELD_TEXT },
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_alg = {
	.name = "alg",
	.syntax = "alg:TYPE:NAME[,feat=][,mask=]  (bind, then accept)",
	.af = AF_ALG,
	.type = SOCK_SEQPACKET,
	.types = SFAM_TYPE_SEQPACKET,
	.len_min = NAME_AT + 1,
	.len_max = NAME_AT + NAME_SIZE,
	.config = "CONFIG_CRYPTO_USER_API",
	.module = "af_alg",
	.since = "2.6.38",
	.parse = alg_parse,
	.format = alg_format,
	.fields = fields,
	.check = alg_check,
};
