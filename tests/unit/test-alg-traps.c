/* SPDX-License-Identifier: MIT */
/*
 * What AF_ALG does to those who do not know it: for ever waiting, or wrong
 * results called a success. Each of it must be a right result or a clear
 * error here: with socket buffers of the default size, large and small
 * ones, as root and as an ordinary user.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "alg-common.h"
#include "alg-traps.h"

unsigned char trap_plain[TRAP_BIG];
unsigned char trap_text[TRAP_BIG];
unsigned char trap_back[TRAP_BIG];
const unsigned char trap_key[64] =
	"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.";
const unsigned char trap_iv[32] = "initialisation vectors, 32 bytes";

static struct session cipher(const char *name, size_t key_len)
{
	return session_open(SFAM_ALG_SKCIPHER, name, key, key_len, 0);
}

static struct session sha256(void)
{
	return session_open(SFAM_ALG_HASH, "sha256", NULL, 0, 0);
}

/* Asked for more than there is, the kernel waits. */
static void result_shorter_than_buffer(void)
{
	struct session s = cipher("cbc(aes)", 32), a = gcm();
	struct iovec in = { plain, 64 }, out = { text, 4096 };
	unsigned char tag[16];
	struct flat f;

	flat_msg(&f, iv, 12, "aad", 3, plain, text, 64, tag, 16);
	f.out.iov_len = 4096;
	memset(text, 0xee, 4096);
	ck_assert_ok(sfam_alg_seal(a.op, &f.msg));
	ck_assert_int_eq(text[64], 0xee);
	f.in.iov_base = text;
	f.out.iov_base = back;
	ck_assert_ok(sfam_alg_unseal(a.op, &f.msg));
	ck_assert_mem_eq(back, plain, 64);
	session_close(&a);
	memset(text, 0xee, 4096);
	ck_assert_ok(sfam_alg_cryptv(s.op, SFAM_ALG_ENCRYPT, iv, 16, &in, 1,
				     &out, 1));
	ck_assert_int_eq(text[64], 0xee);
	ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_DECRYPT, iv, 16, text, text,
				    64));
	ck_assert_mem_eq(text, plain, 64);
	session_close(&s);
}

#define MANY 300000	/* more than SO_SNDBUF, and whole blocks */

/* More than SO_SNDBUF: the kernel waits. */
static void longer_than_buffers(void)
{
	static const char *const chains[] = { "cbc(aes)", "ctr(aes)",
					      "ecb(aes)" };
	static const size_t iv_lens[] = { 16, 16, 0 };
	struct session s;
	size_t i;

	for (i = 0; i < 3; i++) {
		s = cipher(chains[i], 32);
		ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv,
					    iv_lens[i], plain, text, MANY));
		memset(back, 0, MANY);
		ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_DECRYPT, iv,
					    iv_lens[i], text, back, MANY));
		ck_assert_mem_eq(back, plain, MANY);
		session_close(&s);
	}
}

/* A mode that does not chain: at once, or not at all. */
static void at_once_or_not_at_all(void)
{
	static const size_t sizes[] = { 512, 4096, 65536, 212992, BIG };
	struct session s = cipher("xts(aes)", 64);
	size_t i;
	int r;

	for (i = 0; i < HARNESS_LEN(sizes); i++) {
		r = sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv, 16, plain, text,
				   sizes[i]);
		ck_assert_msg(r == 0 || r == -EMSGSIZE, "%zu: %d", sizes[i],
			      r);
		if (r < 0)
			continue;
		memset(back, 0, sizes[i]);
		ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_DECRYPT, iv, 16,
					    text, back, sizes[i]));
		ck_assert_mem_eq(back, plain, sizes[i]);
	}
	/* The first always: a disk's sector. */
	ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv, 16, plain,
				    text, 512));
	session_close(&s);
}

/*
 * More than SO_RCVBUF: the kernel makes several AEADs of it. What GCM must
 * be is told by CTR.
 */
