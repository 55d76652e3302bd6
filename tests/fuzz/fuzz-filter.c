/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer: any bytes as a list of CAN filters, and frames of all kinds, of
 * the bytes behind the first newline or of what stands in the list. The list
 * is refused with a reason; or its program and its filters agree on each
 * frame, the program that a ring gets says the same, and so do the list's
 * items, each read alone: one must hold, and of each all terms.
 */
#include <stdlib.h>
#include <string.h>

#include "can/filters.h"

#include <sockfam/can.h>
#include <sockfam/sockfam.h>

#define MUST(cond) do { if (!(cond)) abort(); } while (0)
#define FRAMES 24

struct text {
	const char *start;
	size_t len;
};

struct frame {
	union {
		uint32_t id;
		uint8_t bytes[SFAM_CANXL_MTU];
	} u;
	size_t size;
};

static struct frame frames[FRAMES];
static struct sock_filter code[SFAM__CAN_CODE_MAX];

/* ------------------------------------------------------------- frames -- */

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* A number that stands somewhere in the text, or beside it. */
static uint32_t make_id(const struct text *t, uint32_t *seed)
{
	char digits[9] = "";
	size_t at = next(seed) % (t->len + 1);

	memcpy(digits, t->start + at, t->len - at < 8 ? t->len - at : 8);
	return ((uint32_t)strtoul(digits, NULL, 16) + next(seed) % 3 - 1) &
	       CAN_EFF_MASK;
}

static void make_frame(struct frame *frame, const struct text *t,
		       uint32_t *seed)
{
	static const uint32_t kinds[] = {
		0, SFAM_CAN_EXT, SFAM_CAN_RTR, SFAM_CAN_EXT | SFAM_CAN_RTR,
		SFAM_CAN_ERR, SFAM_CAN_FD, SFAM_CAN_FD | SFAM_CAN_EXT,
		SFAM_CAN_XL,
	};
	uint8_t data[64];
	struct sfam_can_fields f = {
		.flags = kinds[next(seed) % 8],
		.id = make_id(t, seed),
		.data = data,
		.len = (uint16_t)(next(seed) % 9),
	};
	size_t i;
	ssize_t n;

	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(next(seed) % 4);
	if (!(f.flags & (SFAM_CAN_EXT | SFAM_CAN_ERR)))
		f.id &= CAN_SFF_MASK;
	if (f.flags & SFAM_CAN_FD)
		f.len = (uint16_t)sfam_can_fd_len(next(seed) % 65);
	if (f.flags & SFAM_CAN_XL) {
		f.vcid = (uint8_t)(next(seed) % 2);
		f.len = (uint16_t)(1 + next(seed) % 64);
	}
	n = sfam_can_pack(frame->u.bytes, sizeof(frame->u.bytes), &f);
	MUST(n > 0);
	frame->size = (size_t)n;
}

/* Those of the input first, as long as it has any. */
static void make_frames(const uint8_t *data, size_t size,
			const struct text *t)
{
	struct sfam_can_fields f;
	uint32_t seed = (uint32_t)t->len;
	struct frame *frame;
	size_t n;

	for (frame = frames; frame < frames + FRAMES; frame++) {
		n = size && data[0] & 1 ? CANFD_MTU : CAN_MTU;
		if (size < n) {
			make_frame(frame, t, &seed);
			continue;
		}
		memcpy(frame->u.bytes, data, n);
		frame->size = n;
		data += n;
		size -= n;
		if (sfam_can_unpack(&f, frame->u.bytes, n) < 0)
			make_frame(frame, t, &seed);
	}
}

/* -------------------------------------------------------------- lists -- */

static int parse(struct sfam_can_filters *ret, const struct text *t)
{
	struct sfam_diag diag;
	int r = sfam_can_filters_parse(ret, t->start, t->len, &diag);

	MUST(r == 0 || ((r == -EINVAL || r == -E2BIG) &&
			diag.offset <= t->len && diag.expected[0]));
	return r;
}

