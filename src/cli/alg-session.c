/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "alg-cli.h"

static int fail_with(enum sfam_alg_type type, const char *name,
		     const struct sfam_alg *alg, int error, const char *more)
{
	struct sfam_alg_why why = SFAM_ALG_WHY_INIT;
	int named;

	if (sfam_alg_explain(&why, type, name, alg, error) < 0 ||
	    !why.reason[0])
		return cli_bad_call(name, error);
	named = strncmp(why.reason, name, strlen(name)) == 0;
	return cli_error("%.128s%s%s%s%s%s", named ? "" : name,
			 named ? "" : ": ", why.reason, more,
			 why.remedy[0] ? "; try: " : "", why.remedy);
}

int alg_fail(enum sfam_alg_type type, const char *name,
	     const struct sfam_alg *alg, int error)
{
	return fail_with(type, name, alg, error, "");
}

int alg_bad_call(const struct alg_session *s, int error)
{
	const struct sfam_alg_info *info = sfam_alg_info(s->alg);

	return alg_fail((enum sfam_alg_type)info->type, info->name, s->alg,
			error);
}

static int set_key(struct sfam_alg *alg, const struct alg_key *key)
{
	if (key->serial)
		return sfam_alg_set_key_serial(alg, key->serial);
	return sfam_alg_set_key(alg, key->bytes, key->len);
}

/* Of the keyring, not of the algorithm: strerror() has the words. */
static int key_is_away(const struct alg_key *key, int error)
{
	return key && key->serial &&
	       (error == -ENOKEY || error == -EACCES ||
		error == -EKEYEXPIRED || error == -EKEYREVOKED);
}

/* The classic: a key made with an editor or with echo. */
static const char *key_fault(const struct alg_key *key, int error)
{
	return error == -EKEYREJECTED && key && key->len &&
	       key->bytes[key->len - 1] == '\n' ?
		       "; its last byte is a newline" : "";
}

int alg_open(struct alg_session *s, enum sfam_alg_type type, const char *name,
	     const struct alg_key *key)
{
	int r;

	*s = (struct alg_session){ .alg = NULL };
	r = sfam_alg_new(&s->alg, type, name, NULL);
	if (r == 0 && key)
		r = set_key(s->alg, key);
	if (r == 0)
		r = sfam_alg_op_new(&s->op, s->alg);
	if (r == 0)
		return 0;
	if (s->alg && key_is_away(key, r))
		cli_error("key %d: %s", key->serial, strerror(-r));
	else
		fail_with(type, name, s->alg, r, key_fault(key, r));
	alg_close(s);
	return -1;
}

void alg_close(struct alg_session *s)
{
	sfam_alg_op_free(s->op);
	sfam_alg_free(s->alg);
	*s = (struct alg_session){ .alg = NULL };
}

int alg_fresh_random(void *buf, size_t len)
{
	char *p = buf;
	ssize_t n;

	while (len) {
		n = getrandom(p, len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			cli_bad_call("getrandom", -errno);
			return -1;
		}
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* -------------------------------------------------------- file to file -- */

static int open_input(struct alg_job *job)
{
	job->in = STDIN_FILENO;
	if (strcmp(job->in_name, "-") != 0)
		job->in = open(job->in_name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (job->in < 0) {
		cli_bad_call(job->in_name, -errno);
		return -1;
	}
	progress_begin(&job->progress, job->in_name, job->in);
	return 0;
}

static int run_open_job(struct alg_job *job,
			int (*work)(struct alg_job *, void *), void *arg)
{
	int status;

	if (output_open(&job->out, job->out_name) != 0)
		return CLI_FAILED;
	status = work(job, arg);
	progress_end(&job->progress);
	if (status == CLI_OK && output_commit(&job->out) != 0)
		status = CLI_FAILED;
	output_discard(&job->out);
	return status;
}

int alg_job_run(struct alg_job *job, int (*work)(struct alg_job *, void *),
		void *arg)
{
	int status = CLI_FAILED;

	if (open_input(job) == 0) {
		status = run_open_job(job, work, arg);
		if (job->in != STDIN_FILENO)
			close(job->in);
	}
	alg_key_wipe(&job->key);
	return status;
}

ssize_t alg_job_read(struct alg_job *job, void *buf, size_t size)
{
	size_t got = 0;
	ssize_t n;

	while (got < size) {
		n = read(job->in, (char *)buf + got, size - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			poll(&(struct pollfd){ job->in, POLLIN, 0 }, 1, -1);
			continue;
		}
		if (n < 0) {
			cli_bad_call(job->in_name, -errno);
			return -1;
		}
		if (n == 0)
			break;
		got += (size_t)n;
	}
	progress_add(&job->progress, got);
	return (ssize_t)got;
}
