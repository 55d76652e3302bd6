/* SPDX-License-Identifier: MIT */
/*
 * enc and dec: ciphers as they are, so that others can read what comes out:
 * openssl enc -K -iv, kcapi-enc. Nothing here protects against change.
 *
 * Padding (PKCS#7) belongs to ecb and cbc, which want whole blocks; modes
 * that take any length, and those that steal (cts, xts), have none.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alg-cipher.h"
#include "hex.h"

/* A mode that does not chain is one message, and in memory: its most. */
#define WHOLE_MAX (64u << 20)

/* ------------------------------------------------------------------- iv -- */

static int parse_iv(struct cipher *c)
{
	int n = hex_read(c->iv_text, c->iv, sizeof(c->iv));

	if (n < 0)
		return cli_error("-i: expected hex digits, two a byte");
	if ((uint32_t)n != c->info->iv_size)
		return cli_error("-i: an IV of %d bytes; %s has one of %u", n,
				 c->info->name, c->info->iv_size);
	return CLI_OK;
}

static int write_iv(struct cipher *c, struct alg_job *job)
{
	if (alg_fresh_random(c->iv, c->info->iv_size) != 0 ||
	    output_write(&job->out, c->iv, c->info->iv_size) != 0)
		return CLI_FAILED;
	return CLI_OK;
}

static int read_iv(struct cipher *c, struct alg_job *job)
{
	ssize_t n = alg_job_read(job, c->iv, c->info->iv_size);

	if (n < 0)
		return CLI_FAILED;
	if ((size_t)n < c->info->iv_size)
		return cli_error("%s: too short: it begins with the IV, %u "
				 "bytes; or try: -i IV", job->in_name,
				 c->info->iv_size);
	return CLI_OK;
}

static int get_iv(struct cipher *c, struct alg_job *job)
{
	if (c->info->iv_size > sizeof(c->iv))
		return cli_error("%s: an IV of %u bytes", c->info->name,
				 c->info->iv_size);
	if (c->iv_text)
		return parse_iv(c);
	return cipher_encrypts(c) ? write_iv(c, job) : read_iv(c, job);
}

/* ---------------------------------------------------------- one message -- */

/* The buffer grows to the file's length, which a pipe does not tell. */
static int read_whole(struct alg_job *job, unsigned char **ret, size_t *ret_len)
{
	size_t size = 0, len = 0;
	unsigned char *more;
	ssize_t n;

	do {
		size = size ? 2 * size : CIPHER_PART;
		more = size <= WHOLE_MAX ? realloc(*ret, size) : NULL;
		if (!more)
			return cli_error("%s: longer than the mode allows: it "
					 "is one message, and of at most %u "
					 "bytes", job->in_name, WHOLE_MAX);
		*ret = more;
		n = alg_job_read(job, *ret + len, size - len);
		if (n < 0)
			return CLI_FAILED;
		len += (size_t)n;
	} while (len == size);
	*ret_len = len;
	return CLI_OK;
}

static int crypt_whole(struct cipher *c, struct alg_job *job,
		       unsigned char *data, size_t len)
{
	int r = sfam_alg_crypt(c->session.op, c->dir, c->iv, c->info->iv_size,
			       data, data, len);

	if (r == -EINVAL)
		return cipher_bad_length(c, job);
	if (r < 0)
		return alg_bad_call(&c->session, r);
	return output_write(&job->out, data, len) == 0 ? CLI_OK : CLI_FAILED;
}

static int run_whole(struct cipher *c, struct alg_job *job)
{
	unsigned char *data = NULL;
	size_t len = 0;
	int status;

	status = read_whole(job, &data, &len);
	if (status == CLI_OK)
		status = crypt_whole(c, job, data, len);
	free(data);
	return status;
}

/* ------------------------------------------------------------------ run -- */

static int work(struct alg_job *job, void *arg)
{
	struct cipher *c = arg;
	int chains = (c->info->flags & SFAM_ALG_INFO_CHAINS) != 0;
	int status = get_iv(c, job);

	if (status != CLI_OK)
		return status;
	if (chains && c->info->block_size > 1 && !c->no_padding)
		c->pad = c->info->block_size;
	if (c->pad > CIPHER_BLOCK_MAX || CIPHER_PART % c->info->chunk_size)
		return cli_error("%s: blocks of %u bytes", c->info->name,
				 c->info->block_size);
	return chains ? cipher_run_stream(c, job) : run_whole(c, job);
}

static int read_options(const struct cli_verb *self, int argc, char **argv,
			struct cipher *c, struct alg_job *job, char **ret_key)
{
	int o;

	while ((o = cli_getopt(self, argc, argv, "+:k:i:no:")) != -1) {
		if (o == '?')
			return CLI_USAGE;
		if (o == 'k')
			*ret_key = optarg;
		else if (o == 'i')
			c->iv_text = optarg;
		else if (o == 'o')
			job->out_name = optarg;
		else
			c->no_padding = 1;
	}
	if (!*ret_key)
		return cli_usage(self, "which key? (-k)");
	if (argc == optind)
		return cli_usage(self, "which cipher?");
	if (argc - optind > 2)
		return cli_usage(self, "one file at a time");
	c->name = argv[optind];
	job->in_name = argc - optind == 2 ? argv[optind + 1] : "-";
	return CLI_OK;
}

int alg_run_cipher(const struct cli_verb *self, int argc, char **argv)
{
	struct cipher c = { .dir = strcmp(self->name, "dec") == 0 ?
			    SFAM_ALG_DECRYPT : SFAM_ALG_ENCRYPT };
	struct alg_job job = { .in = -1 };
	char *key = NULL;
	int status;

	status = read_options(self, argc, argv, &c, &job, &key);
	if (status != CLI_OK)
		return status;
	if (alg_key_read(key, &job.key) != 0)
		return CLI_FAILED;
	status = alg_open(&c.session, SFAM_ALG_SKCIPHER, c.name, &job.key);
	alg_key_wipe(&job.key);
	if (status != 0)
		return CLI_FAILED;
	c.info = sfam_alg_info(c.session.alg);
	status = alg_job_run(&job, work, &c);
	alg_close(&c.session);
	return status;
}
