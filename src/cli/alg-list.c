/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "alg-cli.h"

/* A name comes without its type: tried in this order. */
static const enum sfam_alg_type types[] = {
	SFAM_ALG_HASH, SFAM_ALG_SKCIPHER, SFAM_ALG_AEAD, SFAM_ALG_RNG,
};

static void print_size(const char *what, uint32_t size)
{
	if (size)
		printf("; %s %u", what, size);
}

static void print_info(const struct sfam_alg_info *info)
{
	char keys[SFAM_ALG_SIZES_STRLEN];

	if (sfam_alg_key_sizes(info, keys, sizeof(keys)) < 0)
		return;
	printf("%-8s %-28s key: %s", sfam_alg_type_name(
	       (enum sfam_alg_type)info->type), info->name, keys);
	print_size("digest", info->digest_size);
	print_size("block", info->block_size);
	print_size("iv", info->iv_size);
	print_size("tag", info->tag_max);
	print_size("seed", info->seed_size);
	if (info->driver[0])
		printf("; driver %s", info->driver);
	if (info->priority)
		printf(", priority %d", info->priority);
	if (info->module[0])
		printf(", module %s", info->module);
	putchar('\n');
}

/* Those of one name, or of every (NULL); counts them. */
struct selection {
	const char *name;
	size_t n;
};

static int print_selected(const struct sfam_alg_info *info, void *arg)
{
	struct selection *s = arg;

	if (s->name && strcmp(s->name, info->name) != 0 &&
	    strcmp(s->name, info->driver) != 0)
		return 0;
	s->n++;
	print_info(info);
	return 0;
}

/* -------------------------------------------------------------- by name -- */

/* Does the reason tell more than that no such algorithm is there? */
static int telling(const struct sfam_alg_why *why)
{
	return why->cause != SFAM_ALG_CAUSE_UNKNOWN &&
	       why->cause != SFAM_ALG_CAUSE_WRONG_TYPE;
}

static int usable(enum sfam_alg_type type, const char *name,
		  struct sfam_alg_why *ret_why)
{
	struct sfam_alg *alg;
	int r = sfam_alg_new(&alg, type, name, NULL);

	if (r == 0)
		sfam_alg_free(alg);
	else if (sfam_alg_explain(ret_why, type, name, NULL, r) < 0)
		ret_why->cause = SFAM_ALG_CAUSE_UNKNOWN;
	return r == 0;
}

int alg_find_type(const char *name, enum sfam_alg_type *ret)
{
	struct sfam_alg_why best = SFAM_ALG_WHY_INIT;
	size_t i;

	for (i = 0; i < CLI_ARRAY_LEN(types); i++) {
		struct sfam_alg_why why = SFAM_ALG_WHY_INIT;

		if (usable(types[i], name, &why)) {
			*ret = types[i];
			return 0;
		}
		if (i == 0 || (!telling(&best) && telling(&why)))
			best = why;
	}
	cli_error("%.128s: %s%s%s", name, telling(&best) ? best.reason :
		  "no hash, skcipher, aead or rng of that name in this kernel",
		  best.remedy[0] ? "; try: " : "", best.remedy);
	return -1;
}

/* Opened, it is in /proc/crypto, with all its drivers. */
static int show_name(const char *name)
{
	struct selection selection = { .name = name };
	enum sfam_alg_type type;
	struct sfam_alg *alg;
	int r;

	if (alg_find_type(name, &type) != 0)
		return CLI_FAILED;
	r = sfam_alg_new(&alg, type, name, NULL);
	if (r < 0)
		return alg_fail(type, name, NULL, r);
	r = sfam_alg_list(print_selected, &selection);
	if (r < 0 || selection.n == 0)
		print_info(sfam_alg_info(alg));
	sfam_alg_free(alg);
	return CLI_OK;
}

/* ------------------------------------------------------------------ run -- */

static int show_all(void)
{
	struct sfam_caps caps = SFAM_CAPS_INIT;
	struct selection all = { .name = NULL };
	int r = sfam_alg_list(print_selected, &all);

	if (r < 0)
		return cli_bad_call("/proc/crypto", r);
	if (fflush(stdout) == EOF)
		return cli_bad_call("stdout", -errno);
	if (sfam_family_probe(sfam_family_by_name("alg"), &caps) == 1)
		return CLI_OK;
	return cli_error("none of these can be used: %s; try: %s",
			 caps.reason, caps.remedy);
}

int alg_run_list(const struct cli_verb *self, int argc, char **argv)
{
	int status = CLI_OK;
	int i;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (argc == 1)
		return show_all();
	for (i = 1; i < argc; i++)
		if (show_name(argv[i]) != CLI_OK)
			status = CLI_FAILED;
	return status;
}
