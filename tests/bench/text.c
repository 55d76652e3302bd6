/* SPDX-License-Identifier: MIT */
/* The text of frames. */
#include "bench.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockfam/can.h>

#define FRAMES 256
#define CALLS (FRAMES * 400)

/* can-utils' parse_canframe() and sprint_canframe(), counted once. */
#define PEER_PARSE 595
#define PEER_FORMAT 256

#define PARSE_MAX 150
#define FORMAT_MAX 85

struct sample {
	char frame[CANFD_MTU] __attribute__((aligned(8)));
	size_t frame_size;
	char text[192];
	size_t text_len;
};

static struct sample samples[FRAMES];
static volatile size_t sink;

static void parse_one(size_t i)
{
	static char buf[CANFD_MTU] __attribute__((aligned(8)));
	const struct sample *s = &samples[i % FRAMES];

	sink += (size_t)sfam_can_text_parse(buf, sizeof(buf), s->text,
					    s->text_len, 0, NULL);
}

static void parse_none(size_t i)
{
	const struct sample *s = &samples[i % FRAMES];

	sink += s->text_len;
}

static void format_one(size_t i)
{
	static char buf[SFAM_CAN_TEXT_STRLEN];
	const struct sample *s = &samples[i % FRAMES];

	sink += (size_t)sfam_can_text_format(buf, sizeof(buf), s->frame,
					     s->frame_size);
}

static void format_none(size_t i)
{
	const struct sample *s = &samples[i % FRAMES];

	sink += s->frame_size;
}

/* As different as frames of one kind are. */
static void make_samples(uint32_t flags, uint16_t len)
{
	uint32_t id_max = flags & SFAM_CAN_EXT ? CAN_EFF_MASK : CAN_SFF_MASK;
	uint8_t data[CANFD_MAX_DLEN];
	struct sfam_can_fields f = { .flags = flags, .len = len, .data = data };
	struct sample *s;
	ssize_t n, m;
	size_t i;

	srandom(1);
	for (s = samples; s < samples + FRAMES; s++) {
		for (i = 0; i < sizeof(data); i++)
			data[i] = (uint8_t)random();
		f.id = (uint32_t)random() & id_max;
		n = sfam_can_pack(s->frame, sizeof(s->frame), &f);
		m = n < 0 ? n : sfam_can_text_format(s->text, sizeof(s->text),
						     s->frame, (size_t)n);
		errno = 0;
		if (m < 0)
			die("a frame for the text rows");
		s->frame_size = (size_t)n;
		s->text_len = (size_t)m;
	}
}

static const struct kind {
	const char *parse, *format;
	uint32_t flags;
	uint16_t len;
	double peer_parse, peer_format;
	int promised;
} kinds[] = {
	{ "parse, 11 bit, 8 bytes", "format, 11 bit, 8 bytes", 0, 8,
	  PEER_PARSE, PEER_FORMAT, 1 },
	{ "parse, 29 bit, 8 bytes", "format, 29 bit, 8 bytes", SFAM_CAN_EXT, 8,
	  NONE, NONE, 1 },
	{ "parse, 11 bit, 5 bytes", "format, 11 bit, 5 bytes", 0, 5,
	  NONE, NONE, 0 },
	{ "parse, request", "format, request", SFAM_CAN_RTR, 0,
	  NONE, NONE, 0 },
	{ "parse, FD, 64 bytes", "format, FD, 64 bytes",
	  SFAM_CAN_FD | SFAM_CAN_BRS, 64, NONE, NONE, 0 },
};

void bench_text(void)
{
	const struct kind *k;
	double parse, format;

	show_heading("frame text; peer: can-utils, as counted once by hand");
	for (k = kinds; k < kinds + sizeof(kinds) / sizeof(kinds[0]); k++) {
		make_samples(k->flags, k->len);
		parse = count_calls(parse_one, parse_none, CALLS);
		format = count_calls(format_one, format_none, CALLS);
		show_row(&(struct row){ k->parse, NONE, parse,
					k->peer_parse });
		show_row(&(struct row){ k->format, NONE, format,
					k->peer_format });
		if (!k->promised)
			continue;
		set_limit(k->parse, "ours", parse, PARSE_MAX);
		set_limit(k->format, "ours", format, FORMAT_MAX);
	}
}
