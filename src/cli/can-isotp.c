/* SPDX-License-Identifier: MIT */
/* sockfam can isotp: its verbs, and the options that they share. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/can/isotp.h>

#include "can-isotp.h"

/* Whole text as a hex number of at most so many digits; 0 or -1. */
static int read_hex(const char *text, size_t digits, uint32_t *ret)
{
	const size_t n = strlen(text);

	if (n == 0 || n > digits ||
	    strspn(text, "0123456789abcdefABCDEF") != n)
		return -1;
	*ret = (uint32_t)strtoul(text, NULL, 16);
	return 0;
}

int isotp_id(const char *text, uint32_t *ret)
{
	const int is_ext = strlen(text) == 8;
	uint32_t id;

	if (read_hex(text, 8, &id) < 0 ||
	    id > (is_ext ? CAN_EFF_MASK : CAN_SFF_MASK))
		return -1;
	*ret = is_ext ? id | CAN_EFF_FLAG : id;
	return 0;
}

int isotp_hex_byte(const char *text, uint8_t *ret)
{
	uint32_t value;

	if (read_hex(text, 2, &value) < 0)
		return -1;
	*ret = (uint8_t)value;
	return 0;
}

int isotp_ns(const char *text, int64_t *ret)
{
	uint64_t value;

	if (cli_number(text, 0, UINT32_MAX - 1, &value) < 0)
		return -1;
	*ret = (int64_t)value;
	return 0;
}

/* "TX[:RX]", and ":RX" too. Bits: 1 TX is there, 2 RX is; -1: neither. */
static int read_pair(const char *text, uint8_t *ret_tx, uint8_t *ret_rx)
{
	const char *colon = strchr(text, ':');
	char tx[4] = "";
	size_t n = colon ? (size_t)(colon - text) : strlen(text);
	int bits = 0;

	if (n >= sizeof(tx))
		return -1;
	memcpy(tx, text, n);
	if (n > 0) {
		if (isotp_hex_byte(tx, ret_tx) < 0)
			return -1;
		bits |= 1;
	}
	if (colon && colon[1]) {
		if (isotp_hex_byte(colon + 1, ret_rx) < 0)
			return -1;
		bits |= 2;
	}
	return bits ? bits : -1;
}

static int set_address(struct sfam_isotp_opts *o, const char *text)
{
	const int bits = read_pair(text, &o->tx_address, &o->rx_address);

	if (bits < 0 || !(bits & 1))
		return -1;
	o->flags |= SFAM_ISOTP_ADDRESS;
	if (bits & 2)
		o->flags |= SFAM_ISOTP_RX_ADDRESS;
	return 0;
}

static int set_padding(struct sfam_isotp_opts *o, const char *text)
{
	const int bits = read_pair(text, &o->tx_pad, &o->rx_pad);

	if (bits < 0)
		return -1;
	if (bits & 1)
		o->flags |= SFAM_ISOTP_TX_PAD;
	if (bits & 2)
		o->flags |= SFAM_ISOTP_RX_PAD;
	return 0;
}

static int set_check(struct sfam_isotp_opts *o, const char *text)
{
	if (strlen(text) != 1 || !strchr("lca", text[0]))
		return -1;
	if (text[0] != 'c')
		o->flags |= SFAM_ISOTP_CHECK_LEN;
	if (text[0] != 'l')
		o->flags |= SFAM_ISOTP_CHECK_PAD;
	return 0;
}

/* "MTU:TX_DL:FLAGS", decimal. */
static int set_link(struct sfam_isotp_opts *o, const char *text)
{
	unsigned int mtu, dl, flags;
	int end = 0;

	if (sscanf(text, "%3u:%3u:%3u%n", &mtu, &dl, &flags, &end) != 3 ||
	    text[end] || (mtu != CAN_MTU && mtu != CANFD_MTU) || dl > 64 ||
	    flags > 3)
		return -1;
	o->mtu = (uint8_t)mtu;
	o->tx_dl = (uint8_t)dl;
	o->tx_flags = (uint8_t)flags;
	return 0;
}

