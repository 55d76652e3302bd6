/* SPDX-License-Identifier: MIT */
/* sockfam tipc watch: who comes and goes, as the topology service tells. */
#include <errno.h>
#include <linux/tipc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "tipc-talk.h"

#define OPEN_NS INT64_C(10000000000)

struct watch {
	int is_json;
	int waits;		/* -w */
	int64_t wait_ns;
	uint64_t left;		/* events; 0: no end */
	int fd;
};

static int failed(const char *what, int error)
{
	if (error == -EPIPE)	/* no more stdout */
		return CLI_FAILED;
	if (error == -EAFNOSUPPORT)
		return cli_error("tipc: not in this kernel; try: modprobe "
				 "tipc (CONFIG_TIPC)");
	if (error == -ENODATA)
		return cli_error("the topology service has ended");
	if (error == -EINVAL)
		return cli_error("%s: not a service or a range of them",
				 what);
	return cli_bad_call(what, error);
}

/* ------------------------------------------------------------- print -- */

static const char *change_word(enum sfam_tipc_change change)
{
	return change == SFAM_TIPC_UP ? "up" : "down";
}

static void print_line(const struct sfam_tipc_event *e)
{
	const char *word = change_word(e->change);

	if (e->type == SFAM_TIPC_NODES)
		printf("%s node 0x%x\n", word, e->lower);
	else if (e->type == SFAM_TIPC_LINKS)
		printf("%s link to 0x%x, bearer %u to %u\n", word, e->lower,
		       e->bearer, e->peer_bearer);
	else if (e->lower == e->upper)
		printf("%s %u:%u socket:%u:%u\n", word, e->type, e->lower,
		       e->node, e->ref);
	else
		printf("%s %u:%u-%u socket:%u:%u\n", word, e->type, e->lower,
		       e->upper, e->node, e->ref);
}

static void print_json(const struct sfam_tipc_event *e)
{
	struct json j = JSON_INIT(stdout);

	json_object(&j, NULL);
	json_text(&j, "event", change_word(e->change));
	if (e->type == SFAM_TIPC_NODES) {
		json_uint(&j, "node", e->lower);
	} else if (e->type == SFAM_TIPC_LINKS) {
		json_uint(&j, "link_to", e->lower);
		json_uint(&j, "bearer", e->bearer);
		json_uint(&j, "peer_bearer", e->peer_bearer);
	} else {
		json_uint(&j, "type", e->type);
		json_uint(&j, "lower", e->lower);
		json_uint(&j, "upper", e->upper);
		json_uint(&j, "node", e->node);
		json_uint(&j, "ref", e->ref);
	}
	json_end(&j);
}

static int print_event(const struct watch *w, const struct sfam_tipc_event *e)
{
	if (w->is_json)
		print_json(e);
	else
		print_line(e);
	return fflush(stdout) == 0 ? 0 : -errno;
}

/* --------------------------------------------------------- subscribe -- */

static int subscribe(const struct watch *w, uint32_t type, uint32_t lower,
		     uint32_t upper)
{
	const struct sfam_tipc_subscription sub = {
		.type = type,
		.lower = lower,
		.upper = upper,
		.timeout_ns = SFAM_FOREVER,
	};
	int r = sfam_tipc_subscribe(w->fd, &sub);

	if (r == -EPIPE)
		r = -ENODATA;
	return r < 0 ? failed("subscribe", r) : CLI_OK;
}

static int subscribe_name(const struct watch *w, const char *text)
{
	struct sockaddr_tipc tipc;
	struct sfam_addr name;

	if (cli_parse_addr("tipc", text, &name) != 0)
		return CLI_FAILED;
	memcpy(&tipc, &name.storage, sizeof(tipc));
	if (tipc.addrtype == TIPC_SERVICE_RANGE)
		return subscribe(w, tipc.addr.nameseq.type,
				 tipc.addr.nameseq.lower,
				 tipc.addr.nameseq.upper);
	if (tipc.addrtype == TIPC_SERVICE_ADDR && tipc.addr.name.domain == 0)
		return subscribe(w, tipc.addr.name.name.type,
				 tipc.addr.name.name.instance,
				 tipc.addr.name.name.instance);
	return failed(text, -EINVAL);
}

static int subscribe_all(const struct watch *w, char **texts)
{
	int status = CLI_OK;

	if (!*texts) {
		status = subscribe(w, SFAM_TIPC_NODES, 0, UINT32_MAX);
		return status != CLI_OK ? status :
		       subscribe(w, SFAM_TIPC_LINKS, 0, UINT32_MAX);
	}
	for (; *texts && status == CLI_OK; texts++)
		status = subscribe_name(w, *texts);
	return status;
}

/* ------------------------------------------------------------- watch -- */

/* 1: that was the last one. */
static int take(struct watch *w)
{
	struct sfam_tipc_event event;
	int r = sfam_tipc_event_recv(w->fd, &event, 0);

	if (r == 0)
		r = print_event(w, &event);
	if (r < 0)
		return r == -ETIMEDOUT ? 0 : r;
	return w->left && --w->left == 0;
}

static int follow(struct watch *w, int signals)
{
	int r = 0;

	while (r == 0) {
		r = cli_wait_input(w->fd, signals, -1);
		if (r == 0)
			r = take(w);
	}
	return r < 0 ? failed("watch", r) : CLI_OK;
}

static int watch(struct watch *w, char **texts)
{
	int signals = cli_signal_fd();
	int status;

	if (signals < 0)
		return CLI_FAILED;
	w->fd = sfam_tipc_topology_open(OPEN_NS);
	status = w->fd < 0 ? failed("topology service", w->fd) :
			     subscribe_all(w, texts);
	if (status == CLI_OK)
		status = follow(w, signals);
	if (w->fd >= 0)
		close(w->fd);
	close(signals);
	return status;
}

static int wait_for(const struct watch *w, const char *text)
{
	struct sfam_addr name;
	int r;

	if (cli_parse_addr("tipc", text, &name) != 0)
		return CLI_FAILED;
	r = sfam_tipc_wait(&name, w->wait_ns);
	if (r == -ETIMEDOUT)
		return cli_error("%s: nobody has had that name in time", text);
	return r < 0 ? failed(text, r) : CLI_OK;
}

static int read_options(const struct cli_verb *self, struct watch *w, int argc,
			char **argv)
{
	int c;

	while ((c = cli_getopt_long(self, argc, argv, "+:n:w:", cli_json)) !=
	       -1) {
		switch (c) {
		case 'j':
			w->is_json = 1;
			break;
		case 'n':
			if (cli_number(optarg, 1, UINT64_MAX, &w->left) < 0)
				return cli_usage(self, "-n %s: not a number "
						 "of events", optarg);
			break;
		case 'w':
			if (cli_seconds(optarg, &w->wait_ns) < 0)
				return cli_usage(self, "-w %s: not a number "
						 "of seconds", optarg);
			w->waits = 1;
			break;
		default:
			return CLI_USAGE;
		}
	}
	if (w->waits && argc - optind != 1)
		return cli_usage(self, "-w waits for one name");
	return CLI_OK;
}

int tipc_watch_run(const struct cli_verb *self, int argc, char **argv)
{
	struct watch w = { .fd = -1 };
	int status = read_options(self, &w, argc, argv);

	if (status != CLI_OK)
		return status;
	return w.waits ? wait_for(&w, argv[optind]) : watch(&w, argv + optind);
}
