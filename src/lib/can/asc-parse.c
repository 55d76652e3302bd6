/* SPDX-License-Identifier: MIT */
/* The lines of an ASC file: header, comments, and what has a stamp. */
#include "can/asc.h"

/* "base hex timestamps absolute"; asc2log wants both, others write one. */
static int scan_base(struct sfam__scan *s, struct sfam_can_asc *asc)
{
	struct sfam_can_asc a = *asc;

	if (sfam__asc_skip_word(s, "hex"))
		a.is_decimal = 0;
	else if (sfam__asc_skip_word(s, "dec"))
		a.is_decimal = 1;
	else
		return sfam__scan_fail(s, -EINVAL, s->pos, "hex or dec");
	if (sfam__asc_skip_word(s, "timestamps")) {
		a.is_relative = sfam__asc_skip_word(s, "relative");
		if (!a.is_relative && !sfam__asc_skip_word(s, "absolute"))
			return sfam__scan_fail(s, -EINVAL, s->pos,
					       "absolute or relative");
	}
	if (!sfam__scan_end(s))
		return sfam__scan_fail(s, -EINVAL, s->pos, "timestamps");
	*asc = a;
	return SFAM_CAN_ASC_OTHER;
}

/* The file's date, or that of a block of lines: stamps count from here. */
static int scan_start(struct sfam__scan *s, struct sfam_can_asc *asc)
{
	int r = sfam__asc_scan_date(s, &asc->start_ns);

	if (r < 0)
		return r;
	asc->last_ns = 0;
	return SFAM_CAN_ASC_OTHER;
}

/* ------------------------------------------------------- our comments -- */

static int scan_exact_start(struct sfam__scan *s, struct sfam_can_asc *asc)
{
	uint64_t seconds;
	int r = sfam__asc_scan_dec(s, INT64_MAX / SFAM__ASC_NS_PER_S - 1,
				   &seconds, "seconds since 1970");

	if (r < 0)
		return r;
	asc->start_ns = (int64_t)seconds * SFAM__ASC_NS_PER_S;
	asc->last_ns = 0;
	return SFAM_CAN_ASC_OTHER;
}

static int scan_channel(struct sfam__scan *s, struct sfam_can_asc_line *ret)
{
	static const char expected[] = "a channel of 1 to 255 and an "
				       "interface of 1 to 15 bytes";
	const size_t start = s->pos;
	struct sfam_can_asc_line l = { .channel = 0 };
	uint64_t channel;
	size_t n;

	if (sfam__asc_scan_dec(s, SFAM_CAN_ASC_CHANNEL_MAX, &channel,
			       expected) < 0)
		return -EINVAL;
	n = sfam__asc_word_len(s);
	if (channel == 0 || n == 0 || n >= sizeof(l.ifname) ||
	    memchr(s->text + s->pos, '\0', n))
		return sfam__scan_fail(s, -EINVAL, start, expected);
	l.channel = (uint32_t)channel;
	memcpy(l.ifname, s->text + s->pos, n);
	*ret = l;
	return SFAM_CAN_ASC_CHANNEL;
}

static int scan_drops(struct sfam__scan *s, struct sfam_can_asc_line *ret)
{
	struct sfam_can_log_line log;
	struct sfam_can_asc_line l = { .channel = 0 };
	int r = sfam_can_log_parse(&log, NULL, 0, s->text + s->pos,
				   s->len - s->pos, 0, s->diag);

	if (r < 0 && s->diag)
		s->diag->offset += s->pos;
	if (r != SFAM_CAN_LOG_DROPS)
		return r < 0 ? r : SFAM_CAN_ASC_OTHER;
	memcpy(l.ifname, log.ifname, sizeof(l.ifname));
	l.drops = log.drops;
	l.total = log.total;
	*ret = l;
	return SFAM_CAN_ASC_DROPS;
}

