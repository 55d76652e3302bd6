/* SPDX-License-Identifier: MIT */
/* sockfam can j1939: the verbs, and how they open and read a socket. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "can-j1939.h"

int can_j1939_failed(const char *ifname, int error)
{
	if (error == -ENETDOWN)
		return cli_error("%s: interface is down; try: ip link set %s "
				 "up", ifname, ifname);
	if (error == -ENODEV)
		return cli_error("%s: interface is gone, or no CAN interface",
				 ifname);
	return cli_bad_call(ifname, error);
}

int can_j1939_open(const struct can_j1939_addr *addr, uint32_t options)
{
	struct sfam_addr sfam;
	int fd, r;

	if (can_j1939_sfam_addr(&sfam, addr) != CLI_OK)
		return -1;
	fd = cli_open(&sfam, SFAM_OPEN_BIND, NULL);
	if (fd < 0)
		return -1;
	r = sfam_j1939_set_options(fd, options, 0);
	if (r == 0)
		r = sfam_can_set_options(fd, SFAM_CAN_OPT_DROPS |
					 SFAM_CAN_OPT_TIME, 0);
	if (r == 0)
		return fd;
	can_j1939_failed(addr->ifname, r);
	close(fd);
	return -1;
}

/* ---------------------------------------------------------------- read -- */

/* All that is there. 0, 1 at the end, or -1 after printing. */
static int read_all(const struct can_j1939_reader *rd, void *buf,
		    uint64_t *count, uint32_t *drops)
{
	struct sfam_j1939_event e;
	int r;

	for (;;) {
		r = sfam_j1939_recv(rd->fd, &e, buf, SFAM_J1939_SIZE_MAX, 0);
		if (r == -ETIMEDOUT)
			return 0;
		if (r < 0) {
			can_j1939_failed(rd->ifname, r);
			return -1;
		}
		if (rd->take(rd->arg, &e, buf) != CLI_OK)
			return -1;
		if (e.kind != SFAM_J1939_MESSAGE)
			continue;
		*drops = e.drops;
		if (++*count == rd->count)
			return 1;
	}
}

static int read_until(const struct can_j1939_reader *rd, void *buf,
		      int signals)
{
	struct pollfd polls[] = {
		{ rd->fd, POLLIN, 0 },
		{ signals, POLLIN, 0 },
	};
	uint64_t count = 0, lost;
	uint32_t drops = 0;
	int r = 0;

	while (r == 0 && !polls[1].revents) {
		if (poll(polls, 2, -1) < 0 && errno != EINTR)
			return cli_bad_call("poll", -errno);
		if (polls[0].revents)
			r = read_all(rd, buf, &count, &drops);
	}
	lost = can_cli_drops(rd->fd, drops);
	if (lost)
		return cli_error("%s: %llu messages were lost", rd->ifname,
				 (unsigned long long)lost);
	return r < 0 ? CLI_FAILED : CLI_OK;
}

int can_j1939_read(const struct can_j1939_reader *reader)
{
	/* Pages that no message reaches are never there. */
	void *buf = malloc(SFAM_J1939_SIZE_MAX);
	int signals, status;

	if (!buf)
		return cli_bad_call(reader->ifname, -ENOMEM);
	signals = cli_signal_fd();
	status = signals < 0 ? CLI_FAILED :
			       read_until(reader, buf, signals);
	if (signals >= 0)
		close(signals);
	free(buf);
	return status;
}

/* --------------------------------------------------------------- verbs -- */

#define FORMS \
"  AT, FROM, TO   IF:SA,PGN,NAME in C's numbers, as for j1939cat; each part\n" \
"                 may be left out (vcan0:0x80, :0x90,0x12300)\n" \
"  -x             IF:SA,PGN or IF:NAME,PGN in hex, as for j1939spy; of two\n" \
"                 digits it is SA. The own address without : is IF alone,\n" \
"                 the other's is SA or NAME\n"

const struct cli_verb can_j1939_verbs[] = {
	{
		.name = "send",
		.args = "[-x] [-v] [-p PRIO] FROM TO [HEX]...",
		.help = "send a message of up to 117440505 bytes",
		.details =
FORMS
"  -p             priority, 0 (first) to 7\n"
"  -v             how many bytes have gone, on stderr\n"
"\n"
"Sends HEX, or all of stdin as one message, and waits until it was\n"
"acknowledged or why it was not. A request for a PGN:\n"
"  sockfam can j1939 send can0:0x80 :0x90,0xea00 EBFE00\n",
		.run = can_j1939_send_run,
	},
	{
		.name = "recv",
		.args = "[-x] [-l] [-v] [-B] [-n COUNT] AT [FROM]",
		.help = "receive messages, as j1939cat -r or testj1939 -r",
		.details =
FORMS
"                 PGN of AT: only such messages\n"
"  -l             a line with the bytes of each; else bytes as they are\n"
"  -v             how many bytes have come, on stderr\n"
"  -B             messages to all too\n"
"  -n             end after COUNT messages\n",
		.run = can_j1939_recv_run,
	},
	{
		.name = "spy",
		.args = "[-x] [-t a|A|d|z] [-n COUNT] AT",
		.help = "show all messages on a bus, as j1939spy -P",
		.details =
"  AT             IF, IF:SA,PGN,NAME in C's numbers: only from there\n"
"  -x             IF:SA,PGN or IF:NAME,PGN in hex, as for j1939spy\n"
"  -t             stamps: absolute, as date, delta, since the first (zero)\n"
"  -n             end after COUNT messages\n",
		.run = can_j1939_spy_run,
	},
	{
		.name = "claim",
		.args = "[-r RANGE[,RANGE]...] [-a ADDR] [-c FILE] NAME IF",
		.help = "claim an address for a NAME and hold it, as j1939acd",
		.details =
"  NAME           16 hex digits\n"
"  -r             addresses it may have: 0x80-0x90,100 (128-247)\n"
"  -a             the one to begin with\n"
"  -c             a file with that one; at the end the last is put there\n"
"\n"
"Prints 'claimed 0x80', 'lost 0x80', and ends when it has none, or at a\n"
"signal. A NAME whose first bit is 0 has one address: the first that is\n"
"given. While this runs, others send from that address by the NAME.\n",
		.run = can_j1939_claim_run,
	},
	{ .name = NULL },
};
