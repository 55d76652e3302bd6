/* SPDX-License-Identifier: MIT */
/* sha256sum -c: its words, its counts, its exit status. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alg-cli.h"
#include "alg-sums.h"
#include "sum-line.h"

struct tally {
	const char *list;	/* in messages */
	uint64_t formatted;	/* lines that name a file and its digest */
	uint64_t malformed;
	uint64_t unread;
	uint64_t different;
	uint64_t matched;
};

static void verdict(const struct alg_sums *s, const char *name,
		    const char *word)
{
	if (s->flags & ALG_SUMS_STATUS)
		return;
	sum_name_print(stdout, name);
	printf(": %s\n", word);
}

static void check_file(struct alg_sums *s, struct tally *t, const char *name,
		       const unsigned char *want)
{
	unsigned char digest[ALG_DIGEST_MAX];

	switch (alg_sums_file(s, name, digest)) {
	case ALG_SUMS_MISSING:
		break;
	case ALG_SUMS_FAILED:
		t->unread++;
		verdict(s, name, "FAILED open or read");
		break;
	case ALG_SUMS_DONE:
		if (!alg_equal(digest, want, s->size)) {
			t->different++;
			verdict(s, name, "FAILED");
			break;
		}
		t->matched++;
		if (!(s->flags & ALG_SUMS_QUIET))
			verdict(s, name, "OK");
	}
}

static void check_line(struct alg_sums *s, struct tally *t, char *line,
		       size_t len, uint64_t number)
{
	unsigned char want[ALG_DIGEST_MAX];
	char *name;

	if (len && line[len - 1] == '\n')
		line[--len] = '\0';
	if (len && line[len - 1] == '\r')
		line[--len] = '\0';
	if (len == 0 || line[0] == '#')
		return;
	/* The list itself comes from stdin: no file could. */
	if (sum_line_parse(line, len, s->algorithm, want, s->size,
			   &name) != 0 ||
	    (!t->list && strcmp(name, "-") == 0)) {
		t->malformed++;
		if (s->flags & ALG_SUMS_WARN)
			cli_error("%s: %llu: improperly formatted checksum "
				  "line", t->list ? t->list : "standard input",
				  (unsigned long long)number);
		return;
	}
	t->formatted++;
	check_file(s, t, name, want);
}

static void warn_count(uint64_t n, const char *one, const char *many)
{
	if (n)
		cli_error("WARNING: %llu %s", (unsigned long long)n,
			  n == 1 ? one : many);
}

static int sum_up(const struct alg_sums *s, const struct tally *t)
{
	const char *list = t->list ? t->list : "standard input";

	if (t->formatted == 0)
		return cli_error("%s: no properly formatted checksum lines "
				 "found", list);
	if (!(s->flags & ALG_SUMS_STATUS)) {
		warn_count(t->malformed, "line is improperly formatted",
			   "lines are improperly formatted");
		warn_count(t->unread, "listed file could not be read",
			   "listed files could not be read");
		warn_count(t->different, "computed checksum did NOT match",
			   "computed checksums did NOT match");
		if (s->flags & ALG_SUMS_IGNORE_MISSING && !t->matched)
			cli_error("%s: no file was verified", list);
	}
	return t->matched && !t->different && !t->unread &&
		(!(s->flags & ALG_SUMS_STRICT) || !t->malformed) ?
		CLI_OK : CLI_FAILED;
}

static int check_lines(struct alg_sums *s, FILE *from, struct tally *t)
{
	const char *list = t->list ? t->list : "standard input";
	uint64_t number = 0;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	int error;

	while ((n = getline(&line, &size, from)) >= 0)
		check_line(s, t, line, (size_t)n, ++number);
	error = ferror(from) ? errno : 0;
	free(line);
	if (fflush(stdout) == EOF)
		return cli_bad_call("stdout", -errno);
	return error ? cli_bad_call(list, -error) : sum_up(s, t);
}

int alg_sums_check(struct alg_sums *s, const char *list)
{
	struct tally t = { .list = list };
	FILE *from = stdin;
	int status;

	/* Verdicts and errors in one file keep their order. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(list, "-") == 0)
		t.list = NULL;
	else
		from = fopen(list, "re");
	if (!from)
		return cli_bad_call(list, -errno);
	status = check_lines(s, from, &t);
	if (from != stdin)
		fclose(from);
	return status;
}
