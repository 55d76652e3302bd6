/* SPDX-License-Identifier: MIT */
/* The kernel's algorithms from both sources, against each other. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <sockfam/ctl.h>
#include <sockfam/sockfam.h>

#include "harness.h"

#define MANY 1000
#define CUT_AT 63
#define LONG_NAME \
	"essiv(authenc(hmac(sha256-generic),cbc(aes-generic)),sha256-generic)"

struct list {
	size_t n;
	struct sfam_crypto_alg algs[MANY];
};

static int add(const struct sfam_crypto_alg *alg, void *arg)
{
	struct list *l = arg;

	ck_assert_uint_lt(l->n, MANY);
	l->algs[l->n++] = *alg;
	return 0;
}

static void fill(struct list *l, enum sfam_crypto_source source)
{
	enum sfam_crypto_source from = SFAM_CRYPTO_ANY;

	memset(l, 0, sizeof(*l));
	ck_assert_ok(sfam_crypto_list(source, &from, add, l, NULL));
	ck_assert_int_eq(from, source);
	ck_assert_uint_gt(l->n, 0);
}

static void same_text(const char *netlink, const char *proc)
{
	if (strlen(proc) > CUT_AT)
		ck_assert_msg(strlen(netlink) == CUT_AT &&
			      strncmp(netlink, proc, CUT_AT) == 0, "%s, %s",
			      netlink, proc);
	else
		ck_assert_str_eq(netlink, proc);
}

/* Texts are the same but where they are cut; all numbers are the same. */
static void same(const struct sfam_crypto_alg *netlink,
		 const struct sfam_crypto_alg *proc)
{
	struct sfam_crypto_alg rest = *netlink;
	int cut = (netlink->flags & SFAM_CRYPTO_CUT) != 0;

	same_text(netlink->name, proc->name);
	same_text(netlink->driver, proc->driver);
	same_text(netlink->module, proc->module);
	ck_assert_int_eq(cut, strlen(proc->name) >= CUT_AT ||
			 strlen(proc->driver) >= CUT_AT);
	ck_assert(!(proc->flags & SFAM_CRYPTO_CUT));
	rest.flags &= ~SFAM_CRYPTO_CUT;
	memcpy(rest.name, proc->name, sizeof(rest.name));
	memcpy(rest.driver, proc->driver, sizeof(rest.driver));
	ck_assert_str_eq(rest.type, proc->type);
	ck_assert_int_eq(rest.priority, proc->priority);
	ck_assert_uint_eq(rest.refcount, proc->refcount);
	ck_assert_uint_eq(rest.flags, proc->flags);
	ck_assert_msg(memcmp(&rest, proc, sizeof(rest)) == 0, "%s",
		      proc->driver);
}

/* Makes algorithms of all types, so that they are loaded. */
static struct sfam_alg *load(enum sfam_alg_type type, const char *name)
{
	struct sfam_alg *alg;

	ck_assert_ok(sfam_alg_new(&alg, type, name, NULL));
	return alg;
}

static int has_type(const struct list *l, const char *type)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->algs[i].type, type) == 0)
			return 1;
	return 0;
}

/*
 * Unused ones go in their own time, and references come and go: what is
 * compared stood still from before to after.
 */
START_TEST(both_agree)
{
	static struct list before, proc, after;
	struct sfam_alg *loaded[] = {
		load(SFAM_ALG_RNG, "stdrng"),
		load(SFAM_ALG_HASH, "cmac(aes-generic)"),
		load(SFAM_ALG_SKCIPHER, "xts(aes)"),
		load(SFAM_ALG_AEAD, LONG_NAME),
	};
	uint32_t cut = 0;
	size_t i;

	do {
		fill(&before, SFAM_CRYPTO_NETLINK);
		fill(&proc, SFAM_CRYPTO_PROC);
		fill(&after, SFAM_CRYPTO_NETLINK);
	} while (memcmp(&before, &after, sizeof(before)) != 0);
	ck_assert_uint_eq(before.n, proc.n);
	for (i = 0; i < before.n; i++) {
		same(&before.algs[i], &proc.algs[i]);
		cut |= before.algs[i].flags & SFAM_CRYPTO_CUT;
	}
	ck_assert_uint_ne(cut, 0);
	ck_assert(has_type(&proc, "shash") && has_type(&proc, "skcipher") &&
		  has_type(&proc, "aead") && has_type(&proc, "rng") &&
		  has_type(&proc, "cipher"));
	for (i = 0; i < HARNESS_LEN(loaded); i++)
		sfam_alg_free(loaded[i]);
}
END_TEST

