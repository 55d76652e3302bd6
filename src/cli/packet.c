/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "decode.h"
#include "packet-filter.h"

#define SOURCES_MAX 64
/* Holds every header, and a whole CAN XL frame (2060 bytes). */
#define SNAP 4096
#define VLAN_LEN 4
#define MACS_LEN 12
/* Packets from one socket before the next one has its turn. */
#define TURN 64
/* The kernel does not tell when an interface that is down gets deleted. */
#define LOOK_MS 1000

struct source {
	const char *name;	/* as the user wrote it */
	int fd;			/* -1: the interface has gone */
	int down;		/* it was when we last heard of it */
};

struct sniff {
	struct source sources[SOURCES_MAX];
	size_t n;
	size_t alive;
	unsigned int flags;	/* DECODE_... */
	int as_json;
	uint64_t limit;		/* 0: none */
	uint64_t captured;
	uint64_t received;	/* by the kernel, those dropped included */
	uint64_t dropped;
	int status;
	int last_index;		/* a look-up is three system calls */
	char last_name[IF_NAMESIZE];
};

/* One packet with all that came beside it. */
struct packet {
	struct sockaddr_ll from;
	struct timespec time;
	const uint8_t *data;
	size_t caplen;
	size_t origlen;
	/* The kernel takes a VLAN tag out of the data; here is room for it. */
	uint8_t room[VLAN_LEN + SNAP];
};

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(struct timespec)) +
		   CMSG_SPACE(sizeof(struct tpacket_auxdata))];
};

static const char *interface_name(struct sniff *s, int index)
{
	if (index != s->last_index) {
		if (!if_indextoname((unsigned int)index, s->last_name))
			snprintf(s->last_name, sizeof(s->last_name), "%%%d",
				 index);
		s->last_index = index;
	}
	return s->last_name;
}

static const char *direction(unsigned int pkttype)
{
	switch (pkttype) {
	case PACKET_HOST:
		return "In";
	case PACKET_BROADCAST:
		return "B";
	case PACKET_MULTICAST:
		return "M";
	case PACKET_OTHERHOST:
		return "P";
	case PACKET_OUTGOING:
		return "Out";
	}
	return "?";
}

/* Where all that is sent comes in again, it need not be shown twice. */
static int is_twin(const struct sockaddr_ll *from)
{
	return from->sll_pkttype == PACKET_OUTGOING &&
	       (from->sll_hatype == ARPHRD_LOOPBACK ||
		from->sll_hatype == ARPHRD_CAN);
}

static void print_json(const struct packet *p, const char *name,
		       const struct decode_packet *d)
{
	struct json j = JSON_INIT(stdout);

	json_object(&j, NULL);
	json_int(&j, "time_ns", p->time.tv_sec * INT64_C(1000000000) +
				p->time.tv_nsec);
	json_text(&j, "interface", name);
	json_text(&j, "direction", direction(p->from.sll_pkttype));
	decode_json(&j, d);
	json_end(&j);
}

