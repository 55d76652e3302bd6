/* SPDX-License-Identifier: MIT */
/*
 * A file that appears whole or not at all: it is written without a name, or
 * under another one, and gets its own when all is there. What is no regular
 * file (a pipe, a terminal, /dev/null) cannot be taken back: what is written
 * to it is out.
 */
#ifndef SFAM_CLI_OUTPUT_H
#define SFAM_CLI_OUTPUT_H

#include <stddef.h>
#include <sys/types.h>

struct output {
	const char *name;	/* in messages */
	char *path;		/* the file to be; NULL: a stream */
	char *temp;		/* its name until then; NULL: it has none */
	int fd;
	mode_t mode;		/* of the file that is replaced; 0: none is */
};

/*
 * name: NULL, "-" or "/dev/stdout" is stdout. A file of that name is
 * replaced in the end and must be writable now; links are followed. 0, or
 * -1 after a line on stderr.
 */
int output_open(struct output *o, const char *name);
/* 0, or -1 after a line on stderr (none where a pipe's reader is gone). */
int output_write(struct output *o, const void *buf, size_t len);
/* The file appears. 0, or -1 after a line on stderr and nothing left. */
int output_commit(struct output *o);
/* Nothing is left of it. After any of the two, and after commit. */
void output_discard(struct output *o);

#endif
