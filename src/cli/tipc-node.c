/* SPDX-License-Identifier: MIT */
/* sockfam tipc node, peers: who we are, and who else there is. */
#include <string.h>
#include <unistd.h>

#include "tipc-cli.h"

static const char *id_text(const struct sfam_tipc_id *id, char *buf)
{
	if (sfam_tipc_id_format(id, buf, SFAM_TIPC_ID_STRLEN) < 1)
		return "-";
	return buf;
}

/* As text, and every byte of it in hex. */
static void json_id(struct json *j, const struct sfam_tipc_id *id)
{
	char text[SFAM_TIPC_ID_STRLEN];
	char hex[2 * sizeof(id->bytes) + 1];
	size_t i;

	for (i = 0; i < sizeof(id->bytes); i++)
		snprintf(hex + 2 * i, 3, "%02x", id->bytes[i]);
	if (sfam_tipc_id_format(id, text, sizeof(text)) < 1) {
		json_null(j, "identity");
		json_null(j, "identity_hex");
		return;
	}
	json_text(j, "identity", text);
	json_text(j, "identity_hex", hex);
}

static void node_as_json(const struct sfam_tipc_node *node)
{
	struct json j = JSON_INIT(stdout);

	json_object(&j, NULL);
	json_uint(&j, "address", node->address);
	json_id(&j, &node->id);
	json_uint(&j, "cluster", node->cluster);
	json_end(&j);
}

static void print_node(const struct sfam_tipc_node *node)
{
	char text[SFAM_TIPC_ID_STRLEN];

	printf("address 0x%x, identity %s, cluster %u\n", node->address,
	       id_text(&node->id, text), node->cluster);
}

int tipc_node_get(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_ctl_diag diag;
	struct sfam_tipc_node node;
	int as_json = 0;
	int r;

	while ((r = cli_getopt_long(self, argc, argv, "+:",
				    cli_json)) != -1) {
		if (r == '?')
			return CLI_USAGE;
		as_json = 1;
	}
	if (optind < argc)
		return cli_usage(self, "too many operands: %s", argv[optind]);
	r = sfam_tipc_get_node(&node, &diag);
	if (r == 0 && as_json)
		node_as_json(&node);
	else if (r == 0)
		print_node(&node);
	return tipc_cli_result("node", r, &diag);
}

static int set_word(const struct cli_verb *self, char **argv,
		    struct sfam_tipc_node *node)
{
	uint64_t value;

	if (!argv[1])
		return cli_usage(self, "%s wants a value", argv[0]);
	if (strcmp(argv[0], "identity") == 0) {
		if (sfam_tipc_id_parse(&node->id, argv[1],
				       strlen(argv[1])) < 0)
			return cli_usage(self, "no identity: %s; want 1 to 16 "
					 "letters, digits or .:_-@, or 32 hex "
					 "digits", argv[1]);
	} else if (strcmp(argv[0], "address") == 0) {
		if (tipc_cli_address(argv[1], &node->address) < 0)
			return cli_usage(self, "no address: %s", argv[1]);
	} else if (strcmp(argv[0], "cluster") == 0) {
		if (cli_number(argv[1], 1, 9999, &value) < 0)
			return cli_usage(self, "no cluster: %s; 1 to 9999",
					 argv[1]);
		node->cluster = (uint32_t)value;
	} else {
		return cli_usage(self, "what is %s?", argv[0]);
	}
	return CLI_OK;
}

static int run_set(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_tipc_node node = { .address = 0 };
	struct sfam_ctl_diag diag;
	int status;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (optind == argc)
		return cli_usage(self, "what to set?");
	for (argv += optind; *argv; argv += 2) {
		status = set_word(self, argv, &node);
		if (status != CLI_OK)
			return status;
	}
	return tipc_cli_result("node", sfam_tipc_set_node(&node, &diag),
			       &diag);
}

const struct cli_verb tipc_node_verbs[] = {
	{
		.name = "get",
		.args = "[--json]",
		.help = "show address, identity and cluster",
		.details =
"The address comes a second after the node has an identity and a bearer.\n",
		.run = tipc_node_get,
	}, {
		.name = "set",
		.args = "[identity ID] [address N] [cluster N]",
		.help = "give them, once",
		.details =
"  identity ID  1 to 16 letters, digits or .:_-@, or 32 hex digits; without\n"
"               one the first bearer brings one\n"
"  address N    in place of an identity (10 or 0x1001001)\n"
"  cluster N    1 to 9999 (4711): nodes of one cluster only form links\n"
"With an address nothing of it can be changed until the network namespace is\n"
"gone.\n",
		.run = run_set,
	},
	{ .name = NULL },
};

/* ----------------------------------------------------------------- peers -- */

static int show_peer(const struct sfam_tipc_peer *peer, void *arg)
{
	struct tipc_list *list = arg;
	struct json *j = tipc_cli_json(list);
	char text[SFAM_TIPC_ID_STRLEN];

	if (!j) {
		printf("0x%-8x  %-4s  %s\n", peer->address,
		       peer->is_up ? "up" : "down", id_text(&peer->id, text));
		return 0;
	}
	json_object(j, NULL);
	json_uint(j, "address", peer->address);
	json_id(j, &peer->id);
	json_truth(j, "up", peer->is_up);
	json_end(j);
	return 0;
}

int tipc_peers_list(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_ctl_diag diag;
	struct tipc_list list;
	int status = tipc_cli_list(self, argc, argv, 0, &list);

	if (status != CLI_OK)
		return status;
	return tipc_cli_end(&list, "peers",
			    sfam_tipc_list_peers(show_peer, &list, &diag),
			    &diag);
}

static int run_remove(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_ctl_diag diag;
	uint32_t address;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (argc - optind != 1)
		return cli_usage(self, "which node?");
	if (tipc_cli_address(argv[optind], &address) < 0)
		return cli_usage(self, "no address: %s", argv[optind]);
	return tipc_cli_result(argv[optind],
			       sfam_tipc_remove_peer(address, &diag), &diag);
}

const struct cli_verb tipc_peers_verbs[] = {
	{
		.name = "list",
		.args = "[--json]",
		.help = "address, state and identity of each node seen so far",
		.run = tipc_peers_list,
	}, {
		.name = "remove",
		.args = "ADDRESS",
		.help = "forget a node that is down",
		.run = run_remove,
	},
	{ .name = NULL },
};
