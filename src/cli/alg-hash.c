/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "alg-cli.h"
#include "alg-sums.h"
#include "sum-line.h"

#define STEP (4u << 20)	/* bytes between two looks at the clock */

/* -------------------------------------------------------------- a file -- */

static int hash_fd(struct alg_sums *s, int fd, const char *name)
{
	struct progress progress;
	uint64_t step, n = 0;
	int r;

	progress_begin(&progress, name, fd);
	step = progress.width ? STEP : UINT64_MAX;
	do {
		r = sfam_alg_hash_fd(s->session.op, fd, step, SFAM_FOREVER,
				     &n);
		progress_add(&progress, n);
	} while (r == 0 && n == step);
	progress_end(&progress);
	return r;
}

/* What has begun of a file that failed must not begin the next one's. */
static void drop(struct alg_sums *s)
{
	int r = sfam_alg_op_reset(s->session.op);

	if (r < 0)
		alg_bad_call(&s->session, r);
}

static enum alg_sums_result finish(struct alg_sums *s, unsigned char *digest)
{
	ssize_t n = sfam_alg_hash_final(s->session.op, digest, s->size);

	if (n >= 0)
		return ALG_SUMS_DONE;
	alg_bad_call(&s->session, (int)n);
	return ALG_SUMS_FAILED;
}

enum alg_sums_result alg_sums_file(struct alg_sums *s, const char *name,
				   unsigned char *digest)
{
	int fd = STDIN_FILENO;
	int r;

	if (strcmp(name, "-") != 0)
		fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 && errno == ENOENT && s->flags & ALG_SUMS_IGNORE_MISSING)
		return ALG_SUMS_MISSING;
	if (fd < 0) {
		cli_bad_call(name, -errno);
		return ALG_SUMS_FAILED;
	}
	r = hash_fd(s, fd, name);
	if (fd != STDIN_FILENO)
		close(fd);
	if (r == 0)
		return finish(s, digest);
	cli_bad_call(name, r);
	drop(s);
	return ALG_SUMS_FAILED;
}

static int print_sum(struct alg_sums *s, const char *name)
{
	unsigned char digest[ALG_DIGEST_MAX];
	char end = s->flags & ALG_SUMS_ZERO ? '\0' : '\n';

	if (alg_sums_file(s, name, digest) != ALG_SUMS_DONE)
		return CLI_FAILED;
	sum_line_print(stdout, digest, s->size, name, end);
	return fflush(stdout) == EOF ? cli_bad_call("stdout", -errno) : CLI_OK;
}

/* -------------------------------------------------------------- options -- */

struct options {
	const char *algorithm;
	char *key;
	uint32_t flags;
};

enum { LONG_ONLY = 256 };	/* the bits, above every letter */

static const struct option longs[] = {
	{ "check", no_argument, NULL, 'c' },
	{ "zero", no_argument, NULL, 'z' },
	{ "warn", no_argument, NULL, 'w' },
	{ "quiet", no_argument, NULL, LONG_ONLY | ALG_SUMS_QUIET },
	{ "status", no_argument, NULL, LONG_ONLY | ALG_SUMS_STATUS },
	{ "strict", no_argument, NULL, LONG_ONLY | ALG_SUMS_STRICT },
	{ "ignore-missing", no_argument, NULL,
	  LONG_ONLY | ALG_SUMS_IGNORE_MISSING },
	{ NULL, 0, NULL, 0 },
};

static void take_option(struct options *o, int c)
{
	if (c == 'a')
		o->algorithm = optarg;
	else if (c == 'k')
		o->key = optarg;
	else if (c == 'c')
		o->flags |= ALG_SUMS_CHECK;
	else if (c == 'z')
		o->flags |= ALG_SUMS_ZERO;
	else if (c == 'w')
		o->flags |= ALG_SUMS_WARN;
	else
		o->flags |= (uint32_t)c & ~(uint32_t)LONG_ONLY;
}

static int check_options(const struct cli_verb *self, const struct options *o,
			 int keyed)
{
	const uint32_t for_check = ALG_SUMS_QUIET | ALG_SUMS_STATUS |
				   ALG_SUMS_STRICT | ALG_SUMS_WARN |
				   ALG_SUMS_IGNORE_MISSING;

	if (keyed && !o->key)
		return cli_usage(self, "which key? (-k)");
	if (!(o->flags & ALG_SUMS_CHECK) && o->flags & for_check)
		return cli_usage(self, "--quiet, --status, --strict, -w and "
				 "--ignore-missing go with -c only");
	if (o->flags & ALG_SUMS_CHECK && o->flags & ALG_SUMS_ZERO)
		return cli_usage(self, "-z does not go with -c");
	return CLI_OK;
}

static int read_options(const struct cli_verb *self, int argc, char **argv,
			struct options *o, int keyed)
{
	const char *letters = keyed ? "+:a:k:cwz" : "+:a:cwz";
	int c;

	while ((c = cli_getopt_long(self, argc, argv, letters, longs)) != -1) {
		if (c == '?')
			return CLI_USAGE;
		take_option(o, c);
	}
	return check_options(self, o, keyed);
}

/* ------------------------------------------------------------------ run -- */

static int run_files(struct alg_sums *s, int argc, char **argv)
{
	int (*each)(struct alg_sums *s, const char *name);
	int status = CLI_OK;
	int i;

	each = s->flags & ALG_SUMS_CHECK ? alg_sums_check : print_sum;
	if (argc == 0)
		return each(s, "-");
	for (i = 0; i < argc; i++)
		if (each(s, argv[i]) != CLI_OK)
			status = CLI_FAILED;
	return status;
}

static int wants_key(const struct sfam_alg_info *info)
{
	return info->flags & SFAM_ALG_INFO_KEY_ANY || info->key_max;
}

/* "sha256" with a key is hmac(sha256); "cmac(aes)" is what it says. */
static int open_sums(struct alg_sums *s, const char *algorithm,
		     const struct alg_key *key)
{
	const struct sfam_alg_info *info;
	char name[256];

	snprintf(name, sizeof(name),
		 key && !strchr(algorithm, '(') ? "hmac(%s)" : "%s",
		 algorithm);
	if (alg_open(&s->session, SFAM_ALG_HASH, name, key) != 0)
		return -1;
	info = sfam_alg_info(s->session.alg);
	s->size = info->digest_size;
	if (!key && wants_key(info))
		cli_error("%s: wants a key; try: sockfam alg hmac -k KEY -a "
			  "'%s'", name, name);
	else if (s->size > ALG_DIGEST_MAX || s->size == 0)
		cli_error("%s: digests of %zu bytes", name, s->size);
	else
		return 0;
	alg_close(&s->session);
	return -1;
}

int alg_run_hash(const struct cli_verb *self, int argc, char **argv)
{
	int keyed = strcmp(self->name, "hmac") == 0;
	struct options o = { .algorithm = "sha256" };
	struct alg_sums s = { .size = 0 };
	struct alg_key key;
	int status;

	status = read_options(self, argc, argv, &o, keyed);
	if (status != CLI_OK)
		return status;
	if (keyed && alg_key_read(o.key, &key) != 0)
		return CLI_FAILED;
	s.algorithm = o.algorithm;
	s.flags = o.flags;
	status = open_sums(&s, o.algorithm, keyed ? &key : NULL);
	if (keyed)
		alg_key_wipe(&key);
	if (status != 0)
		return CLI_FAILED;
	status = run_files(&s, argc - optind, argv + optind);
	alg_close(&s.session);
	return status;
}
