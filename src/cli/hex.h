/* SPDX-License-Identifier: MIT */
#ifndef SFAM_CLI_HEX_H
#define SFAM_CLI_HEX_H

#include <stddef.h>

/*
 * Two digits a byte, and nothing else, into at most size bytes. Returns
 * their number, or -1.
 */
int hex_read(const char *text, unsigned char *ret, size_t size);
/* 2 * n lower case digits, without NUL. */
void hex_write(char *to, const unsigned char *from, size_t n);

#endif