static void aead_longer_than_buffers(void)
{
	static const size_t sizes[] = { 4000, 65536, 208896, 212976, 212977,
					212992, BIG - 16 };
	struct session s = gcm(), ctr = cipher("ctr(aes)", 32);
	unsigned char nonce[16] = { 0 }, tag[16];
	struct flat f;
	size_t i;
	int r;

	for (i = 0; i < HARNESS_LEN(sizes); i++) {
		nonce[0] = (unsigned char)(i + 1);
		nonce[15] = 0;
		memset(text, 0xee, 16);
		r = sfam_alg_seal(s.op, flat_msg(&f, nonce, 12, NULL, 0, plain,
						 text, sizes[i], tag, 16));
		ck_assert_msg(r == 0 || r == -EMSGSIZE, "%zu: %d", sizes[i],
			      r);
		ck_assert(r == 0 || text[0] == 0xee);
		if (r < 0)
			continue;
		ck_assert_ok(sfam_alg_unseal(s.op, flat_msg(&f, nonce, 12,
				NULL, 0, text, back, sizes[i], tag, 16)));
		ck_assert_mem_eq(back, plain, sizes[i]);
		nonce[15] = 2;
		ck_assert_ok(sfam_alg_crypt(ctr.op, SFAM_ALG_ENCRYPT, nonce,
					    16, plain, back, sizes[i]));
		ck_assert_mem_eq(back, text, sizes[i]);
	}
	session_close(&ctr);
	session_close(&s);
}

/* A short buffer makes the kernel encrypt less, with another tag. */
static void short_buffer(void)
{
	struct session s = gcm();
	unsigned char tag[16];
	struct flat f;

	flat_msg(&f, iv, 12, NULL, 0, plain, text, 64, tag, 16);
	f.out.iov_len = 63;
	ck_assert_err(sfam_alg_seal(s.op, &f.msg), ENOSPC);
	f.msg.tag_len = 15;
	f.out.iov_len = 64;
	ck_assert_err(sfam_alg_seal(s.op, &f.msg), EINVAL);
	f.msg.tag_len = 16;
	ck_assert_ok(sfam_alg_seal(s.op, &f.msg));
	session_close(&s);
}

/* The kernel leaves what it could not verify in the buffer. */
static void bad_tag(void)
{
	struct session s = gcm();
	unsigned char tag[16];
	struct flat f;

	ck_assert_ok(sfam_alg_seal(s.op, flat_msg(&f, iv, 12, "aad", 3, plain,
						  text, 1000, tag, 16)));
	tag[15] ^= 1;
	memset(back, 0xee, 1001);
	ck_assert_err(sfam_alg_unseal(s.op, flat_msg(&f, iv, 12, "aad", 3,
				text, back, 1000, tag, 16)), EBADMSG);
	ck_assert(all_zero(back, 1000));
	ck_assert_int_eq(back[1000], 0xee);
	tag[15] ^= 1;
	ck_assert_ok(sfam_alg_unseal(s.op, flat_msg(&f, iv, 12, "aad", 3, text,
						    back, 1000, tag, 16)));
	ck_assert_mem_eq(back, plain, 1000);
	session_close(&s);
}

/* Without an IV the kernel takes the last one, and decrypts. */
static void missing_iv(void)
{
	struct session s = gcm(), c = cipher("cbc(aes)", 32);
	unsigned char tag[16];
	struct flat f;

	ck_assert_err(sfam_alg_seal(s.op, flat_msg(&f, NULL, 0, NULL, 0, plain,
						   text, 16, tag, 16)),
		      EINVAL);
	ck_assert_err(sfam_alg_unseal(s.op, &f.msg), EINVAL);
	ck_assert_err(sfam_alg_seal(s.op, flat_msg(&f, iv, 11, NULL, 0, plain,
						   text, 16, tag, 16)),
		      EINVAL);
	ck_assert_ok(sfam_alg_seal(s.op, flat_msg(&f, iv, 12, NULL, 0, plain,
						  text, 16, tag, 16)));
	ck_assert_err(sfam_alg_seal(s.op, &f.msg), ENOTUNIQ);
	ck_assert_err(sfam_alg_crypt(c.op, SFAM_ALG_ENCRYPT, NULL, 0, plain,
				     text, 16), EINVAL);
	ck_assert_err(sfam_alg_crypt(c.op, SFAM_ALG_ENCRYPT, iv, 15, plain,
				     text, 16), EINVAL);
	session_close(&c);
	session_close(&s);
}

