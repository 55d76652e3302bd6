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