static int set_frame_time(struct sfam_isotp_opts *o, const char *text)
{
	if (strcmp(text, "ZERO") == 0) {
		o->frame_ns = 0;
		return 0;
	}
	/* To isotpsend 0 is the kernel's default. */
	if (isotp_ns(text, &o->frame_ns) < 0)
		return -1;
	if (o->frame_ns == 0)
		o->frame_ns = -1;
	return 0;
}

int isotp_option(struct isotp_socket *s, const struct cli_verb *self, int c)
{
	int r = -1;

	switch (c) {
	case 's':
		r = isotp_id(optarg, &s->tx);
		s->has_tx = 1;
		break;
	case 'd':
		r = isotp_id(optarg, &s->rx);
		s->has_rx = 1;
		break;
	case 'x':
		r = set_address(&s->opts, optarg);
		break;
	case 'p':
		r = set_padding(&s->opts, optarg);
		break;
	case 'P':
		r = set_check(&s->opts, optarg);
		break;
	case 'L':
		r = set_link(&s->opts, optarg);
		break;
	case 't':
		r = set_frame_time(&s->opts, optarg);
		break;
	}
	return r < 0 ? cli_usage(self, "-%c %s: not one", c, optarg) : CLI_OK;
}

int isotp_flow_option(struct isotp_socket *s, const struct cli_verb *self,
		      int c)
{
	struct sfam_isotp_opts *o = &s->opts;
	int r;

	switch (c) {
	case 'b':
		r = isotp_hex_byte(optarg, &o->block_size);
		break;
	case 'm':
		r = isotp_hex_byte(optarg, &o->stmin);
		break;
	case 'w':
		r = isotp_hex_byte(optarg, &o->wait_max);
		break;
	default:
		return isotp_option(s, self, c);
	}
	return r < 0 ? cli_usage(self, "-%c %s: not one", c, optarg) : CLI_OK;
}

int isotp_complete(struct isotp_socket *s, const struct cli_verb *self,
		   int argc, char **argv)
{
	const uint32_t alone = SFAM_ISOTP_SF_BROADCAST |
			       SFAM_ISOTP_CF_BROADCAST;

	if (optind == argc)
		return cli_usage(self, "which interface?");
	if (optind + 1 != argc)
		return cli_usage(self, "what is %s?", argv[optind + 1]);
	/* Nothing is received in answer to a broadcast. */
	if (s->opts.flags & alone && !s->has_rx)
		s->rx = s->tx;
	else if (!s->has_rx)
		return cli_usage(self, "which -d?");
	return s->has_tx ? CLI_OK : cli_usage(self, "which -s?");
}

static int put_id(char *to, uint32_t id)
{
	return sprintf(to, id & CAN_EFF_FLAG ? "%08X" : "%03X",
		       id & CAN_EFF_MASK);
}

int isotp_open(const struct isotp_socket *s, const char *ifname)
{
	char text[96], rx[12], tx[12];
	struct sfam_addr addr;
	int r;

	put_id(rx, s->rx);
	put_id(tx, s->tx);
	snprintf(text, sizeof(text), "can-isotp:%.48s,rx=%s,tx=%s", ifname, rx,
		 tx);
	if (cli_parse_addr("can-isotp", text, &addr) != CLI_OK)
		return -1;
	r = sfam_isotp_open(&addr, &s->opts);
	if (r >= 0)
		return r;
	/* The family's own words for what a kernel lacks. */
	if (r == -EPROTONOSUPPORT || r == -EAFNOSUPPORT)
		return cli_open(&addr, SFAM_OPEN_SOCKET, NULL);
	if (r == -EINVAL)
		cli_error("%s: the options do not go together, or it has no "
			  "FD frames (%s)", ifname, strerror(EINVAL));
	else
		isotp_failed(ifname, r);
	return -1;
}

int isotp_failed(const char *ifname, int error)
{
	const char *words = sfam_isotp_words(error);

	return words ? cli_error("%s: %s", ifname, words) :
		       cli_bad_call(ifname, error);
}

