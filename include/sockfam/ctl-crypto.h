/* SPDX-License-Identifier: MIT */
/*
 * libsockfam-ctl: every algorithm that the running kernel has loaded, those
 * too that AF_ALG cannot use (sfam_alg_list() of <sockfam/alg.h> has the
 * others, with what their users need to know).
 */
#ifndef SOCKFAM_CTL_CRYPTO_H
#define SOCKFAM_CTL_CRYPTO_H

#include <sockfam/base.h>
#include <sockfam/ctl-can.h>	/* struct sfam_ctl_diag */

#ifdef __cplusplus
extern "C" {
#endif

enum sfam_crypto_source {
	SFAM_CRYPTO_ANY,	/* netlink if it answers, else /proc */
	SFAM_CRYPTO_NETLINK,	/* NETLINK_CRYPTO: module crypto_user */
	SFAM_CRYPTO_PROC	/* /proc/crypto */
};

/* Bits of struct sfam_crypto_alg.flags. */
#define SFAM_CRYPTO_TESTED	(1u << 0) /* passed, or wants no self-test */
#define SFAM_CRYPTO_INTERNAL	(1u << 1) /* a part of other algorithms */
/*
 * Netlink: name, driver or module has 63 bytes, which is where the kernel
 * cuts them there; the whole is in /proc/crypto.
 */
#define SFAM_CRYPTO_CUT		(1u << 2)

/* The same from both. Sizes in bytes; 0 where there is none. */
struct sfam_crypto_alg {
	char name[128];		/* "cbc(aes)" */
	char driver[128];	/* "cbc-aes-aesni" */
	char module[64];	/* "aesni_intel"; "kernel" if built in */
	char type[64];		/* "shash", "skcipher", "aead", "cipher" ... */
	uint32_t flags;		/* SFAM_CRYPTO_... */
	int32_t priority;	/* the highest of a name is taken */
	uint32_t refcount;	/* 1: not in use */
	uint32_t block_size;
	uint32_t digest_size;
	uint32_t iv_size;
	uint32_t key_min, key_max; /* ciphers; of others it is not told */
	uint32_t tag_max;	/* aead */
	uint32_t seed_size;	/* rng */
};

/*
 * Neither source wants a privilege (netlink only for changes).
 * Calls each() for every algorithm, newest first, a name once per driver.
 * Stops where each() returns other than 0, and returns that. alg is valid
 * during the call only. *ret_source, which may be NULL, is where it all came
 * from. Both sources tell a long list in parts: what is registered or
 * removed meanwhile may come or not, and others then twice or not at all.
 * SFAM_CRYPTO_NETLINK: -EPROTONOSUPPORT: no CONFIG_CRYPTO_USER (modprobe
 * crypto_user). -EPERM, -EACCES: a security policy.
 * SFAM_CRYPTO_PROC: -ENOENT: no /proc/crypto. -EINVAL: no such source.
 * Others: -EAGAIN: the list changed during each of ten attempts. -ENOMEM,
 * -EIO, and those of open(2).
 */
int sfam_crypto_list(enum sfam_crypto_source source,
		     enum sfam_crypto_source *ret_source,
		     int (*each)(const struct sfam_crypto_alg *alg, void *arg),
		     void *arg, struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
