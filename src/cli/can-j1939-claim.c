/* SPDX-License-Identifier: MIT */
/* sockfam can j1939 claim: an address for a NAME, held until a signal. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "can-j1939.h"
#include "output.h"
#include "progress.h"

struct claim {
	const char *cache;	/* -c, or NULL */
	const char *ifname;
	uint8_t addrs[J1939_IDLE_ADDR];
	size_t n;
	uint64_t name;
	struct sfam_j1939_claim machine;
	int fd;
};

/* --------------------------------------------------------- addresses -- */

/* Behind those that are there, or before them; none twice. */
static void add(struct claim *c, uint8_t addr, int is_first)
{
	uint8_t *at = memchr(c->addrs, addr, c->n);

	if (at && !is_first)
		return;
	if (at) {
		memmove(at, at + 1, (size_t)(c->addrs + c->n - at - 1));
		c->n--;
	}
	if (is_first)
		memmove(c->addrs + 1, c->addrs, c->n);
	c->addrs[is_first ? 0 : c->n] = addr;
	c->n++;
}

static int read_range(struct claim *c, const char *text, size_t len)
{
	const char *dash = memchr(text, '-', len);
	size_t first_len = dash ? (size_t)(dash - text) : len;
	uint64_t first, last;

	if (can_j1939_number(text, first_len, 0, 253, &first) < 0)
		return -1;
	last = first;
	if (dash && can_j1939_number(dash + 1, len - first_len - 1, 0, 253,
				     &last) < 0)
		return -1;
	if (last < first)
		return -1;
	for (; first <= last; first++)
		add(c, (uint8_t)first, 0);
	return 0;
}

static int read_ranges(struct claim *c, const char *text)
{
	size_t len;

	for (;; text += len + 1) {
		len = strcspn(text, ",;");
		if (read_range(c, text, len) < 0)
			return -1;
		if (text[len] == '\0')
			return c->n ? 0 : -1;
	}
}

/* The first line that is a number of an address, as j1939acd writes it. */
static int read_cache(const char *path, uint8_t *ret)
{
	FILE *f = fopen(path, "r");
	char line[128];
	uint64_t v;
	int found = 0;

	if (!f)
		return errno == ENOENT ? 0 : -errno;
	while (!found && fgets(line, sizeof(line), f))
		found = can_j1939_number(line, strcspn(line, " \t\r\n"), 0,
					 253, &v) == 0;
	fclose(f);
	if (found)
		*ret = (uint8_t)v;
	return found;
}

static int write_cache(const struct claim *c)
{
	struct output o;
	char line[64];
	int n, r;

	if (!c->cache)
		return CLI_OK;
	if (output_open(&o, c->cache) < 0)
		return CLI_FAILED;
	n = snprintf(line, sizeof(line), "# %016llx on %s\n0x%02x\n",
		     (unsigned long long)c->name, c->ifname, c->machine.addr);
	r = output_write(&o, line, (size_t)n);
	if (r == 0)
		r = output_commit(&o);
	output_discard(&o);
	return r < 0 ? CLI_FAILED : CLI_OK;
}

/* ---------------------------------------------------------------- run -- */

static int is_at(const struct claim *c, enum sfam_j1939_claim_state state)
{
	return c->machine.state == state;
}

/* Waits for the socket, its time or a signal (1). */
static int wait_once(struct claim *c, int signals)
{
	struct pollfd polls[] = {
		{ c->fd, POLLIN, 0 },
		{ signals, POLLIN, 0 },
	};
	int64_t left = c->machine.due_ns - progress_now_ns();
	struct timespec ts = { 0, 0 };

	if (left > 0) {
		ts.tv_sec = (time_t)(left / 1000000000);
		ts.tv_nsec = (long)(left % 1000000000);
	}
	if (ppoll(polls, 2, c->machine.due_ns < 0 ? NULL : &ts, NULL) < 0)
		return errno == EINTR ? 0 : -errno;
	return polls[1].revents ? 1 : 0;
}

static int run_machine(struct claim *c)
{
	int r = sfam_j1939_claim_run(&c->machine, c->fd, 0);

	return r == -ETIMEDOUT ? 0 : r;
}

