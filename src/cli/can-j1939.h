/* SPDX-License-Identifier: MIT */
/* What the verbs of `sockfam can j1939` share. */
#ifndef SFAM_CLI_CAN_J1939_H
#define SFAM_CLI_CAN_J1939_H

#include <net/if.h>

#include "can-cli.h"

int can_j1939_send_run(const struct cli_verb *self, int argc, char **argv);
int can_j1939_recv_run(const struct cli_verb *self, int argc, char **argv);
int can_j1939_spy_run(const struct cli_verb *self, int argc, char **argv);
int can_j1939_claim_run(const struct cli_verb *self, int argc, char **argv);

/* An address, in one of the two forms of can-utils. */
struct can_j1939_addr {
	char ifname[IFNAMSIZ];	/* "": none was given */
	uint8_t addr;		/* J1939_NO_ADDR: none */
	uint32_t pgn;		/* J1939_NO_PGN: none */
	uint64_t name;		/* J1939_NO_NAME: none */
};

/* The own address, which has an interface. CLI_OK, or prints. */
int can_j1939_local(struct can_j1939_addr *ret, const char *text, int is_hex);
/* Another one, on the interface of local. CLI_OK, or prints. */
int can_j1939_remote(struct can_j1939_addr *ret, const char *text, int is_hex,
		     const struct can_j1939_addr *local);
/* As the library has it. CLI_OK, or prints. */
int can_j1939_sfam_addr(struct sfam_addr *ret,
			const struct can_j1939_addr *addr);
/* A bound socket with these options, or -1 after printing. */
int can_j1939_open(const struct can_j1939_addr *addr, uint32_t options);

/* A number in C's notation, or hex alone, without sign; 0 or -1. */
int can_j1939_number(const char *text, size_t len, int is_hex, uint64_t max,
		     uint64_t *ret);

/* Messages and events, one after another, until a signal or count. */
struct can_j1939_reader {
	int fd;
	const char *ifname;
	uint64_t count;		/* of messages, 0: all */
	/* Of each; CLI_OK, or ends with that. */
	int (*take)(void *arg, const struct sfam_j1939_event *e,
		    const unsigned char *data);
	void *arg;
};
int can_j1939_read(const struct can_j1939_reader *reader);

/* Prints what a call said of an interface. CLI_FAILED. */
int can_j1939_failed(const char *ifname, int error);

#endif
