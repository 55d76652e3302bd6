/* SPDX-License-Identifier: MIT */
/*
 * Rules from a file: a line each, "A B [allow=CIDS]", words apart by blanks;
 * what begins with # is a comment. All of it is read before anything is
 * opened, so a mistake starts nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lines.h"
#include "relay.h"

#define WORDS_MAX 3

struct rule_file {
	struct relay *r;
	const char *path;
	unsigned long number;	/* of the line, from 1 */
	struct lines lines;
};

/* The column of p in its line, from 1. */
static int bad_rule(const struct rule_file *f, const char *line, const char *p,
		    const char *words)
{
	return cli_error("%s:%lu:%lu: %s", f->path, f->number,
			 (unsigned long)(p - line) + 1, words);
}

static int bad_word(const struct rule_file *f, const char *line,
		    const struct rule_fault *fault)
{
	const struct sfam_diag *diag = &fault->diag;
	char text[SFAM_DIAG_STRLEN], words[SFAM_ERROR_STRLEN];

	if (fault->words)
		return bad_rule(f, line, fault->word, fault->words);
	if ((fault->error != -EINVAL && fault->error != -ENODEV) ||
	    sfam_diag_format(diag, text, sizeof(text)) < 0)
		return bad_rule(f, line, fault->word,
				cli_words(fault->error, words, sizeof(words)));
	/* "at 5: expected ...", of which the column has the first part */
	return bad_rule(f, line, fault->word + diag->offset,
			strstr(text, "expected"));
}

/* -------------------------------------------------------------- words -- */

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Cuts the line into words, so many at most; how many there are. */
static size_t cut(char *line, char **words, size_t max)
{
	size_t n = 0;
	char *p = line;

	while (n < max) {
		while (is_blank(*p))
			*p++ = '\0';
		if (!*p || *p == '#')
			break;
		words[n++] = p;
		while (*p && !is_blank(*p))
			p++;
	}
	return n;
}

static int read_allow(const struct rule_file *f, const char *line,
		      struct rule *rule, char *word)
{
	struct rule_fault fault = { .word = word };

	if (strncmp(word, "allow=", 6) != 0)
		return bad_rule(f, line, word, "expected allow=CIDS, or the "
				"end of the line");
	if (!rule->a.is_vsock)
		return bad_rule(f, line, word, "allow= goes with clients from "
				"vsock:CID:PORT");
	fault.word += 6;
	fault.error = sfam_vsock_allow_parse(&rule->allow, fault.word,
					     strlen(fault.word), &fault.diag);
	return fault.error < 0 ? bad_word(f, line, &fault) : CLI_OK;
}

/* -------------------------------------------------------------- rules -- */

static struct rule *new_rule(struct relay *r)
{
	struct rule *rules = realloc(r->rules,
				     (r->n_rules + 1) * sizeof(*rules));

	if (!rules)
		return NULL;
	r->rules = rules;
	memset(&rules[r->n_rules], 0, sizeof(*rules));
	return &rules[r->n_rules++];
}

static char *name_of(const struct rule_file *f)
{
	size_t size = strlen(f->path) + 24;
	char *name = malloc(size);

	if (name)
		snprintf(name, size, "%s:%lu", f->path, f->number);
	return name;
}

static int add_rule(const struct rule_file *f, char *line, char **words,
		    size_t n)
{
	struct rule *rule = new_rule(f->r);
	struct rule_fault fault;

	if (!rule) {
		free(line);
		return cli_bad_call(f->path, -ENOMEM);
	}
	rule->line = line;
	rule->name = name_of(f);
	if (!rule->name)
		return cli_bad_call(f->path, -ENOMEM);
	if (n < 2)
		return bad_rule(f, line, words[0], "expected two addresses");
	if (n > WORDS_MAX)
		return bad_rule(f, line, words[WORDS_MAX], "expected the end "
				"of the line");
	if (relay_rule_read(f->r, rule, words[0], words[1], &fault) < 0)
		return bad_word(f, line, &fault);
	if (rule->b.is_stdio)
		return bad_rule(f, line, words[1], "'-' is not for rules");
	if (!relay_may_listen(&rule->a))
		return bad_rule(f, line, words[0], "A must be what listens: a "
				"stream, or seqpacket");
	return n == 3 ? read_allow(f, line, rule, words[2]) : CLI_OK;
}

static int read_line(const struct rule_file *f, const char *text, size_t len)
{
	char *words[WORDS_MAX + 1];
	char *line;
	size_t n;

	if (memchr(text, '\0', len))
		return bad_rule(f, text, memchr(text, '\0', len),
				"a byte of 0");
	line = strndup(text, len);
	if (!line)
		return cli_bad_call(f->path, -ENOMEM);
	n = cut(line, words, WORDS_MAX + 1);
	if (n)
		return add_rule(f, line, words, n);
	free(line);
	return CLI_OK;
}

static int read_lines(struct rule_file *f)
{
	const char *line;
	ssize_t n = 1;
	int status = CLI_OK;

	while (status == CLI_OK && (n = lines_next(&f->lines, &line)) > 0) {
		f->number++;
		status = read_line(f, line, (size_t)n);
	}
	if (n < 0)
		return cli_bad_call(f->path, (int)n);
	if (status == CLI_OK && f->r->n_rules == 0)
		return cli_error("%s: no rules in it", f->path);
	return status;
}

int relay_file_read(struct relay *r, const char *path)
{
	struct rule_file *f = calloc(1, sizeof(*f));
	size_t i;
	int status;

	if (!f)
		return cli_bad_call(path, -ENOMEM);
	f->r = r;
	f->path = path;
	f->lines.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (f->lines.fd < 0) {
		status = cli_bad_call(path, -errno);
	} else {
		status = read_lines(f);
		close(f->lines.fd);
	}
	free(f);
	/* They stay where they are from now on. */
	for (i = 0; i < r->n_rules; i++)
		r->rules[i].listener.rule = &r->rules[i];
	return status;
}

void relay_file_free(struct relay *r)
{
	size_t i;

	for (i = 0; i < r->n_rules; i++) {
		free(r->rules[i].line);
		free(r->rules[i].name);
	}
	free(r->rules);
}
