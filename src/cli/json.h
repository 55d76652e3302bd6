/* SPDX-License-Identifier: MIT */
/*
 * JSON (RFC 8259) onto a stream, value after value, without a tree. Each
 * value directly in an outermost list stands on a line of its own, and an
 * outermost object on one: both can be read by lines as well. key is NULL in
 * lists and outermost.
 */
#ifndef SFAM_CLI_JSON_H
#define SFAM_CLI_JSON_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *to;
	unsigned int depth;	/* of lists and objects that are open; < 32 */
	uint32_t are_lists;	/* a bit for each depth */
	uint32_t have_values;	/* the same: a comma comes before the next */
};

#define JSON_INIT(to) { (to), 0, 0, 0 }

void json_object(struct json *j, const char *key);
void json_list(struct json *j, const char *key);
/* Ends the innermost one; a newline follows the outermost. */
void json_end(struct json *j);

/*
 * Text that need not be UTF-8: bytes that are not go as \udc80 ... \udcff,
 * which Python's os.fsencode() makes into the same bytes again.
 */
void json_text(struct json *j, const char *key, const char *text);
void json_bytes(struct json *j, const char *key, const void *text, size_t len);
void json_int(struct json *j, const char *key, int64_t value);
void json_uint(struct json *j, const char *key, uint64_t value);
/* value 0 is false. */
void json_truth(struct json *j, const char *key, int value);
void json_null(struct json *j, const char *key);

#endif
