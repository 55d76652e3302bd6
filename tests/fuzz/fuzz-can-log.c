/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as lines of candump's log and of Vector's ASC: refused with a
 * reason, or a frame whose own line gives the same frame again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockfam/sockfam.h>

#define MUST(cond) do { if (!(cond)) abort(); } while (0)

union frame {
	uint32_t id;
	uint8_t at[SFAM_CANXL_MTU];
};

static void log_again(const struct sfam_can_log_line *l, const union frame *f)
{
	char text[SFAM_CAN_LOG_STRLEN];
	struct sfam_can_log_line m;
	union frame g;
	ssize_t n = sfam_can_log_format(text, sizeof(text), l->time_ns,
					l->ifname, 0, f, l->frame_size);

	MUST(n > 0);
	if (memchr(l->ifname, '\t', strlen(l->ifname)))
		return;
	MUST(sfam_can_log_parse(&m, &g, sizeof(g), text, (size_t)n, 0, NULL) ==
	     SFAM_CAN_LOG_FRAME);
	MUST(m.time_ns == l->time_ns - l->time_ns % 1000);
	MUST(m.frame_size == l->frame_size);
	MUST(memcmp(f, &g, m.frame_size) == 0);
}

static void asc_again(const struct sfam_can_asc_line *l, const union frame *f)
{
	struct sfam_can_asc asc = { 0 };
	char text[SFAM_CAN_ASC_STRLEN];
	struct sfam_can_asc_line m;
	union frame g;
	ssize_t n = sfam_can_asc_format(text, sizeof(text), l->time_ns,
					l->channel, l->direction, f,
					l->frame_size);

	MUST(n > 0);
	MUST(sfam_can_asc_parse(&asc, &m, &g, sizeof(g), text, (size_t)n,
				NULL) == SFAM_CAN_ASC_FRAME);
	MUST(m.time_ns == l->time_ns - l->time_ns % 1000);
	MUST(m.channel == l->channel && m.direction == l->direction);
	MUST(m.frame_size == l->frame_size);
	MUST(memcmp(f, &g, m.frame_size) == 0);
}

static void as_line(struct sfam_can_asc *asc, const char *text, size_t len)
{
	struct sfam_can_log_line log;
	struct sfam_can_asc_line line;
	struct sfam_diag diag;
	union frame f;
	int r;

	r = sfam_can_log_parse(&log, &f, sizeof(f), text, len, 0, &diag);
	MUST(r >= 0 || (r == -EINVAL && diag.offset <= len));
	if (r == SFAM_CAN_LOG_FRAME)
		log_again(&log, &f);
	r = sfam_can_asc_parse(asc, &line, &f, sizeof(f), text, len, &diag);
	MUST(r >= 0 || (r == -EINVAL && diag.offset <= len));
	MUST(asc->start_ns >= 0 && asc->last_ns >= 0);
	if (r == SFAM_CAN_ASC_FRAME)
		asc_again(&line, &f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sfam_can_asc asc = { 0 };
	const char *text = (const char *)data;
	const char *end;
	size_t len;

	while (size > 0) {
		end = memchr(text, '\n', size);
		len = end ? (size_t)(end - text) + 1 : size;
		as_line(&asc, text, len);
		text += len;
		size -= len;
	}
	return 0;
}
