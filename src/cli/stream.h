/* SPDX-License-Identifier: MIT */
/*
 * What the verbs echo and connect of connection-oriented families share,
 * beside cli_pipe_socket() and cli_echo_server() of cli.h.
 */
#ifndef SFAM_CLI_STREAM_H
#define SFAM_CLI_STREAM_H

#include "cli.h"

/*
 * cli_pipe_socket() for a family without half close (TIPC): when stdin has
 * ended it waits for quiet_ns without data from the peer (negative: until
 * the peer ends) and shuts down. Its connections end in ECONNRESET where
 * others have an end of file, so that is no error here.
 */
int stream_pipe_quiet(int sock, int64_t quiet_ns);

/*
 * Reads "[-n CLIENTS] ADDR" and listens at ADDR of the family scheme.
 * Returns the listening socket, or -1 with *ret_status set after a line on
 * stderr.
 */
int stream_listen(const struct cli_verb *self, int argc, char **argv,
		  const char *scheme, struct sfam_addr *ret_addr,
		  uint64_t *ret_clients, int *ret_status);

#endif
