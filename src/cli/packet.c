/* SPDX-License-Identifier: MIT */
#include "packet-cli.h"
#include "packet-filter.h"

#define SNIFF_ARGS \
	"[-c N] [-s BYTES] [-B KIB] [-p] [-Q in|out]\n" \
	"         [-w FILE [-C MB] [-G SECONDS] [-W FILES]] [-Z USER]\n" \
	"         [-N NETNS] [-evxXA] [--json] IF[,IF]...|-r FILE [FILTER...]"

static const struct cli_verb below[] = {
	{
		.name = "sniff",
		.args = SNIFF_ARGS,
		.help = "show the packets of interfaces, as tcpdump does",
		.details =
"  -c N      end after N packets\n"
"  -s BYTES  keep so many of a packet (default 262144)\n"
"  -B KIB    memory for packets that wait (default 8192)\n"
"  -p        not promiscuous: only what is for this host\n"
"  -Q in|out only what comes in, or what goes out\n"
"  -w FILE   write them to a file, '-': stdout; pcapng, or pcap in ns if the\n"
"            name ends in .pcap\n"
"  -C MB     begin another file above so many million bytes; 100p: packets\n"
"  -G SECONDS another one after that time; FILE is for strftime(3)\n"
"  -W FILES  with -C a ring of so many, with -G the end after so many\n"
"  -r FILE   read packets from a file, '-': stdin; with -w to another\n"
"  -Z USER   become that user once the interfaces are open\n"
"  -N NETNS  in this network namespace: a name, a path or a process\n"
"  -e        show the link's addresses and type too\n"
"  -v        more: all of IP's header, checksums, options; several lines\n"
"  -x        bytes in hex, -X with their characters, -A as characters alone;\n"
"            twice (-xx): from the link's header on\n"
"  --json    an object for each packet, one a line\n"
"IF is the name of an interface or 'any' (without link headers), with\n"
",proto=arp for one protocol alone, of which the kernel shows what comes in.\n"
"FILTER: see 'packet filter'. Prints 'listening on IF' on stderr when it has\n"
"begun, and counts at SIGUSR1 and at the end. Needs CAP_NET_RAW. Numbers are\n"
"not looked up (-n is taken and means nothing); TCP's are absolute\n"
"(tcpdump -S).\n",
		.run = packet_sniff_run,
	},
	{
		.name = "send",
		.args = "IF [HEX...]",
		.help = "send packets, each with its link header",
		.details =
"Each HEX is a packet, two digits a byte; without any they are read from\n"
"stdin, one a line.\n",
		.run = packet_send_run,
	},
	{
		.name = "replay",
		.args = "[-x FACTOR|-t] [-l TIMES] FILE IF",
		.help = "send the packets of a capture file, at their times",
		.details =
"  -x FACTOR  so many times as fast (0.5: half)\n"
"  -t         as fast as it goes\n"
"  -l TIMES   all of it so often\n"
"FILE is pcap or pcapng, '-' is stdin. Its link type must be that of IF.\n"
"Times are held against the first packet's, so delays do not add up.\n",
		.run = packet_replay_run,
	},
	{
		.name = "stats",
		.args = "[-i SECONDS] [-c TIMES] [--json] IF[,IF]..."
			" [FILTER...]",
		.help = "packets, bytes and losses of interfaces, as they come",
		.details =
"  -i SECONDS  a line of each interface so often (default 1)\n"
"  -c TIMES    end after so many\n"
"  --json      an object for each line\n"
"Counts what a packet socket sees: both directions, and for lo each once.\n",
		.run = packet_stats_run,
	},
	{
		.name = "filter",
		.args = "[-d|-dd|-ddd] [-s BYTES] [-y LINK] [WORD...]",
		.help = "show what a packet filter becomes in the kernel",
		.details =
"  -d        the program to read, as tcpdump -d shows it (so without it too)\n"
"  -dd       for a C program\n"
"  -ddd      as numbers, the first of which tells how many instructions\n"
"  -s BYTES  what is kept of a packet that matches (default 262144)\n"
"  -y LINK   ether: packets begin with an Ethernet header (default),\n"
"            ip: with that of IP, cooked: behind any link's header\n"
"The words are those of tcpdump: hosts, nets and ports as numbers, ip, ip6,\n"
"arp, tcp, udp, icmp ..., ether host, vlan, less, greater, and, or, not.\n"
"All its others too, where sockfam was built --with-libpcap.\n",
		.run = packet_filter_run,
	},
	{ .name = NULL },
};

const struct cli_verb cli_packet = {
	.name = "packet",
	.args = "VERB ...",
	.help = "packets on network interfaces",
	.below = below,
};
