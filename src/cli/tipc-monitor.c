/* SPDX-License-Identifier: MIT */
/* sockfam tipc monitor: who watches whom. */
#include <string.h>
#include <unistd.h>

#include "tipc-cli.h"

static const char *how(const struct sfam_tipc_monitored *m)
{
	return m->flags & (SFAM_TIPC_MONITOR_LOCAL | SFAM_TIPC_MONITOR_HEAD) ?
		"direct" : "indirect";
}

static void node_as_json(struct json *j, const struct sfam_tipc_monitored *m)
{
	uint32_t i;

	json_object(j, NULL);
	json_uint(j, "address", m->address);
	json_truth(j, "up", (m->flags & SFAM_TIPC_MONITOR_UP) != 0);
	json_truth(j, "head", (m->flags & SFAM_TIPC_MONITOR_HEAD) != 0);
	json_truth(j, "local", (m->flags & SFAM_TIPC_MONITOR_LOCAL) != 0);
	json_uint(j, "generation", m->generation);
	json_uint(j, "applied", m->applied);
	json_list(j, "members");
	for (i = 0; i < m->n_members; i++) {
		json_object(j, NULL);
		json_uint(j, "address", m->members[i]);
		json_truth(j, "up", (int)(m->up >> i & 1));
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

static int show_node(const struct sfam_tipc_monitored *m, void *arg)
{
	struct json *j = tipc_cli_json(arg);
	uint32_t i;

	if (j) {
		node_as_json(j, m);
		return 0;
	}
	printf("  0x%-8x  %-4s  %-8s  generation %u", m->address,
	       m->flags & SFAM_TIPC_MONITOR_UP ? "up" : "down", how(m),
	       m->generation);
	for (i = 0; i < m->n_members; i++)
		printf("%s0x%x%s%s", i ? " " : "  watches ", m->members[i],
		       m->up >> i & 1 ? "" : "(down)",
		       i < m->applied ? "" : "(not applied)");
	putchar('\n');
	return 0;
}

static int show_monitor(const struct sfam_tipc_monitor *m, void *arg)
{
	struct sfam_ctl_diag diag;
	struct tipc_list *list = arg;
	struct json *j = tipc_cli_json(list);
	int r;

	if (j) {
		json_object(j, NULL);
		json_text(j, "bearer", m->name);
		json_truth(j, "active", m->is_active);
		json_uint(j, "nodes", m->nodes);
		json_uint(j, "generation", m->generation);
		json_list(j, "monitored");
	} else {
		printf("%s: %u nodes, generation %u, %s\n", m->name, m->nodes,
		       m->generation, m->is_active ? "overlapping ring" :
		       "full mesh");
	}
	r = sfam_tipc_list_monitored(m->bearer, show_node, list, &diag);
	if (j) {
		json_end(j);
		json_end(j);
	}
	if (r < 0)
		list->status = tipc_cli_result(m->name, r, &diag);
	return 0;
}

int tipc_monitor_list(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_ctl_diag diag;
	struct tipc_list list;
	int status = tipc_cli_list(self, argc, argv, 0, &list);

	if (status != CLI_OK)
		return status;
	return tipc_cli_end(&list, "monitor",
			    sfam_tipc_list_monitors(show_monitor, &list,
						    &diag), &diag);
}

static int run_threshold(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_ctl_diag diag;
	uint64_t nodes;
	uint32_t now;
	int r;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (argc - optind > 1)
		return cli_usage(self, "one number only");
	if (optind < argc) {
		if (cli_number(argv[optind], 0, UINT32_MAX, &nodes) < 0)
			return cli_usage(self, "no number of nodes: %s",
					 argv[optind]);
		r = sfam_tipc_set_threshold((uint32_t)nodes, &diag);
		return tipc_cli_result("threshold", r, &diag);
	}
	r = sfam_tipc_get_threshold(&now, &diag);
	if (r == 0)
		printf("%u\n", now);
	return tipc_cli_result("threshold", r, &diag);
}

const struct cli_verb tipc_monitor_verbs[] = {
	{
		.name = "list",
		.args = "[--json]",
		.help = "bearers, their nodes, and whom each of these watches",
		.details =
"direct: we watch it ourselves; indirect: others tell us.\n",
		.run = tipc_monitor_list,
	}, {
		.name = "threshold",
		.args = "[NODES]",
		.help = "tell or set how many nodes end the full mesh",
		.run = run_threshold,
	},
	{ .name = NULL },
};