/* A second message continues the chain of the first. */
static void chain_goes_on(void)
{
	struct session s = cipher("cbc(aes)", 32);

	ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv, 16, plain,
				    text, 64));
	ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv, 16, plain,
				    back, 64));
	ck_assert_mem_eq(text, back, 64);
	ck_assert_ok(sfam_alg_stream_begin(s.op, SFAM_ALG_ENCRYPT, iv, 16));
	ck_assert_int_eq(sfam_alg_stream_update(s.op, plain, 32, back, 32),
			 32);
	ck_assert_int_eq(sfam_alg_stream_end(s.op, plain + 32, 32, back + 32,
					     32), 32);
	ck_assert_mem_eq(text, back, 64);
	session_close(&s);
}

/* A read of no bytes does not look at the tag. */
static void nothing_but_a_tag(void)
{
	struct session s = gcm();
	unsigned char tag[16];
	struct flat f;

	ck_assert_ok(sfam_alg_seal(s.op, flat_msg(&f, iv, 12, NULL, 0, NULL,
						  NULL, 0, tag, 16)));
	ck_assert_ok(sfam_alg_unseal(s.op, &f.msg));
	tag[0] ^= 0x80;
	ck_assert_err(sfam_alg_unseal(s.op, &f.msg), EBADMSG);
	tag[0] ^= 0x80;
	flat_msg(&f, iv, 12, "x", 1, NULL, NULL, 0, tag, 16);
	ck_assert_err(sfam_alg_unseal(s.op, &f.msg), EBADMSG);
	session_close(&s);
}

/* Nothing to do is nothing to wait for. */
static void nothing(void)
{
	static const unsigned char of_nothing[] = { 0xe3, 0xb0, 0xc4, 0x42 };
	struct session s = cipher("cbc(aes)", 32), h = sha256();
	unsigned char digest[32];

	ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv, 16, NULL, NULL,
				    0));
	ck_assert_int_eq(sfam_alg_hash(h.op, NULL, 0, digest, 32), 32);
	ck_assert_mem_eq(digest, of_nothing, 4);
	ck_assert_ok(sfam_alg_hash_update(h.op, NULL, 0));
	ck_assert_int_eq(sfam_alg_hash_final(h.op, digest, 32), 32);
	ck_assert_mem_eq(digest, of_nothing, 4);
	session_close(&h);
	session_close(&s);
}

/* A short read throws the digest away; the next is that of nothing. */
static void short_digest(void)
{
	struct session s = sha256();
	unsigned char digest[32], want[32];

	ck_assert_int_eq(sfam_alg_hash(s.op, "abc", 3, want, 32), 32);
	ck_assert_err(sfam_alg_hash(s.op, "abc", 3, digest, 31), ENOSPC);
	ck_assert_ok(sfam_alg_hash_update(s.op, "abc", 3));
	ck_assert_err(sfam_alg_hash_final(s.op, digest, 31), ENOSPC);
	ck_assert_int_eq(sfam_alg_hash_final(s.op, digest, 32), 32);
	ck_assert_mem_eq(digest, want, 32);
	session_close(&s);
}

/* With MSG_MORE outstanding a read waits, and poll says POLLIN. */
static void half_a_block(void)
{
	struct session s = cipher("ctr(aes)", 32);

	ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv, 16, plain,
				    text, 21));
	ck_assert_ok(sfam_alg_stream_begin(s.op, SFAM_ALG_ENCRYPT, iv, 16));
	ck_assert_int_eq(sfam_alg_stream_update(s.op, plain, 5, back, 5), 0);
	ck_assert_err(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv, 16, plain,
				     back, 16), EBUSY);
	ck_assert_int_eq(sfam_alg_stream_end(s.op, plain + 5, 16, back, 21),
			 21);
	ck_assert_mem_eq(back, text, 21);
	ck_assert_ok(sfam_alg_stream_begin(s.op, SFAM_ALG_ENCRYPT, iv, 16));
	ck_assert_int_eq(sfam_alg_stream_update(s.op, plain, 5, back, 5), 0);
	ck_assert_ok(sfam_alg_op_reset(s.op));
	ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv, 16, plain,
				    back, 21));
	ck_assert_mem_eq(back, text, 21);
	session_close(&s);
}

