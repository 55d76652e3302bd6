/* SPDX-License-Identifier: MIT */
/* Where the bytes of a message lie: in place, overlapping, in a row. */
#include "alg-common.h"

#define LONG 300000
#define AAD 13

static const unsigned char key32[32] = "0123456789abcdef0123456789abcdef";
static unsigned char plain[LONG], want[LONG + 64], room[LONG + 200];
static const size_t sizes[] = { 1, 16, 256, 4080, 4096, 4097, 65536 };

static void fill(void)
{
	uint64_t seed = test_seed();

	fill_random(&seed, plain, sizeof(plain));
}

/* A nonce that rises. */
static const unsigned char *next_nonce(void)
{
	static unsigned char nonce[12];
	static uint32_t count;
	uint32_t n = __builtin_bswap32(++count);

	memcpy(nonce + 8, &n, sizeof(n));
	return nonce;
}

/* In the buffers, and longer than those. */
START_TEST(cipher_in_place)
{
	static const char *const names[] = { "cbc(aes)", "ctr(aes)" };
	static const unsigned char iv[16] = "fedcba987654321";
	struct iovec iov[3];
	struct session s;
	size_t i, len;

	fill();
	for (i = 0; i < 4; i++) {
		s = session_open(SFAM_ALG_SKCIPHER, names[i / 2], key32, 32, 0);
		len = i % 2 ? 299984 : 4096;
		ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv, 16,
					    plain, want, len));
		memcpy(room, plain, len);
		ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv, 16,
					    room, room, len));
		ck_assert_mem_eq(room, want, len);
		iov[0] = (struct iovec){ room, 7 };
		iov[1] = (struct iovec){ room + 7, 1000 };
		iov[2] = (struct iovec){ room + 1007, len - 1007 };
		ck_assert_ok(sfam_alg_cryptv(s.op, SFAM_ALG_DECRYPT, iv, 16,
					     iov, 3, iov, 3));
		ck_assert_mem_eq(room, plain, len);
		session_close(&s);
	}
}
END_TEST

/* text of len bytes at in, sealed to out, is as with buffers apart. */
static void check_overlap(struct session *s, size_t len, size_t in, size_t out)
{
	unsigned char aad[AAD] = "associated", tag[16], want_tag[16];
	const unsigned char *nonce = next_nonce();
	struct flat f;

	ck_assert_ok(sfam_alg_seal(s->op, flat_msg(&f, nonce, 12, aad, AAD,
						   plain, want, len, want_tag,
						   16)));
	/* Only to seal the same again. */
	ck_assert_ok(sfam_alg_op_set_key(s->op, key32, 32));
	memcpy(room + in, plain, len);
	ck_assert_ok(sfam_alg_seal(s->op, flat_msg(&f, nonce, 12, aad, AAD,
						   room + in, room + out, len,
						   tag, 16)));
	ck_assert_mem_eq(room + out, want, len);
	ck_assert_mem_eq(tag, want_tag, 16);
	ck_assert_ok(sfam_alg_unseal(s->op, flat_msg(&f, nonce, 12, aad, AAD,
						     room + out, room + in,
						     len, tag, 16)));
	ck_assert_mem_eq(room + in, plain, len);
}

START_TEST(aead_overlaps)
{
	struct session s = session_open(SFAM_ALG_AEAD, "gcm(aes)", key32, 32,
					0);
	size_t i;

	fill();
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		check_overlap(&s, sizes[i], 0, 0);
		check_overlap(&s, sizes[i], 0, 5);
		check_overlap(&s, sizes[i], 5, 0);
	}
	session_close(&s);
}
END_TEST

/* Header, text and tag as they are on a wire, sealed and opened in place. */
static void check_packet(struct session *s, size_t len)
{
	unsigned char tag[16];
	const unsigned char *nonce = next_nonce();
	struct flat f;

	ck_assert_ok(sfam_alg_seal(s->op, flat_msg(&f, nonce, 12, plain, AAD,
						   plain + AAD, want, len, tag,
						   16)));
	ck_assert_ok(sfam_alg_op_set_key(s->op, key32, 32));
	memcpy(room, plain, AAD + len);
	ck_assert_ok(sfam_alg_seal(s->op, flat_msg(&f, nonce, 12, room, AAD,
						   room + AAD, room + AAD, len,
						   room + AAD + len, 16)));
	ck_assert_mem_eq(room, plain, AAD);
	ck_assert_mem_eq(room + AAD, want, len);
	ck_assert_mem_eq(room + AAD + len, tag, 16);
	ck_assert_ok(sfam_alg_unseal(s->op, &f.msg));
	ck_assert_mem_eq(room, plain, AAD + len);
	/* Opened once, it is no message any more: and nothing is left. */
	ck_assert_err(sfam_alg_unseal(s->op, &f.msg), EBADMSG);
	ck_assert_mem_eq(room, plain, AAD);
	ck_assert(all_zero(room + AAD, len));
}

