/* SPDX-License-Identifier: MIT */
/* sockfam tipc links: from this node to others. */
#include <string.h>
#include <unistd.h>

#include "tipc-cli.h"

static const char *state_of(const struct sfam_tipc_link *l)
{
	if (!(l->flags & SFAM_TIPC_LINK_UP))
		return "down";
	if (l->flags & SFAM_TIPC_LINK_BROADCAST)
		return "up";
	return l->flags & SFAM_TIPC_LINK_ACTIVE ? "active" : "standby";
}

/* Our end of "node1:veth0-node2:veth1", though either may have ":" or "-". */
static int is_on(const struct sfam_tipc_link *l, const char *interface)
{
	const char *p = l->name;
	size_t n = strlen(interface);

	while ((p = strchr(p, ':')) != NULL) {
		p++;
		if (strncmp(p, interface, n) == 0 && p[n] == '-')
			return 1;
	}
	return 0;
}

static void print_stats(const struct sfam_tipc_link *l)
{
	unsigned int i;
	int n = 0;

	for (i = 0; i < SFAM_TIPC_STATS_MAX; i++) {
		const char *name = sfam_tipc_stat_name(i);

		if (!name || !(l->have >> i & 1))
			continue;
		printf("%s%s %u", n % 4 ? ", " : n ? "\n    " : "    ", name,
		       l->stats[i]);
		n++;
	}
	putchar('\n');
}

static void print_link(const struct tipc_list *list,
		       const struct sfam_tipc_link *l)
{
	printf("%s: %s", l->name, state_of(l));
	if (l->peer)
		printf(", to 0x%x", l->peer);
	if (l->mtu)
		printf(", MTU %u", l->mtu);
	tipc_cli_print_properties(&l->properties);
	printf("\n  packets received %u, sent %u\n", l->rx_packets,
	       l->tx_packets);
	if (list->with_stats)
		print_stats(l);
}

static void link_as_json(struct json *j, const struct sfam_tipc_link *l)
{
	unsigned int i;

	json_object(j, NULL);
	json_text(j, "name", l->name);
	json_truth(j, "up", (l->flags & SFAM_TIPC_LINK_UP) != 0);
	json_truth(j, "active", (l->flags & SFAM_TIPC_LINK_ACTIVE) != 0);
	json_truth(j, "broadcast", (l->flags & SFAM_TIPC_LINK_BROADCAST) != 0);
	if (!(l->flags & SFAM_TIPC_LINK_BROADCAST)) {
		json_uint(j, "peer", l->peer);
		json_uint(j, "mtu_bytes", l->mtu);
	}
	tipc_cli_json_properties(j, &l->properties);
	json_uint(j, "rx_packets", l->rx_packets);
	json_uint(j, "tx_packets", l->tx_packets);
	json_object(j, "stats");
	for (i = 0; i < SFAM_TIPC_STATS_MAX; i++)
		if (sfam_tipc_stat_name(i) && (l->have >> i & 1))
			json_uint(j, sfam_tipc_stat_name(i), l->stats[i]);
	json_end(j);
	json_end(j);
}

static int show_link(const struct sfam_tipc_link *l, void *arg)
{
	struct tipc_list *list = arg;
	struct json *j = tipc_cli_json(list);

	if (list->interface && !is_on(l, list->interface))
		return 0;
	if (j)
		link_as_json(j, l);
	else
		print_link(list, l);
	return 0;
}

int tipc_links_list(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_ctl_diag diag;
	struct tipc_list list;
	int status = tipc_cli_list(self, argc, argv, 1, &list);

	if (status != CLI_OK)
		return status;
	list.interface = argv[optind];
	return tipc_cli_end(&list, "links",
			    sfam_tipc_list_links(show_link, &list, &diag),
			    &diag);
}

static int run_set(const struct cli_verb *self, int argc, char **argv)
{
	return tipc_cli_set(self, argc, argv, sfam_tipc_set_link);
}

static int run_reset(const struct cli_verb *self, int argc, char **argv)
{
	return tipc_cli_each(self, argc, argv, "which link?",
			     sfam_tipc_reset_link);
}

const struct cli_verb tipc_links_verbs[] = {
	{
		.name = "list",
		.args = "[--json] [-s] [IF]",
		.help = "links, of an interface or UDP bearer only",
		.details =
"  -s  all statistics; --json has them always\n",
		.run = tipc_links_list,
	}, {
		.name = "set",
		.args = "LINK WORD VALUE...",
		.help = "change one's properties",
		.details =
TIPC_CLI_PROPERTIES
"A new priority ends the link, which comes again; window is what it may grow\n"
"to, not what is listed.\n"
"  broadcast N       broadcast-link: 1 broadcast, 2 replicast, 4 either\n"
"  ratio N           broadcast-link: percent of the nodes, for 4\n",
		.run = run_set,
	}, {
		.name = "reset",
		.args = "LINK...",
		.help = "set statistics to 0",
		.run = run_reset,
	},
	{ .name = NULL },
};
