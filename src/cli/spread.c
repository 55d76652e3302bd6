/* SPDX-License-Identifier: MIT */
#include "spread.h"

/* Values below STEPS each have their own place. */
static size_t place_of(uint64_t value)
{
	size_t octave = 0;

	while (value >> octave >= 2 * SPREAD_STEPS)
		octave++;
	return octave * SPREAD_STEPS + (size_t)(value >> octave);
}

/* The largest value of a place. */
static uint64_t end_of(size_t place)
{
	size_t octave;

	if (place < 2 * SPREAD_STEPS)
		return place;
	octave = place / SPREAD_STEPS - 1;
	return (((uint64_t)place - octave * SPREAD_STEPS + 1) << octave) -
	       1;
}

void spread_add(struct spread *s, int64_t value)
{
	if (value < 0)
		value = 0;
	if (s->n == 0 || value < s->min)
		s->min = value;
	if (value > s->max)
		s->max = value;
	s->counts[place_of((uint64_t)value)]++;
	s->n++;
}

int64_t spread_at(const struct spread *s, unsigned int permille)
{
	uint64_t want = (s->n * permille + 999) / 1000;
	uint64_t seen = 0;
	size_t i;

	for (i = 0; i < SPREAD_SIZE; i++) {
		seen += s->counts[i];
		if (seen && seen >= want)
			break;
	}
	if (i == SPREAD_SIZE)
		return 0;
	return end_of(i) < (uint64_t)s->max ? (int64_t)end_of(i) : s->max;
}