int isotp_is_of_pdu(int error)
{
	return error == -ECOMM || error == -EFBIG || error == -EBADMSG ||
	       error == -EILSEQ || error == -ETIME || error == -EMSGSIZE;
}

size_t isotp_write_hex(char *to, const uint8_t *from, size_t n,
		       const char *after)
{
	static const char digits[] = "0123456789ABCDEF";
	char *p = to;
	size_t i;

	for (i = 0; i < n; i++) {
		*p++ = digits[from[i] >> 4];
		*p++ = digits[from[i] & 15];
		p = stpcpy(p, after);
	}
	return (size_t)(p - to);
}

#define SOCKET_DETAILS \
"  -s, -d ID     of frames sent, and received: 3 digits, or 8 (extended)\n" \
"  -x TX[:RX]    extended addresses\n" \
"  -p [TX]:[RX]  padding, sent and expected\n" \
"  -P l|c|a      check length, content, all of the padding received\n" \
"  -L MTU:DL:FLAGS   16 or 72 (FD), bytes in a frame, 1 for BRS (decimal)\n" \
"  -t NS         time before each frame sent; ZERO for none\n"

const struct cli_verb can_isotp_verbs[] = {
	{
		.name = "send",
		.args = "-s ID -d ID [OPTION]... IF",
		.help = "send a PDU, bytes in hex on stdin, as isotpsend does",
		.details =
SOCKET_DETAILS
"  -f NS         time between frames, whatever the receiver asks for\n"
"  -D LEN        that many bytes 01 02 ... instead of stdin; -i FILE: its\n"
"                bytes\n"
"  -l N|i        send it N times, or for ever; -g US: before each, wait\n"
"  -S, -C        to many: single frames; without flow control. No -d then\n"
"  -F            each flow control counts, not the first alone\n"
"  -b            (of isotpsend:) always so here\n"
"\n"
"Unlike isotpsend it waits until the PDU is out, and fails if it is not.\n",
		.run = can_isotp_send_run,
	},
	{
		.name = "recv",
		.args = "-s ID -d ID [OPTION]... IF",
		.help = "receive a PDU, shown in hex, as isotprecv does",
		.details =
SOCKET_DETAILS
"  -b, -m, -w N  block size, STmin, wait frames of our flow control (hex)\n"
"  -f NS         frames that come sooner than so much are not seen\n"
"  -l            go on after the first\n"
"\n"
"PDUs that broke off are told on stderr.\n",
		.run = can_isotp_recv_run,
	},
	{
		.name = "dump",
		.args = "-s ID -d ID [-x ADDR] [-X ADDR] [-a] [-c] [-r] [-u] "
			"[-t a|A|d|z] IF|-I LOG",
		.help = "explain frames of ISO-TP, as isotpdump does",
		.details =
"  -s, -d  the identifiers of the two sides\n"
"  -x, -X  extended addresses of -s and of -d, or any\n"
"  -a      data as text too; -c: colours\n"
"  -r      whole PDUs, as isotpsniffer shows them, and what is lost of others\n"
"  -u      names of diagnostic services (UDS) and of refusals\n"
"  -t      stamps: absolute, as date, delta, since the first (zero)\n"
"  -I      frames of a file, as for 'can play', or - for stdin\n",
		.run = can_isotp_dump_run,
	},
	{
		.name = "serve",
		.args = "-l PORT -s ID -d ID [OPTION]... IF",
		.help = "PDUs as text over TCP, as isotpserver does",
		.details =
SOCKET_DETAILS
"  -b, -m, -w N  block size, STmin, wait frames of our flow control (hex)\n"
"  -v            show what passes\n"
"\n"
"A client sends and receives lines <112233>, on all addresses of this host.\n"
"Each has a socket of its own, and all receive what comes. What cannot be\n"
"sent or read is told on stderr.\n",
		.run = can_isotp_serve_run,
	},
	{ .name = NULL },
};
