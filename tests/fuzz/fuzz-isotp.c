/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer: frames of two that talk, out of any bytes, to the reader of
 * ISO-TP. Each: a byte of flags, one of length, two of time, data. What is
 * told lies in the buffers, and a whole PDU is as long as it says.
 *
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined ...
 */
#include <stdlib.h>
#include <string.h>

#include <sockfam/can-isotp.h>
#include <sockfam/can.h>

#define BUF_SIZE 300

#define MUST(cond) do { if (!(cond)) abort(); } while (0)

static volatile uint8_t sink;

static void check(const struct sfam_isotp_event *e, int n)
{
	size_t i;

	MUST(n >= 0 && n <= SFAM_ISOTP_EVENTS_MAX);
	for (; n > 0; n--, e++) {
		MUST(e->side == 0 || e->side == 1);
		MUST(e->len <= BUF_SIZE);
		if (e->kind == SFAM_ISOTP_PDU)
			MUST(e->len == e->total && e->len > 0);
		else if (e->total && e->kind != SFAM_ISOTP_TOO_LONG)
			MUST(e->len < e->total && e->total <= BUF_SIZE);
		for (i = 0; i < e->len; i++)
			sink = e->data[i];
	}
}

static size_t feed_one(struct sfam_isotp_reader *r, const uint8_t *data,
		       size_t size, int64_t *now)
{
	struct sfam_isotp_event events[SFAM_ISOTP_EVENTS_MAX];
	char frame[CANFD_MTU] __attribute__((aligned(8)));
	struct sfam_can_fields f = {
		.id = data[0] & 1 ? 0x123 : 0x321,
		.flags = data[0] & 2 ? SFAM_CAN_FD : 0,
		.data = data + 4,
	};
	ssize_t n;

	f.len = (uint16_t)(data[1] % (f.flags ? 65 : 9));
	if (f.len > size - 4)
		f.len = (uint16_t)(size - 4);
	while (sfam_can_fd_len(f.len) != f.len)
		f.len--;
	*now += ((int64_t)data[2] << 8 | data[3]) * 100000;
	n = sfam_can_pack(frame, sizeof(frame), &f);
	MUST(n > 0);
	check(events, sfam_isotp_reader_feed(r, frame, (size_t)n, *now,
					     events));
	return 4 + (size_t)f.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sfam_isotp_event events[SFAM_ISOTP_EVENTS_MAX];
	struct sfam_isotp_talk talk = SFAM_ISOTP_TALK_INIT;
	struct sfam_isotp_reader reader;
	int64_t now = 1;
	int i;

	if (size < 1)
		return 0;
	for (i = 0; i < 2; i++) {
		talk.ids[i] = i ? 0x321 : 0x123;
		talk.addresses[i] = data[0] & 1 ? 0x55 : -1;
		talk.bufs[i] = malloc(BUF_SIZE);
		MUST(talk.bufs[i]);
	}
	talk.buf_size = BUF_SIZE;
	MUST(sfam_isotp_reader_init(&reader, &talk) == 0);
	for (data++, size--; size >= 4;) {
		const size_t n = feed_one(&reader, data, size, &now);

		data += n;
		size -= n;
	}
	check(events, sfam_isotp_reader_end(&reader, events));
	free(talk.bufs[0]);
	free(talk.bufs[1]);
	return 0;
}
