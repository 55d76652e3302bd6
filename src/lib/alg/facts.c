/* SPDX-License-Identifier: MIT */
/*
 * Sizes of well-known algorithms by their names, so that a session opens
 * without a look at /proc/crypto (a text of 100 kB). Names of drivers and
 * all others are looked up there.
 */
#include "alg/alg.h"
#include "base/text.h"

/* A cipher, or a whole algorithm of another kind that is no template. */
struct cipher {
	const char *name;
	uint8_t block;
	uint8_t key_min, key_max, key_step;
};

static const struct cipher ciphers[] = {
	{ "aes", 16, 16, 32, 8 },
	{ "aria", 16, 16, 32, 8 },
	{ "camellia", 16, 16, 32, 8 },
	{ "des", 8, 8, 8, 8 },
	{ "des3_ede", 8, 24, 24, 8 },
	{ "serpent", 16, 0, 32, 1 },
	{ "sm4", 16, 16, 16, 16 },
	{ "twofish", 16, 16, 32, 8 },
};

/* Ways to use a cipher: name(cipher). */
struct mode {
	const char *name;
	uint8_t type;		/* enum sfam_alg_type */
	uint8_t key_times;
	uint8_t key_plus;	/* salt behind the key */
	uint8_t iv;		/* BLOCK: as the cipher's */
	uint8_t tag;
	uint8_t rules;
};

#define BLOCK 0xff
#define WHOLE 1			/* whole blocks only */
#define CHAIN 2			/* the kernel hands the IV on */
#define ATLEAST 4		/* a block at the least, then any length */

static const struct mode modes[] = {
	{ "cbc", SFAM_ALG_SKCIPHER, 1, 0, BLOCK, 0, WHOLE | CHAIN },
	{ "cfb", SFAM_ALG_SKCIPHER, 1, 0, BLOCK, 0, CHAIN },
	{ "ctr", SFAM_ALG_SKCIPHER, 1, 0, BLOCK, 0, CHAIN },
	{ "ecb", SFAM_ALG_SKCIPHER, 1, 0, 0, 0, WHOLE | CHAIN },
	{ "ofb", SFAM_ALG_SKCIPHER, 1, 0, BLOCK, 0, CHAIN },
	{ "pcbc", SFAM_ALG_SKCIPHER, 1, 0, BLOCK, 0, WHOLE | CHAIN },
	{ "xts", SFAM_ALG_SKCIPHER, 2, 0, BLOCK, 0, ATLEAST },
	{ "cts(cbc", SFAM_ALG_SKCIPHER, 1, 0, BLOCK, 0, ATLEAST },
	{ "rfc3686(ctr", SFAM_ALG_SKCIPHER, 1, 4, 8, 0, 0 },
	{ "gcm", SFAM_ALG_AEAD, 1, 0, 12, 16, 0 },
	{ "ccm", SFAM_ALG_AEAD, 1, 0, 16, 16, 0 },
	{ "rfc4106(gcm", SFAM_ALG_AEAD, 1, 4, 8, 16, 0 },
	{ "rfc4309(ccm", SFAM_ALG_AEAD, 1, 3, 8, 16, 0 },
	{ "rfc4543(gcm", SFAM_ALG_AEAD, 1, 4, 8, 16, 0 },
	{ "cmac", SFAM_ALG_HASH, 1, 0, 0, 0, 0 },
	{ "xcbc", SFAM_ALG_HASH, 1, 0, 0, 0, 0 },
};

static const struct sfam__name digests[] = {
	{ "md5", 16 }, { "sha1", 20 }, { "sha224", 28 }, { "sha256", 32 },
	{ "sha384", 48 }, { "sha512", 64 }, { "sha3-224", 28 },
	{ "sha3-256", 32 }, { "sha3-384", 48 }, { "sha3-512", 64 },
	{ "sm3", 32 }, { "rmd160", 20 }, { "streebog256", 32 },
	{ "streebog512", 64 }, { NULL, 0 },
};

