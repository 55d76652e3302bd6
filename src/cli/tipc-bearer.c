/* SPDX-License-Identifier: MIT */
/* sockfam tipc bearer: what TIPC's packets travel on. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tipc-cli.h"

/* "inet:10.0.0.1:6118" */
static const char *udp_text(const struct sockaddr_storage *sa, char *buf)
{
	struct sfam_addr addr;
	const struct sfam_family *f = sfam_family_by_name(
			sa->ss_family == AF_INET6 ? "inet6" : "inet");
	socklen_t len = sa->ss_family == AF_INET6 ?
		sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);

	if (sfam_addr_from_sockaddr(&addr, f, 0, 0, sa, len, NULL) < 0)
		return "-";
	return cli_addr_text(&addr, buf, SFAM_ADDR_STRLEN);
}

static int json_remote(const struct sockaddr_storage *remote, void *arg)
{
	char text[SFAM_ADDR_STRLEN];

	json_text(arg, NULL, udp_text(remote, text));
	return 0;
}

static int print_remote(const struct sockaddr_storage *remote, void *arg)
{
	char text[SFAM_ADDR_STRLEN];

	(void)arg;
	printf("  to %s\n", udp_text(remote, text));
	return 0;
}

/* A bearer that has gone meanwhile has none. */
static void show_remotes(struct tipc_list *list,
			 const struct sfam_tipc_bearer *b)
{
	struct sfam_ctl_diag diag;
	int r = 0;

	if (list->as_json)
		json_list(&list->json, "remotes");
	if (b->has_remotes)
		r = sfam_tipc_list_remotes(b->name, list->as_json ?
					   json_remote : print_remote,
					   &list->json, &diag);
	if (list->as_json)
		json_end(&list->json);
	if (r < 0 && r != -ENODEV)
		list->status = tipc_cli_result(b->name, r, &diag);
}

static void bearer_as_json(struct tipc_list *list, struct json *j,
			   const struct sfam_tipc_bearer *b)
{
	char text[SFAM_ADDR_STRLEN];

	json_object(j, NULL);
	json_text(j, "name", b->name);
	json_bytes(j, "media", b->name, strcspn(b->name, ":"));
	tipc_cli_json_properties(j, &b->properties);
	if (b->local.ss_family != AF_UNSPEC) {
		json_text(j, "local", udp_text(&b->local, text));
		json_text(j, "remote", udp_text(&b->remote, text));
		show_remotes(list, b);
	}
	json_end(j);
}

static int show_bearer(const struct sfam_tipc_bearer *b, void *arg)
{
	char text[SFAM_ADDR_STRLEN];
	struct tipc_list *list = arg;
	struct json *j = tipc_cli_json(list);

	if (j) {
		bearer_as_json(list, j, b);
		return 0;
	}
	fputs(b->name, stdout);
	tipc_cli_print_properties(&b->properties);
	if (b->local.ss_family != AF_UNSPEC) {
		printf(", local %s", udp_text(&b->local, text));
		printf(", remote %s", udp_text(&b->remote, text));
	}
	putchar('\n');
	if (b->local.ss_family != AF_UNSPEC)
		show_remotes(list, b);
	return 0;
}

int tipc_bearer_list(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_ctl_diag diag;
	struct tipc_list list;
	int status = tipc_cli_list(self, argc, argv, 0, &list);

	if (status != CLI_OK)
		return status;
	return tipc_cli_end(&list, "bearers",
			    sfam_tipc_list_bearers(show_bearer, &list, &diag),
			    &diag);
}

/* ---------------------------------------------------------------- change -- */

/* "inet:10.0.0.1:6118" or "inet6:..."; the port 0 is TIPC's own. */
static int udp_address(const char *text, struct sockaddr_storage *ret)
{
	struct sfam_diag diag;
	struct sfam_addr addr;
	int r = sfam_addr_parse(&addr, text, strlen(text), &diag);
	const struct sockaddr *sa;

	if (r < 0)
		return cli_bad_text(text, r, &diag);
	sa = sfam_addr_sockaddr(&addr);
	if (sa->sa_family != AF_INET && sa->sa_family != AF_INET6)
		return cli_error("%s: want inet:HOST:PORT or "
				 "inet6:[HOST]:PORT", text);
	memcpy(ret, sa, sa->sa_family == AF_INET ? sizeof(struct sockaddr_in) :
						   sizeof(struct sockaddr_in6));
	return CLI_OK;
}

static int enable_word(const struct cli_verb *self, char **argv,
		       struct sfam_tipc_bearer_config *config)
{
	int r = tipc_cli_property(self, argv, &config->properties);

