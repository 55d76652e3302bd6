/* SPDX-License-Identifier: MIT */
/* What the bus load meter counts, apart from sockets and clocks. */
#ifndef SFAM_CLI_CAN_LOAD_H
#define SFAM_CLI_CAN_LOAD_H

#include <sockfam/sockfam.h>

/* What was on the bus in a time. Start with zeros. */
struct can_load {
	uint64_t frames;
	uint64_t nominal_bits;	/* at the nominal bit rate */
	uint64_t data_bits;	/* at that of the data phase */
	uint64_t payload_bits;
	uint64_t not_counted;	/* CAN XL: its bits are not known */
	uint64_t drops;		/* lost: the socket was full */
};

void can_load_add(struct can_load *load, const struct sfam_can_record *rec);
/* How long the bus was taken. data_bps 0: as bps. */
int64_t can_load_busy_ns(const struct can_load *load, uint32_t bps,
			 uint32_t data_bps);
/*
 * "can0@500000" or "can0@500000,2000000", cut behind the name; rates that
 * are not there are 0. 0, or -1.
 */
int can_load_parse(char *text, uint32_t *ret_bps, uint32_t *ret_data_bps);

#endif