static const struct sfam__name rngs[] = {
	{ "stdrng", 0 }, { "jitterentropy_rng", 0 },
	{ "drbg_nopr_ctr_aes256", 0 }, { "drbg_nopr_hmac_sha256", 0 },
	{ "drbg_nopr_hmac_sha512", 0 }, { NULL, 0 },
};

/* Whole names of ciphers and AEADs without a block cipher inside. */
static const struct plain {
	const char *name;
	uint8_t type, key, iv, tag, len_min;
} plains[] = {
	{ "chacha20", SFAM_ALG_SKCIPHER, 32, 16, 0, 0 },
	{ "xchacha20", SFAM_ALG_SKCIPHER, 32, 32, 0, 0 },
	{ "xchacha12", SFAM_ALG_SKCIPHER, 32, 32, 0, 0 },
	{ "adiantum(xchacha12,aes)", SFAM_ALG_SKCIPHER, 32, 32, 0, 16 },
	{ "adiantum(xchacha20,aes)", SFAM_ALG_SKCIPHER, 32, 32, 0, 16 },
	{ "rfc7539(chacha20,poly1305)", SFAM_ALG_AEAD, 32, 12, 16, 0 },
	{ "rfc7539esp(chacha20,poly1305)", SFAM_ALG_AEAD, 36, 8, 16, 0 },
	{ "aegis128", SFAM_ALG_AEAD, 16, 16, 16, 0 },
};

/* ------------------------------------------------------------ names -- */

static bool begins(const char *name, const char *with)
{
	size_t len = strlen(with);

	return strlen(name) >= len && memcmp(name, with, len) == 0;
}

static bool has_paren(const char *name)
{
	return memchr(name, '(', strlen(name)) != NULL;
}

/* name is LEAD ( INNER ... ) with as many ) as both have (. */
static bool is_template(const char *name, const char *lead, const char *inner)
{
	size_t lead_len = strlen(lead);
	size_t inner_len = strlen(inner);
	size_t open = 1 + (size_t)has_paren(lead);

	return strlen(name) == lead_len + 1 + inner_len + open &&
	       memcmp(name, lead, lead_len) == 0 && name[lead_len] == '(' &&
	       memcmp(name + lead_len + 1, inner, inner_len) == 0 &&
	       memcmp(name + lead_len + 1 + inner_len, "))", open) == 0;
}

static uint32_t value_of(const struct sfam__name *names, const char *name,
			 const char *lead)
{
	for (; names->name; names++)
		if (lead ? is_template(name, lead, names->name) :
			   strcmp(names->name, name) == 0)
			return names->value;
	return UINT32_MAX;
}

/* ------------------------------------------------------------ facts -- */

static void set_mode(struct sfam_alg_info *i, const struct mode *m,
		     const struct cipher *c)
{
	i->key_min = (uint32_t)m->key_times * c->key_min + m->key_plus;
	i->key_max = (uint32_t)m->key_times * c->key_max + m->key_plus;
	i->key_step = (uint32_t)m->key_times * c->key_step;
	i->iv_size = m->iv == BLOCK ? c->block : m->iv;
	i->tag_max = m->tag;
	if (m->type == SFAM_ALG_HASH) {
		i->digest_size = c->block;
		return;
	}
	i->block_size = m->rules & WHOLE ? c->block : 1;
	i->chunk_size = c->block;
	i->len_min = m->rules & ATLEAST ? c->block : 0;
	if (m->rules & CHAIN)
		i->flags |= SFAM_ALG_INFO_CHAINS;
}

static bool find_mode(struct sfam_alg_info *i, const char *name)
{
	size_t m, c;

	for (m = 0; m < SFAM_ARRAY_LEN(modes); m++) {
		if (modes[m].type != i->type ||
		    !begins(name, modes[m].name))
			continue;
		for (c = 0; c < SFAM_ARRAY_LEN(ciphers); c++) {
			if (!is_template(name, modes[m].name,
					 ciphers[c].name))
				continue;
			set_mode(i, &modes[m], &ciphers[c]);
			return true;
		}
	}
	return false;
}

