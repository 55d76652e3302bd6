/* SPDX-License-Identifier: MIT */
/*
 * Words for errors. bind(2) has one code, ENOENT, for all that may be wrong
 * with a name (alg_bind of crypto/af_alg.c): what it was is pieced together
 * from /proc and from what else can be bound.
 */
#include "alg/alg.h"
#include "alg/proc.h"
#include "base/text.h"

#define RESTRICT "/proc/sys/crypto/af_alg_restrict"	/* Linux 7.3 */
#define FIPS "/proc/sys/crypto/fips_enabled"

struct question {
	enum sfam_alg_type type;
	const char *name;
	const struct sfam_alg *alg;
	int error;
};

struct answer {
	enum sfam_alg_cause cause;
	struct sfam__out reason;
	struct sfam__out remedy;
};

static void say(struct sfam__out *o, const char *a, const char *b,
		const char *c)
{
	sfam__out_str(o, a);
	sfam__out_str(o, b);
	sfam__out_str(o, c);
}

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

static void say_restricted(struct answer *a, const char *name, int64_t level)
{
	a->cause = SFAM_ALG_CAUSE_RESTRICTED;
	if (level >= 2) {
		say(&a->reason, "AF_ALG is switched off by the sysctl "
		    "crypto.af_alg_restrict=2", "", "");
	} else {
		say(&a->reason, "", name, " is not on the list of sysctl "
		    "crypto.af_alg_restrict=1, or only for CAP_NET_ADMIN; "
		    "gcm(aes) and rng are for nobody");
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
		say_restricted(a, q->name, level);
	} else if (!binds(q->type, types[q->type].sample)) {
		a->cause = SFAM_ALG_CAUSE_NO_TYPE;
		say(&a->reason, "this kernel has no AF_ALG type ",
		    sfam_alg_type_name(q->type), "");
		say(&a->remedy, "modprobe ", types[q->type].module, " (");
		say(&a->remedy, types[q->type].config, ")", "");
	} else if (sfam__alg_proc_number(FIPS) > 0 && s.has_type) {
		a->cause = SFAM_ALG_CAUSE_FIPS;
		say(&a->reason, q->name, " is not approved in FIPS mode", "");
	} else {
		say_unknown(a, &s);
	}
}

static void explain_no_af_alg(struct answer *a, const struct question *q)
{
	int64_t level = sfam__alg_proc_number(RESTRICT);

	if (level >= 2) {
		say_restricted(a, q->name, level);
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

/* ------------------------------------------------------- of a session -- */

static void explain_key(struct answer *a, const struct question *q)
{
	char sizes[SFAM_ALG_SIZES_STRLEN];
	struct sfam_alg_info info;
	bool known = true;

	if (q->alg)
		info = q->alg->info;
	else
		known = sfam__alg_facts(&info, q->type, q->name) ||
			sfam__alg_proc_find(&info, q->type, q->name) == 0;
	a->cause = SFAM_ALG_CAUSE_KEY_SIZE;
	say(&a->reason, "the key has no size that ", q->name, " takes");
	if (known && sfam_alg_key_sizes(&info, sizes, sizeof(sizes)) > 0)
		say(&a->reason, " (", sizes, ")");
	say(&a->reason, ", or the kernel finds it weak", "", "");
}

static void explain_too_long(struct answer *a, const struct question *q)
{
	(void)q;
	a->cause = SFAM_ALG_CAUSE_TOO_LONG;
	say(&a->reason, "the message (or its associated data) is longer than "
	    "the kernel gives buffers for", "", "");
	say(&a->remedy, "shorter messages, or raise sysctl net.core.wmem_max, "
	    "rmem_max, optmem_max", "", "");
}

static const struct {
	int error;
	enum sfam_alg_cause cause;
	const char *reason;
	const char *remedy;
} plain[] = {
	{ -ENOKEY, SFAM_ALG_CAUSE_NO_KEY, "no key is set (or no such key in "
	  "the keyring)", "set the key first" },
	{ -EBADMSG, SFAM_ALG_CAUSE_NOT_AUTHENTIC, "not authentic: the data, "
	  "its tag, nonce or key is not the one it was made with", "" },
	{ -ENOTUNIQ, SFAM_ALG_CAUSE_NONCE, "this nonce has encrypted under "
	  "this key before, or it cannot be told", "a fresh nonce, or a new "
	  "key" },
	{ -EBUSY, SFAM_ALG_CAUSE_OTHER, "an operation is under way", "end or "
	  "free it first" },
	{ -EOPNOTSUPP, SFAM_ALG_CAUSE_OTHER, "this algorithm cannot do that "
	  "(no key, no streaming, another type)", "" },
	{ -ENODATA, SFAM_ALG_CAUSE_OTHER, "its sizes are not known, since "
	  "/proc/crypto cannot be read", "mount /proc" },
	{ -ENOPROTOOPT, SFAM_ALG_CAUSE_OTHER, "this kernel takes no keys from "
	  "the keyring", "Linux 6.2 with CONFIG_KEYS" },
	{ -ENAMETOOLONG, SFAM_ALG_CAUSE_OTHER, "the name is longer than the "
	  "kernel's 103 bytes", "" },
};

static const struct {
	int error;
	void (*explain)(struct answer *a, const struct question *q);
} researched[] = {
	{ -ENOENT, explain_absent },
	{ -EAFNOSUPPORT, explain_no_af_alg },
	{ -EPERM, explain_policy },
	{ -EACCES, explain_policy },
	{ -ELIBBAD, explain_bad_library },
	{ -EKEYREJECTED, explain_key },
	{ -EMSGSIZE, explain_too_long },
};

static void explain(struct answer *a, const struct question *q)
{
	size_t i;

	/* What a template says to a wrong inner algorithm, at bind(2). */
	if (q->error == -EINVAL && !q->alg)
		explain_absent(a, q);
	for (i = 0; i < SFAM_ARRAY_LEN(researched); i++)
		if (researched[i].error == q->error)
			researched[i].explain(a, q);
	for (i = 0; i < SFAM_ARRAY_LEN(plain); i++) {
		if (plain[i].error != q->error)
			continue;
		a->cause = plain[i].cause;
		say(&a->reason, plain[i].reason, "", "");
		say(&a->remedy, plain[i].remedy, "", "");
	}
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
