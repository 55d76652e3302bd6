/* SPDX-License-Identifier: MIT */
/* sockfam tipc names, sockets: what can be reached, and by whom. */
#include <errno.h>
#include <linux/tipc.h>
#include <stdio.h>

#include "tipc-cli.h"

static const char *scope_text(uint32_t scope)
{
	return scope == TIPC_NODE_SCOPE ? "node" :
	       scope == TIPC_CLUSTER_SCOPE ? "cluster" : "zone";
}

static void name_as_json(struct json *j, const struct sfam_tipc_name *n)
{
	json_object(j, NULL);
	json_uint(j, "type", n->type);
	json_uint(j, "lower", n->lower);
	json_uint(j, "upper", n->upper);
	if (n->scope) {		/* of the table, not of a socket */
		json_text(j, "scope", scope_text(n->scope));
		json_uint(j, "node", n->node);
		json_uint(j, "ref", n->ref);
	}
	json_uint(j, "key", n->key);
	json_end(j);
}

static int show_name(const struct sfam_tipc_name *n, void *arg)
{
	struct tipc_list *list = arg;
	struct json *j = tipc_cli_json(list);

	if (!j && !list->headed++)
		printf("%10s %10s %10s  %-7s  %-10s %10s\n", "type", "lower",
		       "upper", "scope", "node", "socket");
	if (j)
		name_as_json(j, n);
	else
		printf("%10u %10u %10u  %-7s  0x%-8x %10u\n", n->type,
		       n->lower, n->upper, scope_text(n->scope), n->node,
		       n->ref);
	return 0;
}

int tipc_names_run(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_ctl_diag diag;
	struct tipc_list list;
	int status = tipc_cli_list(self, argc, argv, 0, &list);

	if (status != CLI_OK)
		return status;
	return tipc_cli_end(&list, "names",
			    sfam_tipc_list_names(show_name, &list, &diag),
			    &diag);
}

static int show_bound(const struct sfam_tipc_name *n, void *arg)
{
	struct json *j = tipc_cli_json(arg);

	if (j)
		name_as_json(j, n);
	else
		printf("  bound to %u:%u-%u\n", n->type, n->lower, n->upper);
	return 0;
}

/* A socket that has gone meanwhile is bound to nothing. */
static void show_publications(struct tipc_list *list,
			      const struct sfam_tipc_socket *s)
{
	struct sfam_ctl_diag diag;
	int r;

	if (list->as_json)
		json_list(&list->json, "names");
	r = s->flags & SFAM_TIPC_SOCKET_BOUND ?
		sfam_tipc_list_publications(s->ref, show_bound, list, &diag) :
		0;
	if (list->as_json)
		json_end(&list->json);
	if (r < 0 && r != -ENOENT)
		list->status = tipc_cli_result("names of a socket", r, &diag);
}

static void socket_as_json(struct tipc_list *list, struct json *j,
			   const struct sfam_tipc_socket *s)
{
	json_object(j, NULL);
	json_uint(j, "ref", s->ref);
	json_truth(j, "connected",
		   (s->flags & SFAM_TIPC_SOCKET_CONNECTED) != 0);
	if (s->flags & SFAM_TIPC_SOCKET_CONNECTED) {
		json_uint(j, "peer_node", s->peer_node);
		json_uint(j, "peer_ref", s->peer_ref);
	}
	if (s->flags & SFAM_TIPC_SOCKET_BY_NAME) {
		json_uint(j, "type", s->type);
		json_uint(j, "instance", s->instance);
	}
	show_publications(list, s);
	json_end(j);
}

static int show_socket(const struct sfam_tipc_socket *s, void *arg)
{
	struct tipc_list *list = arg;
	struct json *j = tipc_cli_json(list);

	if (j) {
		socket_as_json(list, j, s);
		return 0;
	}
	printf("%u", s->ref);
	if (s->flags & SFAM_TIPC_SOCKET_CONNECTED)
		printf(", connected to socket:%u:%u", s->peer_node,
		       s->peer_ref);
	if (s->flags & SFAM_TIPC_SOCKET_BY_NAME)
		printf(" by %u:%u", s->type, s->instance);
	putchar('\n');
	show_publications(list, s);
	return 0;
}

int tipc_sockets_run(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_ctl_diag diag;
	struct tipc_list list;
	int status = tipc_cli_list(self, argc, argv, 0, &list);

	if (status != CLI_OK)
		return status;
	return tipc_cli_end(&list, "sockets",
			    sfam_tipc_list_sockets(show_socket, &list, &diag),
			    &diag);
}
