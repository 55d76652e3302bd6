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

/*
 * The verbs ping and perf; each family has them with its own addresses.
 * Details end where those are to be told of.
 */
#define STREAM_PING_ARGS "[-n N] [-s BYTES] [-i SECONDS] [-W SECONDS] " \
	"[--json] ADDR"
#define STREAM_PING_HELP "round trips to an echo server, with percentiles"
#define STREAM_PING_DETAILS \
"  -n N        so many messages (default 100), each when the last is back\n" \
"  -s BYTES    each of so many (default 64; up to 65536)\n" \
"  -i SECONDS  wait so long between two\n" \
"  -W SECONDS  for an answer (default 10)\n" \
"Any echo server will do that sends back at once all that it gets.\n"
int stream_ping(const struct cli_verb *self, int argc, char **argv,
		const char *scheme);

#define STREAM_PERF_ARGS "[-l] [-n CLIENTS] [-b BYTES] [-t SECONDS] " \
	"[-s BYTES] [-r | -d] [--json] ADDR"
#define STREAM_PERF_HELP "how much goes through a connection"
#define STREAM_PERF_DETAILS \
"  -l          the server: one client after another\n" \
"  -n CLIENTS  ... so many, then it ends\n" \
"  -b BYTES    end after so many each way, in whole messages\n" \
"  -t SECONDS  end after so long (default 10)\n" \
"  -s BYTES    of a message, or of a send on a stream (default 65536)\n" \
"  -r          the server sends, not the client\n" \
"  -d          both send, at the same time\n" \
"The time is that of the receiver, until the last byte has come.\n"
int stream_perf(const struct cli_verb *self, int argc, char **argv,
		const char *scheme);

/*
 * Clients of a listener one after another, so many (0: no end), each joined
 * to stdin and stdout by pipe. allows, if not NULL, says by 0 that a peer may
 * not come; it is told on stderr, and does not count.
 */
int stream_serve_pipe(int listener, const struct sfam_addr *addr,
		      uint64_t clients, int (*pipe)(int sock),
		      int (*allows)(void *arg, const struct sfam_addr *peer),
		      void *arg);

/* "listening on ADDR" on stderr, with the port that the kernel chose. */
void stream_say_listening(int fd, const struct sfam_addr *asked);

#endif