	if (r >= 0)
		return r;
	if (!argv[1])
		return cli_usage(self, "%s wants a value", argv[0]);
	if (strcmp(argv[0], "local") == 0)
		return udp_address(argv[1], &config->local);
	if (strcmp(argv[0], "remote") == 0)
		return udp_address(argv[1], &config->remote);
	if (strcmp(argv[0], "domain") != 0)
		return cli_usage(self, "what is %s?", argv[0]);
	if (tipc_cli_address(argv[1], &config->domain) < 0)
		return cli_usage(self, "no domain: %s", argv[1]);
	return CLI_OK;
}

static int run_enable(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_tipc_bearer_config config = SFAM_TIPC_BEARER_CONFIG_INIT;
	struct sfam_ctl_diag diag;
	const char *name;
	int status;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (optind == argc)
		return cli_usage(self, "which bearer?");
	name = argv[optind];
	for (argv += optind + 1; *argv; argv += 2) {
		status = enable_word(self, argv, &config);
		if (status != CLI_OK)
			return status;
	}
	return tipc_cli_result(name, sfam_tipc_enable_bearer(name, &config,
							     &diag), &diag);
}

static int run_disable(const struct cli_verb *self, int argc, char **argv)
{
	return tipc_cli_each(self, argc, argv, "which bearer?",
			     sfam_tipc_disable_bearer);
}

static int run_set(const struct cli_verb *self, int argc, char **argv)
{
	return tipc_cli_set(self, argc, argv, strcmp(self->name, "set") == 0 ?
			    sfam_tipc_set_bearer : sfam_tipc_set_media);
}

static int run_remote(const struct cli_verb *self, int argc, char **argv)
{
	struct sockaddr_storage remote = { .ss_family = AF_UNSPEC };
	struct sfam_ctl_diag diag;
	int status;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (argc - optind != 2)
		return cli_usage(self, "which bearer and address?");
	status = udp_address(argv[optind + 1], &remote);
	if (status != CLI_OK)
		return status;
	return tipc_cli_result(argv[optind], sfam_tipc_add_remote(argv[optind],
			       &remote, &diag), &diag);
}

static int show_media(const struct sfam_tipc_media *m, void *arg)
{
	struct json *j = tipc_cli_json(arg);

	if (!j) {
		fputs(m->name, stdout);
		tipc_cli_print_properties(&m->properties);
		putchar('\n');
		return 0;
	}
	json_object(j, NULL);
	json_text(j, "name", m->name);
	tipc_cli_json_properties(j, &m->properties);
	json_end(j);
	return 0;
}

static int run_media(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_ctl_diag diag;
	struct tipc_list list;
	int status = tipc_cli_list(self, argc, argv, 0, &list);

	if (status != CLI_OK)
		return status;
	return tipc_cli_end(&list, "media",
			    sfam_tipc_list_media(show_media, &list, &diag),
			    &diag);
}

const struct cli_verb tipc_bearer_verbs[] = {
	{
		.name = "list",
		.args = "[--json]",
		.help = "bearers with their properties and addresses",
		.run = tipc_bearer_list,
	}, {
		.name = "enable",
		.args = "eth:IF|udp:NAME [WORD VALUE]...",
		.help = "make one: on an interface, or over UDP",
		.details =
TIPC_CLI_PROPERTIES
"  domain N          neighbours to look for (the whole cluster)\n"
"  local ADDR        udp: inet:HOST:PORT or inet6:[HOST]:PORT; port 0: 6118\n"
"  remote ADDR       udp: a node, or a multicast group (the cluster's own)\n"
"  mtu BYTES         udp\n",
		.run = run_enable,
	}, {
		.name = "disable",
		.args = "NAME...",
		.help = "end bearers and their links",
		.run = run_disable,
	}, {
		.name = "set",
		.args = "NAME WORD VALUE...",
		.help = "change one's properties",
		.details =
TIPC_CLI_PROPERTIES
"  mtu BYTES         udp\n",
		.run = run_set,
	}, {
		.name = "remote",
		.args = "NAME ADDR",
		.help = "one more node that a UDP bearer sends to",
		.run = run_remote,
	}, {
		.name = "media",
		.args = "[--json]",
		.help = "list media: what bearers start with",
		.run = run_media,
	}, {
		.name = "set-media",
		.args = "eth|ib|udp WORD VALUE...",
		.help = "change it, in all network namespaces",
		.details =
TIPC_CLI_PROPERTIES
"  mtu BYTES         udp\n",
		.run = run_set,
	},
	{ .name = NULL },
};
