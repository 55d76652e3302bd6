/* SPDX-License-Identifier: MIT */
/*
 * Words for errors. bind(2) has one code, ENOENT, for all that may be wrong
 * with a name (alg_bind of crypto/af_alg.c): what it was is pieced together
 * from /proc and from what else can be bound.
 */
#include "alg/alg.h"
#include "alg/proc.h"
#include "alg/why.h"

#define RESTRICT "/proc/sys/crypto/af_alg_restrict"	/* Linux 7.3 */
#define FIPS "/proc/sys/crypto/fips_enabled"

/* ----------------------------------------- what the kernel has loaded -- */

struct search {
	const char *name;
	char inner[128];	/* of TEMPLATE(INNER...) */
	size_t template_len;	/* with its parenthesis; 0: none */
	int other_type;		/* of an algorithm with that name; -1 */
	enum sfam_alg_type type;
	bool has_type;		/* the name, of the type asked for */
	bool has_template;
	bool has_inner;
};

static int look(const struct sfam__alg_entry *e, void *arg)
{
	struct search *s = arg;
	const char *name = e->info.name;

	if (e->usable && (strcmp(name, s->name) == 0 ||
			  strcmp(e->info.driver, s->name) == 0)) {
		if (e->info.type == s->type)
			s->has_type = true;
		else
			s->other_type = (int)e->info.type;
	}
	if (s->template_len == 0)
		return 0;
	if (strlen(name) > s->template_len &&
	    memcmp(name, s->name, s->template_len) == 0)
		s->has_template = true;
	if (strcmp(name, s->inner) == 0)
		s->has_inner = true;
	return 0;
}

/* "cbc(aes)" is template "cbc(" and inner "aes"; of more, the first. */
static void split(struct search *s)
{
	const char *open = memchr(s->name, '(', strlen(s->name));
	size_t depth = 0, n = 0;
	const char *p;

	if (!open)
		return;
	s->template_len = (size_t)(open - s->name) + 1;
	for (p = open + 1; *p && n < sizeof(s->inner) - 1; p++) {
		if (depth == 0 && (*p == ')' || *p == ','))
			break;
		depth += *p == '(';
		depth -= *p == ')';
		s->inner[n++] = *p;
	}
	s->inner[n] = '\0';
}

/* 1: that can be bound. */
static bool binds(enum sfam_alg_type type, const char *name)
{
	struct sfam_alg alg;
	size_t len = strnlen(name, sizeof(alg.info.name) - 1);
	int r;

	memset(&alg, 0, sizeof(alg));
	alg.info.type = type;
	memcpy(alg.info.name, name, len);
	r = sfam__alg_kernel.open(&alg);
	if (r == 0)
		sfam__alg_kernel.close(&alg);
	return r == 0;
}

/* -------------------------------------------------------- ENOENT etc. -- */

static const struct {
	const char *module;
	const char *config;
	const char *sample;	/* what every kernel has of it */
} types[] = {
	[SFAM_ALG_HASH] = { "algif_hash", "CONFIG_CRYPTO_USER_API_HASH",
			    "sha1" },
	[SFAM_ALG_SKCIPHER] = { "algif_skcipher",
				"CONFIG_CRYPTO_USER_API_SKCIPHER",
				"ecb(aes)" },
	[SFAM_ALG_AEAD] = { "algif_aead", "CONFIG_CRYPTO_USER_API_AEAD",
			    "gcm(aes)" },
	[SFAM_ALG_RNG] = { "algif_rng", "CONFIG_CRYPTO_USER_API_RNG",
			   "stdrng" },
};

/*
 * Level 1 has two lists, one of them for the privileged; gcm(aes) and every
 * rng are on none (Documentation/admin-guide/sysctl/crypto.rst).
 */
static void say_restricted(struct answer *a, const struct search *s,
			   int64_t level)
{
	a->cause = SFAM_ALG_CAUSE_RESTRICTED;
	if (level >= 2) {
		say(&a->reason, "AF_ALG is switched off by the sysctl "
		    "crypto.af_alg_restrict=2", "", "");
	} else {
		say(&a->reason, s->name, s->has_type ? "" : ", if there is "
		    "one,", " is not on the list that the sysctl "
		    "crypto.af_alg_restrict=1 leaves this process (with "
		    "CAP_SYS_ADMIN or CAP_NET_ADMIN it is longer; gcm(aes) "
		    "and rng are for nobody)");
	}
	say(&a->remedy, "sysctl crypto.af_alg_restrict=0 (as root)", "", "");
}

static void say_unknown(struct answer *a, const struct search *s)
{
	if (s->template_len > 0 && s->has_template && s->has_inner) {
		a->cause = SFAM_ALG_CAUSE_NOT_MADE;
		say(&a->reason, "the kernel knows ", s->inner, " and the ");
		say(&a->reason, "template of ", s->name,
		    ", but does not make that of them");
		say(&a->remedy, "another mode or cipher: /proc/crypto",
		    "", "");
		return;
	}
	a->cause = SFAM_ALG_CAUSE_UNKNOWN;
	say(&a->reason, "no algorithm ", s->name, " of type ");
	say(&a->reason, sfam_alg_type_name(s->type), " in this kernel", "");
	say(&a->remedy, "modprobe 'crypto-", s->template_len && s->has_template
	    ? s->inner : s->name, "', or a kernel that has it");
}

