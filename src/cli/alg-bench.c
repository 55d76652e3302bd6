/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alg-cli.h"

#define SIZE_MAX_BYTES 65536u
#define KEY_BYTES 32u		/* where any size will do */
#define KEY_MAX 256u
#define IV_MAX 64u

static const size_t sizes[] = { 16, 256, 4096, SIZE_MAX_BYTES };

static const char *const usual[] = {
	"sha1", "sha256", "sha512", "hmac(sha256)", "cbc(aes)", "ctr(aes)",
	"xts(aes)", "gcm(aes)", "rfc7539(chacha20,poly1305)", "stdrng",
};

struct bench {
	struct alg_session session;
	const struct sfam_alg_info *info;
	uint64_t count;			/* also the AEAD's nonce */
	unsigned char iv[IV_MAX];
	unsigned char tag[64];
	unsigned char digest[256];
	unsigned char data[SIZE_MAX_BYTES];
};

/* ------------------------------------------------------- one operation -- */

static int do_hash(struct bench *b, size_t size)
{
	ssize_t n = sfam_alg_hash(b->session.op, b->data, size, b->digest,
				  sizeof(b->digest));

	return n < 0 ? (int)n : 0;
}

static int do_cipher(struct bench *b, size_t size)
{
	return sfam_alg_crypt(b->session.op, SFAM_ALG_ENCRYPT, b->iv,
			      b->info->iv_size, b->data, b->data, size);
}

/* ccm wants 1 to 7 in front; the counter stands where all have a nonce. */
static int do_aead(struct bench *b, size_t size)
{
	struct iovec text = { b->data, size };
	struct sfam_alg_msg msg = {
		.iv = b->iv, .iv_len = b->info->iv_size,
		.in = &text, .in_count = 1,
		.out = &text, .out_count = 1,
		.tag = b->tag, .tag_len = sfam_alg_tag_size(b->session.alg),
	};
	unsigned char *p = b->iv + (b->info->iv_size > 8);
	int i;

	b->iv[0] = 1;
	for (i = 0; i < 8; i++)
		p[i] = (unsigned char)(b->count >> (56 - 8 * i));
	return sfam_alg_seal(b->session.op, &msg);
}

static int do_rng(struct bench *b, size_t size)
{
	return sfam_alg_random(b->session.op, b->data, size);
}

static int (*const operation[])(struct bench *b, size_t size) = {
	[SFAM_ALG_HASH] = do_hash,
	[SFAM_ALG_SKCIPHER] = do_cipher,
	[SFAM_ALG_AEAD] = do_aead,
	[SFAM_ALG_RNG] = do_rng,
};

/* ------------------------------------------------------------ one line -- */

static int run_size(struct bench *b, size_t size, int64_t time_ns)
{
	uint64_t first = b->count;
	int64_t begun = progress_now_ns();
	int64_t spent;
	double rate;
	int r;

	do {
		b->count++;
		r = operation[b->info->type](b, size);
		spent = progress_now_ns() - begun;
	} while (r == 0 && spent < time_ns);
	if (r < 0)
		return alg_bad_call(&b->session, r);
	rate = (double)(b->count - first) * 1e9 / (double)spent;
	printf("%-28s %8zu %14.0f %12.2f\n", b->info->name, size, rate,
	       rate * (double)size / 1e6);
	return fflush(stdout) == EOF ? cli_bad_call("stdout", -errno) : CLI_OK;
}

static int run_sizes(struct bench *b, int64_t time_ns)
{
	int status = CLI_OK;
	size_t i;

	if (b->info->iv_size > IV_MAX ||
	    sfam_alg_tag_size(b->session.alg) > sizeof(b->tag))
		return cli_error("%s: an IV of %u bytes", b->info->name,
				 b->info->iv_size);
	for (i = 0; i < CLI_ARRAY_LEN(sizes) && status == CLI_OK; i++)
		status = run_size(b, sizes[i], time_ns);
	return status;
}

/* ------------------------------------------------------------ algorithms -- */

/* A random one, as long as the algorithm has any. */
static int set_key(struct bench *b)
{
	unsigned char key[KEY_MAX];
	size_t len = b->info->flags & SFAM_ALG_INFO_KEY_ANY ? KEY_BYTES :
							     b->info->key_max;
	int r;

	if (len == 0)
		return CLI_OK;
	if (len > sizeof(key))
		len = sizeof(key);
	if (alg_fresh_random(key, len) != 0)
		return CLI_FAILED;
	r = sfam_alg_op_set_key(b->session.op, key, len);
	return r < 0 ? alg_bad_call(&b->session, r) : CLI_OK;
}

static int open_name(struct bench *b, const char *name)
{
	enum sfam_alg_type type;

	if (alg_find_type(name, &type) != 0)
		return CLI_FAILED;
	if (alg_open(&b->session, type, name, NULL) != 0)
		return CLI_FAILED;
	b->info = sfam_alg_info(b->session.alg);
	return set_key(b);
}

static int run_name(struct bench *b, const char *name, int64_t time_ns)
{
	int status = open_name(b, name);

	if (status == CLI_OK)
		status = run_sizes(b, time_ns);
	alg_close(&b->session);
	return status;
}

static int run_names(const char *const *names, size_t n, int64_t time_ns)
{
	struct bench *b = calloc(1, sizeof(*b));
	int status = CLI_OK;
	size_t i;

	if (!b)
		return cli_bad_call("memory", -ENOMEM);
	printf("timings on this machine at this moment: one thread, %.3g s "
	       "each, encryption\n", (double)time_ns / 1e9);
	printf("%-28s %8s %14s %12s\n", "algorithm", "bytes",
	       "operations/s", "10^6 bytes/s");
	for (i = 0; i < n; i++)
		if (run_name(b, names[i], time_ns) != CLI_OK)
			status = CLI_FAILED;
	free(b);
	return status;
}

int alg_run_bench(const struct cli_verb *self, int argc, char **argv)
{
	int64_t time_ns = 500000000;
	int c;

	while ((c = cli_getopt(self, argc, argv, "+:t:")) != -1) {
		if (c == '?')
			return CLI_USAGE;
		if (cli_seconds(optarg, &time_ns) != 0 || time_ns == 0)
			return cli_usage(self, "not a number of seconds: %s",
					 optarg);
	}
	if (optind == argc)
		return run_names(usual, CLI_ARRAY_LEN(usual), time_ns);
	return run_names((const char *const *)argv + optind,
			 (size_t)(argc - optind), time_ns);
}
