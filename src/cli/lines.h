/* SPDX-License-Identifier: MIT */
/* Lines of a file where they were read, without a copy of each. */
#ifndef SFAM_CLI_LINES_H
#define SFAM_CLI_LINES_H

#include <stddef.h>
#include <sys/types.h>

#define LINES_MAX 65536		/* bytes of the longest line */

/* fd is the user's, the rest zero at the begin. */
struct lines {
	int fd;
	size_t begin, end;	/* of what is not taken yet */
	char buf[LINES_MAX];
};

/*
 * The next line with its newline, which the last may lack. Its length; 0 at
 * the end; -errno: read(2); -EMSGSIZE: it is longer than LINES_MAX, and none
 * comes after it. *ret_line stays until the next call.
 */
ssize_t lines_next(struct lines *l, const char **ret_line);

#endif