static void explain_absent(struct answer *a, const struct question *q)
{
	struct search s = { .name = q->name, .type = q->type,
			    .other_type = -1 };
	int64_t level = sfam__alg_proc_number(RESTRICT);

	split(&s);
	(void)sfam__alg_proc_each(look, &s);
	if (s.other_type >= 0 && !s.has_type) {
		a->cause = SFAM_ALG_CAUSE_WRONG_TYPE;
		say(&a->reason, q->name, " is of type ",
		    sfam_alg_type_name((enum sfam_alg_type)s.other_type));
		say(&a->reason, ", not ", sfam_alg_type_name(q->type), "");
	} else if (level > 0) {
		say_restricted(a, &s, level);
	} else if (s.has_type && sfam__alg_proc_number(FIPS) > 0) {
		a->cause = SFAM_ALG_CAUSE_FIPS;
		say(&a->reason, q->name, " is not approved in FIPS mode", "");
		say(&a->remedy, "an approved one, or boot with fips=0", "",
		    "");
	} else if (!binds(q->type, types[q->type].sample)) {
		a->cause = SFAM_ALG_CAUSE_NO_TYPE;
		say(&a->reason, "this kernel has no AF_ALG type ",
		    sfam_alg_type_name(q->type), "");
		say(&a->remedy, "modprobe ", types[q->type].module, " (");
		say(&a->remedy, types[q->type].config, ")", "");
	} else {
		say_unknown(a, &s);
	}
}

static void explain_no_af_alg(struct answer *a, const struct question *q)
{
	struct search s = { .name = q->name, .type = q->type };
	int64_t level = sfam__alg_proc_number(RESTRICT);

	if (level >= 2) {
		say_restricted(a, &s, level);
		return;
	}
	a->cause = SFAM_ALG_CAUSE_NO_AF_ALG;
	say(&a->reason, "this kernel has no AF_ALG, or a security profile "
	    "hides it", "", "");
	say(&a->remedy, "modprobe af_alg (CONFIG_CRYPTO_USER_API)", "", "");
}

static void explain_policy(struct answer *a, const struct question *q)
{
	(void)q;
	a->cause = SFAM_ALG_CAUSE_POLICY;
	say(&a->reason, "refused by a seccomp filter or security policy "
	    "(container profile, LSM)", "", "");
	say(&a->remedy, "allow socket(AF_ALG) there: it is family 38", "", "");
}

static void explain_bad_library(struct answer *a, const struct question *q)
{
	a->cause = SFAM_ALG_CAUSE_FIPS;
	if (sfam__alg_proc_number(FIPS) > 0)
		say(&a->reason, q->name, " is not approved in FIPS mode, or "
		    "failed its self-test", "");
	else
		say(&a->reason, q->name, " failed the kernel's self-test", "");
	say(&a->remedy, "the kernel log says more", "", "");
}

/* What socket(2) and bind(2) say. */
static const struct {
	int error;
	void (*explain)(struct answer *a, const struct question *q);
} opening[] = {
	{ -ENOENT, explain_absent },
	/* Of a template, to a wrong inner algorithm. */
	{ -EINVAL, explain_absent },
	{ -EAFNOSUPPORT, explain_no_af_alg },
	{ -EPERM, explain_policy },
	{ -EACCES, explain_policy },
	{ -ELIBBAD, explain_bad_library },
};

static void explain_opening(struct answer *a, const struct question *q)
{
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(opening); i++)
		if (opening[i].error == q->error)
			opening[i].explain(a, q);
}

/* Some codes have two meanings: that of what was at hand comes first. */
static void explain(struct answer *a, const struct question *q)
{
	if (!q->alg)
		explain_opening(a, q);
	if (a->reason.len == 0)
		sfam__alg_explain_session(a, q);
	if (q->alg && a->reason.len == 0)
		explain_opening(a, q);
}

SFAM_PUBLIC int sfam_alg_explain(struct sfam_alg_why *ret,
				 enum sfam_alg_type type, const char *name,
				 const struct sfam_alg *alg, int error)
{
	struct question q = { type, name, alg, error };
	struct sfam_alg_why why = SFAM_ALG_WHY_INIT;
	struct answer a = { SFAM_ALG_CAUSE_OTHER,
			    { why.reason, sizeof(why.reason), 0 },
			    { why.remedy, sizeof(why.remedy), 0 } };

	if (ret->size != sizeof(why) || !sfam_alg_type_name(type))
		return -EINVAL;
	explain(&a, &q);
	why.cause = a.cause;
	why.error = error;
	/* Names are up to 127 bytes: words that do not fit are cut. */
	(void)sfam__out_finish(&a.reason);
	(void)sfam__out_finish(&a.remedy);
	why.reason[sizeof(why.reason) - 1] = '\0';
	why.remedy[sizeof(why.remedy) - 1] = '\0';
	*ret = why;
	return 0;
}
