/* SPDX-License-Identifier: MIT */
#include "can-tools.h"

unsigned int can_seq_note(struct can_seq *s, uint8_t number, uint32_t drops)
{
	uint8_t gap = (uint8_t)(number - s->next);
	uint8_t missing = (uint8_t)(gap - drops);

	if (s->frames++ == 0)
		missing = 0;
	s->dropped += drops;
	s->missing += missing;
	s->gaps += missing || drops;
	s->next = (uint8_t)(number + 1);
	return missing;
}

/* Values below STEPS each have their own place. */
static size_t place_of(uint64_t value)
{
	size_t octave = 0;

	while (value >> octave >= 2 * CAN_SPREAD_STEPS)
		octave++;
	return octave * CAN_SPREAD_STEPS + (size_t)(value >> octave);
}

/* The largest value of a place. */
static uint64_t end_of(size_t place)
{
	size_t octave;

	if (place < 2 * CAN_SPREAD_STEPS)
		return place;
	octave = place / CAN_SPREAD_STEPS - 1;
	return (((uint64_t)place - octave * CAN_SPREAD_STEPS + 1) << octave) -
	       1;
}

void can_spread_add(struct can_spread *s, int64_t value)
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

int64_t can_spread_at(const struct can_spread *s, unsigned int permille)
{
	uint64_t want = (s->n * permille + 999) / 1000;
	uint64_t seen = 0;
	size_t i;

	for (i = 0; i < CAN_SPREAD_SIZE; i++) {
		seen += s->counts[i];
		if (seen && seen >= want)
			break;
	}
	if (i == CAN_SPREAD_SIZE)
		return 0;
	return end_of(i) < (uint64_t)s->max ? (int64_t)end_of(i) : s->max;
}
