/* SPDX-License-Identifier: MIT */
/* Sessions with the kernel's cryptography: what each function promises. */
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "alg-common.h"

static const unsigned char key32[32] = "0123456789abcdef0123456789abcdef";
static const unsigned char iv16[16] = "an iv of sixteen";

/* ----------------------------------------------------------- ciphers -- */

#define LONG_SIZE (1 << 20)

static unsigned char plain[LONG_SIZE], text[LONG_SIZE], back[LONG_SIZE];

static void stream_in_parts(struct session *s, size_t part)
{
	size_t in = 0, out = 0, len = 100000, n;
	ssize_t got;

	ck_assert_ok(sfam_alg_stream_begin(s->op, SFAM_ALG_ENCRYPT, iv16, 16));
	while (len - in > part) {
		n = sfam_alg_stream_size(s->op, part, 0);
		got = sfam_alg_stream_update(s->op, plain + in, part,
					     back + out, n);
		ck_assert_int_eq(got, (ssize_t)n);
		in += part;
		out += n;
	}
	n = sfam_alg_stream_size(s->op, len - in, 1);
	if (n > 0)
		ck_assert_err(sfam_alg_stream_end(s->op, plain + in, len - in,
						  back + out, n - 1), ENOSPC);
	got = sfam_alg_stream_end(s->op, plain + in, len - in, back + out, n);
	ck_assert_int_eq(got, (ssize_t)n);
	ck_assert_uint_eq(out + n, len);
	ck_assert_mem_eq(back, text, len);
}

START_TEST(streams)
{
	static const char *const names[] = { "ctr(aes)", "cbc(aes)" };
	static const size_t parts[] = { 1000, 4096, 33333, 99999, 100000,
					70000 };
	uint64_t seed = test_seed();
	struct session s;
	size_t i, k;

	fill_random(&seed, plain, sizeof(plain));
	for (i = 0; i < 2; i++) {
		s = session_open(SFAM_ALG_SKCIPHER, names[i], key32, 32, 0);
		ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv16, 16,
					    plain, text, 100000));
		for (k = 0; k < HARNESS_LEN(parts); k++)
			stream_in_parts(&s, parts[k]);
		session_close(&s);
	}
}
END_TEST

START_TEST(stream_of_bytes)
{
	struct session s = session_open(SFAM_ALG_SKCIPHER, "ctr(aes)", key32,
					32, 0);
	size_t i, out = 0;
	ssize_t n;

	memset(plain, 'p', 50);
	ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv16, 16, plain,
				    text, 50));
	ck_assert_ok(sfam_alg_stream_begin(s.op, SFAM_ALG_ENCRYPT, iv16, 16));
	for (i = 0; i < 50; i++) {
		n = sfam_alg_stream_update(s.op, plain + i, 1, back + out, 16);
		ck_assert_int_eq(n, i % 16 == 15 ? 16 : 0);
		out += (size_t)n;
		ck_assert_int_eq(sfam_alg_stream_update(s.op, NULL, 0, NULL,
							0), 0);
	}
	ck_assert_int_eq(sfam_alg_stream_end(s.op, NULL, 0, back + out, 2), 2);
	ck_assert_mem_eq(back, text, 50);
	/* It has ended. */
	ck_assert_err(sfam_alg_stream_end(s.op, NULL, 0, NULL, 0), EINVAL);
	/* One of nothing, and one that another begins over. */
	ck_assert_ok(sfam_alg_stream_begin(s.op, SFAM_ALG_ENCRYPT, iv16, 16));
	ck_assert_int_eq(sfam_alg_stream_end(s.op, NULL, 0, NULL, 0), 0);
	ck_assert_ok(sfam_alg_stream_begin(s.op, SFAM_ALG_ENCRYPT, iv16, 16));
	ck_assert_int_eq(sfam_alg_stream_update(s.op, "junk", 4, NULL, 0), 0);
	ck_assert_ok(sfam_alg_stream_begin(s.op, SFAM_ALG_ENCRYPT, iv16, 16));
	ck_assert_int_eq(sfam_alg_stream_end(s.op, plain, 50, back, 50), 50);
	ck_assert_mem_eq(back, text, 50);
	session_close(&s);
}
END_TEST