START_TEST(packet)
{
	struct session s = session_open(SFAM_ALG_AEAD, "gcm(aes)", key32, 32,
					0);
	size_t i;

	fill();
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		check_packet(&s, sizes[i]);
	session_close(&s);
}
END_TEST

static struct session open_echoing(void)
{
	struct sfam_alg_opts opts = SFAM_ALG_OPTS_INIT;
	struct session s;

	opts.flags = SFAM_ALG_OPTS_ECHO;
	ck_assert_ok(sfam_alg_new(&s.alg, SFAM_ALG_AEAD, "gcm(aes)", &opts));
	ck_assert_ok(sfam_alg_set_key(s.alg, key32, 32));
	ck_assert_ok(sfam_alg_op_new(&s.op, s.alg));
	return s;
}

/* To and from row, whose tag is tag; split: out is two pieces. */
static void check_row(struct session *s, size_t len, unsigned char *tag,
		      size_t split)
{
	unsigned char *row = room + 64;
	struct iovec out[2] = { { row, split },
				{ row + split, AAD + len - split } };
	struct flat f;

	flat_msg(&f, next_nonce(), 12, plain, AAD, plain + AAD, NULL, len, tag,
		 16);
	f.msg.out = out;
	f.msg.out_count = 2;
	ck_assert_ok(sfam_alg_seal(s->op, &f.msg));
	ck_assert_mem_eq(row, plain, AAD);
	ck_assert_int_ne(memcmp(row + AAD, plain + AAD, len), 0);
	f.in.iov_base = row + AAD;
	out[0].iov_base = want;
	out[1].iov_base = want + split;
	ck_assert_ok(sfam_alg_unseal(s->op, &f.msg));
	ck_assert_mem_eq(want, plain, AAD + len);
	row[AAD] ^= 1;
	ck_assert_err(sfam_alg_unseal(s->op, &f.msg), EBADMSG);
	ck_assert(all_zero(want, AAD + len));
	out[out[1].iov_len > 0].iov_len--;
	ck_assert_err(sfam_alg_unseal(s->op, &f.msg), ENOSPC);
}

START_TEST(echo)
{
	struct session s = open_echoing();
	unsigned char *row = room + 64;
	unsigned char tag[16];
	size_t i, len;

	fill();
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		len = sizes[i];
		check_row(&s, len, row + AAD + len, AAD + len);
		check_row(&s, len, tag, AAD + len);
		check_row(&s, len, row + AAD + len, 5);
		check_row(&s, len, tag, AAD);
	}
	session_close(&s);
}
END_TEST

/* Without a tag's or an AAD's room the caller's memory is not written. */
START_TEST(echo_refused)
{
	struct sfam_alg_opts opts = SFAM_ALG_OPTS_INIT;
	struct session s = open_echoing();
	struct sfam_alg *alg = NULL;
	unsigned char tag[16] = "";
	struct flat f;

	memset(room, 0, 64);
	ck_assert_err(sfam_alg_seal(s.op, flat_msg(&f, next_nonce(), 12, plain,
						   AAD, plain, room, 16, tag,
						   16)), ENOSPC);
	ck_assert(all_zero(room, 64));
	ck_assert(all_zero(tag, 16));
	session_close(&s);
	opts.flags = SFAM_ALG_OPTS_ECHO << 1;
	ck_assert_err(sfam_alg_new(&alg, SFAM_ALG_AEAD, "gcm(aes)", &opts),
		      EINVAL);
	ck_assert_ptr_null(alg);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ cipher_in_place, "alg" },
		{ aead_overlaps, "alg" },
		{ packet, "alg" },
		{ echo, "alg" },
		{ echo_refused, "alg" },
	};

	return harness_run("alg-place", tests, HARNESS_LEN(tests));
}