static int passes(const struct sfam_can_filters *f, const struct frame *frame)
{
	int r = sfam_can_filters_match_frame(f, frame->u.bytes, frame->size);

	MUST(r == 0 || r == 1);
	/* What the kernel's filters hold back, the program never sees. */
	MUST(!r || sfam_can_filters_match(f, frame->u.id));
	return r;
}

static void as_program(const struct sfam_can_filters *f)
{
	const size_t n = sfam__can_filters_code(code, f, UINT32_MAX);
	const struct frame *frame;
	uint32_t bytes;

	MUST(n <= SFAM__CAN_CODE_MAX && sfam_bpf_check(code, n, NULL) == 0);
	MUST(!f->n_insns ||
	     sfam_bpf_check(f->insns, f->n_insns, NULL) == 0);
	for (frame = frames; frame < frames + FRAMES; frame++) {
		const struct sfam_bpf_packet packet = {
			.data = frame->u.bytes, .len = frame->size,
			.wire_len = frame->size,
		};

		MUST(sfam_bpf_run(code, n, &packet, &bytes) == 0);
		MUST(bytes == (passes(f, frame) ? UINT32_MAX : 0));
	}
}

/* ----------------------------------------------------------- in parts -- */

/* The next part of rest, up to a byte; 0 if there is none. */
static int cut(struct text *rest, char at, struct text *ret)
{
	const char *end;

	if (!rest->start)
		return 0;
	*ret = *rest;
	end = memchr(rest->start, at, rest->len);
	if (!end) {
		rest->start = NULL;
		return 1;
	}
	ret->len = (size_t)(end - rest->start);
	rest->len -= ret->len + 1;
	rest->start = end + 1;
	return 1;
}

/* One bit for each frame that passes. */
static uint32_t answers(const struct text *t, struct sfam_can_filters *f)
{
	uint32_t bits = 0;
	size_t i;

	MUST(parse(f, t) == 0);
	for (i = 0; i < FRAMES; i++)
		bits |= (uint32_t)passes(f, &frames[i]) << i;
	return bits;
}

static uint32_t answers_of_terms(struct text item)
{
	static struct sfam_can_filters f;
	uint32_t bits = UINT32_MAX;
	struct text term;

	while (cut(&item, '+', &term))
		bits &= answers(&term, &f);
	return bits;
}

static uint32_t errors(void)
{
	uint32_t bits = 0;
	size_t i;

	for (i = 0; i < FRAMES; i++)
		bits |= (uint32_t)!!(frames[i].u.id & CAN_ERR_FLAG) << i;
	return bits;
}

/*
 * Items that are of errors alone leave all else to the others; the last of
 * them counts, as in candump.
 */
static void as_items(struct text list, uint32_t whole)
{
	static struct sfam_can_filters f;
	const uint32_t all = (UINT32_C(1) << FRAMES) - 1;
	uint32_t of_errors = 0, of_others = 0, alone;
	struct text item;
	int are_all_of_errors = 1;

	while (cut(&list, ',', &item)) {
		alone = answers(&item, &f);
		if (f.n == 0 && f.n_insns == 0) {
			of_errors = alone & errors();
			continue;
		}
		MUST((alone & all) == (answers_of_terms(item) & all));
		of_others |= alone;
		are_all_of_errors = 0;
	}
	if (are_all_of_errors)
		of_others = all & ~errors();
	MUST(whole == (of_errors | of_others));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sfam_can_filters f;
	struct text rest = { (const char *)data, size }, list;

	if (size == 0)
		return 0;
	cut(&rest, '\n', &list);
	if (parse(&f, &list) < 0)
		return 0;
	make_frames((const uint8_t *)rest.start, rest.start ? rest.len : 0,
		    &list);
	as_program(&f);
	if (!f.is_joined)
		as_items(list, answers(&list, &f));
	return 0;
}
