/* SPDX-License-Identifier: MIT */
/* The options of who writes one file after the other: -C, -G, -W. */
#ifndef SFAM_CLI_ROTATE_OPTION_H
#define SFAM_CLI_ROTATE_OPTION_H

#include "capture-rotate.h"

/* c: 'C', 'G' or 'W'. 0, or -1: text is no such number. */
int rotate_option_read(struct capture_rotate *r, int c, const char *text);
/* What is wrong with all of them, in words; NULL: nothing. */
const char *rotate_option_check(const struct capture_rotate *r,
				int has_files);

#endif
