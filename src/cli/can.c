/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/sock_diag.h>

#include "can-cli.h"

int can_cli_addr(const char *arg, size_t len, struct sfam_addr *ret,
		 int *ret_index)
{
	char name[64];
	struct sockaddr_can can;
	int r;

	if (len >= sizeof(name))
		return cli_error("%.20s...: longer than any interface", arg);
	memcpy(name, arg, len);
	name[len] = '\0';
	if (len == 0)
		return cli_error("\"%s\": expected an interface, or any", arg);
	r = cli_parse_addr("can", strcmp(name, "any") == 0 ? "" : name, ret);
	if (r)
		return r;
	memcpy(&can, sfam_addr_sockaddr(ret), sizeof(can));
	*ret_index = can.can_ifindex;
	return 0;
}

int can_cli_mtu(int fd, const char *name)
{
	struct ifreq ifr;

	memset(&ifr, 0, sizeof(ifr));
	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	return ioctl(fd, SIOCGIFMTU, &ifr) < 0 ? -1 : ifr.ifr_mtu;
}

uint64_t can_cli_drops(int fd, uint64_t told)
{
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len) < 0 ||
	    len < sizeof(info))
		return told;
	/* A counter of 32 bits: the part that was told may have wrapped. */
	return told + (uint32_t)(info[SK_MEMINFO_DROPS] - (uint32_t)told);
}

size_t can_cli_drops_line(char *buf, size_t size, const char *ifname,
			  uint64_t drops, uint64_t total)
{
	return (size_t)snprintf(buf, size, "DROPCOUNT: dropped %" PRIu64
				" CAN frame%s on '%s' socket (total drops %"
				PRIu64 ")\n", drops, drops > 1 ? "s" : "",
				ifname, total);
}

