/* SPDX-License-Identifier: MIT */
#ifndef SFAM_CLI_PACKET_FILTER_H
#define SFAM_CLI_PACKET_FILTER_H

#include "cli.h"

/*
 * The words of a command line, from argv[0] to argv[argc - 1], as a filter:
 * to at most room instructions at insns that keep keep_bytes of what
 * matches. Text that the library does not know goes to libpcap's compiler,
 * where sockfam was built with it. Returns their number, at least 1, or -1
 * after printing.
 */
ssize_t packet_filter_compile(struct sock_filter *insns, size_t room,
			      enum sfam_packet_link link,
			      uint32_t keep_bytes, int argc, char **argv);

/* The verb "packet filter". */
int packet_filter_run(const struct cli_verb *self, int argc, char **argv);

#endif
