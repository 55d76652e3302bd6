/* SPDX-License-Identifier: MIT */
/* What the verbs of `sockfam link` share, and `sockfam can state` of them. */
#ifndef SFAM_CLI_LINK_CLI_H
#define SFAM_CLI_LINK_CLI_H

#include <sockfam/ctl.h>

#include "cli.h"
#include "json.h"

int link_set_run(const struct cli_verb *self, int argc, char **argv);
int link_show_run(const struct cli_verb *self, int argc, char **argv);
int link_monitor_run(const struct cli_verb *self, int argc, char **argv);

/* CLI_OK, or words for a call about an interface and CLI_FAILED. */
int link_report(const char *ifname, int error,
		const struct sfam_ctl_diag *diag);

/* "vcan, up, running, MTU 72", without the end of the line. */
void link_print_state(const struct sfam_link_info *link);
/* All of it, as members of the object that is open. */
void link_json(struct json *j, const struct sfam_link_info *link);
/* A CAN state's name; null: unknown, or no controller. */
void link_json_state(struct json *j, const char *key, uint32_t state);
/* An object of counters; overruns are of receiving only. */
struct link_counts {
	uint64_t packets, bytes, errors, dropped, overruns;
};
void link_json_counts(struct json *j, const char *key,
		      const struct link_counts *c, int is_receiving);

#endif
