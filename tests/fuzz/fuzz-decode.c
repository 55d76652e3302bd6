/* SPDX-License-Identifier: MIT */
/*
 * Packets as text and JSON, of any bytes: the first says which link, the
 * second how much more there was on the wire. Text must be printable and as
 * long as it says, and what is left to dump must lie in the packet.
 */
#include <stdlib.h>
#include <string.h>

#include "decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const struct decode_packet *p, unsigned int flags)
{
	static char text[DECODE_STRLEN];
	struct decode_extent e;
	ssize_t n = decode_text(text, sizeof(text), p, flags, &e);
	ssize_t i;

	if (n < 0 || strlen(text) != (size_t)n)
		abort();
	for (i = 0; i < n; i++)
		if ((text[i] < ' ' || text[i] > '~') &&
		    !(flags & DECODE_VERBOSE &&
		      (text[i] == '\n' || text[i] == '\t')))
			abort();
	if (e.link_len > p->caplen || e.rest_at > p->caplen ||
	    e.rest_len > p->caplen - e.rest_at)
		abort();
}

static void check_json(const struct decode_packet *p)
{
	static FILE *to;
	struct json j;

	if (!to)
		to = fopen("/dev/null", "w");
	j = (struct json)JSON_INIT(to);
	json_object(&j, NULL);
	decode_json(&j, p);
	json_end(&j);
	if (j.depth != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned int links[] = {
		DECODE_ETHERNET, DECODE_RAW, DECODE_SLL, DECODE_SLL2,
		DECODE_CAN, DECODE_CAN_FILE, DECODE_COOKED, DECODE_UNKNOWN,
	};
	static const unsigned int protocols[] = { 0x0800, 0x86dd, 0x000c };
	struct decode_packet p = { .data = data + 2 };

	if (size < 2)
		return 0;
	p.caplen = size - 2;
	p.origlen = p.caplen + (size_t)data[1] * 256;
	p.link = links[data[0] % (sizeof(links) / sizeof(links[0]))];
	p.protocol = protocols[data[0] % 3];
	check_text(&p, 0);
	check_text(&p, DECODE_WITH_LINK);
	check_text(&p, DECODE_VERBOSE);
	check_text(&p, DECODE_VERBOSE | DECODE_WITH_LINK);
	check_json(&p);
	return 0;
}