START_TEST(gathered)
{
	struct session s = session_open(SFAM_ALG_SKCIPHER, "cbc(aes)", key32,
					32, 0);
	uint64_t seed = test_seed();
	struct iovec in[40], out[200];
	size_t i, at, len = 400000;

	fill_random(&seed, plain, sizeof(plain));
	ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv16, 16, plain,
				    text, len));
	for (i = 0, at = 0; i < 40; i++, at += 10000)
		in[i] = (struct iovec){ plain + at, 10000 };
	for (i = 0, at = 0; i < 199; at += 1 + i % 3, i++)
		out[i] = (struct iovec){ back + at, 1 + i % 3 };
	out[199] = (struct iovec){ back + at, len - at };
	ck_assert_ok(sfam_alg_cryptv(s.op, SFAM_ALG_ENCRYPT, iv16, 16, in, 40,
				     out, 200));
	ck_assert_mem_eq(back, text, len);
	out[199].iov_len--;
	ck_assert_err(sfam_alg_cryptv(s.op, SFAM_ALG_ENCRYPT, iv16, 16, in, 40,
				      out, 200), ENOSPC);
	/* In place. */
	memcpy(back, plain, len);
	ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv16, 16, back,
				    back, len));
	ck_assert_mem_eq(back, text, len);
	session_close(&s);
}
END_TEST

/* -------------------------------------------------------------- aead -- */

static int seal_nonce(struct session *s, uint32_t n)
{
	unsigned char nonce[12] = { 0 }, tag[16];
	struct flat f;

	nonce[8] = (unsigned char)(n >> 24);
	nonce[9] = (unsigned char)(n >> 16);
	nonce[10] = (unsigned char)(n >> 8);
	nonce[11] = (unsigned char)n;
	return sfam_alg_seal(s->op, flat_msg(&f, nonce, 12, NULL, 0, plain,
					     text, 16, tag, 16));
}

START_TEST(nonces)
{
	struct session s = session_open(SFAM_ALG_AEAD, "gcm(aes)", key32, 32,
					0);
	uint32_t i;

	/* A counter: any old one is refused, for ever. */
	for (i = 1; i <= 100; i++)
		ck_assert_ok(seal_nonce(&s, i));
	for (i = 0; i <= 100; i++)
		ck_assert_err(seal_nonce(&s, i), ENOTUNIQ);
	ck_assert_ok(seal_nonce(&s, 1000));
	ck_assert_err(seal_nonce(&s, 1000), ENOTUNIQ);
	/* A new key. */
	ck_assert_ok(sfam_alg_op_set_key(s.op, key32, 16));
	/* Few: all are remembered, and new lower ones are taken. */
	for (i = 30; i > 20; i--)
		ck_assert_ok(seal_nonce(&s, i));
	for (i = 21; i <= 30; i++)
		ck_assert_err(seal_nonce(&s, i), ENOTUNIQ);
	/* Fallen: the last 32 are remembered. */
	for (i = 200; i > 100; i--)
		ck_assert_ok(seal_nonce(&s, i));
	for (i = 101; i <= 132; i++)
		ck_assert_err(seal_nonce(&s, i), ENOTUNIQ);
	ck_assert_ok(seal_nonce(&s, 133));
	session_close(&s);
}
END_TEST

