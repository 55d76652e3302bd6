/* SPDX-License-Identifier: MIT */
/* Descriptors with their names. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fd.h"

struct fd_bundle *fd_bundle_new(void)
{
	struct fd_bundle *b = calloc(1, sizeof(*b));

	if (!b)
		cli_bad_call("memory", -ENOMEM);
	return b;
}

void fd_bundle_free(struct fd_bundle *b)
{
	while (b->n)
		close(b->fds[--b->n]);
	free(b);
}

const char *fd_bundle_name(const struct fd_bundle *b, size_t *pos,
			   size_t *ret_len)
{
	const char *name = b->names + *pos;
	const char *eol;

	if (b->len == 0 || *pos > b->len)
		return NULL;
	eol = memchr(name, '\n', b->len - *pos);
	*ret_len = eol ? (size_t)(eol - name) : b->len - *pos;
	*pos += *ret_len + 1;
	return name;
}

static void print_kind(FILE *to, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		fputs("unknown", to);
	else if (S_ISREG(st.st_mode))
		fprintf(to, "regular file, %lld bytes",
			(long long)st.st_size);
	else
		fputs(S_ISDIR(st.st_mode) ? "directory" :
		      S_ISCHR(st.st_mode) ? "character device" :
		      S_ISBLK(st.st_mode) ? "block device" :
		      S_ISFIFO(st.st_mode) ? "pipe" :
		      S_ISSOCK(st.st_mode) ? "socket" :
		      S_ISLNK(st.st_mode) ? "symbolic link" :
		      "no file (eventfd, epoll ...)", to);
}

/* The sender chose it: nothing of it may reach a terminal as it is. */
static void print_quoted(FILE *to, const char *s, size_t n)
{
	size_t i;

	fputs(", \"", to);
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c >= ' ' && c < 0x7f)
			fputc(c, to);
		else
			fprintf(to, "\\x%02x", c);
	}
	fputc('"', to);
}

static void print_to(FILE *to, const struct fd_bundle *b)
{
	const char *name;
	size_t i, len, pos = 0;

	for (i = 0; i < b->n; i++) {
		fprintf(to, "fd %zu: ", SFAM_LISTEN_FDS_START + i);
		print_kind(to, b->fds[i]);
		name = fd_bundle_name(b, &pos, &len);
		if (name)
			print_quoted(to, name, len);
		fputc('\n', to);
	}
}

/* stderr has no buffer: every character would be a write(2). */
int fd_bundle_print(const struct fd_bundle *b)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	int r = -1;

	if (to) {
		print_to(to, b);
		r = fclose(to);
	}
	if (r == 0)
		cli_write(STDERR_FILENO, text, len);
	else
		cli_bad_call("memory", -ENOMEM);
	free(text);
	return r == 0 ? CLI_OK : CLI_FAILED;
}
