/* SPDX-License-Identifier: MIT */
/* sockfam link show: interfaces, for people and as JSON. */
#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>

#include "link-cli.h"

/* By bit number: IFF_... of linux/if.h. */
static const char *const flag_names[] = {
	"UP", "BROADCAST", "DEBUG", "LOOPBACK", "POINTOPOINT", "NOTRAILERS",
	"RUNNING", "NOARP", "PROMISC", "ALLMULTI", "MASTER", "SLAVE",
	"MULTICAST", "PORTSEL", "AUTOMEDIA", "DYNAMIC", "LOWER_UP", "DORMANT",
	"ECHO",
};

static const char *operstate_name(uint32_t state)
{
	static const char *const names[] = {	/* RFC 2863 */
		"UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING",
		"DORMANT", "UP",
	};

	return state < CLI_ARRAY_LEN(names) ? names[state] : "?";
}

static void address_text(const struct sfam_link_info *link, char *buf,
			 size_t size)
{
	size_t i, n = 0;

	*buf = '\0';
	for (i = 0; i < link->address_len; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%02x",
				      i ? ":" : "", link->address[i]);
}

void link_json_state(struct json *j, const char *key, uint32_t state)
{
	if (sfam_can_state_name(state))
		json_text(j, key, sfam_can_state_name(state));
	else
		json_null(j, key);
}

void link_json_counts(struct json *j, const char *key,
		      const struct link_counts *c, int is_receiving)
{
	json_object(j, key);
	json_uint(j, "packets", c->packets);
	json_uint(j, "bytes", c->bytes);
	json_uint(j, "errors", c->errors);
	json_uint(j, "dropped", c->dropped);
	if (is_receiving)
		json_uint(j, "overruns", c->overruns);
	json_end(j);
}

static void json_flags(struct json *j, uint32_t flags)
{
	size_t i;

	json_list(j, "flags");
	for (i = 0; i < CLI_ARRAY_LEN(flag_names); i++)
		if (flags & 1u << i)
			json_text(j, NULL, flag_names[i]);
	json_end(j);
}

static void json_peer(struct json *j, const struct sfam_link_info *link)
{
	if (link->peer_index)
		json_uint(j, "peer_index", link->peer_index);
	else
		json_null(j, "peer_index");
	if (link->peer_index && link->peer_netns_id >= 0)
		json_int(j, "peer_netns_id", link->peer_netns_id);
	else
		json_null(j, "peer_netns_id");
}

void link_json(struct json *j, const struct sfam_link_info *link)
{
	const struct link_counts rx = {
		link->rx_packets, link->rx_bytes, link->rx_errors,
		link->rx_dropped, link->rx_overruns,
	};
	const struct link_counts tx = {
		link->tx_packets, link->tx_bytes, link->tx_errors,
		link->tx_dropped, 0,
	};
	char address[3 * sizeof(link->address)];

	address_text(link, address, sizeof(address));
	json_text(j, "name", link->name);
	json_uint(j, "index", link->index);
	if (link->kind[0])
		json_text(j, "kind", link->kind);
	else
		json_null(j, "kind");
	json_uint(j, "type", link->type);
	json_truth(j, "up", link->flags & IFF_UP);
	json_truth(j, "running", sfam_link_is_running(link));
	json_flags(j, link->flags);
	json_text(j, "operstate", operstate_name(link->operstate));
	link_json_state(j, "can_state", link->can_state);
	json_uint(j, "mtu_bytes", link->mtu);
	json_uint(j, "tx_queue_packets", link->tx_queue);
	if (link->address_len)
		json_text(j, "address", address);
	else
		json_null(j, "address");
	json_peer(j, link);
	link_json_counts(j, "rx", &rx, 1);
	link_json_counts(j, "tx", &tx, 0);
}

void link_print_state(const struct sfam_link_info *link)
{
	if (link->kind[0])
		printf("%s, ", link->kind);
	printf("%s, ", link->flags & IFF_UP ? "up" : "down");
	if (link->flags & IFF_UP)
		printf("%s, ", sfam_link_is_running(link) ? "running" :
							    "no carrier");
	if (sfam_can_state_name(link->can_state))
		printf("%s, ", sfam_can_state_name(link->can_state));
	printf("MTU %u", link->mtu);
}

static void print_peer(const struct sfam_link_info *link)
{
	char name[SFAM_INTERFACE_NAME_SIZE];

	if (!link->peer_index)
		return;
	if (link->peer_netns_id >= 0)
		printf(", peer %%%u in netns %d", link->peer_index,
		       link->peer_netns_id);
	else if (sfam_interface_name(link->peer_index, name) == 0)
		printf(", peer %s", name);
}

static void print_link(const struct sfam_link_info *link)
{
	char address[3 * sizeof(link->address)];

	address_text(link, address, sizeof(address));
	printf("%s: ", link->name);
	link_print_state(link);
	printf(", queue %u, index %u", link->tx_queue, link->index);
	print_peer(link);
	if (address[0])
		printf("\n  address %s", address);
	printf("\n  received %" PRIu64 " packets (%" PRIu64 " bytes), errors %"
	       PRIu64 ", dropped %" PRIu64 ", overruns %" PRIu64 "\n",
	       link->rx_packets, link->rx_bytes, link->rx_errors,
	       link->rx_dropped, link->rx_overruns);
	printf("  sent %" PRIu64 " packets (%" PRIu64 " bytes), errors %"
	       PRIu64 ", dropped %" PRIu64 "\n", link->tx_packets,
	       link->tx_bytes, link->tx_errors, link->tx_dropped);
}

static void show(struct json *j, const struct sfam_link_info *link)
{
	if (!j) {
		print_link(link);
		return;
	}
	json_object(j, NULL);
	link_json(j, link);
	json_end(j);
}

/* The list may grow between the two calls. */
static int show_all(struct json *j)
{
	struct sfam_link_info *list = NULL, *more;
	struct sfam_ctl_diag diag = { "" };
	size_t i, n = 0;
	int r;

	while ((r = sfam_link_list(list, n, &n, &diag)) == -ENOSPC) {
		more = realloc(list, n * sizeof(*list));
		if (!more) {
			r = -ENOMEM;
			break;
		}
		list = more;
	}
	for (i = 0; r == 0 && i < n; i++)
		show(j, &list[i]);
	free(list);
	return link_report("all interfaces", r, &diag);
}

static int show_one(struct json *j, const char *name)
{
	struct sfam_link_info link;
	struct sfam_ctl_diag diag = { "" };
	int r = sfam_link_get(name, &link, &diag);

	if (r == 0)
		show(j, &link);
	return link_report(name, r, &diag);
}

int link_show_run(const struct cli_verb *self, int argc, char **argv)
{
	struct json out = JSON_INIT(stdout);
	struct json *j = NULL;
	int status = CLI_OK;
	int c;

	while ((c = cli_getopt_long(self, argc, argv, "+:", cli_json)) != -1) {
		if (c != 'j')
			return CLI_USAGE;
		j = &out;
	}
	if (j)
		json_list(j, NULL);
	if (optind == argc)
		status = show_all(j);
	for (; optind < argc; optind++)
		if (show_one(j, argv[optind]) != CLI_OK)
			status = CLI_FAILED;
	if (j)
		json_end(j);
	return status;
}
