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

static void print_kind(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		fputs("unknown", stderr);
	else if (S_ISREG(st.st_mode))
		fprintf(stderr, "regular file, %lld bytes",
			(long long)st.st_size);
	else
		fputs(S_ISDIR(st.st_mode) ? "directory" :
		      S_ISCHR(st.st_mode) ? "character device" :
		      S_ISBLK(st.st_mode) ? "block device" :
		      S_ISFIFO(st.st_mode) ? "pipe" :
		      S_ISSOCK(st.st_mode) ? "socket" :
		      S_ISLNK(st.st_mode) ? "symbolic link" :
		      "no file (eventfd, epoll ...)", stderr);
}

/* The sender chose it: nothing of it may reach a terminal as it is. */
static void print_quoted(const char *s, size_t n)
{
	size_t i;

	fputs(", \"", stderr);
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '"' || c == '\\')
			fprintf(stderr, "\\%c", c);
		else if (c >= ' ' && c < 0x7f)
			fputc(c, stderr);
		else
			fprintf(stderr, "\\x%02x", c);
	}
	fputc('"', stderr);
}

void fd_bundle_print(const struct fd_bundle *b)
{
	const char *name;
	size_t i, len, pos = 0;

	for (i = 0; i < b->n; i++) {
		fprintf(stderr, "fd %zu: ", SFAM_LISTEN_FDS_START + i);
		print_kind(b->fds[i]);
		name = fd_bundle_name(b, &pos, &len);
		if (name)
			print_quoted(name, len);
		fputc('\n', stderr);
	}
}
