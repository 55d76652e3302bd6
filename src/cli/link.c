/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/ctl.h>

#include "can-cli.h"

int link_report(const char *name, int error)
{
	if (error == 0)
		return CLI_OK;
	if (error == -EPERM)
		return cli_error("%s: no permission; try: run as root, or in "
				 "a user and network namespace", name);
	if (error == -EINVAL)
		return cli_error("%s: the driver refuses; a CAN controller "
				 "wants a bit rate first: sockfam link set %s "
				 "bitrate N up", name, name);
	return cli_bad_call(name, error);
}

static int run_add(const struct cli_verb *self, int argc, char **argv)
{
	const char *peer = NULL;
	uint64_t mtu = 0;
	int c;
	int r;

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
	r = sfam_link_add(argv[optind], argv[optind + 1], peer,
			  (uint32_t)mtu);
	if (r == -EOPNOTSUPP)
		return cli_error("%s: this kernel has no links of kind %s; "
				 "try: modprobe %s", argv[optind],
				 argv[optind + 1], argv[optind + 1]);
	if (r == -EINVAL && mtu)
		return cli_error("%s: the kernel takes no such name, or no "
				 "MTU of %llu for a %s", argv[optind],
				 (unsigned long long)mtu, argv[optind + 1]);
	if (r == -EINVAL)
		return cli_error("%s: the kernel takes no such name, or this "
				 "kind %s a peer (-p)", argv[optind],
				 peer ? "has not" : "wants");
	if (r == 0)
		r = sfam_link_up(argv[optind]);
	if (r == 0 && peer)
		r = sfam_link_up(peer);
	return link_report(argv[optind], r);
}

static int run_each(const struct cli_verb *self, int argc, char **argv)
{
	int (*change)(const char *name);
	int status = CLI_OK;
	int i;

	change = strcmp(self->name, "up") == 0 ? sfam_link_up :
		 strcmp(self->name, "down") == 0 ? sfam_link_down :
						   sfam_link_delete;
	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (optind == argc)
		return cli_usage(self, "which interface?");
	for (i = optind; i < argc; i++)
		if (link_report(argv[i], change(argv[i])) != CLI_OK)
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
		.help = "set up a CAN controller",
		.details =
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