/* Refused at recv only, and then it still is staged. */
static void no_whole_block(void)
{
	struct session s = cipher("cbc(aes)", 32), x = cipher("xts(aes)", 64);

	text[0] = 0xee;
	ck_assert_err(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv, 16, plain,
				     text, 17), EINVAL);
	/* The kernel was not asked: nothing is wiped. */
	ck_assert_int_eq(text[0], 0xee);
	ck_assert_ok(sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, iv, 16, plain,
				    text, 16));
	ck_assert_ok(sfam_alg_stream_begin(s.op, SFAM_ALG_ENCRYPT, iv, 16));
	ck_assert_int_eq(sfam_alg_stream_update(s.op, plain, 17, back, 17),
			 16);
	ck_assert_err(sfam_alg_stream_end(s.op, NULL, 0, back, 17), EINVAL);
	/* It goes on. */
	ck_assert_int_eq(sfam_alg_stream_end(s.op, plain + 17, 15, back + 16,
					     16), 16);
	ck_assert_mem_eq(back, text, 16);
	ck_assert_err(sfam_alg_crypt(x.op, SFAM_ALG_ENCRYPT, iv, 16, plain,
				     text, 15), EINVAL);
	ck_assert_ok(sfam_alg_crypt(x.op, SFAM_ALG_ENCRYPT, iv, 16, plain,
				    text, 17));
	session_close(&x);
	session_close(&s);
}

/* Unseeded it is EINVAL, and 128 bytes is the most at a time. */
static void random_numbers(void)
{
	static const char *const names[] = { "stdrng", "jitterentropy_rng",
					     "drbg_nopr_hmac_sha256",
					     "drbg_pr_ctr_aes256" };
	struct session s;
	size_t i;

	for (i = 0; i < HARNESS_LEN(names); i++) {
		s = session_open(SFAM_ALG_RNG, names[i], NULL, 0, 0);
		memset(back, 0, 301);
		ck_assert_ok(sfam_alg_random(s.op, back, 0));
		ck_assert_ok(sfam_alg_random(s.op, back, 300));
		ck_assert(!all_zero(back + 256, 44) && back[300] == 0);
		ck_assert_err(sfam_alg_seed(s.alg, "more", 4), EBUSY);
		s.op = sfam_alg_op_free(s.op);
		if (strcmp(names[i], "jitterentropy_rng") != 0)
			ck_assert_ok(sfam_alg_seed(s.alg, "more", 4));
		session_close(&s);
	}
}

/* Of a pipe with more than 16 pages. */
static void full_pipe(void)
{
	struct session s = sha256();
	unsigned char want[32], got[32];
	int fds[2], size;

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	size = fcntl(fds[1], F_SETPIPE_SZ, 1 << 20);
	if (size < 0)
		size = fcntl(fds[1], F_GETPIPE_SZ);
	ck_assert_int_eq(write(fds[1], plain, (size_t)size), size);
	close(fds[1]);
	ck_assert_ok(sfam_alg_hash_fd(s.op, fds[0], UINT64_MAX, SFAM_FOREVER,
				      NULL));
	ck_assert_int_eq(sfam_alg_hash_final(s.op, got, 32), 32);
	ck_assert_int_eq(sfam_alg_hash(s.op, plain, (size_t)size, want, 32),
			 32);
	ck_assert_mem_eq(got, want, 32);
	close(fds[0]);
	session_close(&s);
}

/* xts begins anew with each message; chacha20's state is not its IV. */
static void no_chain(void)
{
	static const char *const names[] = { "xts(aes)", "chacha20",
					     "cts(cbc(aes))" };
	static const size_t iv_lens[] = { 16, 16, 16 };
	struct session s;
	size_t i;

	for (i = 0; i < HARNESS_LEN(names); i++) {
		s = cipher(names[i], 32);
		ck_assert_err(sfam_alg_stream_begin(s.op, SFAM_ALG_ENCRYPT, iv,
						    iv_lens[i]), EOPNOTSUPP);
		session_close(&s);
	}
}

/*
 * One operation's state is not another's: two senders on one descriptor
 * would be mixed, or EBUSY.
 */
