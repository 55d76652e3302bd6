/* SPDX-License-Identifier: MIT */
/* Published vectors, and forgeries: tests/data/alg-vectors.txt. */
#include <stdio.h>

#include "alg-common.h"

#define FIELDS 8
#define FIELD_MAX 512

struct field {
	unsigned char data[FIELD_MAX];
	size_t len;
};

struct line {
	int number;
	char kind[16];
	char name[64];
	struct field f[FIELDS - 2];
};

static void parse_field(struct field *f, const char *word)
{
	unsigned int byte;

	f->len = 0;
	if (strcmp(word, "-") == 0)
		return;
	for (; word[0] && word[1]; word += 2) {
		ck_assert_int_eq(sscanf(word, "%2x", &byte), 1);
		ck_assert_uint_lt(f->len, FIELD_MAX);
		f->data[f->len++] = (unsigned char)byte;
	}
}

/* 1: a vector; 0: a comment. */
static int parse_line(struct line *l, char *text)
{
	char *save = NULL;
	char *word = strtok_r(text, " \n", &save);
	size_t i;

	if (!word || *word == '#')
		return 0;
	snprintf(l->kind, sizeof(l->kind), "%s", word);
	word = strtok_r(NULL, " \n", &save);
	ck_assert_ptr_nonnull(word);
	snprintf(l->name, sizeof(l->name), "%s", word);
	for (i = 0; i < FIELDS - 2; i++) {
		word = strtok_r(NULL, " \n", &save);
		parse_field(&l->f[i], word ? word : "-");
	}
	return 1;
}

static void same(const struct line *l, const char *what, const void *got,
		 const struct field *want)
{
	ck_assert_msg(memcmp(got, want->data, want->len) == 0,
		      "line %d: %s %s: wrong %s", l->number, l->kind, l->name,
		      what);
}

static void try_hash(const struct line *l)
{
	const struct field *key = &l->f[0], *msg = &l->f[1], *want = &l->f[2];
	struct session s = session_open(SFAM_ALG_HASH, l->name, key->data,
					key->len, 0);
	unsigned char digest[64];
	ssize_t n;

	n = sfam_alg_hash(s.op, msg->data, msg->len, digest, sizeof(digest));
	ck_assert_msg(n == (ssize_t)want->len, "line %d: %zd", l->number, n);
	same(l, "digest", digest, want);
	session_close(&s);
}

static void try_cipher(const struct line *l)
{
	const struct field *key = &l->f[0], *iv = &l->f[1];
	const struct field *plain = &l->f[2], *text = &l->f[3];
	struct session s = session_open(SFAM_ALG_SKCIPHER, l->name, key->data,
					key->len, 0);
	unsigned char out[FIELD_MAX];

	ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv->data, iv->len,
				    plain->data, out, plain->len));
	same(l, "ciphertext", out, text);
	/* In place. */
	ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_DECRYPT, iv->data, iv->len,
				    out, out, plain->len));
	same(l, "plaintext", out, plain);
	session_close(&s);
}

static struct session open_aead(const struct line *l)
{
	return session_open(SFAM_ALG_AEAD, l->name, l->f[0].data, l->f[0].len,
			    l->f[5].len);
}

static void try_aead(const struct line *l)
{
	const struct field *iv = &l->f[1], *aad = &l->f[2];
	const struct field *plain = &l->f[3], *text = &l->f[4];
	struct session s = open_aead(l);
	unsigned char out[FIELD_MAX], tag[16];
	struct flat f;

	ck_assert_ok(sfam_alg_seal(s.op, flat_msg(&f, iv->data, iv->len,
						  aad->data, aad->len,
						  plain->data, out, plain->len,
						  tag, l->f[5].len)));
	same(l, "ciphertext", out, text);
	same(l, "tag", tag, &l->f[5]);
	ck_assert_ok(sfam_alg_unseal(s.op, flat_msg(&f, iv->data, iv->len,
						    aad->data, aad->len, out,
						    out, plain->len, tag,
						    l->f[5].len)));
	same(l, "plaintext", out, plain);
	session_close(&s);
}

static void try_forged(const struct line *l)
{
	const struct field *iv = &l->f[1], *aad = &l->f[2], *text = &l->f[4];
	struct session s = open_aead(l);
	unsigned char out[FIELD_MAX], tag[16];
	struct flat f;
	int r;

	memset(out, 0xee, sizeof(out));
	memcpy(tag, l->f[5].data, l->f[5].len);
	r = sfam_alg_unseal(s.op, flat_msg(&f, iv->data, iv->len, aad->data,
					   aad->len, text->data, out,
					   text->len, tag, l->f[5].len));
	ck_assert_msg(r == -EBADMSG, "line %d: %d", l->number, r);
	ck_assert_msg(all_zero(out, text->len), "line %d: left", l->number);
	session_close(&s);
}

static const struct {
	const char *kind;
	void (*try)(const struct line *l);
} kinds[] = {
	{ "hash", try_hash },
	{ "cipher", try_cipher },
	{ "aead", try_aead },
	{ "forged", try_forged },
};

static int run_kind(const char *kind, void (*try)(const struct line *l))
{
	FILE *f = fopen(TESTDATA_DIR "/alg-vectors.txt", "re");
	char text[8192];
	struct line l = { .number = 0 };
	int n = 0;

	ck_assert_ptr_nonnull(f);
	while (fgets(text, sizeof(text), f)) {
		l.number++;
		if (!parse_line(&l, text) || strcmp(l.kind, kind) != 0)
			continue;
		try(&l);
		n++;
	}
	fclose(f);
	return n;
}

static int run_number(size_t i)
{
	return run_kind(kinds[i].kind, kinds[i].try);
}

START_TEST(hashes)
{
	ck_assert_int_ge(run_number(0), 50);
}
END_TEST

START_TEST(ciphers)
{
	ck_assert_int_ge(run_number(1), 15);
}
END_TEST

START_TEST(aeads)
{
	ck_assert_int_ge(run_number(2), 16);
}
END_TEST

START_TEST(forgeries)
{
	ck_assert_int_ge(run_number(3), 80);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ hashes, "alg" },
		{ ciphers, "alg" },
		{ aeads, "alg" },
		{ forgeries, "alg" },
	};

	return harness_run("alg-vectors", tests, HARNESS_LEN(tests));
}
