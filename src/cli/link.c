/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/ctl.h>

#include "link-cli.h"

int link_report(const char *name, int error, const struct sfam_ctl_diag *diag)
{
	if (error == 0)
		return CLI_OK;
	if (error == -EPERM)
		return cli_error("%s: no permission; try: run as root, or in "
				 "a user and network namespace", name);
	if (diag->words[0])
		return cli_error("%s: %s", name, diag->words);
	if (error == -EINVAL)
		return cli_error("%s: the driver refuses; a CAN controller "
				 "wants a bit rate first: sockfam link set %s "
				 "bitrate N up", name, name);
	return cli_bad_call(name, error);
}

static int add(const char *name, const char *kind, const char *peer,
	       uint32_t mtu)
{
	struct sfam_ctl_diag diag = { "" };
	int r = sfam_link_add(name, kind, peer, mtu, &diag);

	if (r == -EOPNOTSUPP)
		return cli_error("%s: this kernel has no links of kind %s; "
				 "try: modprobe %s", name, kind, kind);
	if (r == 0)
		r = sfam_link_up(name, &diag);
	if (r == 0 && peer)
		r = sfam_link_up(peer, &diag);
	return link_report(name, r, &diag);
}

static int run_add(const struct cli_verb *self, int argc, char **argv)
{
	const char *peer = NULL;
	uint64_t mtu = 0;
	int c;

	while ((c = cli_getopt(self, argc, argv, "+:p:m:")) != -1) {
		if (c == '?')
			return CLI_USAGE;
		if (c == 'p')
			peer = optarg;
		else if (cli_number(optarg, 1, UINT32_MAX, &mtu) < 0)
			return cli_usage(self, "not an MTU: %s", optarg);
	}
	if (argc - optind != 2)
		return cli_usage(self, "which name and kind?");
	return add(argv[optind], argv[optind + 1], peer, (uint32_t)mtu);
}

static int run_each(const struct cli_verb *self, int argc, char **argv)
{
	int (*change)(const char *name, struct sfam_ctl_diag *diag);
	struct sfam_ctl_diag diag;
	int status = CLI_OK;

	change = strcmp(self->name, "up") == 0 ? sfam_link_up :
		 strcmp(self->name, "down") == 0 ? sfam_link_down :
						   sfam_link_delete;
	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (optind == argc)
		return cli_usage(self, "which interface?");
	for (; optind < argc; optind++)
		if (link_report(argv[optind], change(argv[optind], &diag),
				&diag) != CLI_OK)
			status = CLI_FAILED;
	return status;
}

static const struct cli_verb below[] = {
	{
		.name = "add",
		.args = "[-m MTU] [-p PEER] NAME vcan|vxcan|veth|dummy",
		.help = "create a virtual interface (or pair) and set it up",
		.details = "MTU of vcan: 72 for CAN FD, 2060 for CAN XL.\n"
			   "veth and vxcan want a PEER.\n",
		.run = run_add,
	},
	{
		.name = "set",
		.args = "NAME [down] [SETTING VALUE]... [up]  |  NAME restart",
		.help = "change an interface, or a CAN controller",
		.details =
"  mtu BYTES, txqueuelen PACKETS, name NEW\n"
"  netns NAME|PATH|PID                at last: another network namespace\n"
"\n"
"Of a CAN controller:\n"
"  bitrate N [sample-point 0.875]     or tq, prop-seg, phase-seg1, phase-seg2\n"
"  sjw N                              synchronisation jump width\n"
"  dbitrate N [dsample-point 0.8]     data phase of CAN FD; dtq ... dsjw too\n"
"  fd on|off, loopback on|off, listen-only on|off, triple-sampling on|off,\n"
"  one-shot on|off, berr-reporting on|off, presume-ack on|off,\n"
"  fd-non-iso on|off, cc-len8-dlc on|off, tdc-auto on|off, tdc-manual on|off\n"
"  tdcv N, tdco N, tdcf N             with tdc-manual on\n"
"  restart-ms N                       restart after bus-off; 0: never\n"
"  termination OHM                    0: off\n"
"\n"
"The words of ip(8), all in one request. A controller can be changed only\n"
"while it is down: `link set can0 down bitrate 500000 up`.\n",
		.run = link_set_run,
	},
	{
		.name = "show",
		.args = "[--json] [NAME]...",
		.help = "what the kernel tells of interfaces",
		.run = link_show_run,
	},
	{
		.name = "monitor",
		.args = "[--json]",
		.help = "what happens to interfaces, and to CAN controllers",
		.details =
"A line for each event, first for each interface that is there: present,\n"
"added, gone, moved (to another network namespace), renamed, up, down,\n"
"running, no-carrier, changed, can-state, bus-off, restarted; resync: the\n"
"kernel had more to tell than fits, and what follows is the difference.\n"
"--json: one JSON text per line.\n",
		.run = link_monitor_run,
	},
	{
		.name = "up",
		.args = "NAME...",
		.help = "set interfaces up",
		.run = run_each,
	},
	{
		.name = "down",
		.args = "NAME...",
		.help = "set interfaces down",
		.run = run_each,
	},
	{
		.name = "del",
		.args = "NAME...",
		.help = "delete virtual interfaces",
		.run = run_each,
	},
	{ .name = NULL },
};

const struct cli_verb cli_link = {
	.name = "link",
	.args = "VERB ...",
	.help = "network interfaces",
	.below = below,
};
