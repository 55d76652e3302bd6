/* SPDX-License-Identifier: MIT */
/*
 * Bit timing: one bit is a sync segment of one quantum, tseg1 (prop_seg and
 * phase_seg1) up to the sample point, and tseg2 behind it. Chosen as the
 * kernel chooses (can_calc_bittiming() of drivers/net/can/dev), so that what
 * is computed here is what `bitrate` alone would give.
 */
#include "request.h"

#define SYNC_SEG 1
#define RATE_ERROR_MAX_PPM 50000

struct choice {
	uint32_t brp, tseg1, tseg2;
	uint32_t rate_error;		/* bits/s */
	uint32_t point_error;		/* permille */
};

struct problem {
	const struct sfam_can_limits *limits;
	uint32_t clock_hz, bitrate, point;
};

static uint32_t distance(uint32_t a, uint32_t b)
{
	return a > b ? a - b : b - a;
}

static uint32_t between(uint32_t x, uint32_t low, uint32_t high)
{
	return x < low ? low : x > high ? high : x;
}

static uint32_t rate_of(uint32_t clock_hz, uint32_t brp, uint32_t quanta)
{
	return (uint32_t)(clock_hz / ((uint64_t)brp * quanta));
}

static uint32_t point_of(uint32_t tseg2, uint32_t quanta)
{
	return 1000 * (quanta - tseg2) / quanta;
}

/* The sample point at or just before the wanted one, if the limits let it. */
static int split(const struct problem *p, uint32_t quanta, struct choice *c)
{
	const struct sfam_can_limits *l = p->limits;
	uint32_t tseg1, tseg2, earlier, point;
	int found = 0;

	for (earlier = 0; earlier < 2; earlier++) {
		tseg2 = quanta - p->point * quanta / 1000 - earlier;
		tseg2 = between(tseg2, l->tseg2_min, l->tseg2_max);
		tseg1 = between(quanta - SYNC_SEG - tseg2, l->tseg1_min,
				l->tseg1_max);
		tseg2 = quanta - SYNC_SEG - tseg1;
		point = point_of(tseg2, quanta);
		if (tseg2 < l->tseg2_min || tseg2 > l->tseg2_max ||
		    point > p->point ||
		    (found && p->point - point >= c->point_error))
			continue;
		c->point_error = p->point - point;
		c->tseg2 = tseg2;
		c->tseg1 = tseg1;
		found = 1;
	}
	return found;
}

static int is_better(const struct choice *a, const struct choice *b)
{
	if (a->rate_error != b->rate_error)
		return a->rate_error < b->rate_error;
	return a->point_error < b->point_error;
}

/* Prescalers on both sides of the exact one. */
static int try_quanta(const struct problem *p, uint32_t quanta,
		      struct choice *best)
{
	const struct sfam_can_limits *l = p->limits;
	uint64_t exact = p->clock_hz / ((uint64_t)quanta * p->bitrate);
	struct choice c = { 0 };
	int found = 0;
	int up;

	for (up = 1; up >= 0; up--) {
		c.brp = (uint32_t)((exact + (uint64_t)up) / l->brp_inc *
				   l->brp_inc);
		if (c.brp < l->brp_min || c.brp > l->brp_max)
			continue;
		c.rate_error = distance(p->bitrate,
					rate_of(p->clock_hz, c.brp, quanta));
		if (split(p, quanta, &c) && is_better(&c, best)) {
			*best = c;
			found = 1;
		}
	}
	return found;
}

static int limits_are_sane(const struct sfam_can_limits *l)
{
	return l->tseg1_min && l->tseg1_min <= l->tseg1_max &&
	       l->tseg2_min && l->tseg2_min <= l->tseg2_max &&
	       l->tseg1_max < 1u << 16 && l->tseg2_max < 1u << 16 &&
	       l->sjw_max && l->brp_inc && l->brp_min &&
	       l->brp_min <= l->brp_max;
}

static uint32_t advised_point(uint32_t bitrate)
{
	return bitrate > 800000 ? 750 : bitrate > 500000 ? 800 : 875;
}

/* struct can_bittiming from what was chosen; sjw as Linux 6.3 and later. */
static void fill(const struct problem *p, const struct choice *c,
		 struct sfam_can_timing *ret)
{
	uint32_t quanta = SYNC_SEG + c->tseg1 + c->tseg2;
	uint32_t sjw;

	ret->bitrate = rate_of(p->clock_hz, c->brp, quanta);
	ret->sample_point_permille = point_of(c->tseg2, quanta);
	ret->tq_ns = (uint32_t)(UINT64_C(1000000000) * c->brp / p->clock_hz);
	ret->prop_seg = c->tseg1 / 2;
	ret->phase_seg1 = c->tseg1 - ret->prop_seg;
	ret->phase_seg2 = c->tseg2;
	sjw = ret->phase_seg1 < c->tseg2 / 2 ? ret->phase_seg1 : c->tseg2 / 2;
	ret->sjw = between(sjw, 1, p->limits->sjw_max);
	ret->brp = c->brp;
}

SFAM_PUBLIC int sfam_can_timing_compute(struct sfam_can_timing *ret,
					uint32_t *ret_error_ppm,
					const struct sfam_can_limits *limits,
					uint32_t clock_hz, uint32_t bitrate,
					uint32_t sample_point_permille)
{
	const struct problem p = {
		limits, clock_hz, bitrate, sample_point_permille ?
		sample_point_permille : advised_point(bitrate),
	};
	struct choice best = { .rate_error = UINT32_MAX };
	uint32_t quanta, least;
	uint64_t ppm;
	int found = 0;

	if (bitrate == 0 || clock_hz == 0 || p.point > 999 ||
	    !limits_are_sane(limits))
		return -EINVAL;
	least = SYNC_SEG + limits->tseg1_min + limits->tseg2_min;
	for (quanta = SYNC_SEG + limits->tseg1_max + limits->tseg2_max;
	     quanta >= least; quanta--)
		found |= try_quanta(&p, quanta, &best);
	ppm = (uint64_t)best.rate_error * 1000000 / bitrate;
	if (!found || ppm > RATE_ERROR_MAX_PPM)
		return -EDOM;
	fill(&p, &best, ret);
	if (ret_error_ppm)
		*ret_error_ppm = (uint32_t)ppm;
	return 0;
}
