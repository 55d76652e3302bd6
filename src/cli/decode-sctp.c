// SPDX-License-Identifier: MIT
/* SCTP: its chunks, and what the more telling ones say. */
#include "decode-layer.h"

#define SCTP_LEN 12
#define CHUNK_LEN 4

enum { DATA, INIT, INIT_ACK, SACK, SHUTDOWN = 7, ECNE = 12, CWR };

static const char *chunk_name(unsigned int type)
{
	static const char *const names[] = {
		"DATA", "INIT", "INIT ACK", "SACK", "HB REQ", "HB ACK",
		"ABORT", "SHUTDOWN", "SHUTDOWN ACK", "OP ERR", "COOKIE ECHO",
		"COOKIE ACK", "ECN ECHO", "ECN CWR", "SHUTDOWN COMPLETE",
		"AUTH",
	};

	if (type < sizeof(names) / sizeof(names[0]))
		return names[type];
	switch (type) {
	case 0x80:
		return "ASCONF ACK";
	case 0xc0:
		return "FOR CUM TSN";
	case 0xc1:
		return "ASCONF";
	}
	return NULL;
}

static void put_data(struct text *t, struct view v)
{
	static const char *const pieces[] = {
		"", " (E)", " (B)", " (B)(E)", " (U)", " (U)(E)", " (U)(B)",
		" (U)(B)(E)",
	};

	text_put(t, "%s [TSN: %u] [SID: %u] [SSEQ %u] [PPID 0x%x]",
		 pieces[view_u8(v, 1) & 7], view_be32(v, 4), view_be16(v, 8),
		 view_be16(v, 10), view_be32(v, 12));
}

static void put_init(struct text *t, struct view v)
{
	text_put(t, " [init tag: %u] [rwnd: %u] [OS: %u] [MIS: %u] "
		 "[init TSN: %u]", view_be32(v, 4), view_be32(v, 8),
		 view_be16(v, 12), view_be16(v, 14), view_be32(v, 16));
}

static void put_sack(struct decode *d, struct view v)
{
	const char *line = decode_is_verbose(d) ? "\n\t\t" : " ";
	unsigned int gaps = view_be16(v, 12), dups = view_be16(v, 14);
	struct text *t = &d->text;
	uint32_t tsn = view_be32(v, 4);
	size_t at = 16;
	unsigned int i;

	text_put(t, " [cum ack %u] [a_rwnd %u] [#gap acks %u] "
		 "[#dup tsns %u]", tsn, view_be32(v, 8), gaps, dups);
	for (i = 1; i <= gaps && v.cap >= at + 4 && text_has_room(t);
	     i++, at += 4)
		text_put(t, "%s[gap ack block #%u: start = %u, end = %u]",
			 line, i, tsn + view_be16(v, at),
			 tsn + view_be16(v, at + 2));
	for (i = 1; i <= dups && v.cap >= at + 4 && text_has_room(t);
	     i++, at += 4)
		text_put(t, "%s[dup TSN #%u: %u]", line, i, view_be32(v, at));
}

/* The bytes of a chunk that are read. */
static size_t chunk_len(unsigned int type)
{
	switch (type) {
	case DATA:
	case SACK:
		return 16;
	case INIT:
	case INIT_ACK:
		return 20;
	}
	return CHUNK_LEN;
}

static void put_chunk(struct decode *d, struct view v, unsigned int number)
{
	unsigned int type = view_u8(v, 0);
	struct text *t = &d->text;

	text_put(t, "%s(%u) ", number == 1 ? "" : ", ", number);
	if (chunk_name(type))
		text_put(t, "[%s]", chunk_name(type));
	else
		text_put(t, "[Unknown chunk type: 0x%x]", type);
	if (v.cap < chunk_len(type))
		text_put(t, " [|sctp]");
	else if (type == DATA)
		put_data(t, v);
	else if (type == INIT || type == INIT_ACK)
		put_init(t, v);
	else if (type == SACK)
		put_sack(d, v);
}

void decode_sctp(struct decode *d, struct view v)
{
	struct text *t = &d->text;
	unsigned int number = 1;
	size_t len;

	text_put(t, "sctp ");
	if (v.cap < SCTP_LEN) {
		text_put(t, "[|sctp]");
		return;
	}
	v = view_behind(v, SCTP_LEN);
	for (; v.orig && text_has_room(t); number++) {
		len = view_be16(v, 2);
		if (v.cap < CHUNK_LEN || len > v.orig) {
			text_put(t, "[|sctp]");
			return;
		}
		if (len < CHUNK_LEN) {
			text_put(t, "(%u) [Bad chunk length %zu, < size of "
				 "chunk descriptor]", number, len);
			return;
		}
		put_chunk(d, view_first(v, len), number);
		v = view_behind(v, (len + 3) & ~(size_t)3);
	}
}
