/* SPDX-License-Identifier: MIT */
#include "lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Behind what is there: how much came; 0 at the end of the file; -errno. */
static ssize_t read_more(struct lines *l)
{
	ssize_t n;

	memmove(l->buf, l->buf + l->begin, l->end - l->begin);
	l->end -= l->begin;
	l->begin = 0;
	do
		n = read(l->fd, l->buf + l->end, sizeof(l->buf) - l->end);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	l->end += (size_t)n;
	return n;
}

static ssize_t take(struct lines *l, size_t len, const char **ret_line)
{
	*ret_line = l->buf + l->begin;
	l->begin += len;
	return (ssize_t)len;
}

ssize_t lines_next(struct lines *l, const char **ret_line)
{
	size_t seen = 0;
	const char *start, *newline;
	ssize_t n;

	for (;;) {
		start = l->buf + l->begin;
		newline = memchr(start + seen, '\n',
				 l->end - l->begin - seen);
		if (newline)
			return take(l, (size_t)(newline - start) + 1,
				    ret_line);
		seen = l->end - l->begin;
		if (seen == sizeof(l->buf))
			return -EMSGSIZE;
		n = read_more(l);
		if (n < 0)
			return n;
		if (n == 0)
			return take(l, seen, ret_line);
	}
}