static const struct cli_verb below[] = {
	{
		.name = "dump",
		.args = "[--json|-L|-l|-f FILE] [-acdeixDHNS8] [-t a|A|d|z] "
			"[-s 0|1|2] [-n COUNT] [-T MS] [-r BYTES] [-C MB] "
			"[-G SECONDS] [-W FILES] [--engine raw|ring] "
			"IF[,FILTER]...",
		.help = "show CAN frames, as candump does",
		.details =
"  IF      an interface, or any\n"
"  FILTER  ID:MASK, ID~MASK (inverse), #ERRORMASK, j (all must match); also\n"
"          ID, ID-ID, std, ext, rtr, bytes of data: see 'can filter -h'\n"
"  -L      log format: (1700000000.123456) can0 123#1122\n"
"  -l, -f  a log into candump-DATE_TIME.log, or FILE ('-': as -L)\n"
"  --json  an object on each line, also for frames that were lost\n"
"  -a -i   data as text, too; in binary; -S: the last byte first\n"
"  -c      colours: the name; -cc: from there on; -ccc: the line\n"
"  -d      a DROPCOUNT line where frames were lost\n"
"  -e      error frames in words, below their line\n"
"  -x      sent here (TX) or received; bit rate switch, error state\n"
"  -8      raw DLC of classic frames\n"
"  -t      stamps: absolute, as date, delta, since the first (zero); in\n"
"          logs absolute, unless -t z\n"
"  -H, -N  stamps of the controller; stamps in nanoseconds\n"
"  -s      0: show frames, also with -l and -f; 1: a sign of life; 2: nothing\n"
"  -n      end after COUNT frames\n"
"  -T      end after MS milliseconds without a frame\n"
"  -D      do not end when an interface goes down\n"
"  -r      receive buffer of the socket; a ring for as many frames\n"
"  -C MB   begin another file above so many million bytes; 100p: lines\n"
"  -G SECONDS  another one after that time; FILE is for strftime(3)\n"
"  -W FILES    with -C a ring of so many, with -G the end after so many\n"
"  --engine  raw: a socket; ring: shared memory, by which a frame shows up\n"
"          to 10 ms later. Logs of one interface have it, for root\n"
"\n"
"Classic, FD and XL frames. Frames that were lost are told on stderr at the\n"
"end, with -d where it was, or when nothing more comes; so are OVERRUNs, by\n"
"which a controller tells that it lost frames itself (its error frame does\n"
"where it is asked for). With -l or -f, SIGHUP\n"
"is not the end: FILE, which may have been moved away, is opened again.\n",
		.run = can_dump_run,
	},
	{
		.name = "filter",
		.args = "FILTER[,FILTER]...",
		.help = "show what a list of filters becomes in the kernel",
		.details =
"The filters of 'can dump', and the fewest found that let the same pass, in\n"
"candump's form: 100-1FF becomes 100:80000700. A frame passes if a FILTER\n"
"holds; terms joined by + must all hold, and one after ! must not:\n"
"  ID:MASK  ID~MASK  #ERRORMASK  j   as in candump\n"
"  ID  ID-ID  std  ext  rtr  err     identifiers, and their classes\n"
"  classic  canfd  canxl             kinds of frames\n"
"  [0]=12  [2]&F0=30                 bytes of data, in hex\n"
"  len=8  'len>8'  'len<=4'          bytes of data in all\n"
"A [ needs no + before it: 123[0]=12+[1]=34,'!100-1FF+std'. What the kernel's\n"
"filters cannot say is a program behind them (BPF), listed as by tcpdump -d.\n",
		.run = can_filter_run,
	},
	{
		.name = "send",
		.args = "[-c SECONDS] IF FRAME...",
		.help = "send CAN frames, written as for cansend",
		.details =
"  123#DEADBEEF       standard identifier (3 digits), data\n"
"  12345678#11.22     extended identifier (8 digits)\n"
"  123#R  123#R5      remote request, with a length\n"
"  123#1122334455667788_E    raw DLC 9..F with 8 bytes\n"
"  123##1112233       FD: one digit of flags (1 BRS, 2 ESI), data\n"
"  45123#81:00:12345678#112233   XL: VCID PRIO # FLAGS:SDT:AF # data\n"
"\n"
"All are checked before the first is sent.\n"
"  -c  wait for so long until all are on the bus: a controller has sent them\n"
"      and been acknowledged (on vcan: they are delivered)\n",
		.run = can_send_run,
	},
	{
		.name = "convert",
		.args = "[-s] [-f FILTER[,FILTER]...] [-i IF[,IF]...] "
			"IN OUT",
		.help = "a log of CAN frames in another format",
		.details =
"  .pcapng .pcap  capture files, as wireshark has them; IN also as .gz\n"
"  .asc           Vector's ASC, with numbered channels for interfaces\n"
"  other names    candump's log; -: stdin, stdout\n"
"  -s             end at the first line that is damaged\n"
"  -f             only frames that pass, as through 'can dump'\n"
"  -i             of .asc: the interfaces of channels 1, 2 ...; without, as\n"
"                 the file says, or can0, can1 ...; written: as they come\n"
"\n"
"A pcapng file holds all that a log does, but not the other way round: a\n"
"log's stamps end at microseconds, and ASC has no classes of errors. What\n"
"is left out is told on stderr, and which channel is which interface.\n"
"Damaged lines are told, and left out. OUT appears when all is there.\n",
		.run = can_convert_run,
	},
	{
		.name = "cyclic",
		.args = "[-n COUNT [-t SECONDS]] [-u] IF SECONDS FRAME...",
		.help = "have the kernel send frames, one each interval",
		.details =
"The kernel keeps the interval (can-bcm), until this ends: FRAME as for 'can\n"
"send', the first at once. All are classic or all are FD.\n"
"  -n  end after COUNT frames\n"
"  -t  do not end after them: go on with one each SECONDS\n"
"  -u  each line of stdin has frames for those that are sent; interval and\n"
"      turn go on as they are\n"
"\n"
"Of more than 256 frames, the interval behind each 256th is kept by this\n"
"program. A frame that cannot be sent (a full queue) is left out unseen.\n",
		.run = can_cyclic_run,
	},
	{
		.name = "changes",
		.args = "[--json] [-m SECONDS] [-r SECONDS] [-n COUNT] "
			"IF ID[#MASK[,VALUE]...]...",
		.help = "show frames that changed, or that stay away",
		.details =
"The kernel compares (can-bcm) and wakes this up for changes only.\n"
"  IF      an interface, or any\n"
"  123     the classic frames 123, when data or length change; 123## for FD\n"
"  123#FF00F0        only where the mask has a 1; 123##0FF00F0 for FD\n"
"  123#F0,10FF,20FF  frames of several contents (multiplexed): those that\n"
"          have 1 in the first digit, and those that have 2, apart; where the\n"
"          first mask has 0, a value is the mask\n"
"  -m      'missing' when none came for so long; the next is shown then\n"
"  -r      after a line of an ID, the next so much later at the earliest\n"
"  -n      end after COUNT lines\n"
"  --json  an object on each line, with a time stamp\n",
		.run = can_changes_run,
	},
	{
		.name = "isotp",
		.args = "send|recv|dump|serve ...",
		.help = "longer messages over CAN (ISO 15765-2)",
		.below = can_isotp_verbs,
	},
	{
		.name = "seq",
		.args = "[-r] [-f] [-b] [-i ID] [-n COUNT] [-q GAPS] [-v] IF",
		.help = "send numbered frames, or tell which are missing",
		.details =
"As cansequence: the first byte counts modulo 256.\n"
"  -r  receive; without, send\n"
"  -f  CAN FD frames; -b: with bit-rate switch\n"
"  -i  identifier, as for 'can send'; 2 without\n"
"  -n  end after COUNT frames\n"
"  -q  end after so many gaps\n"
"  -v  a line for each frame\n"
"\n"
"'missing' did not come here (modulo 256), 'dropped here' were lost by this\n"
"program's own full socket. The exit status is 1 if there was a gap.\n",
		.run = can_seq_run,
	},
	{
		.name = "ping",
		.args = "[-r] [-d] [-b] [-i ID] [-n COUNT] [-f FRAMES] "
			"[-W SECONDS] [--json] IF",
		.help = "round trips over the bus, and how long they take",
		.details =
"As canfdtest: a frame of 8 bytes is answered with all of them, and the\n"
"identifier, one higher.\n"
"  -r  answer; without, ask (canfdtest -g)\n"
"  -d  ask with CAN FD frames; -b: with bit-rate switch\n"
"  -i  identifier that is asked with; 77 without\n"
"  -n  end after COUNT frames\n"
"  -f  so many at most under way (1..255), 1 without\n"
"  -W  fail if none is answered for so long, 1 without\n"
"\n"
"A round trip is the time from before send(2) to behind recv(2).\n",
		.run = can_ping_run,
	},
	{
		.name = "load",
		.args = "[-b] [-r] [-t] [-n COUNT] [--json] "
			"IF[@BITRATE[,DATABITRATE]]...",
		.help = "how much of its time a bus is taken",
		.details =
"A line for each interface and second: frames, bits with all stuff bits,\n"
"bits of payload, and the part of the second that the bus was taken for. A\n"
"frame counts in the second of its time stamp.\n"
"  IF      without rates, those of the controller\n"
"  -b      a bar, 5 % for each character\n"
"  -r      redraw the terminal\n"
"  -t      the time before each second's lines\n"
"  -n      end after COUNT seconds\n"
"  --json  an object on each line\n"
"\n"
"What the bits of are not known (CAN XL) is 'not counted'; 'lost' are frames\n"
"that the socket had no room for. A controller's state shows if it is not\n"
"ERROR-ACTIVE.\n",
		.run = can_load_run,
	},
	{
		.name = "watch",
		.args = "IF[,FILTER]...",
		.help = "see live which bits change",
		.details =
"A row for each identifier: seconds since the frame before, identifier,\n"
"length, bytes; those that changed within the last second are inverse. FILTER\n"
"as for 'can dump'. Of CAN XL, 64 bytes. Keys:\n"
"  q  quit\n"
"  n  notch: what has changed until now may do so, unseen\n"
"  u  undo that\n"
"  b  bytes as bits, or not\n"
"  j  k  later, earlier rows\n",
		.run = can_watch_run,
	},
	{
		.name = "j1939",
		.args = "send|recv|spy|claim ...",
		.help = "messages of SAE J1939, and its addresses",
		.below = can_j1939_verbs,
	},
	{
		.name = "play",
		.args = "[-I FILE] [-l N|i] [-t [-g MS]] [-f FACTOR] "
			"[-s SECONDS] [-n COUNT] [-exv] [IF=LOGIF]...",
		.help = "send the frames of a log when their stamps say, as "
			"canplayer does",
		.details =
"  IF=LOGIF  what came from LOGIF goes to IF, or as lines to stdout; what has\n"
"            no such word is left out. Without any: to those of the log\n"
"  -I  candump's log, .pcapng or .pcap (also .gz); default: a log on stdin\n"
"  -l  so many times; i: for ever\n"
"  -t  at once, whatever the stamps; with -g, one each MS milliseconds. -g\n"
"      alone does nothing: canplayer looks at its clock so often\n"
"  -f  so many times as fast, 0.5 is half\n"
"  -s  gaps of more than SECONDS are left out\n"
"  -n  end after COUNT frames\n"
"  -e  end at the first line that is damaged\n"
"  -x  not for other sockets of this machine\n"
"  -v  show what is sent\n"
"\n"
"A stamp in an earlier second than the one before begins anew. A bus that is\n"
"too slow makes this wait, and no frame is lost.\n",
		.run = can_play_run,
	},
	{
		.name = "gen",
		.args = "[-g MS] [-c BURST] [-n COUNT] [-efbEXR8m] [-I ID] "
			"[-L LEN] [-D DATA]\n    [-F FLAGS] [-S SDT] [-A AF] "
			"[-V VCID] [-i|-p MS] [-P PRIORITY] [-xv] IF",
		.help = "send frames that are made up, as cangen does",
		.details =
"  -I -L -D        identifier, length, data: r random (the default), i\n"
"                  counted, or a value; -I also e, o: random, even or odd\n"
"  -D 11xx3x       x: a random digit; zeros behind the end\n"
"  -F -S -A -V     the same for what XL frames have; values in hex\n"
"  -e -f -b -E -X -R  extended, FD, with BRS, with ESI, XL, remote requests\n"
"  -8  raw DLC of 9 to 15 too; -m: a mix of what the interface takes\n"
"  -g  MS milliseconds (200) from burst to burst; 0: as fast as it goes\n"
"  -c  frames of a burst (1)\n"
"  -n  end after COUNT frames\n"
"  -p  fail if there is no room for a frame for so long, not wait for ever\n"
"  -i  leave out frames that find the queue full, and count them\n"
"  -P  priority of the socket (SO_PRIORITY)\n"
"  -x  not for other sockets of this machine; -v: show what is sent\n",
		.run = can_gen_run,
	},
	{
		.name = "state",
		.args = "[--json] IF...",
		.help = "state, bit timing, modes and counters of interfaces",
		.run = can_state_run,
	},
	{
		.name = "timing",
		.args = "[--json] [-d] [-s SAMPLE-POINT] IF|-c HZ -l LIMITS "
			"BITRATE",
		.help = "bit timing that a controller would use",
		.details =
"  -d      data phase of CAN FD\n"
"  -s      0.875: instead of CiA's advice for the rate\n"
"  -c, -l  the clock and limits of a controller that is not here, as\n"
"          TSEG1,TSEG2,SJW,BRP,STEP; SJA1000: -c 8000000 -l 1-16,1-8,4,1-64,1\n"
"  --json  one object, with error_ppm\n"
"IF is only asked for its limits; nothing is set.\n",
		.run = can_timing_run,
	},
	{
		.name = "gw",
		.args = "add|del|list|flush ...",
		.help = "rules of the CAN gateway, written as for cangw",
		.below = can_gw_verbs,
	},
	{ .name = NULL },
};

const struct cli_verb cli_can = {
	.name = "can",
	.args = "VERB ...",
	.help = "CAN frames",
	.below = below,
};