static void check_records(const char *name, size_t iv_len)
{
	struct session a = session_open(SFAM_ALG_AEAD, name, key32, 32, 0);
	struct session b = session_open(SFAM_ALG_AEAD, name, key32, 32, 0);
	struct sfam_alg_record out, in;
	unsigned char tags[5][16];
	struct flat f;
	int i;

	ck_assert_ok(sfam_alg_record_init(&out, a.alg, iv16, iv_len));
	in = out;
	for (i = 0; i < 5; i++)
		ck_assert_ok(sfam_alg_record_seal(&out, a.op,
			flat_msg(&f, NULL, 0, "h", 1, plain, text + 100 * i,
				 100, tags[i], 16)));
	/* Swapped: refused, and the series stands where it was. */
	ck_assert_err(sfam_alg_record_unseal(&in, b.op,
		flat_msg(&f, NULL, 0, "h", 1, text + 100, back, 100, tags[1],
			 16)), EBADMSG);
	for (i = 0; i < 5; i++) {
		ck_assert_ok(sfam_alg_record_unseal(&in, b.op,
			flat_msg(&f, NULL, 0, "h", 1, text + 100 * i, back,
				 100, tags[i], 16)));
		ck_assert_mem_eq(back, plain, 100);
	}
	ck_assert_err(sfam_alg_record_unseal(&in, b.op,
		flat_msg(&f, NULL, 0, "h", 1, text, back, 100, tags[0], 16)),
		EBADMSG);
	out.next = UINT64_MAX;
	ck_assert_err(sfam_alg_record_seal(&out, a.op, &f.msg), EOVERFLOW);
	session_close(&a);
	session_close(&b);
}

START_TEST(records)
{
	struct sfam_alg_record rec;
	struct session s;

	check_records("gcm(aes)", 12);
	check_records("rfc7539(chacha20,poly1305)", 12);
	s = session_open(SFAM_ALG_AEAD, "gcm(aes)", key32, 32, 0);
	ck_assert_err(sfam_alg_record_init(&rec, s.alg, iv16, 16), EINVAL);
	session_close(&s);
	/* Its last bytes are the kernel's counter, not nonce. */
	s = session_open(SFAM_ALG_AEAD, "ccm(aes)", key32, 32, 0);
	ck_assert_err(sfam_alg_record_init(&rec, s.alg, iv16, 16),
		      EOPNOTSUPP);
	session_close(&s);
}
END_TEST

/* IVs that differ in the counter's bytes alone are one nonce. */
START_TEST(nonce_of_ccm)
{
	struct session s = session_open(SFAM_ALG_AEAD, "ccm(aes)", key32, 32,
					0);
	unsigned char iv[16] = { 1, 5 }, tag[16];
	struct flat f;

	ck_assert_ok(sfam_alg_seal(s.op, flat_msg(&f, iv, 16, NULL, 0, plain,
						  text, 16, tag, 16)));
	iv[15] = 1;
	ck_assert_err(sfam_alg_seal(s.op, flat_msg(&f, iv, 16, NULL, 0, plain,
						   text, 16, tag, 16)),
		      ENOTUNIQ);
	iv[13] = 1;
	ck_assert_ok(sfam_alg_seal(s.op, flat_msg(&f, iv, 16, NULL, 0, plain,
						  text, 16, tag, 16)));
	session_close(&s);
}
END_TEST

/* The nonce of a record far on, by hand. */
START_TEST(record_nonce)
{
	struct session s = session_open(SFAM_ALG_AEAD, "gcm(aes)", key32, 32,
					0);
	unsigned char nonce[12], tag[16], want[16];
	struct sfam_alg_record rec;
	struct flat f;
	int i;

	memcpy(nonce, iv16, 12);
	ck_assert_ok(sfam_alg_record_init(&rec, s.alg, nonce, 12));
	rec.next = UINT64_C(0x0102030405060708);
	ck_assert_ok(sfam_alg_record_seal(&rec, s.op, flat_msg(&f, NULL, 0,
				NULL, 0, plain, text, 16, tag, 16)));
	ck_assert_uint_eq(rec.next, UINT64_C(0x0102030405060709));
	for (i = 1; i <= 8; i++)
		nonce[3 + i] ^= (unsigned char)i;
	ck_assert_ok(sfam_alg_seal(s.op, flat_msg(&f, nonce, 12, NULL, 0,
						  plain, back, 16, want, 16)));
	ck_assert_mem_eq(tag, want, 16);
	session_close(&s);
}
END_TEST

