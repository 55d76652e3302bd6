/* SPDX-License-Identifier: MIT */
/*
 * sockfam can j1939 spy, in j1939spy's lines:
 *   ["(" time ")"] " " SRC "," PGN " " DST " !" prio " [" len "]" bytes
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "can-j1939.h"
#include "hex.h"

#define UNITS_PER_S 10000	/* stamps have 4 digits */
#define NS_PER_UNIT 100000
#define NS_PER_US 1000

struct spy {
	int is_hex;		/* -x */
	char stamp;		/* -t, or 0 */
	uint64_t count;		/* -n, or 0 */
	struct can_j1939_addr at;
	int64_t base_ns;	/* -1: none yet */
};

/* Cut to what j1939spy has of a time, or differences would not be the same. */
static void print_stamp(struct spy *s, int64_t time_ns)
{
	int64_t ns = time_ns - time_ns % NS_PER_US, since = ns;
	char date[32];
	struct tm tm;
	time_t sec;

	if (s->stamp == 'd' || s->stamp == 'z') {
		if (s->base_ns < 0)
			s->base_ns = s->stamp == 'z' ? ns : 0;
		since = ns - s->base_ns;
		if (s->stamp == 'd')
			s->base_ns = ns;
	}
	if (since < 0)
		since = 0;
	sec = (time_t)(since / 1000000000);
	snprintf(date, sizeof(date), "%lld", (long long)sec);
	if (s->stamp == 'A') {
		localtime_r(&sec, &tm);
		strftime(date, sizeof(date), "%Y%m%dT%H%M%S", &tm);
	}
	printf("(%s.%04d)", date, (int)(since / NS_PER_UNIT % UNITS_PER_S));
}

static void print_source(const struct spy *s, const struct sfam_j1939_event *e)
{
	printf(" %s:", s->at.ifname);
	if (e->src_name)
		printf("%016llx", (unsigned long long)e->src_name);
	if (e->src_name && e->pgn == J1939_PGN_ADDRESS_CLAIMED)
		printf(".%02x", e->src);
	if (!e->src_name && e->src != J1939_NO_ADDR)
		printf("%02x", e->src);
	if (!e->src_name && e->src == J1939_NO_ADDR)
		putchar('-');
	printf(",%05x ", e->pgn);
}

static void print_destination(const struct sfam_j1939_event *e)
{
	if (e->dst_name)
		printf("%016llx", (unsigned long long)e->dst_name);
	else if (e->dst != J1939_NO_ADDR)
		printf("%02x", e->dst);
	else
		putchar('-');
}

static void print_bytes(const unsigned char *data, size_t len)
{
	char group[8];
	size_t n;

	for (; len; len -= n, data += n) {
		n = len < 4 ? len : 4;
		hex_write(group, data, n);
		printf(" %.*s", (int)(2 * n), group);
	}
}

static int take(void *arg, const struct sfam_j1939_event *e,
		const unsigned char *data)
{
	struct spy *s = arg;

	if (e->kind != SFAM_J1939_MESSAGE)
		return CLI_OK;
	if (s->stamp)
		print_stamp(s, e->time_ns);
	print_source(s, e);
	print_destination(e);
	printf(" !%u [%zu]", e->prio, e->len);
	print_bytes(data, e->len);
	putchar('\n');
	return fflush(stdout) == 0 ? CLI_OK : CLI_FAILED;
}

/* What is given of the address is what its source must be. */
static int set_filter(const struct spy *s, int fd)
{
	struct j1939_filter f;
	int r;

	memset(&f, 0, sizeof(f));
	if (s->at.name != J1939_NO_NAME) {
		f.name = s->at.name;
		f.name_mask = UINT64_MAX;
	}
	if (s->at.pgn != J1939_NO_PGN) {
		f.pgn = s->at.pgn;
		f.pgn_mask = UINT32_MAX;
	}
	if (s->at.addr != J1939_NO_ADDR) {
		f.addr = s->at.addr;
		f.addr_mask = UINT8_MAX;
	}
	r = sfam_j1939_set_filters(fd, &f, 1);
	return r < 0 ? can_j1939_failed(s->at.ifname, r) : CLI_OK;
}

static int run(struct spy *s)
{
	struct can_j1939_addr any = {
		.addr = J1939_NO_ADDR,
		.pgn = J1939_NO_PGN,
		.name = J1939_NO_NAME,
	};
	struct can_j1939_reader reader = {
		.ifname = s->at.ifname,
		.count = s->count,
		.take = take,
		.arg = s,
	};
	int status;

	strcpy(any.ifname, s->at.ifname);
	reader.fd = can_j1939_open(&any, SFAM_J1939_OPT_PROMISC);
	if (reader.fd < 0)
		return CLI_FAILED;
	status = set_filter(s, reader.fd);
	if (status == CLI_OK)
		status = can_j1939_read(&reader);
	close(reader.fd);
	return status;
}

int can_j1939_spy_run(const struct cli_verb *self, int argc, char **argv)
{
	struct spy s = { .base_ns = -1 };
	int o, status;

	while ((o = cli_getopt(self, argc, argv, "+:xt:n:")) != -1) {
		switch (o) {
		case 'x':
			s.is_hex = 1;
			break;
		case 't':
			if (strlen(optarg) != 1 || !strchr("aAdz", *optarg))
				return cli_usage(self, "-t takes a, A, d or z");
			s.stamp = *optarg;
			break;
		case 'n':
			if (cli_number(optarg, 1, UINT64_MAX, &s.count) < 0)
				return cli_usage(self, "-n takes a number of "
						 "messages");
			break;
		default:
			return CLI_USAGE;
		}
	}
	if (argc - optind != 1)
		return cli_usage(self, "on which interface?");
	status = can_j1939_local(&s.at, argv[optind], s.is_hex);
	return status == CLI_OK ? run(&s) : status;
}
