/* SPDX-License-Identifier: MIT */
/*
 * Random operations beside OpenSSL's libcrypto: the same result or a
 * refusal that is foreseen, alone and in 64 threads.
 * SFAM_ALG_ROUNDS: how many (1000). SFAM_ALG_THREAD_ROUNDS: per thread (50).
 */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdio.h>

#include "alg-common.h"

#define LONG_MAX_SIZE ((size_t)1 << 20)
#define SHORT_MAX_SIZE ((size_t)16 << 10)
#define THREADS 64
#define AAD_MAX 300

static const struct algorithm {
	enum sfam_alg_type type;
	const char *name;
	const char *peer;
	size_t key_len, iv_len;
} algorithms[] = {
	{ SFAM_ALG_HASH, "sha1", "SHA1", 0, 0 },
	{ SFAM_ALG_HASH, "sha256", "SHA256", 0, 0 },
	{ SFAM_ALG_HASH, "sha512", "SHA512", 0, 0 },
	{ SFAM_ALG_HASH, "sha3-256", "SHA3-256", 0, 0 },
	{ SFAM_ALG_HASH, "hmac(sha256)", "SHA256", 40, 0 },
	{ SFAM_ALG_SKCIPHER, "ecb(aes)", "AES-128-ECB", 16, 0 },
	{ SFAM_ALG_SKCIPHER, "cbc(aes)", "AES-256-CBC", 32, 16 },
	{ SFAM_ALG_SKCIPHER, "ctr(aes)", "AES-192-CTR", 24, 16 },
	{ SFAM_ALG_SKCIPHER, "xts(aes)", "AES-256-XTS", 64, 16 },
	{ SFAM_ALG_SKCIPHER, "chacha20", "ChaCha20", 32, 16 },
	{ SFAM_ALG_AEAD, "gcm(aes)", "AES-128-GCM", 16, 12 },
	{ SFAM_ALG_AEAD, "ccm(aes)", "AES-256-CCM", 32, 16 },
	{ SFAM_ALG_AEAD, "rfc7539(chacha20,poly1305)", "ChaCha20-Poly1305",
	  32, 12 },
};

#define N_ALGORITHMS (sizeof(algorithms) / sizeof(algorithms[0]))

struct work {
	uint64_t seed;
	unsigned char key[64], iv[16], aad[AAD_MAX], tag[16], peer_tag[16];
	size_t size, aad_len;
	unsigned char *in, *out, *peer;	/* LONG_MAX_SIZE + 64 each */
	char why[128];
};

static size_t below(struct work *w, size_t n)
{
	return (size_t)(test_random(&w->seed) % n);
}

/* Log-uniform: as many of 0 to 1 as of half of max to max. */
static size_t random_size(struct work *w, size_t max)
{
	unsigned int bits = (unsigned int)below(w, 22);
	size_t n = bits == 0 ? 0 : below(w, (size_t)1 << (bits - 1)) + 1;

	return n <= max ? n : n % (max + 1);
}

static void prepare(struct work *w, size_t max)
{
	w->size = random_size(w, below(w, 16) ? max < SHORT_MAX_SIZE ? max :
			      SHORT_MAX_SIZE : max);
	w->aad_len = below(w, AAD_MAX);
	fill_random(&w->seed, w->iv, sizeof(w->iv));
	fill_random(&w->seed, w->aad, sizeof(w->aad));
	memset(w->in, (int)below(w, 256), w->size);
	fill_random(&w->seed, w->in, w->size < 256 ? w->size : 256);
}

static int bad(struct work *w, const struct algorithm *a, const char *what,
	       long r)
{
	snprintf(w->why, sizeof(w->why), "%s: %s: %ld, %zu bytes", a->name,
		 what, r, w->size);
	return -1;
}

/* -------------------------------------------------------------- hash -- */

static int peer_hash(const struct algorithm *a, const struct work *w,
		     unsigned char *digest)
{
	const EVP_MD *md = EVP_get_digestbyname(a->peer);
	unsigned int n = 0;

	if (a->key_len > 0)
		HMAC(md, w->key, (int)a->key_len, w->in, w->size, digest, &n);
	else
		EVP_Digest(w->in, w->size, digest, &n, md, NULL);
	return (int)n;
}

static int try_hash(const struct algorithm *a, struct sfam_alg_op *op,
		    struct work *w)
{
	unsigned char want[64], got[64];
	ssize_t n = peer_hash(a, w, want), r = 0;
	size_t at = 0, part;

	if (below(w, 2)) {
		r = sfam_alg_hash(op, w->in, w->size, got, sizeof(got));
	} else {
		while (r == 0 && at < w->size) {
			part = below(w, w->size - at + 1);
			if (below(w, 3) == 0)
				part = w->size - at;
			r = sfam_alg_hash_update(op, w->in + at, part);
			at += part;
		}
		if (r == 0)
			r = sfam_alg_hash_final(op, got, sizeof(got));
	}
	if (r != n || memcmp(want, got, (size_t)n) != 0)
		return bad(w, a, "digest", r);
	return 0;
}

