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
	char id[32];		/* in its source */
	struct field f[FIELDS - 2];
};

/* The last name's: an algorithm's first bind(2) takes long. */
static struct session session;
static char session_name[64];

static int digit(char c)
{
	/* ck_assert() for each would take longer than all the rest. */
	if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
		ck_abort_msg("no hex");
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static void parse_field(struct field *f, const char *word)
{
	f->len = 0;
	if (strcmp(word, "-") == 0)
		return;
	for (; word[0]; word += 2) {
		if (f->len == FIELD_MAX)
			ck_abort_msg("a field is too long");
		f->data[f->len++] = (unsigned char)(digit(word[0]) << 4 |
						    digit(word[1]));
	}
}

/* 1: a vector of that kind. */
static int parse_line(struct line *l, char *text, const char *kind)
{
	char *save = NULL;
	char *word = strtok_r(text, " \n", &save);
	size_t i;

	if (!word || strcmp(word, kind) != 0)
		return 0;
	snprintf(l->kind, sizeof(l->kind), "%s", word);
	word = strtok_r(NULL, " \n", &save);
	ck_assert_ptr_nonnull(word);
	snprintf(l->name, sizeof(l->name), "%s", word);
	l->id[0] = '\0';
	for (i = 0; i < FIELDS - 2; i++) {
		word = strtok_r(NULL, " \n", &save);
		if (word && *word == '#') {
			snprintf(l->id, sizeof(l->id), "%s", word);
			word = NULL;
		}
		parse_field(&l->f[i], word ? word : "-");
	}
	return 1;
}

static void expect(const struct line *l, const char *what, int holds)
{
	ck_assert_msg(holds, "line %d, %s: %s %s: %s", l->number, l->id,
		      l->kind, l->name, what);
}

static void same(const struct line *l, const char *what, const void *got,
		 const struct field *want)
{
	expect(l, what, memcmp(got, want->data, want->len) == 0);
}

static void drop_session(void)
{
	session_close(&session);
	session_name[0] = '\0';
}

/* A session with that key and tag size; 0, or why it has no such tag. */
static int open_line(const struct line *l, enum sfam_alg_type type,
		     size_t tag_size)
{
	const struct field *key = &l->f[0];
	int r = 0;

	if (strcmp(session_name, l->name) != 0) {
		drop_session();
		ck_assert_ok(sfam_alg_new(&session.alg, type, l->name, NULL));
		snprintf(session_name, sizeof(session_name), "%s", l->name);
	}
	session.op = sfam_alg_op_free(session.op);
	if (key->len > 0)
		expect(l, "key", sfam_alg_set_key(session.alg, key->data,
						  key->len) == 0);
	if (tag_size > 0)
		r = sfam_alg_set_tag_size(session.alg, tag_size);
	if (r == 0)
		ck_assert_ok(sfam_alg_op_new(&session.op, session.alg));
	return r;
}

static void try_hash(const struct line *l)
{
	const struct field *msg = &l->f[1], *want = &l->f[2];
	unsigned char digest[64];
	ssize_t n;

	ck_assert_ok(open_line(l, SFAM_ALG_HASH, 0));
	n = sfam_alg_hash(session.op, msg->data, msg->len, digest,
			  sizeof(digest));
	expect(l, "length", n >= (ssize_t)want->len);
	/* Some are cut; the shortest tag of a MAC is 32 bits. */
	expect(l, "no digest", want->len >= 4);
	same(l, "wrong digest", digest, want);
}

static void try_cipher(const struct line *l)
{
	const struct field *iv = &l->f[1], *plain = &l->f[2];
	const struct field *text = &l->f[3];
	unsigned char out[FIELD_MAX];

	ck_assert_ok(open_line(l, SFAM_ALG_SKCIPHER, 0));
	expect(l, "encrypt", sfam_alg_crypt(session.op, SFAM_ALG_ENCRYPT,
		iv->data, iv->len, plain->data, out, plain->len) == 0);
	same(l, "wrong ciphertext", out, text);
	/* In place. */
	expect(l, "decrypt", sfam_alg_crypt(session.op, SFAM_ALG_DECRYPT,
		iv->data, iv->len, out, out, plain->len) == 0);
	same(l, "wrong plaintext", out, plain);
}

static struct sfam_alg_msg *line_msg(struct flat *f, const struct line *l,
				     const void *in, void *out, size_t len,
				     void *tag)
{
	return flat_msg(f, l->f[1].data, l->f[1].len, l->f[2].data,
			l->f[2].len, in, out, len, tag, l->f[5].len);
}

static void try_aead(const struct line *l)
{
	const struct field *plain = &l->f[3], *text = &l->f[4];
	unsigned char out[FIELD_MAX], tag[16];
	struct flat f;

	ck_assert_ok(open_line(l, SFAM_ALG_AEAD, l->f[5].len));
	expect(l, "seal", sfam_alg_seal(session.op,
		line_msg(&f, l, plain->data, out, plain->len, tag)) == 0);
	same(l, "wrong ciphertext", out, text);
	same(l, "wrong tag", tag, &l->f[5]);
	expect(l, "unseal", sfam_alg_unseal(session.op,
		line_msg(&f, l, out, out, plain->len, tag)) == 0);
	same(l, "wrong plaintext", out, plain);
}

static void try_forged(const struct line *l)
{
	const struct field *text = &l->f[4];
	unsigned char out[FIELD_MAX], tag[16];
	struct flat f;

	ck_assert_ok(open_line(l, SFAM_ALG_AEAD, l->f[5].len));
	memset(out, 0xee, sizeof(out));
	memcpy(tag, l->f[5].data, l->f[5].len);
	expect(l, "taken", sfam_alg_unseal(session.op,
		line_msg(&f, l, text->data, out, text->len, tag)) == -EBADMSG);
	expect(l, "left something", all_zero(out, text->len));
	expect(l, "wiped more", out[text->len] == 0xee);
}

/* Sizes that the algorithm, or the kernel's form of it, does not have. */
static void try_unfit(const struct line *l)
{
	unsigned char out[FIELD_MAX], tag[FIELD_MAX];
	int r = open_line(l, SFAM_ALG_AEAD, l->f[5].len);
	struct flat f;

	if (r < 0) {
		expect(l, "tag size", r == -EINVAL);
		return;
	}
	expect(l, "sealed", sfam_alg_seal(session.op,
		line_msg(&f, l, l->f[3].data, out, l->f[3].len, tag)) ==
	       -EINVAL);
	memcpy(tag, l->f[5].data, l->f[5].len);
	expect(l, "taken", sfam_alg_unseal(session.op,
		line_msg(&f, l, l->f[4].data, out, l->f[4].len, tag)) ==
	       -EINVAL);
}

static const struct {
	const char *kind;
	void (*try)(const struct line *l);
} kinds[] = {
	{ "hash", try_hash },
	{ "cipher", try_cipher },
	{ "aead", try_aead },
	{ "forged", try_forged },
	{ "unfit", try_unfit },
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
		if (!parse_line(&l, text, kind))
			continue;
		try(&l);
		n++;
	}
	fclose(f);
	drop_session();
	return n;
}

static int run_number(size_t i)
{
	return run_kind(kinds[i].kind, kinds[i].try);
}

START_TEST(hashes)
{
	ck_assert_int_ge(run_number(0), 230);
}
END_TEST

START_TEST(ciphers)
{
	ck_assert_int_ge(run_number(1), 65);
}
END_TEST

START_TEST(aeads)
{
	ck_assert_int_ge(run_number(2), 280);
}
END_TEST

START_TEST(forgeries)
{
	ck_assert_int_ge(run_number(3), 280);
}
END_TEST

START_TEST(unfit)
{
	ck_assert_int_ge(run_number(4), 30);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ hashes, "alg" },
		{ ciphers, "alg" },
		{ aeads, "alg" },
		{ forgeries, "alg" },
		{ unfit, "alg" },
	};

	return harness_run("alg-vectors", tests, HARNESS_LEN(tests));
}
