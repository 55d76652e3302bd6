/* SPDX-License-Identifier: MIT */
/* What the verbs of `sockfam tipc` that control a node share. */
#ifndef SFAM_CLI_TIPC_CLI_H
#define SFAM_CLI_TIPC_CLI_H

#include <sockfam/ctl.h>

#include "cli.h"
#include "json.h"

int tipc_node_get(const struct cli_verb *self, int argc, char **argv);
int tipc_bearer_list(const struct cli_verb *self, int argc, char **argv);
int tipc_links_list(const struct cli_verb *self, int argc, char **argv);
int tipc_names_run(const struct cli_verb *self, int argc, char **argv);
int tipc_sockets_run(const struct cli_verb *self, int argc, char **argv);
int tipc_peers_list(const struct cli_verb *self, int argc, char **argv);
int tipc_monitor_list(const struct cli_verb *self, int argc, char **argv);

extern const struct cli_verb tipc_node_verbs[];
extern const struct cli_verb tipc_bearer_verbs[];
extern const struct cli_verb tipc_links_verbs[];
extern const struct cli_verb tipc_peers_verbs[];
extern const struct cli_verb tipc_monitor_verbs[];

/* What the callbacks of a listing get. */
struct tipc_list {
	struct json json;
	int as_json;
	int with_stats;		/* links -s */
	const char *interface;	/* links: of this one only; NULL: all */
	int headed;		/* the line above a table is out */
	int status;		/* CLI_OK until something was told as wrong */
};

/*
 * --json and, if `of_links`, -s and one operand, left at argv[optind].
 * CLI_OK or CLI_USAGE.
 */
int tipc_cli_list(const struct cli_verb *self, int argc, char **argv,
		  int of_links, struct tipc_list *ret);
/* Where its things go, with the list begun; NULL: not as JSON. */
struct json *tipc_cli_json(struct tipc_list *list);
/* Ends a listing whose call gave r; the exit status. */
int tipc_cli_end(struct tipc_list *list, const char *what, int r,
		 const struct sfam_ctl_diag *diag);

/* CLI_OK for r of 0; else the kernel's words, or the code: CLI_FAILED. */
int tipc_cli_result(const char *what, int r,
		    const struct sfam_ctl_diag *diag);
/* The call for each operand; the question where there is none. */
int tipc_cli_each(const struct cli_verb *self, int argc, char **argv,
		  const char *question,
		  int (*call)(const char *name, struct sfam_ctl_diag *diag));
/* Words of properties behind one operand, and the call for it. */
int tipc_cli_set(const struct cli_verb *self, int argc, char **argv,
		 int (*call)(const char *name,
			     const struct sfam_tipc_properties *properties,
			     struct sfam_ctl_diag *diag));

/* "10" or "0x5f6f6465" as the address of a node: 0 or -1. */
int tipc_cli_address(const char *text, uint32_t *ret);

/*
 * "priority 10": if argv[0] is a word of properties, its value goes to
 * *ret: 0, or CLI_USAGE after words. -1: no such word.
 */
int tipc_cli_property(const struct cli_verb *self, char **argv,
		      struct sfam_tipc_properties *ret);
/* The whole operand list as such words: CLI_OK or CLI_USAGE. */
int tipc_cli_properties(const struct cli_verb *self, char **argv,
			struct sfam_tipc_properties *ret);
void tipc_cli_print_properties(const struct sfam_tipc_properties *p);
void tipc_cli_json_properties(struct json *j,
			      const struct sfam_tipc_properties *p);

#define TIPC_CLI_PROPERTIES \
"  priority N        0 to 31; links of the highest are used\n" \
"  tolerance MS      silence that ends a link, 50 to 30000\n" \
"  window N          packets on the way, 50 to 8191\n"

#endif
