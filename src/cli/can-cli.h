/* SPDX-License-Identifier: MIT */
/* What the verbs of `sockfam can` share. */
#ifndef SFAM_CLI_CAN_CLI_H
#define SFAM_CLI_CAN_CLI_H

#include <sockfam/ctl.h>

#include "cli.h"

int can_changes_run(const struct cli_verb *self, int argc, char **argv);
int can_cyclic_run(const struct cli_verb *self, int argc, char **argv);
int can_dump_run(const struct cli_verb *self, int argc, char **argv);
int can_convert_run(const struct cli_verb *self, int argc, char **argv);
int can_load_run(const struct cli_verb *self, int argc, char **argv);
int can_ping_run(const struct cli_verb *self, int argc, char **argv);
int can_gen_run(const struct cli_verb *self, int argc, char **argv);
int can_play_run(const struct cli_verb *self, int argc, char **argv);
int can_send_run(const struct cli_verb *self, int argc, char **argv);
int can_seq_run(const struct cli_verb *self, int argc, char **argv);
int can_state_run(const struct cli_verb *self, int argc, char **argv);
int can_timing_run(const struct cli_verb *self, int argc, char **argv);
int can_watch_run(const struct cli_verb *self, int argc, char **argv);
extern const struct cli_verb can_gw_verbs[];
extern const struct cli_verb can_isotp_verbs[];
extern const struct cli_verb can_j1939_verbs[];

/*
 * The first len bytes of arg as a CAN interface: a name, "any", or an
 * address ("can:vcan0"). *ret_index is 0 for any. 0, or CLI_FAILED.
 */
int can_cli_addr(const char *arg, size_t len, struct sfam_addr *ret,
		 int *ret_index);
/* The verb "can filter". */
int can_filter_run(const struct cli_verb *self, int argc, char **argv);
/* MTU of an interface; -1 if it cannot be told. */
int can_cli_mtu(int fd, const char *name);
/* Frames that the socket dropped so far, told in records or not yet. */
uint64_t can_cli_drops(int fd, uint64_t told);
/* candump's line of frames that were lost; returns its length. */
size_t can_cli_drops_line(char *buf, size_t size, const char *ifname,
			  uint64_t drops, uint64_t total);
/* What the kernel said of a controller, or its code. CLI_FAILED. */
int can_cli_bad_ctl(const char *ifname, int error,
		    const struct sfam_ctl_diag *diag);
/* One line; nothing without a bit rate. */
void can_cli_print_timing(const char *label,
			  const struct sfam_can_timing *timing);
/* A sample point as ip(8) has it, "0.875"; 0 or -1. */
int can_cli_permille(const char *text, uint32_t *ret);
struct json;
/* All of a status, as members of the object that is open. */
void can_json_status(struct json *j, const struct sfam_can_status *s);
void can_json_timing(struct json *j, const char *key,
		     const struct sfam_can_timing *t);

#endif