static int scan_comment(struct sfam__scan *s, struct sfam_can_asc *asc,
			struct sfam_can_asc_line *ret)
{
	if (!sfam__asc_skip_word(s, SFAM__ASC_OURS))
		return SFAM_CAN_ASC_OTHER;
	if (sfam__asc_skip_word(s, "start"))
		return scan_exact_start(s, asc);
	if (sfam__asc_skip_word(s, "channel"))
		return scan_channel(s, ret);
	return sfam__scan_is(s, 'D') ? scan_drops(s, ret) : SFAM_CAN_ASC_OTHER;
}

/* ---------------------------------------------------------------- lines -- */

/*
 * Relative stamps count from the event before, whatever it was. (asc2log
 * adds up frames alone, and those of each kind apart.)
 */
static int scan_stamp(struct sfam__scan *s, struct sfam_can_asc *asc)
{
	const size_t start = s->pos;
	const int64_t before = asc->is_relative ? asc->last_ns : 0;
	int64_t t;
	int r = sfam__asc_scan_stamp(s, &t);

	if (r < 0)
		return r;
	if (t > INT64_MAX - before - asc->start_ns)
		return sfam__scan_fail(s, -EINVAL, start, "a time before 2262");
	asc->last_ns = before + t;
	return 0;
}

static int parse_stamped(struct sfam__scan *s, struct sfam_can_asc *asc,
			 struct sfam_can_asc_line *ret, void *frame,
			 size_t size)
{
	uint8_t copy[SFAM_CANXL_MTU] __attribute__((aligned(4)));
	struct sfam_can_asc_line l = { .channel = 0 };
	int kind = scan_stamp(s, asc);

	if (kind == 0)
		kind = sfam__asc_scan_frame(s, asc->is_decimal != 0, &l, copy);
	if (kind != SFAM_CAN_ASC_FRAME)
		return kind;
	if (l.frame_size > size)
		return -ENOSPC;
	l.time_ns = asc->start_ns + asc->last_ns;
	memcpy(frame, copy, l.frame_size);
	*ret = l;
	return kind;
}

/* Words of the header, and of blocks, that say nothing of frames. */
static bool is_known(struct sfam__scan *s)
{
	if (sfam__asc_skip_word(s, "no"))
		return sfam__asc_skip_word(s, "internal");
	return sfam__asc_skip_word(s, "internal") ||
	       sfam__asc_skip_word(s, "End");
}

static int parse_words(struct sfam__scan *s, struct sfam_can_asc *asc)
{
	if (sfam__asc_skip_word(s, "date"))
		return scan_start(s, asc);
	if (sfam__asc_skip_word(s, "base"))
		return scan_base(s, asc);
	if (sfam__asc_skip_word(s, "Begin")) {
		if (sfam__asc_skip_word(s, "Triggerblock"))
			return scan_start(s, asc);
		return SFAM_CAN_ASC_EVENT;
	}
	return sfam__scan_end(s) || is_known(s) ? SFAM_CAN_ASC_OTHER :
						  SFAM_CAN_ASC_EVENT;
}

SFAM_PUBLIC int sfam_can_asc_parse(struct sfam_can_asc *asc,
				   struct sfam_can_asc_line *ret, void *frame,
				   size_t size, const char *line,
				   size_t line_len, struct sfam_diag *diag)
{
	struct sfam__scan s = { line, line_len, 0, diag };

	while (s.len && (line[s.len - 1] == '\n' || line[s.len - 1] == '\r'))
		s.len--;
	sfam__scan_blanks(&s);
	if (s.pos < s.len && line[s.pos] >= '0' && line[s.pos] <= '9')
		return parse_stamped(&s, asc, ret, frame, size);
	if (s.len - s.pos >= 2 && memcmp(line + s.pos, "//", 2) == 0) {
		s.pos += 2;
		sfam__scan_blanks(&s);
		return scan_comment(&s, asc, ret);
	}
	return parse_words(&s, asc);
}
