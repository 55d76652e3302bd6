/* SPDX-License-Identifier: MIT */
/* A line of sha256sum's: "DIGEST  NAME", or BSD's "SHA256 (NAME) = DIGEST". */
#ifndef SFAM_CLI_SUM_LINE_H
#define SFAM_CLI_SUM_LINE_H

#include <stddef.h>
#include <stdio.h>

/*
 * Reads one line of len bytes without its end, and changes it: *ret_name
 * points into it. Its digest must have exactly size bytes; a BSD line must
 * be of that algorithm ("sha256"). 0, or -1: the line is something else.
 */
int sum_line_parse(char *line, size_t len, const char *algorithm,
		   unsigned char *ret_digest, size_t size, char **ret_name);

/* end: '\n', or '\0' where the name is not to be escaped. */
void sum_line_print(FILE *to, const unsigned char *digest, size_t size,
		    const char *name, char end);

/* A name in front of ": OK", as sha256sum -c has it. */
void sum_name_print(FILE *to, const char *name);

#endif