/* Tells what has changed since the address it held before. */
static void tell(const struct claim *c, uint8_t *held)
{
	uint8_t now = is_at(c, SFAM_J1939_CLAIM_HOLDS) ? c->machine.addr :
							 J1939_IDLE_ADDR;

	if (now == *held)
		return;
	if (*held != J1939_IDLE_ADDR)
		printf("lost 0x%02x\n", *held);
	if (now != J1939_IDLE_ADDR)
		printf("claimed 0x%02x\n", now);
	fflush(stdout);
	*held = now;
}

/* Till it has none and has said so (0), a signal (1), or -errno. */
static int loop(struct claim *c, int signals)
{
	uint8_t held = J1939_IDLE_ADDR;
	int r = run_machine(c);

	while (r == 0) {
		tell(c, &held);
		if (is_at(c, SFAM_J1939_CLAIM_LOST) && c->machine.due_ns < 0)
			return 0;
		r = wait_once(c, signals);
		if (r == 0)
			r = run_machine(c);
	}
	return r;
}

static int run(struct claim *c)
{
	int signals = cli_signal_fd();
	int r, status;

	if (signals < 0)
		return CLI_FAILED;
	r = loop(c, signals);
	close(signals);
	status = write_cache(c);
	if (r == 0)
		return cli_error("%s: no address left for %016llx", c->ifname,
				 (unsigned long long)c->name);
	if (r > 0)
		r = sfam_j1939_claim_release(&c->machine, c->fd);
	return r < 0 ? can_j1939_failed(c->ifname, r) : status;
}

static int open_and_run(struct claim *c)
{
	struct can_j1939_addr at = {
		.addr = J1939_IDLE_ADDR,
		.pgn = J1939_NO_PGN,
		.name = c->name,
	};
	int status;

	if (sfam_j1939_claim_init(&c->machine, c->name, c->addrs, c->n) < 0)
		return cli_error("0: no NAME");
	if (strlen(c->ifname) >= sizeof(at.ifname))
		return cli_error("%s: longer than any interface", c->ifname);
	strcpy(at.ifname, c->ifname);
	c->fd = can_j1939_open(&at, 0);
	if (c->fd < 0)
		return CLI_FAILED;
	status = run(c);
	close(c->fd);
	return status;
}

static int read_options(const struct cli_verb *self, struct claim *c,
			int argc, char **argv, uint64_t *first)
{
	int o;

	while ((o = cli_getopt(self, argc, argv, "+:r:a:c:")) != -1) {
		switch (o) {
		case 'r':
			if (read_ranges(c, optarg) < 0)
				return cli_usage(self, "-r takes addresses: "
						 "0x80-0x90,100");
			break;
		case 'a':
			if (can_j1939_number(optarg, strlen(optarg), 0, 253,
					     first) < 0)
				return cli_usage(self, "-a takes an address, "
						 "0 to 253");
			break;
		case 'c':
			c->cache = optarg;
			break;
		default:
			return CLI_USAGE;
		}
	}
	if (argc - optind != 2)
		return cli_usage(self, "which NAME, and on which interface?");
	return CLI_OK;
}

/* The file's counts only if the ranges have it. */
static int choose_first(struct claim *c, uint64_t first)
{
	uint8_t saved = 0;
	int r = 0;

	if (c->n == 0)
		read_ranges(c, "128-247");
	if (c->cache)
		r = read_cache(c->cache, &saved);
	if (r < 0)
		return cli_bad_call(c->cache, r);
	if (first <= 253)
		add(c, (uint8_t)first, 1);
	if (r > 0 && memchr(c->addrs, saved, c->n))
		add(c, saved, 1);
	return CLI_OK;
}

int can_j1939_claim_run(const struct cli_verb *self, int argc, char **argv)
{
	struct claim c = { .fd = -1 };
	uint64_t first = J1939_NO_ADDR;
	int status = read_options(self, &c, argc, argv, &first);

	if (status != CLI_OK)
		return status;
	if (can_j1939_number(argv[optind], strlen(argv[optind]), 1,
			     UINT64_MAX, &c.name) < 0)
		return cli_usage(self, "a NAME is up to 16 hex digits, not %s",
				 argv[optind]);
	c.ifname = argv[optind + 1];
	status = choose_first(&c, first);
	return status == CLI_OK ? open_and_run(&c) : status;
}