static bool find_digest(struct sfam_alg_info *i, const char *name)
{
	uint32_t size = value_of(digests, name, NULL);

	if (size == UINT32_MAX) {
		size = value_of(digests, name, "hmac");
		i->flags |= SFAM_ALG_INFO_KEY_ANY;
	}
	i->digest_size = size;
	i->key_step = 1;	/* known: none */
	return size != UINT32_MAX;
}

static bool find_plain(struct sfam_alg_info *i, const char *name)
{
	const struct plain *p;

	for (p = plains; p < plains + SFAM_ARRAY_LEN(plains); p++) {
		if (p->type != i->type || strcmp(p->name, name) != 0)
			continue;
		i->key_min = p->key;
		i->key_max = p->key;
		i->key_step = 1;
		i->iv_size = p->iv;
		i->tag_max = p->tag;
		i->len_min = p->len_min;
		i->block_size = 1;
		i->chunk_size = 1;
		return true;
	}
	return false;
}

bool sfam__alg_facts(struct sfam_alg_info *ret, enum sfam_alg_type type,
		     const char *name)
{
	struct sfam_alg_info i;
	bool found;

	memset(&i, 0, sizeof(i));
	i.type = type;
	if (type == SFAM_ALG_RNG)
		found = value_of(rngs, name, NULL) == 0;
	else
		found = find_mode(&i, name) || find_plain(&i, name);
	if (!found && type == SFAM_ALG_HASH)
		found = find_digest(&i, name);
	if (!found)
		return false;
	memcpy(i.name, name, strlen(name) + 1);
	*ret = i;
	return true;
}

/* ---------------------------------------------- of /proc/crypto's name -- */

/* The rules of name's mode, whatever its cipher; 0: not known. */
static uint8_t rules_of(const char *name)
{
	const struct mode *m;

	for (m = modes; m < modes + SFAM_ARRAY_LEN(modes); m++)
		if (m->type == SFAM_ALG_SKCIPHER && !has_paren(m->name) &&
		    begins(name, m->name) && name[strlen(m->name)] == '(')
			return m->rules;
	return 0;
}

/*
 * What /proc/crypto does not tell: the steps of key sizes, and how the mode
 * of an unknown cipher takes its data. Its block size is that of the
 * cipher even where any length will do (xts, cts, adiantum, hctr2).
 */
static void guess_rules(struct sfam_alg_info *info)
{
	uint8_t rules;

	if (info->key_min == info->key_max && info->key_max > 0)
		info->key_step = 1;
	if (info->type == SFAM_ALG_HASH && begins(info->name, "hmac("))
		info->flags |= SFAM_ALG_INFO_KEY_ANY;
	if (info->type != SFAM_ALG_SKCIPHER)
		return;
	rules = rules_of(info->name);
	/* Not ecb(arc4): a stream cipher has more state than an IV. */
	if (rules & CHAIN && info->chunk_size > 1)
		info->flags |= SFAM_ALG_INFO_CHAINS;
	if (rules & WHOLE)
		return;
	info->len_min = info->block_size > 1 ? info->block_size : 0;
	info->block_size = 1;
}

void sfam__alg_add_rules(struct sfam_alg_info *info)
{
	struct sfam_alg_info known;

	if (!sfam__alg_facts(&known, (enum sfam_alg_type)info->type,
			     info->name)) {
		guess_rules(info);
		return;
	}
	memcpy(known.driver, info->driver, sizeof(known.driver));
	memcpy(known.module, info->module, sizeof(known.module));
	known.priority = info->priority;
	known.seed_size = info->seed_size;
	known.flags |= info->flags;
	*info = known;
}