START_TEST(aead_pieces)
{
	struct session s = session_open(SFAM_ALG_AEAD, "gcm(aes)", key32, 32,
					0);
	struct iovec aad[64], in[64], out[64];
	struct sfam_alg_msg m = { iv16, 12, aad, 64, in, 64, out, 64, NULL,
				  16 };
	unsigned char tag[16], want[16], header[6400];
	struct flat f;
	int i;

	memset(header, 'a', sizeof(header));
	for (i = 0; i < 64; i++) {
		aad[i] = (struct iovec){ header + 50 * i, 50 };
		in[i] = (struct iovec){ plain + 1000 * i, 1000 };
		out[i] = (struct iovec){ text + 1000 * i, 1000 };
	}
	m.tag = tag;
	i = sfam_alg_seal(s.op, &m);
	/* 64 pieces are more than optmem_max allows on old kernels. */
	if (i == -EMSGSIZE) {
		m.out_count = 1;
		out[0].iov_len = 64000;
		i = sfam_alg_seal(s.op, &m);
	}
	ck_assert_int_eq(i, 0);
	ck_assert_ok(sfam_alg_op_set_key(s.op, key32, 32));
	ck_assert_ok(sfam_alg_seal(s.op, flat_msg(&f, iv16, 12, header, 3200,
						  plain, back, 64000, want,
						  16)));
	ck_assert_mem_eq(text, back, 64000);
	ck_assert_mem_eq(tag, want, 16);
	m.in_count = 65;
	ck_assert_err(sfam_alg_seal(s.op, &m), EINVAL);
	ck_assert_err(sfam_alg_unseal(s.op, flat_msg(&f, iv16, 12, header,
						     4097, plain, back, 16,
						     want, 16)), EMSGSIZE);
	session_close(&s);
}
END_TEST

/* ------------------------------------------------------ descriptors -- */

