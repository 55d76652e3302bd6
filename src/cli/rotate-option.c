/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli.h"
#include "rotate-option.h"

/* Million bytes, or "100p". */
static int read_size(struct capture_rotate *r, const char *text)
{
	size_t len = strlen(text);
	char number[24];
	uint64_t n;

	if (len && len < sizeof(number) && text[len - 1] == 'p') {
		memcpy(number, text, len - 1);
		number[len - 1] = '\0';
		return cli_number(number, 1, UINT64_MAX, &r->packets);
	}
	if (cli_number(text, 1, UINT64_MAX / 1000000, &n) < 0)
		return -1;
	r->bytes = n * 1000000;
	return 0;
}

int rotate_option_read(struct capture_rotate *r, int c, const char *text)
{
	uint64_t n;

	if (c == 'C')
		return read_size(r, text);
	if (cli_number(text, 1, c == 'G' ? INT32_MAX : UINT32_MAX, &n) < 0)
		return -1;
	if (c == 'G')
		r->seconds = (int64_t)n;
	else
		r->files = (unsigned int)n;
	return 0;
}

const char *rotate_option_check(const struct capture_rotate *r, int has_files)
{
	const int is_limited = r->bytes || r->packets || r->seconds;

	if (!has_files && (is_limited || r->files))
		return "-C, -G and -W need files";
	if (r->files && !is_limited)
		return "-W needs -C or -G";
	return NULL;
}
