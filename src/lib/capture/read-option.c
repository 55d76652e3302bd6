/* SPDX-License-Identifier: MIT */
#include "capture/read-option.h"

/* Where in the item p is. */
static size_t place(const struct sfam_capture_reader *r, const uint8_t *p)
{
	return (size_t)(p - sfam__capture_here(r));
}

int sfam__capture_next(struct sfam_capture_reader *r,
		       struct sfam__capture_options *options,
		       struct sfam__capture_found *ret)
{
	const size_t left = (size_t)(options->end - options->at);
	uint8_t *p = options->at;
	size_t size;

	if (left < SFAM__OPT_HEAD)
		return 0;
	ret->code = sfam__capture_half(r, p);
	ret->len = sfam__capture_half(r, p + 2);
	ret->value = p + SFAM__OPT_HEAD;
	if (ret->code == SFAM__OPT_END)
		return 0;
	size = SFAM__OPT_HEAD + ret->len + sfam__capture_pad(ret->len);
	if (size > left)
		return sfam__capture_bad(r, -EBADMSG, place(r, p) + 2,
					 "an option within its block",
					 ret->len);
	options->at += size;
	return 1;
}

int sfam__capture_check_len(struct sfam_capture_reader *r,
			    const struct sfam__capture_found *o, size_t len)
{
	if (o->len == len)
		return 0;
	return sfam__capture_bad(r, -EBADMSG, place(r, o->value) - 2,
				 "the length of such an option", o->len);
}

const char *sfam__capture_text(const struct sfam__capture_found *o,
			       size_t without)
{
	uint8_t *to = o->value - SFAM__OPT_HEAD;
	const size_t len = o->len - without;

	memmove(to, o->value + without, len);
	to[len] = '\0';
	return (const char *)to;
}

void sfam__capture_take_text(void *object,
			     const struct sfam__capture_option *table,
			     const struct sfam__capture_found *o)
{
	const size_t without = o->code == SFAM__OPT_FILTER;
	const char *old, *text;

	while (table->code && table->code != o->code)
		table++;
	if (!table->code)
		return;
	/* Another first byte: a filter of another kind than text. */
	if (without && (o->len == 0 || o->value[0] != 0))
		return;
	memcpy(&old, (char *)object + table->at, sizeof(old));
	if (old)
		return;
	text = sfam__capture_text(o, without);
	memcpy((char *)object + table->at, &text, sizeof(text));
}