static void print_packet(struct sniff *s, const struct packet *p)
{
	const struct decode_packet d = {
		.data = p->data,
		.caplen = p->caplen,
		.origlen = p->origlen,
		.link = decode_link(p->from.sll_hatype),
	};
	const char *name = interface_name(s, p->from.sll_ifindex);
	char clock[16] = "";
	struct tm tm;

	if (s->as_json) {
		print_json(p, name, &d);
		return;
	}
	if (localtime_r(&p->time.tv_sec, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	printf("%s.%06ld %-5s %-3s ", clock, p->time.tv_nsec / 1000, name,
	       direction(p->from.sll_pkttype));
	decode_print(stdout, &d, s->flags);
}

/* Puts the tag back between the MAC addresses and the type. */
static void restore_vlan(struct packet *p, const struct tpacket_auxdata *aux)
{
	uint8_t *data = p->room + VLAN_LEN;
	unsigned int tpid = ETH_P_8021Q;

	if (!(aux->tp_status & TP_STATUS_VLAN_VALID) || p->caplen < MACS_LEN)
		return;
	if (aux->tp_status & TP_STATUS_VLAN_TPID_VALID)
		tpid = aux->tp_vlan_tpid;
	memmove(p->room, data, MACS_LEN);
	data = p->room + MACS_LEN;
	data[0] = (uint8_t)(tpid >> 8);
	data[1] = (uint8_t)tpid;
	data[2] = (uint8_t)(aux->tp_vlan_tci >> 8);
	data[3] = (uint8_t)aux->tp_vlan_tci;
	p->data = p->room;
	p->caplen += VLAN_LEN;
	p->origlen += VLAN_LEN;
}

static void read_control(struct packet *p, struct msghdr *msg)
{
	struct tpacket_auxdata aux;
	struct cmsghdr *h;

	for (h = CMSG_FIRSTHDR(msg); h; h = CMSG_NXTHDR(msg, h)) {
		if (h->cmsg_level == SOL_SOCKET &&
		    h->cmsg_type == SO_TIMESTAMPNS) {
			memcpy(&p->time, CMSG_DATA(h), sizeof(p->time));
		} else if (h->cmsg_level == SOL_PACKET &&
			   h->cmsg_type == PACKET_AUXDATA) {
			memcpy(&aux, CMSG_DATA(h), sizeof(aux));
			restore_vlan(p, &aux);
		}
	}
}

/* 0, or -errno; -EAGAIN when there is none. */
static int receive_packet(int fd, struct packet *p)
{
	struct iovec iov = { p->room + VLAN_LEN, SNAP };
	union control control;
	struct msghdr msg = {
		.msg_name = &p->from,
		.msg_namelen = sizeof(p->from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n;

	do {
		n = recvmsg(fd, &msg, MSG_DONTWAIT | MSG_TRUNC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	p->data = p->room + VLAN_LEN;
	p->origlen = (size_t)n;
	p->caplen = n < SNAP ? (size_t)n : SNAP;
	memset(&p->time, 0, sizeof(p->time));
	read_control(p, &msg);
	return 0;
}

static void count(struct sniff *s, const struct source *src)
{
	struct tpacket_stats stats;
	socklen_t len = sizeof(stats);

	if (getsockopt(src->fd, SOL_PACKET, PACKET_STATISTICS, &stats,
		       &len) < 0)
		return;
	s->received += stats.tp_packets;
	s->dropped += stats.tp_drops;
}

static void close_source(struct sniff *s, struct source *src)
{
	count(s, src);
	close(src->fd);
	src->fd = -1;
	s->alive--;
}

static int has_gone(const struct source *src)
{
	struct sockaddr_ll ll;
	socklen_t len = sizeof(ll);

	return getsockname(src->fd, (struct sockaddr *)&ll, &len) == 0 &&
	       ll.sll_ifindex < 0;
}

static void say_gone(struct sniff *s, struct source *src)
{
	s->status = cli_error("%s: the interface has gone", src->name);
	close_source(s, src);
}

/* A link that is down may come up again; one that was deleted may not. */
static void receive_failed(struct sniff *s, struct source *src, int error)
{
	if (error == -ENETDOWN && has_gone(src)) {
		say_gone(s, src);
	} else if (error == -ENETDOWN) {
		cli_error("%s: the interface is down; waiting for it",
			  src->name);
		src->down = 1;
	} else {
		s->status = cli_bad_call(src->name, error);
		close_source(s, src);
	}
}

static int is_done(const struct sniff *s)
{
	return s->alive == 0 || (s->limit && s->captured >= s->limit);
}

static void drain(struct sniff *s, struct source *src)
{
	struct packet p;
	int i;
	int r;

	for (i = 0; i < TURN && !is_done(s); i++) {
		r = receive_packet(src->fd, &p);
		if (r == -EAGAIN)
			return;
		if (r < 0) {
			receive_failed(s, src, r);
			return;
		}
		if (is_twin(&p.from))
			continue;
		src->down = 0;
		print_packet(s, &p);
		s->captured++;
	}
}

/* Whoever reads the lines through a pipe sees them at once. */
static int flush_lines(struct sniff *s)
{
	s->last_index = 0;	/* names change */
	if (fflush(stdout) == 0)
		return 0;
	if (errno != EPIPE)
		cli_bad_call("stdout", -errno);
	s->status = CLI_FAILED;
	return -1;
}

static void serve_source(struct sniff *s, struct source *src, int revents)
{
	if (revents && !is_done(s))
		drain(s, src);
	else if (src->down && src->fd >= 0 && has_gone(src))
		say_gone(s, src);
}

/* Returns 0 at the end. */
static int sniff_once(struct sniff *s, int signals)
{
	struct pollfd fds[1 + SOURCES_MAX];
	int timeout = -1;
	size_t i;

	fds[s->n].fd = signals;
	fds[s->n].events = POLLIN;
	for (i = 0; i < s->n; i++) {
		fds[i].fd = s->sources[i].fd;
		fds[i].events = POLLIN;
		if (s->sources[i].down && s->sources[i].fd >= 0)
			timeout = LOOK_MS;
	}
	if (poll(fds, s->n + 1, timeout) < 0) {
		if (errno == EINTR)
			return 1;
		s->status = cli_bad_call("poll", -errno);
		return 0;
	}
	if (fds[s->n].revents)
		return 0;
	for (i = 0; i < s->n; i++)
		serve_source(s, &s->sources[i], fds[i].revents);
	return flush_lines(s) == 0 && !is_done(s);
}

static int want_extras(int fd)
{
	const int one = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one)) < 0)
		return cli_bad_call("setsockopt", -errno);
	return CLI_OK;
}

static int open_source(struct sniff *s, const char *name)
{
	struct source *src = &s->sources[s->n];
	struct sfam_addr addr;

	if (cli_parse_addr("packet", strcmp(name, "any") == 0 ? "" : name,
			   &addr) != 0)
		return CLI_FAILED;
	if (addr.type != SOCK_RAW)
		return cli_error("%s: packets are shown with their link "
				 "header; leave out ,type=", name);
	src->name = *name ? name : "any";
	src->fd = cli_open(&addr, SFAM_OPEN_BIND, NULL);
	if (src->fd < 0)
		return CLI_FAILED;
	s->n++;
	s->alive++;
	return want_extras(src->fd);
}

static void say_listening(const struct sniff *s)
{
	size_t i;

	fprintf(stderr, "listening on");
	for (i = 0; i < s->n; i++)
		fprintf(stderr, "%s %s", i ? "," : "", s->sources[i].name);
	fputc('\n', stderr);
}

static void finish(struct sniff *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->sources[i].fd >= 0)
			close_source(s, &s->sources[i]);
	fprintf(stderr, "%" PRIu64 " packets captured\n"
		"%" PRIu64 " packets received by filter\n"
		"%" PRIu64 " packets dropped by kernel\n",
		s->captured, s->received, s->dropped);
}

static int sniff_all(struct sniff *s, int argc, char **argv)
{
	int signals;
	int i;

	for (i = 0; i < argc; i++)
		if (open_source(s, argv[i]) != CLI_OK)
			return CLI_FAILED;
	signals = cli_signal_fd();
	if (signals < 0)
		return CLI_FAILED;
	say_listening(s);
	while (sniff_once(s, signals))
		;
	finish(s);
	close(signals);
	return s->status;
}

static int read_option(struct sniff *s, const struct cli_verb *self, int c)
{
	if (c == 'j')
		s->as_json = 1;
	else if (strchr(DECODE_OPTIONS, c))
		s->flags = decode_option(s->flags, c);
	else if (cli_number(optarg, 1, UINT64_MAX, &s->limit) < 0)
		return cli_usage(self, "-c %s: not a number of packets, 1 or "
				 "more", optarg);
	return CLI_OK;
}

static int run_sniff(const struct cli_verb *self, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	struct sniff s = { .status = CLI_OK };
	int c;

	while ((c = cli_getopt_long(self, argc, argv, "+:c:" DECODE_OPTIONS,
				    longs)) != -1)
		if (c == '?' || read_option(&s, self, c) != CLI_OK)
			return CLI_USAGE;
	if (argc == optind)
		return cli_usage(self, "which interface? any: all of them");
	if (argc - optind > SOURCES_MAX)
		return cli_usage(self, "more than %d interfaces; any: all of "
				 "them", SOURCES_MAX);
	return sniff_all(&s, argc - optind, argv + optind);
}

static const struct cli_verb below[] = {
	{
		.name = "sniff",
		.args = "[-c N] [-evxXA] [--json] IF...",
		.help = "show the packets of interfaces, as tcpdump does",
		.details =
"  -c N  end after N packets\n"
"  -e    show the link's addresses and type too\n"
"  -v    more: all of IP's header, checksums, options; on several lines\n"
"  -x    the bytes in hex, -X with their characters, -A as characters alone;\n"
"        twice (-xx): from the link's header on\n"
"  --json  an object for each packet, one a line\n"
"IF is the name of an interface or 'any', with ,proto=arp for one protocol\n"
"alone (of which the kernel then shows what comes in, not what goes out).\n"
"Prints 'listening on IF' on stderr when it has begun, and counts at the\n"
"end. Needs CAP_NET_RAW. TCP numbers are absolute (tcpdump -S).\n",
		.run = run_sniff,
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
