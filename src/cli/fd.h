/* SPDX-License-Identifier: MIT */
/* What the verbs of `sockfam fd` share. */
#ifndef SFAM_CLI_FD_H
#define SFAM_CLI_FD_H

#include "cli.h"

/*
 * What goes over the socket. Up to 253 descriptors are one plain message
 * that any program can make or take; its payload is their names, with
 * newlines between: labels, which the receiver shows and trusts in nothing.
 * More of them, or more names than a stream leaves in one piece, go in a
 * frame (SFAM_FDPASS_FRAMED) with the same payload.
 */
#define FD_NAMES_MAX (1 << 20)

struct fd_bundle {
	size_t n;
	size_t len;
	int fds[SFAM_FDPASS_SPLIT_MAX];
	char names[FD_NAMES_MAX + 1];
};

/* NULL after printing. */
struct fd_bundle *fd_bundle_new(void);
/* Closes the descriptors too. */
void fd_bundle_free(struct fd_bundle *b);
/*
 * The name at *pos and behind it, or NULL at the end; *ret_len is without
 * its newline. Start with *pos 0.
 */
const char *fd_bundle_name(const struct fd_bundle *b, size_t *pos,
			   size_t *ret_len);
/* On stderr, a line for each. CLI_OK, or CLI_FAILED: no memory. */
int fd_bundle_print(const struct fd_bundle *b);

/* Who may be at the other end: ids for SFAM_FDPASS_ALLOW_... in flags. */
struct fd_rule {
	uint32_t flags;
	struct sfam_credentials who;
};

/* Options -u and -g: an id or a name. CLI_OK, or a status after printing. */
int fd_rule_set(const struct cli_verb *self, struct fd_rule *rule, int c,
		const char *value);

/* 1, and who it is, or 0 after printing. */
#define FD_WHO_LEN 64
int fd_is_client_allowed(const struct fd_rule *rule, int sock, char *ret_who);

/*
 * Adds words with commas between ("file,read-only"); text is cut at them.
 * NULL, or the word that is none.
 */
const char *fd_expect_words(struct sfam_fd_expect *e, char *text);

/* Names of -n, or NULL: are there n? CLI_OK, or a status after printing. */
int fd_check_names(const struct cli_verb *self, const char *names, size_t n);

/* sfam_open() of a unix address; -1 after printing. */
int fd_listen(const struct sfam_addr *addr, enum sfam_open_how how,
	      const struct sfam_open_opts *opts, const char *text);
/* Removes what listening made there, if it is a path. */
void fd_remove_path(const struct sfam_addr *addr);
/*
 * Waits for a client. 1, 0 at a signal (cli_signal_fd()), -1 after printing.
 */
int fd_wait(int listener, int signals);

/* Copies all of `from`. CLI_OK, or CLI_FAILED after printing `what`. */
int fd_copy(int from, int to, const char *what);

/*
 * For more descriptors: the limit up to what is allowed. A program that is
 * run gets the old one.
 */
void fd_raise_limit(void);

/*
 * Runs argv with fds as 3, 4 ..., no others, and sd_listen_fds(3)'s
 * variables. names: colons between. Returns CLI_FAILED after printing.
 */
int fd_run(int *fds, size_t n, const char *names, char **argv);

/* The same with what was received; add: /dev/fd/... behind argv. */
int fd_bundle_run(struct fd_bundle *b, char **argv, int add);

/* Prints them; then the same with a command, else copies all to stdout. */
int fd_bundle_use(struct fd_bundle *b, char **command, int add);

/* What send, serve and put were told to do. */
struct fd_outgoing {
	const struct cli_verb *self;
	struct sfam_addr addr;
	const char *text;	/* of addr */
	const char *names;	/* of -n, or NULL */
	struct fd_rule rule;
	int seal;
	struct fd_bundle *files;
};

/* Reads the command line, opens the files, and uses them. */
int fd_send_with(struct fd_outgoing *o, int argc, char **argv,
		 const char *options, int (*use)(const struct fd_outgoing *o));
/* Sends b, but with fds. Prints errors as those of `to`. */
int fd_send_files(int sock, const int *fds, const struct fd_bundle *b,
		  int64_t timeout_ns, const char *to);

int fd_send_run(const struct cli_verb *self, int argc, char **argv);
int fd_serve_run(const struct cli_verb *self, int argc, char **argv);
int fd_recv_run(const struct cli_verb *self, int argc, char **argv);
int fd_store_run(const struct cli_verb *self, int argc, char **argv);
int fd_put_run(const struct cli_verb *self, int argc, char **argv);
int fd_get_run(const struct cli_verb *self, int argc, char **argv);
int fd_list_run(const struct cli_verb *self, int argc, char **argv);
int fd_drop_run(const struct cli_verb *self, int argc, char **argv);
int fd_exec_run(const struct cli_verb *self, int argc, char **argv);

#endif
