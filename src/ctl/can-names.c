/* SPDX-License-Identifier: MIT */
/* The words of ip(8) for states and modes of a CAN controller. */
#include "request.h"

SFAM_PUBLIC const char *sfam_can_state_name(uint32_t state)
{
	static const char *const names[] = {
		"ERROR-ACTIVE", "ERROR-WARNING", "ERROR-PASSIVE", "BUS-OFF",
		"STOPPED", "SLEEPING",
	};

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : NULL;
}

/* By bit number; RESTRICTED and later are of Linux 6.19. */
SFAM_PUBLIC const char *sfam_can_mode_name(uint32_t mode)
{
	static const char *const names[] = {
		"LOOPBACK", "LISTEN-ONLY", "TRIPLE-SAMPLING", "ONE-SHOT",
		"BERR-REPORTING", "FD", "PRESUME-ACK", "FD-NON-ISO",
		"CC-LEN8-DLC", "TDC-AUTO", "TDC-MANUAL", "RESTRICTED", "XL",
		"XL-TDC-AUTO", "XL-TDC-MANUAL", "XL-TMS",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (mode == 1u << i)
			return names[i];
	return NULL;
}