static void one_operation_each(void)
{
	struct session a = cipher("cbc(aes)", 32), b = a;

	ck_assert_ok(sfam_alg_op_new(&b.op, a.alg));
	ck_assert_ok(sfam_alg_stream_begin(a.op, SFAM_ALG_ENCRYPT, iv, 16));
	ck_assert_int_eq(sfam_alg_stream_update(a.op, plain, 35, text, 35),
			 32);
	ck_assert_ok(sfam_alg_crypt(b.op, SFAM_ALG_ENCRYPT, iv + 1, 16,
				    plain + 64, back, 64));
	ck_assert_int_eq(sfam_alg_stream_end(a.op, plain + 35, 29, text + 32,
					     32), 32);
	ck_assert_ok(sfam_alg_crypt(b.op, SFAM_ALG_DECRYPT, iv + 1, 16, back,
				    back, 64));
	ck_assert_mem_eq(back, plain + 64, 64);
	ck_assert_ok(sfam_alg_crypt(b.op, SFAM_ALG_ENCRYPT, iv, 16, plain,
				    back, 64));
	ck_assert_mem_eq(back, text, 64);
	sfam_alg_op_free(b.op);
	session_close(&a);
}

static void (*const traps[])(void) = {
	result_shorter_than_buffer,
	longer_than_buffers,
	at_once_or_not_at_all,
	aead_longer_than_buffers,
	short_buffer,
	bad_tag,
	missing_iv,
	chain_goes_on,
	nothing_but_a_tag,
	nothing,
	short_digest,
	half_a_block,
	no_whole_block,
	trap_order_of_keys,
	trap_missing_key,
	trap_wrong_keys,
	trap_tag_sizes,
	random_numbers,
	full_pipe,
	no_chain,
	one_operation_each,
	trap_authenc_blob,
};

static void run_all(void)
{
	uint64_t seed = test_seed();
	size_t i;

	fill_random(&seed, plain, sizeof(plain));
	for (i = 0; i < HARNESS_LEN(traps); i++)
		traps[i]();
}

static void set_sysctl(const char *name, const char *value)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/net/core/%s", name);
	f = fopen(path, "we");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(value, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

/* In this test's process; the next one is root again. */
static void become_nobody(void)
{
	ck_assert_int_eq(setgid(65534), 0);
	ck_assert_int_eq(setuid(65534), 0);
}

static void set_buffers(const char *value, const char *default_value)
{
	set_sysctl("wmem_max", value);
	set_sysctl("rmem_max", value);
	set_sysctl("wmem_default", default_value);
	set_sysctl("rmem_default", default_value);
}

static void reset_buffers(void)
{
	set_buffers("212992", "212992");
}

START_TEST(as_root)
{
	reset_buffers();
	run_all();
}
END_TEST

START_TEST(as_root_with_large_defaults)
{
	set_buffers("8388608", "4194304");
	run_all();
}
END_TEST

START_TEST(as_root_with_small_buffers)
{
	set_buffers("4608", "4608");
	run_all();
}
END_TEST

START_TEST(as_user)
{
	reset_buffers();
	become_nobody();
	run_all();
}
END_TEST

START_TEST(as_user_with_large_buffers)
{
	set_buffers("8388608", "212992");
	become_nobody();
	run_all();
}
END_TEST

START_TEST(as_user_with_large_defaults)
{
	set_buffers("8388608", "4194304");
	become_nobody();
	run_all();
}
END_TEST

START_TEST(as_user_with_small_buffers)
{
	set_buffers("4608", "4608");
	become_nobody();
	run_all();
}
END_TEST

START_TEST(put_back)
{
	reset_buffers();
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ as_root, "alg vm root" },
		{ as_root_with_large_defaults, "alg vm root" },
		{ as_root_with_small_buffers, "alg vm root" },
		{ as_user, "alg vm root" },
		{ as_user_with_large_buffers, "alg vm root" },
		{ as_user_with_large_defaults, "alg vm root" },
		{ as_user_with_small_buffers, "alg vm root" },
		{ put_back, "alg vm root" },
	};

	return harness_run("alg-traps", tests, HARNESS_LEN(tests));
}
