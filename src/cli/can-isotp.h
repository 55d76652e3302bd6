/* SPDX-License-Identifier: MIT */
/* What the verbs of `sockfam can isotp` share. */
#ifndef SFAM_CLI_CAN_ISOTP_H
#define SFAM_CLI_CAN_ISOTP_H

#include "can-cli.h"

/* The highest max_pdu_size that the module can-isotp takes. */
#define ISOTP_PDU_MAX ((size_t)1025 * 1024)

/* What the command line says of a socket. */
struct isotp_socket {
	uint32_t tx, rx;	/* -s, -d */
	int has_tx, has_rx;
	struct sfam_isotp_opts opts;
};

/* Options of all that open one; "s:d:x:p:P:L:t:" of getopt. */
#define ISOTP_OPTIONS "s:d:x:p:P:L:t:"

/* One of them. CLI_OK, or CLI_USAGE after printing. */
int isotp_option(struct isotp_socket *s, const struct cli_verb *self, int c);
/* And those of our flow control, where PDUs are received. */
#define ISOTP_FLOW_OPTIONS "b:m:w:"
int isotp_flow_option(struct isotp_socket *s, const struct cli_verb *self,
		      int c);
/* Numbers as can-utils has them; 0 or -1. */
int isotp_id(const char *text, uint32_t *ret);
int isotp_hex_byte(const char *text, uint8_t *ret);
int isotp_ns(const char *text, int64_t *ret);
/* The operand is the only one, -s and -d were there. CLI_OK or CLI_USAGE. */
int isotp_complete(struct isotp_socket *s, const struct cli_verb *self,
		   int argc, char **argv);
/* The descriptor, or -1 after printing. */
int isotp_open(const struct isotp_socket *s, const char *ifname);
/* What went wrong with a PDU. CLI_FAILED. */
int isotp_failed(const char *ifname, int error);
/* An error of one PDU: the next may go well. */
int isotp_is_of_pdu(int error);
/* Upper case digits, `after` behind each byte; returns the length. */
size_t isotp_write_hex(char *to, const uint8_t *from, size_t n,
		       const char *after);

int can_isotp_send_run(const struct cli_verb *self, int argc, char **argv);
int can_isotp_recv_run(const struct cli_verb *self, int argc, char **argv);
int can_isotp_dump_run(const struct cli_verb *self, int argc, char **argv);
int can_isotp_serve_run(const struct cli_verb *self, int argc, char **argv);

#define ISOTP_TEXT_ADDRESS	1	/* its first byte is one */
#define ISOTP_TEXT_ASCII	2
#define ISOTP_TEXT_UDS		4

/* Line of a frame as isotpdump has it, without newline. */
#define ISOTP_LINE_MAX 800
size_t isotp_frame_text(char *buf, const struct sfam_can_fields *f,
			uint32_t looks);
/* Name of a diagnostic service, or of what is refused; "SRQ" and such. */
const char *isotp_uds(uint8_t service, uint8_t refusal, const char **ret_flag);

#endif
