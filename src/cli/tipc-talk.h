/* SPDX-License-Identifier: MIT */
/* What the verbs that move messages of TIPC share: send, recv, group. */
#ifndef SFAM_CLI_TIPC_TALK_H
#define SFAM_CLI_TIPC_TALK_H

#include <sockfam/tipc.h>

#include "cli.h"

int tipc_send_run(const struct cli_verb *self, int argc, char **argv);
int tipc_recv_run(const struct cli_verb *self, int argc, char **argv);
int tipc_watch_run(const struct cli_verb *self, int argc, char **argv);
int tipc_group_run(const struct cli_verb *self, int argc, char **argv);

/*
 * An address, with ,type=dgram if that is wanted; else it is of type RDM.
 * CLI_OK, or prints.
 */
int tipc_talk_addr(const char *text, struct sfam_addr *ret);

enum tipc_talk_form {
	TIPC_TALK_LINES,
	TIPC_TALK_RAW,		/* data of messages alone; not for group */
	TIPC_TALK_JSON,		/* an object on each line */
};

/* What came, onto stdout at once. CLI_OK, or CLI_FAILED (no more stdout). */
int tipc_talk_print(enum tipc_talk_form form,
		    const struct sfam_tipc_received *got, const void *data);

#define TIPC_TALK_LINES_HELP \
"On a line each: what it is, the socket it is from, the name it is for, and\n" \
"the message, where \\xHH is a byte that is no character.\n"

#endif
