/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer: any bytes as a frame's text, in both modes, and as a frame.
 * What strict takes, lenient takes alike (but for the padding of FD), and
 * every text of ours is read back to the same frame.
 *
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined ...
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockfam/can.h>

union frame {
	uint32_t id;
	uint8_t at[SFAM_CANXL_MTU];
};

#define MUST(cond) do { if (!(cond)) abort(); } while (0)

/* To text and back. It is the same frame if the text was strict. */
static void check_frame(const union frame *f, size_t size, int same)
{
	char text[SFAM_CAN_TEXT_STRLEN];
	struct sfam_can_fields fields;
	union frame g;
	ssize_t len = sfam_can_text_format(text, sizeof(text), f, size);
	ssize_t r;

	MUST((len < 0) == (sfam_can_unpack(&fields, f, size) < 0));
	if (len < 0)
		return;
	MUST(strlen(text) == (size_t)len);
	r = sfam_can_text_parse(&g, sizeof(g), text, (size_t)len,
				SFAM_CAN_TEXT_LENIENT, NULL);
	MUST(r == (ssize_t)size);
	if (same)
		MUST(memcmp(f, &g, size) == 0);
}

static void as_text(const char *text, size_t len)
{
	union frame strict, lenient;
	struct sfam_diag diag;
	char words[SFAM_DIAG_STRLEN];
	ssize_t s, l;

	s = sfam_can_text_parse(&strict, sizeof(strict), text, len, 0, &diag);
	if (s < 0) {
		MUST(s == -EINVAL && diag.offset <= len);
		MUST(sfam_diag_format(&diag, words, sizeof(words)) > 0);
	}
	l = sfam_can_text_parse(&lenient, sizeof(lenient), text, len,
				SFAM_CAN_TEXT_LENIENT, NULL);
	if (l >= 0)
		check_frame(&lenient, (size_t)l, 0);
	if (s < 0)
		return;
	MUST(s == l);
	check_frame(&strict, (size_t)s, 1);
}

static void as_frame(const uint8_t *data, size_t size)
{
	union frame f;

	if (size > sizeof(f))
		return;
	memcpy(&f, data, size);
	check_frame(&f, size, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_text((const char *)data, size);
	as_frame(data, size);
	return 0;
}
