/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sockfam/ctl-crypto.h>

#include "alg-cli.h"
#include "json.h"

/* A name comes without its type: tried in this order. */
static const enum sfam_alg_type types[] = {
	SFAM_ALG_HASH, SFAM_ALG_SKCIPHER, SFAM_ALG_AEAD, SFAM_ALG_RNG,
};

/* ------------------------------------------------------------ selection -- */

/* Those of one name, or of every (NULL), and of one type; counts them. */
struct selection {
	const char *name;
	const char *type;		/* the kernel's word, or ours; NULL */
	const struct sfam_alg_info *usable;	/* knows the keys in words */
	struct json *json;		/* NULL: text */
	size_t n;
};

static int type_matches(const char *want, const char *type)
{
	if (!want || strcmp(want, type) == 0)
		return 1;
	if (strcmp(want, "hash") == 0)
		return strcmp(type, "shash") == 0 || strcmp(type, "ahash") == 0;
	return strcmp(want, "skcipher") == 0 && strcmp(type, "lskcipher") == 0;
}

/* A name may have been cut where netlink cuts. */
static int name_matches(const char *want, const char *name, uint32_t flags)
{
	size_t n = strlen(name);

	if (flags & SFAM_CRYPTO_CUT && n >= 63)
		return strncmp(want, name, n) == 0;
	return strcmp(want, name) == 0;
}

static int is_selected(const struct selection *s,
		       const struct sfam_crypto_alg *a)
{
	if (!type_matches(s->type, a->type))
		return 0;
	return !s->name || name_matches(s->name, a->name, a->flags) ||
	       name_matches(s->name, a->driver, a->flags);
}

/* ---------------------------------------------------------------- print -- */

static void print_size(const char *what, uint32_t size)
{
	if (size)
		printf("%s %u; ", what, size);
}

static void print_keys(const struct selection *s,
		       const struct sfam_crypto_alg *a)
{
	char keys[SFAM_ALG_SIZES_STRLEN];

	if (s->usable &&
	    sfam_alg_key_sizes(s->usable, keys, sizeof(keys)) >= 0)
		printf("key: %s; ", keys);
	else if (a->key_max && a->key_min == a->key_max)
		printf("key %u; ", a->key_max);
	else if (a->key_max)
		printf("key %u..%u; ", a->key_min, a->key_max);
}

static void print_text(const struct selection *s,
		       const struct sfam_crypto_alg *a)
{
	printf("%-10s %-28s ", a->type, a->name);
	print_keys(s, a);
	print_size("digest", a->digest_size);
	print_size("block", a->block_size);
	print_size("iv", a->iv_size);
	print_size("tag", a->tag_max);
	print_size("seed", a->seed_size);
	printf("driver %s, priority %d, module %s, self-test %s, refs %u%s\n",
	       a->driver, a->priority, a->module,
	       a->flags & SFAM_CRYPTO_TESTED ? "passed" : "not passed",
	       a->refcount,
	       a->flags & SFAM_CRYPTO_INTERNAL ? ", internal" : "");
}

static void put_size(struct json *j, const char *key, uint32_t size)
{
	if (size)
		json_uint(j, key, size);
}

static void put_json(const struct selection *s,
		     const struct sfam_crypto_alg *a)
{
	struct json *j = s->json;

	json_object(j, NULL);
	json_text(j, "type", a->type);
	json_text(j, "name", a->name);
	json_text(j, "driver", a->driver);
	json_text(j, "module", a->module);
	json_int(j, "priority", a->priority);
	json_uint(j, "refcount", a->refcount);
	json_truth(j, "tested", (a->flags & SFAM_CRYPTO_TESTED) != 0);
	json_truth(j, "internal", (a->flags & SFAM_CRYPTO_INTERNAL) != 0);
	put_size(j, "key_min_bytes", a->key_min);
	put_size(j, "key_max_bytes", a->key_max);
	put_size(j, "digest_bytes", a->digest_size);
	put_size(j, "block_bytes", a->block_size);
	put_size(j, "iv_bytes", a->iv_size);
	put_size(j, "tag_max_bytes", a->tag_max);
	put_size(j, "seed_bytes", a->seed_size);
	if (a->flags & SFAM_CRYPTO_CUT)
		json_truth(j, "cut", 1);
	json_end(j);
}

static int print_selected(const struct sfam_crypto_alg *a, void *arg)
{
	struct selection *s = arg;

	if (!is_selected(s, a))
		return 0;
	s->n++;
	if (s->json)
		put_json(s, a);
	else
		print_text(s, a);
	return 0;
}

static int print_list(struct selection *s)
{
	return sfam_crypto_list(SFAM_CRYPTO_ANY, NULL, print_selected, s,
				NULL);
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

/* Opened, it is in the list, with all its drivers. */
static int show_name(struct selection *s)
{
	enum sfam_alg_type type;
	struct sfam_alg *alg;
	int r;

	if (alg_find_type(s->name, &type) != 0)
		return CLI_FAILED;
	r = sfam_alg_new(&alg, type, s->name, NULL);
	if (r < 0)
		return alg_fail(type, s->name, NULL, r);
	s->usable = sfam_alg_info(alg);
	s->n = 0;
	r = print_list(s);
	sfam_alg_free(alg);
	if (r < 0)
		return cli_bad_call("algorithms", r);
	return s->n ? CLI_OK : cli_error("%.128s: it is of type %s", s->name,
					 sfam_alg_type_name(type));
}

/* ------------------------------------------------------------------ run -- */

static int show_all(struct selection *s)
{
	struct sfam_caps caps = SFAM_CAPS_INIT;
	int r = print_list(s);

	if (r < 0)
		return cli_bad_call("algorithms", r);
	if (s->n == 0)
		return cli_error("%s: no algorithm of that type is loaded",
				 s->type ? s->type : "list");
	if (sfam_family_probe(sfam_family_by_name("alg"), &caps) == 1)
		return CLI_OK;
	if (fflush(stdout) == EOF)
		return cli_bad_call("stdout", -errno);
	return cli_error("none of these can be used: %s; try: %s",
			 caps.reason, caps.remedy);
}

static int show_names(struct selection *s, char **names)
{
	int status = CLI_OK;

	for (; *names; names++) {
		s->name = *names;
		if (show_name(s) != CLI_OK)
			status = CLI_FAILED;
	}
	return status;
}

int alg_run_list(const struct cli_verb *self, int argc, char **argv)
{
	struct json json = JSON_INIT(stdout);
	struct selection s = { .name = NULL };
	int c, status;

	while ((c = cli_getopt_long(self, argc, argv, "+:t:", cli_json)) !=
	       -1) {
		if (c == '?')
			return CLI_USAGE;
		if (c == 't')
			s.type = optarg;
		else
			s.json = &json;
	}
	if (s.json)
		json_list(s.json, NULL);
	status = optind < argc ? show_names(&s, argv + optind) : show_all(&s);
	if (s.json)
		json_end(s.json);
	return status;
}
