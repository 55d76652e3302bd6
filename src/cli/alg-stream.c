/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alg-cipher.h"

int cipher_encrypts(const struct cipher *c)
{
	return c->dir == SFAM_ALG_ENCRYPT;
}

int cipher_bad_length(const struct cipher *c, const struct alg_job *job)
{
	return cli_error("%s: its length is no multiple of %u bytes, which "
			 "%s wants%s", job->in_name, c->info->block_size,
			 c->info->name, cipher_encrypts(c) && c->no_padding ?
			 "; try: without -n" : "");
}

/* -------------------------------------------------------------- padding -- */

/* Returns the new length; there is room for a block more. */
static size_t add_padding(const struct cipher *c, unsigned char *buf,
			  size_t len)
{
	size_t n = c->pad ? c->pad - len % c->pad : 0;

	memset(buf + len, (int)n, n);
	return len + n;
}

/* The last block of what was decrypted: how many bytes are text, or -1. */
static int text_in_last_block(const struct cipher *c,
			      const unsigned char *block)
{
	size_t n = block[c->pad - 1];
	size_t i;

	if (n == 0 || n > c->pad)
		return -1;
	for (i = c->pad - n; i < c->pad; i++)
		if (block[i] != n)
			return -1;
	return (int)(c->pad - n);
}

static int bad_padding(const struct alg_job *job)
{
	return cli_error("%s: not what was encrypted: another key, IV or "
			 "cipher, or changed, or not padded; try: -n",
			 job->in_name);
}

/* --------------------------------------------------------------- stream -- */

/*
 * Decrypted text goes out but for its last block, which waits for the end:
 * kept has it.
 */
struct stream {
	struct cipher *c;
	struct alg_job *job;
	unsigned char in[CIPHER_PART + CIPHER_BLOCK_MAX];
	unsigned char out[2 * CIPHER_PART + CIPHER_BLOCK_MAX];
	size_t kept;		/* bytes at the beginning of out */
};

static int stream_write(struct stream *s, size_t n, int last)
{
	size_t keep = last || cipher_encrypts(s->c) ? 0 : s->c->pad;

	if (keep > n)
		keep = n;
	if (output_write(&s->job->out, s->out, n - keep) != 0)
		return CLI_FAILED;
	memmove(s->out, s->out + n - keep, keep);
	s->kept = keep;
	return CLI_OK;
}

static int stream_part(struct stream *s, size_t len)
{
	struct cipher *c = s->c;
	ssize_t n = sfam_alg_stream_update(c->session.op, s->in, len,
					   s->out + s->kept,
					   sizeof(s->out) - s->kept);

	if (n < 0)
		return alg_bad_call(&c->session, (int)n);
	return stream_write(s, s->kept + (size_t)n, 0);
}

static int stream_last(struct stream *s, size_t len)
{
	struct cipher *c = s->c;
	size_t all;
	ssize_t n;
	int text;

	if (cipher_encrypts(c))
		len = add_padding(c, s->in, len);
	n = sfam_alg_stream_end(c->session.op, s->in, len, s->out + s->kept,
				sizeof(s->out) - s->kept);
	if (n == -EINVAL)
		return cipher_bad_length(c, s->job);
	if (n < 0)
		return alg_bad_call(&c->session, (int)n);
	all = s->kept + (size_t)n;
	if (c->pad && !cipher_encrypts(c)) {
		text = all ? text_in_last_block(c, s->out + all - c->pad) : -1;
		if (text < 0)
			return bad_padding(s->job);
		all -= c->pad - (size_t)text;
	}
	return stream_write(s, all, 1);
}

static int stream_parts(struct stream *s)
{
	int status = CLI_OK;
	ssize_t n;

	do {
		n = alg_job_read(s->job, s->in, CIPHER_PART);
		if (n < 0)
			return CLI_FAILED;
		if (n == CIPHER_PART)
			status = stream_part(s, CIPHER_PART);
	} while (n == CIPHER_PART && status == CLI_OK);
	return status == CLI_OK ? stream_last(s, (size_t)n) : status;
}

int cipher_run_stream(struct cipher *c, struct alg_job *job)
{
	struct stream *s = calloc(1, sizeof(*s));
	int status;
	int r;

	if (!s)
		return cli_bad_call("memory", -ENOMEM);
	s->c = c;
	s->job = job;
	r = sfam_alg_stream_begin(c->session.op, c->dir, c->iv,
				  c->info->iv_size);
	status = r < 0 ? alg_bad_call(&c->session, r) : stream_parts(s);
	free(s);
	return status;
}
