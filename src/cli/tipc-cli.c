/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tipc-cli.h"

int tipc_cli_list(const struct cli_verb *self, int argc, char **argv,
		  int of_links, struct tipc_list *ret)
{
	const struct tipc_list list = { .json = JSON_INIT(stdout) };
	int c;

	*ret = list;
	while ((c = cli_getopt_long(self, argc, argv, of_links ? "+:s" : "+:",
				    cli_json)) != -1) {
		if (c == '?')
			return CLI_USAGE;
		if (c == 'j')
			ret->as_json = 1;
		else
			ret->with_stats = 1;
	}
	if (argc > optind + (of_links != 0))
		return cli_usage(self, "too many operands: %s", argv[argc - 1]);
	return CLI_OK;
}

struct json *tipc_cli_json(struct tipc_list *list)
{
	if (!list->as_json)
		return NULL;
	if (list->json.depth == 0)
		json_list(&list->json, NULL);
	return &list->json;
}

int tipc_cli_end(struct tipc_list *list, const char *what, int r,
		 const struct sfam_ctl_diag *diag)
{
	if (r == 0 && tipc_cli_json(list))
		json_end(&list->json);
	return r < 0 ? tipc_cli_result(what, r, diag) : list->status;
}

int tipc_cli_result(const char *what, int r, const struct sfam_ctl_diag *diag)
{
	if (r == 0)
		return CLI_OK;
	if (r == -EPERM)
		return cli_error("%s: no permission (CAP_NET_ADMIN); try: as "
				 "root, or in a user and network namespace",
				 what);
	if (r == -EAGAIN)
		return cli_error("%s: it keeps changing; try: again", what);
	if (diag->words[0])
		return cli_error("%s: %s", what, diag->words);
	return cli_bad_call(what, r);
}

int tipc_cli_each(const struct cli_verb *self, int argc, char **argv,
		  const char *question,
		  int (*call)(const char *name, struct sfam_ctl_diag *diag))
{
	struct sfam_ctl_diag diag;
	int status = CLI_OK;
	int i;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (optind == argc)
		return cli_usage(self, "%s", question);
	for (i = optind; i < argc; i++)
		if (tipc_cli_result(argv[i], call(argv[i], &diag), &diag) !=
		    CLI_OK)
			status = CLI_FAILED;
	return status;
}

int tipc_cli_set(const struct cli_verb *self, int argc, char **argv,
		 int (*call)(const char *name,
			     const struct sfam_tipc_properties *properties,
			     struct sfam_ctl_diag *diag))
{
	struct sfam_tipc_properties p = SFAM_TIPC_PROPERTIES_INIT;
	struct sfam_ctl_diag diag;
	int status;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (optind == argc)
		return cli_usage(self, "which one?");
	status = tipc_cli_properties(self, argv + optind + 1, &p);
	if (status != CLI_OK)
		return status;
	return tipc_cli_result(argv[optind], call(argv[optind], &p, &diag),
			       &diag);
}

int tipc_cli_address(const char *text, uint32_t *ret)
{
	uint64_t value;
	char *end;

	if (strncmp(text, "0x", 2) != 0) {
		if (cli_number(text, 1, UINT32_MAX, &value) < 0)
			return -1;
	} else {
		if (strspn(text + 2, "0123456789abcdefABCDEF") !=
		    strlen(text + 2) || strlen(text) > 10)
			return -1;
		value = strtoul(text, &end, 16);
	}
	*ret = (uint32_t)value;
	return value ? 0 : -1;
}

static const struct word {
	const char *name;
	const char *key;	/* in JSON */
	const char *unit;
	size_t at;
} words[] = {
#define AT(field) offsetof(struct sfam_tipc_properties, field)
	{ "priority", "priority", "", AT(priority) },
	{ "tolerance", "tolerance_ms", " ms", AT(tolerance_ms) },
	{ "window", "window_packets", "", AT(window) },
	{ "mtu", "mtu_bytes", "", AT(mtu) },
	{ "broadcast", "broadcast", "", AT(broadcast) },
	{ "ratio", "broadcast_ratio_percent", " %", AT(broadcast_ratio) },
#undef AT
};

static int32_t value_of(const struct sfam_tipc_properties *p, size_t i)
{
	return *(const int32_t *)((const char *)p + words[i].at);
}

int tipc_cli_property(const struct cli_verb *self, char **argv,
		      struct sfam_tipc_properties *ret)
{
	uint64_t value;
	size_t i;

	for (i = 0; i < CLI_ARRAY_LEN(words); i++)
		if (strcmp(argv[0], words[i].name) == 0)
			break;
	if (i == CLI_ARRAY_LEN(words))
		return -1;
	if (!argv[1] || cli_number(argv[1], 0, INT32_MAX, &value) < 0)
		return cli_usage(self, "%s wants a number", argv[0]);
	*(int32_t *)((char *)ret + words[i].at) = (int32_t)value;
	return CLI_OK;
}

int tipc_cli_properties(const struct cli_verb *self, char **argv,
			struct sfam_tipc_properties *ret)
{
	int r;

	if (!*argv)
		return cli_usage(self, "what to set?");
	for (; *argv; argv += 2) {
		r = tipc_cli_property(self, argv, ret);
		if (r < 0)
			return cli_usage(self, "what is %s?", *argv);
		if (r != CLI_OK)
			return r;
	}
	return CLI_OK;
}

void tipc_cli_print_properties(const struct sfam_tipc_properties *p)
{
	size_t i;

	for (i = 0; i < CLI_ARRAY_LEN(words); i++)
		if (value_of(p, i) >= 0)
			printf(", %s %d%s", words[i].name, value_of(p, i),
			       words[i].unit);
}

void tipc_cli_json_properties(struct json *j,
			      const struct sfam_tipc_properties *p)
{
	size_t i;

	for (i = 0; i < CLI_ARRAY_LEN(words); i++)
		if (value_of(p, i) >= 0)
			json_int(j, words[i].key, value_of(p, i));
}
