/* SPDX-License-Identifier: MIT */
/* aead seal, and the verb's options. The format is in seal-format.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alg-cli.h"
#include "alg-seal.h"

/* ----------------------------------------------------------------- keys -- */

/* HMAC-SHA256 of a label and the header, under the user's key. */
static int derive(struct seal *s, const char label[4], unsigned char *ret)
{
	const struct iovec parts[] = {
		{ (void *)(uintptr_t)label, 4 },
		{ s->header, SEAL_SIGNED },
	};
	struct alg_session hmac;
	ssize_t n;
	int r;

	if (alg_open(&hmac, SFAM_ALG_HASH, "hmac(sha256)", &s->job->key) != 0)
		return -1;
	r = sfam_alg_hash_updatev(hmac.op, parts, CLI_ARRAY_LEN(parts));
	n = r < 0 ? r : sfam_alg_hash_final(hmac.op, ret, SEAL_MAC);
	if (n < 0)
		alg_bad_call(&hmac, (int)n);
	alg_close(&hmac);
	return n < 0 ? -1 : 0;
}

int seal_mac(struct seal *s, unsigned char *ret_mac)
{
	return derive(s, "mac", ret_mac);
}

int seal_start(struct seal *s, const struct seal_algorithm *algorithm)
{
	static const unsigned char zero[SEAL_NONCE_MAX];
	struct alg_key key = { .len = algorithm->key_size };
	int r;

	r = derive(s, "key", key.bytes);
	if (r == 0)
		r = alg_open(&s->session, SFAM_ALG_AEAD, algorithm->name,
			     &key);
	alg_key_wipe(&key);
	if (r != 0)
		return -1;
	r = sfam_alg_record_init(&s->record, s->session.alg, zero,
				 algorithm->nonce_size);
	if (r < 0)
		alg_bad_call(&s->session, r);
	return r;
}

void seal_message(struct seal *s, size_t len, struct iovec iov[2],
		  struct sfam_alg_msg *ret)
{
	iov[0] = (struct iovec){ s->buf, SEAL_FRAME_HEADER };
	iov[1] = (struct iovec){ s->buf + SEAL_FRAME_HEADER, len };
	*ret = (struct sfam_alg_msg){
		.aad = &iov[0], .aad_count = 1,
		.in = &iov[1], .in_count = 1,
		.out = &iov[1], .out_count = 1,
		.tag = s->buf + SEAL_FRAME_HEADER + len, .tag_len = SEAL_TAG,
	};
}

/* ----------------------------------------------------------------- seal -- */

/* Nothing goes out before the algorithm is known to be there. */
static int write_header(struct seal *s, const struct seal_algorithm *algorithm)
{
	unsigned char salt[SEAL_SALT];

	if (alg_fresh_random(salt, sizeof(salt)) != 0)
		return -1;
	s->frame = SEAL_FRAME_MAX;
	seal_header_make(s->header, algorithm, s->frame, salt);
	if (seal_mac(s, s->header + SEAL_SIGNED) != 0 ||
	    seal_start(s, algorithm) != 0)
		return -1;
	return output_write(&s->job->out, s->header, SEAL_HEADER);
}

static int write_frame(struct seal *s, size_t len)
{
	struct sfam_alg_msg msg;
	struct iovec iov[2];
	int r;

	seal_store(s->buf, (uint32_t)len | (len < s->frame ? SEAL_LAST : 0));
	seal_message(s, len, iov, &msg);
	r = sfam_alg_record_seal(&s->record, s->session.op, &msg);
	if (r < 0)
		return alg_bad_call(&s->session, r);
	r = output_write(&s->job->out, s->buf,
			 SEAL_FRAME_HEADER + len + SEAL_TAG);
	return r == 0 ? CLI_OK : CLI_FAILED;
}

static int write_frames(struct seal *s)
{
	int status = CLI_OK;
	ssize_t n;

	do {
		n = alg_job_read(s->job, s->buf + SEAL_FRAME_HEADER, s->frame);
		status = n < 0 ? CLI_FAILED : write_frame(s, (size_t)n);
	} while (status == CLI_OK && (size_t)n == s->frame);
	return status;
}

int seal_work(struct alg_job *job, void *arg)
{
	struct seal *s = arg;
	const struct seal_algorithm *algorithm;

	s->job = job;
	algorithm = seal_algorithm_by_name(s->name);
	if (!algorithm)
		return cli_error("%s: not for sealed files; try: gcm(aes), "
				 "rfc7539(chacha20,poly1305) or aegis128",
				 s->name);
	return write_header(s, algorithm) == 0 ? write_frames(s) : CLI_FAILED;
}

/* ------------------------------------------------------------------ run -- */

static int read_options(const struct cli_verb *self, int argc, char **argv,
			const char **ret_name, struct alg_job *job,
			char **ret_key)
{
	const char *letters = *ret_name ? "+:a:k:o:" : "+:k:o:";
	int o;

	while ((o = cli_getopt(self, argc, argv, letters)) != -1) {
		if (o == '?')
			return CLI_USAGE;
		if (o == 'k')
			*ret_key = optarg;
		else if (o == 'o')
			job->out_name = optarg;
		else
			*ret_name = optarg;
	}
	if (!*ret_key)
		return cli_usage(self, "which key? (-k)");
	if (argc - optind > 1)
		return cli_usage(self, "one file at a time");
	job->in_name = argc == optind ? "-" : argv[optind];
	return CLI_OK;
}

static int run(struct alg_job *job, const char *name)
{
	struct seal *s = calloc(1, sizeof(*s));
	int status;

	if (!s)
		return cli_bad_call("memory", -ENOMEM);
	s->name = name;
	status = alg_job_run(job, name ? seal_work : seal_open_work, s);
	alg_close(&s->session);
	free(s);
	return status;
}

int alg_run_seal(const struct cli_verb *self, int argc, char **argv)
{
	const char *name = strcmp(self->name, "seal") == 0 ? "gcm(aes)" : NULL;
	struct alg_job job = { .in = -1 };
	char *key = NULL;
	int status;

	status = read_options(self, argc, argv, &name, &job, &key);
	if (status != CLI_OK)
		return status;
	if (alg_key_read(key, &job.key) != 0)
		return CLI_FAILED;
	if (!job.key.serial && job.key.len < SEAL_KEY_MIN) {
		alg_key_wipe(&job.key);
		return cli_error("a key of fewer than %d bytes; try: sockfam "
				 "alg rng 32 >FILE", SEAL_KEY_MIN);
	}
	return run(&job, name);
}
