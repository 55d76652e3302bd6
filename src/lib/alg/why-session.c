/* SPDX-License-Identifier: MIT */
/* Words for errors of keys, sizes and operations. */
#include "alg/why.h"

static bool find_info(struct sfam_alg_info *ret, const struct question *q)
{
	if (q->alg) {
		*ret = q->alg->info;
		return true;
	}
	return sfam__alg_facts(ret, q->type, q->name) ||
	       sfam__alg_proc_find(ret, q->type, q->name) == 0;
}

static void explain_key(struct answer *a, const struct question *q)
{
	char sizes[SFAM_ALG_SIZES_STRLEN];
	struct sfam_alg_info info;

	a->cause = SFAM_ALG_CAUSE_KEY_SIZE;
	say(&a->reason, "the key has no size that ", q->name, " takes");
	if (find_info(&info, q) &&
	    sfam_alg_key_sizes(&info, sizes, sizeof(sizes)) > 0)
		say(&a->reason, " (", sizes, ")");
	say(&a->reason, ", or the kernel finds it weak", "", "");
}

static void say_number(struct answer *a, const char *before, uint64_t n,
		       const char *after)
{
	say(&a->reason, before, "", "");
	sfam__out_dec(&a->reason, n);
	say(&a->reason, after, "", "");
}

static void say_sizes(struct answer *a, const struct sfam_alg_info *info)
{
	say_number(a, "an IV of ", info->iv_size, " bytes");
	if (info->type == SFAM_ALG_AEAD) {
		say_number(a, ", a tag of at most ", info->tag_max, " bytes");
		say(&a->reason, " (not every size)", "", "");
	}
	if (info->block_size > 1)
		say_number(a, ", text in multiples of ", info->block_size,
			   " bytes");
	if (info->len_min > 1)
		say_number(a, ", at least ", info->len_min, " bytes of it");
}

/* What a call was refused before or by the kernel that has the algorithm. */
static void explain_size(struct answer *a, const struct question *q)
{
	struct sfam_alg_info info;

	if (!find_info(&info, q))
		return;
	a->cause = SFAM_ALG_CAUSE_SIZE;
	say(&a->reason, q->name, " refuses a size", "");
	if (info.type == SFAM_ALG_RNG && info.seed_size > 0) {
		say_number(a, ": it takes a seed of ", info.seed_size,
			   " bytes");
	} else if (info.type == SFAM_ALG_SKCIPHER ||
		   info.type == SFAM_ALG_AEAD) {
		say(&a->reason, ", or a stream has not begun; it takes ", "",
		    "");
		say_sizes(a, &info);
	} else {
		say(&a->reason, " or a parameter", "", "");
	}
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
	/* lookup_user_key() of alg_setkey_by_key_serial, crypto/af_alg.c */
	{ -EACCES, SFAM_ALG_CAUSE_NO_KEY, "the keyring does not let this "
	  "process use that key (it lacks search permission)",
	  "keyctl setperm" },
	{ -EKEYEXPIRED, SFAM_ALG_CAUSE_NO_KEY, "that key of the keyring has "
	  "expired", "another key" },
	{ -EKEYREVOKED, SFAM_ALG_CAUSE_NO_KEY, "that key of the keyring was "
	  "revoked", "another key" },
	{ -EBADMSG, SFAM_ALG_CAUSE_NOT_AUTHENTIC, "not authentic: the data, "
	  "its tag, nonce or key is not the one it was made with", "" },
	{ -ENOTUNIQ, SFAM_ALG_CAUSE_NONCE, "this nonce has encrypted under "
	  "this key before, or it cannot be told", "a fresh nonce, or a new "
	  "key" },
	{ -EOVERFLOW, SFAM_ALG_CAUSE_NONCE, "the series of records has used "
	  "all its numbers", "a new key" },
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
	{ -ENOSPC, SFAM_ALG_CAUSE_OTHER, "the result does not fit in the "
	  "buffer that was given", "" },
	{ -EIO, SFAM_ALG_CAUSE_OTHER, "not all that was read came to the "
	  "hash, or the disk failed", "the kernel log says more of a disk" },
};

static const struct {
	int error;
	void (*explain)(struct answer *a, const struct question *q);
} composed[] = {
	{ -EINVAL, explain_size },
	{ -EKEYREJECTED, explain_key },
	{ -EMSGSIZE, explain_too_long },
};

void sfam__alg_explain_session(struct answer *a, const struct question *q)
{
	size_t i;

	for (i = 0; i < SFAM_ARRAY_LEN(composed); i++)
		if (composed[i].error == q->error)
			composed[i].explain(a, q);
	for (i = 0; i < SFAM_ARRAY_LEN(plain); i++) {
		if (plain[i].error != q->error)
			continue;
		a->cause = plain[i].cause;
		say(&a->reason, plain[i].reason, "", "");
		say(&a->remedy, plain[i].remedy, "", "");
	}
}
