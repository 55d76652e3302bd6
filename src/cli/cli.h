/* SPDX-License-Identifier: MIT */
/*
 * The tool's own small library. Exit status: 0 done, 1 failed, 2 usage.
 * Errors are one line on stderr: "sockfam: WHAT: WHY; try: REMEDY".
 */
#ifndef SFAM_CLI_H
#define SFAM_CLI_H

#include <getopt.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sockfam/sockfam.h>

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

#define CLI_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/*
 * A verb, or a verb below one. The tables of verbs are also the help:
 * args is what the usage line shows behind the name; help is one line in
 * the list; details (may be NULL) are further lines under the usage.
 */
struct cli_verb {
	const char *name;
	const char *args;
	const char *help;
	const char *details;
	/* argv[0] is the verb; optind is 1. Returns the exit status. */
	int (*run)(const struct cli_verb *self, int argc, char **argv);
	/*
	 * Table of sub-verbs, NULL name ends. With a run beside it, that is
	 * what the verb does without one of them.
	 */
	const struct cli_verb *below;
};

/* One table per file; main.c lists them. */
extern const struct cli_verb cli_families;
extern const struct cli_verb cli_addr;
extern const struct cli_verb cli_can;
extern const struct cli_verb cli_alg;
extern const struct cli_verb cli_packet;
extern const struct cli_verb cli_vsock;
extern const struct cli_verb cli_tipc;
extern const struct cli_verb cli_fd;
extern const struct cli_verb cli_link;
extern const struct cli_verb cli_relay;
extern const struct cli_verb cli_sockets;

/* The verb that runs, with those above it: "can dump". Set by main. */
extern char cli_path[64];

/* "sockfam: fmt" on stderr. Returns CLI_FAILED. */
int cli_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same, then the verb's usage. Returns CLI_USAGE. */
int cli_usage(const struct cli_verb *self, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* "sockfam: WHAT: at 5: expected ..., found ...". Returns CLI_FAILED. */
int cli_bad_text(const char *what, int error, const struct sfam_diag *diag);
/* "sockfam: WHAT: words" for what the library or -errno says: CLI_FAILED. */
int cli_bad_call(const char *what, int error);
/* These words alone, in buf; SFAM_ERROR_STRLEN bytes always do. */
const char *cli_words(int error, char *buf, size_t size);

/*
 * getopt(3) with our wording: returns the option, -1 at the end, or '?'
 * after a line on stderr and the usage: return CLI_USAGE then. options
 * must start with "+:" (stop at the first operand).
 */
int cli_getopt(const struct cli_verb *self, int argc, char **argv,
	       const char *options);

/* The same with getopt_long(3)'s longer ones, which have no values. */
int cli_getopt_long(const struct cli_verb *self, int argc, char **argv,
		    const char *options, const struct option *longs);
/* --json alone, which returns 'j'. */
extern const struct option cli_json[];

/* Whole argument as a decimal number in [min, max]; 0 or -1. */
int cli_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret);
/* "--timeout"-like: seconds with fraction ("2.5") as ns; 0 or -1. */
int cli_seconds(const char *text, int64_t *ret_ns);

/*
 * Parses text as an address of the family `scheme` ("vsock"); the scheme
 * itself may be left out ("local:1234"). 0, or prints and returns
 * CLI_FAILED.
 */
int cli_parse_addr(const char *scheme, const char *text,
		   struct sfam_addr *ret);
/*
 * sfam_open() with words: a family that is missing names its remedy.
 * Returns the descriptor, or -1 after printing.
 */
int cli_open(const struct sfam_addr *addr, enum sfam_open_how how,
	     const struct sfam_open_opts *opts);
/* addr as text in a static buffer of the caller's. */
const char *cli_addr_text(const struct sfam_addr *addr, char *buf,
			  size_t size);

/* Writes all of buf; 0 or -1 after printing (silent on EPIPE). */
int cli_write(int fd, const void *buf, size_t len);

/*
 * SIGINT, SIGTERM and SIGHUP are blocked and readable on the descriptor
 * returned (signalfd), for poll loops; -1 after printing.
 */
int cli_signal_fd(void);
/* And another signal. */
int cli_signal_fd_with(int another);
/*
 * Until there is input on fd, which may be -1: 0 (or for no reason). 1: a
 * signal came. -ETIMEDOUT, or -errno.
 */
int cli_wait_input(int fd, int signals, int64_t timeout_ns);

/*
 * A network namespace: "blue" (of ip-netns(8)), "/proc/12/ns/net", or "12", a
 * process. Its descriptor, or -1 after printing.
 */
int cli_open_netns(const char *name);
/* The whole tool goes there. CLI_OK, or prints. */
int cli_enter_netns(const char *name);
/* Takes over name's user and groups, for good. CLI_OK, or prints. */
int cli_become(const char *name);

/* Copies stdin to sock and sock to stdout until both have ended. */
int cli_pipe_socket(int sock);
/*
 * Echo server on a listening socket: all clients at once, by poll.
 * max_clients 0: no limit; else it ends after so many have gone.
 */
int cli_echo_server(int listener, uint64_t max_clients);

#endif
