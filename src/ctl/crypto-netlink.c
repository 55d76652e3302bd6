/* SPDX-License-Identifier: MIT */
/* crypto/crypto_user.c (crypto_user_base.c before 6.10), CRYPTO_MSG_GETALG. */
#include <linux/cryptouser.h>

#include "crypto.h"

#define FLAG_TESTED		0x400	/* CRYPTO_ALG_TESTED and _INTERNAL, */
#define FLAG_INTERNAL		0x2000	/* linux/crypto.h of the kernel */

/* Copies text that may fill its field; notes where it may have been cut. */
static void take_text(char *to, size_t size, const char *from,
		      struct sfam_crypto_alg *alg)
{
	size_t n = strnlen(from, CRYPTO_MAX_NAME);

	if (n >= CRYPTO_MAX_NAME - 1)
		alg->flags |= SFAM_CRYPTO_CUT;
	n = n < size ? n : size - 1;
	memcpy(to, from, n);
	to[n] = '\0';
}

/*
 * Each kind of report begins with its type, and then has numbers: offsets
 * into it and into ours.
 */
struct number {
	uint16_t from, to;
};

#define NUMBER(report, member, ours) \
	{ offsetof(struct crypto_report_##report, member), \
	  offsetof(struct sfam_crypto_alg, ours) }

static const struct report {
	int attr;
	struct number numbers[5];	/* a "from" of 0 ends them */
} reports[] = {
	{ CRYPTOCFGA_REPORT_HASH, {
		NUMBER(hash, blocksize, block_size),
		NUMBER(hash, digestsize, digest_size) } },
	{ CRYPTOCFGA_REPORT_CIPHER, {
		NUMBER(cipher, blocksize, block_size),
		NUMBER(cipher, min_keysize, key_min),
		NUMBER(cipher, max_keysize, key_max) } },
	{ CRYPTOCFGA_REPORT_BLKCIPHER, {
		NUMBER(blkcipher, blocksize, block_size),
		NUMBER(blkcipher, min_keysize, key_min),
		NUMBER(blkcipher, max_keysize, key_max),
		NUMBER(blkcipher, ivsize, iv_size) } },
	{ CRYPTOCFGA_REPORT_AEAD, {
		NUMBER(aead, blocksize, block_size),
		NUMBER(aead, maxauthsize, tag_max),
		NUMBER(aead, ivsize, iv_size) } },
	{ CRYPTOCFGA_REPORT_RNG, { NUMBER(rng, seedsize, seed_size) } },
};

static const struct report *report_of(int attr)
{
	size_t i;

	for (i = 0; i < sizeof(reports) / sizeof(reports[0]); i++)
		if (reports[i].attr == attr)
			return &reports[i];
	return NULL;
}

static void take_report(struct sfam_crypto_alg *alg, const struct nlattr *attr)
{
	const struct report *r = report_of(nla_type(attr));
	const char *data = nla_data(attr);
	const struct number *n;
	char type[CRYPTO_MAX_NAME] = "";

	if (nla_len(attr) < (int)sizeof(type))
		return;
	memcpy(type, data, sizeof(type) - 1);
	memcpy(alg->type, type, sizeof(alg->type));
	for (n = r ? r->numbers : NULL; n && n->from; n++)
		if (nla_len(attr) >= n->from + 4)
			memcpy((char *)alg + n->to, data + n->from, 4);
}

static int got(struct nlmsghdr *header, void *arg)
{
	const struct crypto_user_alg *u = nlmsg_data(header);
	struct sfam_crypto_alg alg;
	struct nlattr *attr;
	int left;

	if (header->nlmsg_type != CRYPTO_MSG_GETALG)
		return 0;
	if (nlmsg_datalen(header) < (int)sizeof(*u))
		return -EIO;
	memset(&alg, 0, sizeof(alg));
	strcpy(alg.type, "unknown");
	take_text(alg.name, sizeof(alg.name), u->cru_name, &alg);
	take_text(alg.driver, sizeof(alg.driver), u->cru_driver_name, &alg);
	take_text(alg.module, sizeof(alg.module), u->cru_module_name, &alg);
	alg.refcount = u->cru_refcnt;
	if (u->cru_flags & FLAG_TESTED)
		alg.flags |= SFAM_CRYPTO_TESTED;
	if (u->cru_flags & FLAG_INTERNAL)
		alg.flags |= SFAM_CRYPTO_INTERNAL;
	nlmsg_for_each_attr(attr, header, sizeof(*u), left) {
		if (nla_type(attr) == CRYPTOCFGA_PRIORITY_VAL)
			alg.priority = nla_get_s32(attr);
		else
			take_report(&alg, attr);
	}
	sfam__crypto_give(arg, &alg);
	return 0;
}

int sfam__crypto_netlink(struct sfam__crypto *c, struct sfam_ctl_diag *diag)
{
	struct crypto_user_alg all;
	struct nl_msg *msg = nlmsg_alloc_simple(CRYPTO_MSG_GETALG, NLM_F_DUMP);

	memset(&all, 0, sizeof(all));
	if (msg && nlmsg_append(msg, &all, sizeof(all), NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return sfam__ctl_dump(NETLINK_CRYPTO, msg, got, c, diag);
}
