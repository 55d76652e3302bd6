/* SPDX-License-Identifier: MIT */
/*
 * Amateur radio: AX.25 and NET/ROM have one sockaddr, ROSE has the same
 * callsigns. Layouts: linux/ax25.h, linux/rose.h of Linux 6.12; gone in 7.1.
 */
#ifndef SFAM_FAMILY_AX25_H
#define SFAM_FAMILY_AX25_H

#include <sys/socket.h>

#include "family/row.h"

/* ax25_address: six letters and an SSID, each shifted left by one. */
struct sfam__call {
	uint8_t b[7];
};

/* CALL, CALL-SSID; * is the empty one (null_ax25_address). */
int sfam__call_scan(struct sfam__scan *s, struct sfam__call *ret);
void sfam__call_out(struct sfam__out *o, const struct sfam__call *call);
/*
 * Clears the bits that ax25cmp() (net/ax25/ax25_addr.c) ignores, and makes
 * zeros (an unbound socket) the empty one. False: not a callsign.
 */
bool sfam__call_check(struct sfam__call *call);

/* CALL/CALL/...: up to max of them. */
int sfam__calls_scan(struct sfam__scan *s, size_t max, struct sfam__call *ret,
		     size_t *ret_n);
void sfam__calls_out(struct sfam__out *o, const struct sfam__call *calls,
		     size_t n);

/* struct full_sockaddr_ax25; of 16 bytes it has no digipeaters. */
#define SFAM_AX25_DIGIS 8
struct sfam__ax25 {
	sa_family_t family;
	struct sfam__call call;
	int ndigis;
	struct sfam__call digis[SFAM_AX25_DIGIS];
};
#define SFAM_AX25_LEN_MIN offsetof(struct sfam__ax25, digis)

int sfam__ax25_parse(struct sfam__scan *s, struct sfam_addr *ret);
int sfam__ax25_check(struct sfam_addr *addr, struct sfam_diag *diag);
void sfam__ax25_format(const struct sfam_addr *addr, struct sfam__out *o);
extern const struct sfam_addr_field sfam__ax25_fields[];

#endif