static int count_open(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void expect_cloexec(int fd)
{
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

START_TEST(descriptors)
{
	int before = count_open();
	struct session s = session_open(SFAM_ALG_HASH, "sha256", NULL, 0, 0);
	struct sfam_alg_op *copy;

	ck_assert_int_eq(count_open(), before + 2);
	expect_cloexec(sfam_alg_fd(s.alg));
	expect_cloexec(sfam_alg_op_fd(s.op));
	/* What the kernel would wait for is an error. */
	ck_assert_int_ne(fcntl(sfam_alg_op_fd(s.op), F_GETFL) & O_NONBLOCK, 0);
	ck_assert_ok(sfam_alg_hash_clone(&copy, s.op));
	expect_cloexec(sfam_alg_op_fd(copy));
	ck_assert_int_eq(count_open(), before + 3);
	sfam_alg_op_free(copy);
	session_close(&s);
	ck_assert_int_eq(count_open(), before);
}
END_TEST

/* More than fits in struct sockaddr_alg's array. */
START_TEST(long_name)
{
	static const char name[] = "essiv(authenc(hmac(sha256-generic),"
				   "cbc(aes-generic)),sha256-generic)";
	struct sfam_alg *alg;

	ck_assert_uint_gt(strlen(name), 64);
	ck_assert_ok(sfam_alg_new(&alg, SFAM_ALG_AEAD, name, NULL));
	ck_assert_uint_eq(sfam_alg_info(alg)->tag_max, 32);
	sfam_alg_free(alg);
}
END_TEST

/* -------------------------------------------------------------- keys -- */

#define KEY_SPEC_PROCESS_KEYRING (-2)

START_TEST(keyring)
{
	struct session s = session_open(SFAM_ALG_HASH, "hmac(sha256)", key32,
					32, 0);
	unsigned char want[32], got[32];
	long serial = syscall(SYS_add_key, "user", "sockfam", key32, 32,
			      KEY_SPEC_PROCESS_KEYRING);
	struct sfam_alg *alg;
	int r;

	ck_assert_int_eq(sfam_alg_hash(s.op, "x", 1, want, 32), 32);
	session_close(&s);
	ck_assert_int_gt(serial, 0);
	ck_assert_ok(sfam_alg_new(&alg, SFAM_ALG_HASH, "hmac(sha256)", NULL));
	r = sfam_alg_set_key_serial(alg, (int32_t)serial);
	if (r == 0) {
		ck_assert_ok(sfam_alg_op_new(&s.op, alg));
		ck_assert_int_eq(sfam_alg_hash(s.op, "x", 1, got, 32), 32);
		ck_assert_mem_eq(got, want, 32);
		sfam_alg_op_free(s.op);
		ck_assert_err(sfam_alg_set_key_serial(alg, 1), ENOKEY);
	} else {
		ck_assert_int_eq(r, -ENOPROTOOPT);	/* Linux 6.1 */
	}
	sfam_alg_free(alg);
	ck_assert_ok(sfam_alg_new(&alg, SFAM_ALG_RNG, "stdrng", NULL));
	ck_assert_err(sfam_alg_set_key_serial(alg, 1), EOPNOTSUPP);
	sfam_alg_free(alg);
}
END_TEST

static void expect_sizes(enum sfam_alg_type type, const char *name,
			 const char *want)
{
	struct sfam_alg *alg;
	char text_of[SFAM_ALG_SIZES_STRLEN];

	ck_assert_ok(sfam_alg_new(&alg, type, name, NULL));
	ck_assert_int_gt(sfam_alg_key_sizes(sfam_alg_info(alg), text_of,
					    sizeof(text_of)), 0);
	ck_assert_str_eq(text_of, want);
	ck_assert_err(sfam_alg_key_sizes(sfam_alg_info(alg), text_of, 3),
		      ENOSPC);
	sfam_alg_free(alg);
}

START_TEST(key_sizes)
{
	expect_sizes(SFAM_ALG_SKCIPHER, "cbc(aes)", "16, 24 or 32 bytes");
	expect_sizes(SFAM_ALG_SKCIPHER, "xts(aes)", "32, 48 or 64 bytes");
	expect_sizes(SFAM_ALG_SKCIPHER, "cbc(blowfish)", "4 to 56 bytes");
	expect_sizes(SFAM_ALG_AEAD, "rfc4106(gcm(aes))",
		     "20, 28 or 36 bytes");
	expect_sizes(SFAM_ALG_HASH, "hmac(sha512)", "any size");
	expect_sizes(SFAM_ALG_HASH, "sha512", "no key");
	expect_sizes(SFAM_ALG_RNG, "stdrng", "no key");
}
END_TEST

struct comparison {
	int seen;
};

/* What the table says is what the kernel's own list says. */
static int compare(const struct sfam_alg_info *info, void *arg)
{
	struct comparison *c = arg;
	struct sfam_alg *alg;

	if (info->type == SFAM_ALG_RNG ||
	    sfam_alg_new(&alg, (enum sfam_alg_type)info->type, info->driver,
			 NULL) < 0)
		return 0;
	if (sfam_alg_info(alg)->type == info->type) {
		ck_assert_uint_eq(sfam_alg_info(alg)->iv_size, info->iv_size);
		c->seen++;
	}
	sfam_alg_free(alg);
	return 0;
}

START_TEST(list)
{
	struct comparison c = { 0 };

	ck_assert_ok(sfam_alg_list(compare, &c));
	ck_assert_int_gt(c.seen, 3);
}
END_TEST

/* ------------------------------------------------------------- words -- */

static void expect_why(enum sfam_alg_type type, const char *name,
		       enum sfam_alg_cause cause, const char *word)
{
	struct sfam_alg_why why = SFAM_ALG_WHY_INIT;
	struct sfam_alg *alg = NULL;
	int r = sfam_alg_new(&alg, type, name, NULL);

	ck_assert_msg(r < 0, "%s", name);
	ck_assert_ok(sfam_alg_explain(&why, type, name, NULL, r));
	ck_assert_msg(why.cause == (uint32_t)cause && why.error == r &&
		      strstr(why.reason, word), "%s: %u: %s", name, why.cause,
		      why.reason);
}

START_TEST(words)
{
	expect_why(SFAM_ALG_HASH, "nosuch", SFAM_ALG_CAUSE_UNKNOWN, "nosuch");
	expect_why(SFAM_ALG_SKCIPHER, "sha256", SFAM_ALG_CAUSE_WRONG_TYPE,
		   "of type hash, not skcipher");
	expect_why(SFAM_ALG_SKCIPHER, "cbc(nosuch)", SFAM_ALG_CAUSE_UNKNOWN,
		   "cbc(nosuch)");
	expect_why(SFAM_ALG_SKCIPHER, "cbc(sha256)", SFAM_ALG_CAUSE_NOT_MADE,
		   "sha256");
}
END_TEST

START_TEST(words_here)
{
	struct sfam_alg_why why = SFAM_ALG_WHY_INIT;

	ck_assert_ok(sfam_alg_explain(&why, SFAM_ALG_AEAD, "gcm(aes)", NULL,
				      -EKEYREJECTED));
	ck_assert_uint_eq(why.cause, SFAM_ALG_CAUSE_KEY_SIZE);
	ck_assert_ptr_nonnull(strstr(why.reason, "16, 24 or 32 bytes"));
	ck_assert_ok(sfam_alg_explain(&why, SFAM_ALG_AEAD, "x", NULL,
				      -EBADMSG));
	ck_assert_uint_eq(why.cause, SFAM_ALG_CAUSE_NOT_AUTHENTIC);
	ck_assert_ok(sfam_alg_explain(&why, SFAM_ALG_AEAD, "x", NULL,
				      -EPERM));
	ck_assert_uint_eq(why.cause, SFAM_ALG_CAUSE_POLICY);
	ck_assert_ok(sfam_alg_explain(&why, SFAM_ALG_AEAD, "x", NULL,
				      -EAFNOSUPPORT));
	ck_assert_uint_eq(why.cause, SFAM_ALG_CAUSE_NO_AF_ALG);
	ck_assert_ok(sfam_alg_explain(&why, SFAM_ALG_AEAD, "x", NULL, -EXDEV));
	ck_assert_uint_eq(why.cause, SFAM_ALG_CAUSE_OTHER);
	why.size--;
	ck_assert_err(sfam_alg_explain(&why, SFAM_ALG_AEAD, "x", NULL, 0),
		      EINVAL);
	ck_assert_err(sfam_alg_explain(&why, (enum sfam_alg_type)9, "x", NULL,
				       0), EINVAL);
}
END_TEST

START_TEST(bad_input)
{
	struct sfam_alg_opts opts = SFAM_ALG_OPTS_INIT;
	struct { struct sfam_alg_opts o; int tail; } long_opts;
	struct sfam_alg *alg = NULL;
	enum sfam_alg_type type;
	char name[200];

	ck_assert_err(sfam_alg_new(&alg, (enum sfam_alg_type)4, "x", NULL),
		      EINVAL);
	memset(name, 'x', sizeof(name));
	name[199] = '\0';
	ck_assert_err(sfam_alg_new(&alg, SFAM_ALG_HASH, name, NULL),
		      ENAMETOOLONG);
	opts.size = 3;
	ck_assert_err(sfam_alg_new(&alg, SFAM_ALG_HASH, "sha1", &opts),
		      EINVAL);
	memset(&long_opts, 0, sizeof(long_opts));
	long_opts.o.size = sizeof(long_opts);
	long_opts.tail = 1;
	ck_assert_err(sfam_alg_new(&alg, SFAM_ALG_HASH, "sha1", &long_opts.o),
		      E2BIG);
	ck_assert_ptr_null(alg);
	ck_assert_err(sfam_alg_type_by_name(&type, "akcipher"), EINVAL);
	ck_assert_ok(sfam_alg_type_by_name(&type, "rng"));
	ck_assert_int_eq(type, SFAM_ALG_RNG);
	ck_assert_ptr_null(sfam_alg_type_name((enum sfam_alg_type)4));
	ck_assert_ptr_null(sfam_alg_free(NULL));
	ck_assert_ptr_null(sfam_alg_op_free(NULL));
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ streams, "alg" },
		{ stream_of_bytes, "alg" },
		{ gathered, "alg" },
		{ nonces, "alg" },
		{ records, "alg" },
		{ nonce_of_ccm, "alg" },
		{ record_nonce, "alg" },
		{ aead_pieces, "alg" },
		{ descriptors, "alg" },
		{ long_name, "alg" },
		{ keyring, "alg" },
		{ key_sizes, "alg" },
		{ list, "alg" },
		{ words, "alg" },
		{ words_here, NULL },
		{ bad_input, NULL },
	};

	return harness_run("alg", tests, HARNESS_LEN(tests));
}