/* ----------------------------------------------------------- ciphers -- */

static int peer_cipher(const struct algorithm *a, const struct work *w,
		       int encrypts)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	const EVP_CIPHER *c = EVP_get_cipherbyname(a->peer);
	int n = 0, r;

	r = EVP_CipherInit_ex(ctx, c, NULL, w->key, w->iv, encrypts) == 1;
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	if (r)
		r = EVP_CipherUpdate(ctx, w->peer, &n, w->in,
				     (int)w->size) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return r && (size_t)n == w->size ? 0 : -1;
}

static ssize_t by_stream(struct sfam_alg_op *op, enum sfam_alg_direction dir,
			 const struct algorithm *a, struct work *w)
{
	ssize_t r = sfam_alg_stream_begin(op, dir, w->iv, a->iv_len);
	size_t at = 0, out = 0, part;

	while (r >= 0 && at < w->size) {
		part = below(w, w->size - at + 1);
		r = sfam_alg_stream_update(op, w->in + at, part, w->out + out,
					   sfam_alg_stream_size(op, part, 0));
		out += r > 0 ? (size_t)r : 0;
		at += part;
		if (below(w, 3) == 0)
			break;
	}
	if (r >= 0)
		r = sfam_alg_stream_end(op, w->in + at, w->size - at,
					w->out + out, w->size - out);
	return r < 0 ? r : 0;
}

static int try_cipher(const struct algorithm *a, struct sfam_alg_op *op,
		      struct work *w)
{
	enum sfam_alg_direction dir = below(w, 2) ? SFAM_ALG_ENCRYPT :
						    SFAM_ALG_DECRYPT;
	int chains = strcmp(a->peer, "AES-256-XTS") != 0 &&
		     strcmp(a->peer, "ChaCha20") != 0;
	int blocks = strstr(a->peer, "CBC") || strstr(a->peer, "ECB");
	ssize_t r;

	if (blocks)
		w->size &= ~(size_t)15;
	if (!chains && blocks == 0 && strstr(a->peer, "XTS") && w->size < 16)
		w->size = 16;
	if (chains && below(w, 2))
		r = by_stream(op, dir, a, w);
	else
		r = sfam_alg_crypt(op, dir, w->iv, a->iv_len, w->in, w->out,
				   w->size);
	if (r == -EMSGSIZE && !chains && w->size > 100000)
		return 0;	/* refused, as is told */
	if (r != 0)
		return bad(w, a, "crypt", r);
	if (w->size > 0 && peer_cipher(a, w, dir == SFAM_ALG_ENCRYPT) < 0)
		return bad(w, a, "libcrypto", 0);
	if (memcmp(w->out, w->peer, w->size) != 0)
		return bad(w, a, "wrong", dir);
	return 0;
}

/* -------------------------------------------------------------- aead -- */

static int peer_seal(const struct algorithm *a, struct work *w)
{
	int ccm = strstr(a->peer, "CCM") != NULL;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	const EVP_CIPHER *c = EVP_get_cipherbyname(a->peer);
	int n, r;

	r = EVP_EncryptInit_ex(ctx, c, NULL, NULL, NULL) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, 12, NULL) == 1;
	if (r && ccm)
		r = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, 16,
					NULL) == 1;
	r = r && EVP_EncryptInit_ex(ctx, NULL, NULL, w->key,
				    w->iv + ccm) == 1;
	if (r && ccm)
		r = EVP_EncryptUpdate(ctx, NULL, &n, NULL,
				      (int)w->size) == 1;
	if (r && w->aad_len > 0)
		r = EVP_EncryptUpdate(ctx, NULL, &n, w->aad,
				      (int)w->aad_len) == 1;
	r = r && EVP_EncryptUpdate(ctx, w->peer, &n, w->in,
				   (int)w->size) == 1 &&
	    EVP_EncryptFinal_ex(ctx, w->peer + w->size, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16,
				w->peer_tag) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return r ? 0 : -1;
}

static int try_aead(const struct algorithm *a, struct sfam_alg_op *op,
		    struct work *w)
{
	struct flat f;
	int r;