static int find_sha256(const struct sfam_crypto_alg *a, void *arg)
{
	if (strcmp(a->name, "sha256") != 0)
		return 0;
	*(struct sfam_crypto_alg *)arg = *a;
	return 77;
}

START_TEST(known_values)
{
	struct sfam_alg *alg = load(SFAM_ALG_HASH, "sha256");
	struct sfam_crypto_alg a;

	ck_assert_int_eq(sfam_crypto_list(SFAM_CRYPTO_ANY, NULL, find_sha256,
					  &a, NULL), 77);
	ck_assert_uint_eq(a.digest_size, 32);
	ck_assert_uint_eq(a.block_size, 64);
	ck_assert(a.flags & SFAM_CRYPTO_TESTED);
	ck_assert_str_eq(a.type, "shash");
	sfam_alg_free(alg);
}
END_TEST

START_TEST(without_privilege)
{
	static struct list l;

	ck_assert_int_eq(seteuid(65534), 0);
	fill(&l, SFAM_CRYPTO_NETLINK);
	fill(&l, SFAM_CRYPTO_PROC);
	ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

static void write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	ck_assert_int_eq(write(fd, text, strlen(text)),
			 (ssize_t)strlen(text));
	close(fd);
}

/* Without crypto_user the same comes from /proc. */
START_TEST(without_module)
{
	static const char path[] = "/proc/sys/kernel/modprobe";
	enum sfam_crypto_source from = SFAM_CRYPTO_ANY;
	static struct list l;
	int r;

	ck_assert_ok(sfam_crypto_list(SFAM_CRYPTO_ANY, &from, add, &l, NULL));
	ck_assert_int_eq(from, SFAM_CRYPTO_NETLINK);
	write_to(path, "/bin/false");
	ck_assert_int_eq((int)syscall(SYS_delete_module, "crypto_user", 0), 0);
	l.n = 0;
	r = sfam_crypto_list(SFAM_CRYPTO_ANY, &from, add, &l, NULL);
	ck_assert_err(sfam_crypto_list(SFAM_CRYPTO_NETLINK, NULL, add, &l,
				       NULL), EPROTONOSUPPORT);
	write_to(path, "/sbin/modprobe");
	ck_assert_ok(r);
	ck_assert_int_eq(from, SFAM_CRYPTO_PROC);
	ck_assert_uint_gt(l.n, 0);
}
END_TEST

static int stop(const struct sfam_crypto_alg *a, void *arg)
{
	(void)a;
	return ++*(int *)arg == 3 ? -ECANCELED : 0;
}

START_TEST(stops_and_refusals)
{
	enum sfam_crypto_source from = SFAM_CRYPTO_ANY;
	int n = 0;

	ck_assert_err(sfam_crypto_list(SFAM_CRYPTO_ANY, &from, stop, &n,
				       NULL), ECANCELED);
	ck_assert_int_eq(n, 3);
	ck_assert_err(sfam_crypto_list((enum sfam_crypto_source)3, &from,
				       stop, &n, NULL), EINVAL);
	ck_assert_int_eq(from, SFAM_CRYPTO_ANY);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ both_agree, "vm root" },
		{ known_values, "alg" },
		{ without_privilege, "vm root" },
		{ without_module, "vm root" },
		{ stops_and_refusals, NULL },
	};

	return harness_run("crypto-list", tests, HARNESS_LEN(tests));
}