	if (a->iv_len == 16) {		/* ccm: q - 1, the nonce, zeros */
		w->iv[0] = 2;
		memset(w->iv + 13, 0, 3);
	}
	r = sfam_alg_seal(op, flat_msg(&f, w->iv, a->iv_len, w->aad,
				       w->aad_len, w->in, w->out, w->size,
				       w->tag, 16));
	if (r == -EMSGSIZE && w->size > 100000)
		return 0;
	if (r != 0)
		return bad(w, a, "seal", r);
	if (peer_seal(a, w) < 0)
		return bad(w, a, "libcrypto", 0);
	if (memcmp(w->out, w->peer, w->size) != 0 ||
	    memcmp(w->tag, w->peer_tag, 16) != 0)
		return bad(w, a, "wrong", 0);
	flat_msg(&f, w->iv, a->iv_len, w->aad, w->aad_len, w->out, w->peer,
		 w->size, w->tag, 16);
	w->tag[below(w, 16)] ^= (unsigned char)(1u << below(w, 8));
	r = sfam_alg_unseal(op, &f.msg);
	if (r != -EBADMSG || !all_zero(w->peer, w->size))
		return bad(w, a, "forged", r);
	memcpy(w->tag, w->peer_tag, 16);
	r = sfam_alg_unseal(op, &f.msg);
	if (r != 0 || memcmp(w->peer, w->in, w->size) != 0)
		return bad(w, a, "unseal", r);
	return 0;
}

static int try_one(const struct algorithm *a, struct sfam_alg_op *op,
		   struct work *w, size_t max)
{
	prepare(w, max);
	if (a->type == SFAM_ALG_HASH)
		return try_hash(a, op, w);
	if (a->type == SFAM_ALG_SKCIPHER)
		return try_cipher(a, op, w);
	return try_aead(a, op, w);
}

static struct work *work_new(uint64_t seed, size_t max)
{
	struct work *w = calloc(1, sizeof(*w));

	w->seed = seed;
	w->in = malloc(max + 64);
	w->out = malloc(max + 64);
	w->peer = malloc(max + 64);
	return w;
}

static void work_free(struct work *w)
{
	free(w->in);
	free(w->out);
	free(w->peer);
	free(w);
}

static size_t rounds(const char *name, size_t otherwise)
{
	const char *value = getenv(name);

	return value ? strtoul(value, NULL, 10) : otherwise;
}

START_TEST(alone)
{
	struct work *w = work_new(test_seed(), LONG_MAX_SIZE);
	size_t n = rounds("SFAM_ALG_ROUNDS", 1000);
	const struct algorithm *a;
	struct session s;

	while (n-- > 0) {
		a = &algorithms[below(w, N_ALGORITHMS)];
		fill_random(&w->seed, w->key, sizeof(w->key));
		s = session_open(a->type, a->name, w->key, a->key_len, 0);
		ck_assert_msg(try_one(a, s.op, w, LONG_MAX_SIZE) == 0, "%s",
			      w->why);
		session_close(&s);
	}
	work_free(w);
}
END_TEST

/* ----------------------------------------------------------- threads -- */

struct thread {
	pthread_t id;
	struct sfam_alg **algs;
	struct work *w;
	size_t n;
	int failed;
};

static void *run_thread(void *arg)
{
	struct thread *t = arg;
	struct sfam_alg_op *ops[N_ALGORITHMS] = { NULL };
	size_t i, k;

	for (i = 0; i < t->n && !t->failed; i++) {
		k = below(t->w, N_ALGORITHMS);
		if (!ops[k] && sfam_alg_op_new(&ops[k], t->algs[k]) < 0)
			t->failed = 1;
		else if (try_one(&algorithms[k], ops[k], t->w, 4096) < 0)
			t->failed = 1;
	}
	for (k = 0; k < N_ALGORITHMS; k++)
		sfam_alg_op_free(ops[k]);
	return NULL;
}

START_TEST(threads)
{
	static struct thread all[THREADS];
	struct sfam_alg *algs[N_ALGORITHMS];
	unsigned char key[64];
	uint64_t seed = test_seed();
	size_t i;

	fill_random(&seed, key, sizeof(key));
	for (i = 0; i < N_ALGORITHMS; i++) {
		ck_assert_ok(sfam_alg_new(&algs[i], algorithms[i].type,
					  algorithms[i].name, NULL));
		if (algorithms[i].key_len > 0)
			ck_assert_ok(sfam_alg_set_key(algs[i], key,
						      algorithms[i].key_len));
	}
	for (i = 0; i < THREADS; i++) {
		all[i].algs = algs;
		all[i].w = work_new(seed + i, 4096);
		all[i].n = rounds("SFAM_ALG_THREAD_ROUNDS", 50);
		memcpy(all[i].w->key, key, sizeof(key));
		ck_assert_int_eq(pthread_create(&all[i].id, NULL, run_thread,
						&all[i]), 0);
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(all[i].id, NULL);
		ck_assert_msg(!all[i].failed, "thread %zu: %s", i,
			      all[i].w->why);
		work_free(all[i].w);
	}
	for (i = 0; i < N_ALGORITHMS; i++)
		sfam_alg_free(algs[i]);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ alone, "alg" },
		{ threads, "alg" },
	};

	return harness_run("alg-random", tests, HARNESS_LEN(tests));
}
