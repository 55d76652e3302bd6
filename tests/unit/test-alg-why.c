/* SPDX-License-Identifier: MIT */
/*
 * Why it failed, where the reason is another kernel's: a seccomp filter
 * answers instead of socket(2) or bind(2), and files of our own stand in
 * /proc, in the test's own mount namespace.
 */
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "alg-common.h"

/* From now on, that system call of a socket of AF_ALG fails so. */
static void refuse(int number, int error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bind, 2, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_ALG, 0, 1),
		BPF_STMT(BPF_RET | BPF_K,
			 SECCOMP_RET_ERRNO | (uint32_t)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { HARNESS_LEN(code), code };

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog), 0);
}

static void own_mounts(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

/* /proc/sys with that sysctl of crypto alone. */
static void put_sysctl(const char *name, const char *value)
{
	char path[64];

	own_mounts();
	ck_assert_int_eq(mount("tmpfs", "/proc/sys", "tmpfs", 0, NULL), 0);
	ck_assert_int_eq(mkdir("/proc/sys/crypto", 0755), 0);
	snprintf(path, sizeof(path), "/proc/sys/crypto/%s", name);
	put(path, value);
}

static void expect(const struct sfam_alg *alg, enum sfam_alg_type type,
		   const char *name, int error, enum sfam_alg_cause cause,
		   const char *words)
{
	struct sfam_alg_why why = SFAM_ALG_WHY_INIT;

	ck_assert_ok(sfam_alg_explain(&why, type, name, alg, error));
	ck_assert_msg(why.cause == (uint32_t)cause && why.error == error &&
		      strstr(why.reason, words), "%s: %d, %u: %s", name,
		      error, why.cause, why.reason);
	/* Nothing was cut. */
	ck_assert_uint_lt(strlen(why.reason), sizeof(why.reason) - 1);
	ck_assert_uint_lt(strlen(why.remedy), sizeof(why.remedy) - 1);
}

/* It cannot be opened, for that reason. */
static void fails(enum sfam_alg_type type, const char *name, int error,
		  enum sfam_alg_cause cause, const char *words)
{
	struct sfam_alg *alg = NULL;

	ck_assert_int_eq(sfam_alg_new(&alg, type, name, NULL), error);
	ck_assert_ptr_null(alg);
	expect(NULL, type, name, error, cause, words);
}

/* -------------------------------------------------- af_alg_restrict -- */

START_TEST(restricted_list)
{
	struct session s = session_open(SFAM_ALG_AEAD, "gcm(aes)", NULL, 0, 0);

	put_sysctl("af_alg_restrict", "1\n");
	refuse(SYS_bind, ENOENT);
	/* The kernel has it, and a longer name there may be. */
	fails(SFAM_ALG_AEAD, "gcm(aes)", -ENOENT, SFAM_ALG_CAUSE_RESTRICTED,
	      "gcm(aes) is not on the list that the sysctl "
	      "crypto.af_alg_restrict=1 leaves");
	fails(SFAM_ALG_AEAD, "authenc(hmac(sha256),nosuch(aes))", -ENOENT,
	      SFAM_ALG_CAUSE_RESTRICTED, ", if there is one, is not on");
	/* What is wrong all the same is told first. */
	fails(SFAM_ALG_SKCIPHER, "gcm(aes)", -ENOENT,
	      SFAM_ALG_CAUSE_WRONG_TYPE, "of type aead, not skcipher");
	session_close(&s);
}
END_TEST

START_TEST(restricted_wholly)
{
	put_sysctl("af_alg_restrict", "2\n");
	refuse(SYS_socket, EAFNOSUPPORT);
	fails(SFAM_ALG_HASH, "sha256", -EAFNOSUPPORT,
	      SFAM_ALG_CAUSE_RESTRICTED, "switched off by the sysctl "
	      "crypto.af_alg_restrict=2");
}
END_TEST

/* Level 0 is no reason. */
START_TEST(not_restricted)
{
	put_sysctl("af_alg_restrict", "0\n");
	fails(SFAM_ALG_HASH, "nosuch", -ENOENT, SFAM_ALG_CAUSE_UNKNOWN,
	      "no algorithm nosuch of type hash in this kernel");
}
END_TEST

/* ----------------------------------------------------- no such type -- */

START_TEST(no_type)
{
	refuse(SYS_bind, ENOENT);
	fails(SFAM_ALG_AEAD, "nosuch(aes)", -ENOENT, SFAM_ALG_CAUSE_NO_TYPE,
	      "no AF_ALG type aead");
	fails(SFAM_ALG_RNG, "nosuch", -ENOENT, SFAM_ALG_CAUSE_NO_TYPE,
	      "no AF_ALG type rng");
}
END_TEST

START_TEST(no_af_alg)
{
	refuse(SYS_socket, EAFNOSUPPORT);
	fails(SFAM_ALG_HASH, "sha256", -EAFNOSUPPORT, SFAM_ALG_CAUSE_NO_AF_ALG,
	      "no AF_ALG");
}
END_TEST

/* --------------------------------------------------------- policies -- */

START_TEST(filter_of_socket)
{
	refuse(SYS_socket, EPERM);
	fails(SFAM_ALG_HASH, "sha256", -EPERM, SFAM_ALG_CAUSE_POLICY,
	      "seccomp");
}
END_TEST

START_TEST(filter_of_bind)
{
	refuse(SYS_bind, EACCES);
	fails(SFAM_ALG_AEAD, "gcm(aes)", -EACCES, SFAM_ALG_CAUSE_POLICY,
	      "seccomp");
}
END_TEST

/* ------------------------------------------------------------- FIPS -- */

/* Loaded, but for the kernel alone: bind(2) does not see it. */
START_TEST(fips_not_approved)
{
	struct session s = session_open(SFAM_ALG_HASH, "sha256", NULL, 0, 0);

	put_sysctl("fips_enabled", "1\n");
	refuse(SYS_bind, ENOENT);
	fails(SFAM_ALG_HASH, "sha256", -ENOENT, SFAM_ALG_CAUSE_FIPS,
	      "sha256 is not approved in FIPS mode");
	session_close(&s);
}
END_TEST

START_TEST(fips_unknown)
{
	put_sysctl("fips_enabled", "1\n");
	fails(SFAM_ALG_HASH, "nosuch", -ENOENT, SFAM_ALG_CAUSE_UNKNOWN,
	      "nosuch");
}
END_TEST

START_TEST(fips_self_test)
{
	put_sysctl("fips_enabled", "1\n");
	refuse(SYS_bind, ELIBBAD);
	fails(SFAM_ALG_HASH, "sha256", -ELIBBAD, SFAM_ALG_CAUSE_FIPS,
	      "FIPS mode, or failed its self-test");
}
END_TEST

START_TEST(self_test)
{
	put_sysctl("fips_enabled", "0\n");
	refuse(SYS_bind, ELIBBAD);
	fails(SFAM_ALG_HASH, "sha256", -ELIBBAD, SFAM_ALG_CAUSE_FIPS,
	      "sha256 failed the kernel's self-test");
}
END_TEST

/* ---------------------------------------------------------- keyring -- */

#define PROCESS_KEYRING (-2)
#define KEYCTL_REVOKE 3
#define KEYCTL_SETPERM 5

static int32_t add_key(void)
{
	long serial = syscall(SYS_add_key, "user", "sockfam-why", "0123456789",
			      10, PROCESS_KEYRING);

	ck_assert_int_gt(serial, 0);
	return (int32_t)serial;
}

static void key_fails(int32_t serial, int error, const char *words)
{
	struct sfam_alg *alg;
	enum sfam_alg_cause cause = SFAM_ALG_CAUSE_NO_KEY;
	int r;

	ck_assert_ok(sfam_alg_new(&alg, SFAM_ALG_HASH, "hmac(sha256)", NULL));
	r = sfam_alg_set_key_serial(alg, serial);
	if (r == -ENOPROTOOPT) {		/* Linux 6.1 */
		words = "takes no keys from the keyring";
		cause = SFAM_ALG_CAUSE_OTHER;
	} else {
		ck_assert_int_eq(r, error);
	}
	expect(alg, SFAM_ALG_HASH, "hmac(sha256)", r, cause, words);
	sfam_alg_free(alg);
}

/* No security policy: the key's own permissions. */
START_TEST(key_forbidden)
{
	int32_t serial = add_key();

	ck_assert_int_eq(syscall(SYS_keyctl, KEYCTL_SETPERM, serial, 0), 0);
	key_fails(serial, -EACCES, "keyring does not let");
}
END_TEST

START_TEST(key_revoked)
{
	int32_t serial = add_key();

	ck_assert_int_eq(syscall(SYS_keyctl, KEYCTL_REVOKE, serial), 0);
	key_fails(serial, -EKEYREVOKED, "revoked");
}
END_TEST

START_TEST(key_missing)
{
	key_fails(1, -ENOKEY, "no such key");
}
END_TEST

/* ------------------------------------------------------------ sizes -- */

static void refuses_size(enum sfam_alg_type type, const char *name,
			 size_t key_len, const char *words)
{
	static const unsigned char key[64] = "one half, another of the same..";
	struct session s = session_open(type, name, key, key_len, 0);
	unsigned char text[32] = { 0 }, tag[16];
	struct flat f;
	int r;

	if (type == SFAM_ALG_AEAD)
		r = sfam_alg_seal(s.op, flat_msg(&f, text, 3, NULL, 0, text,
						 text, 16, tag, 16));
	else
		r = sfam_alg_crypt(s.op, SFAM_ALG_ENCRYPT, text, 3, text, text,
				   16);
	ck_assert_int_eq(r, -EINVAL);
	expect(s.alg, type, name, r, SFAM_ALG_CAUSE_SIZE, words);
	session_close(&s);
}

START_TEST(wrong_sizes)
{
	refuses_size(SFAM_ALG_AEAD, "gcm(aes)", 16,
		     "an IV of 12 bytes, a tag of at most 16 bytes");
	refuses_size(SFAM_ALG_SKCIPHER, "cbc(aes)", 16,
		     "an IV of 16 bytes, text in multiples of 16 bytes");
	refuses_size(SFAM_ALG_SKCIPHER, "xts(aes)", 64,
		     "at least 16 bytes of it");
}
END_TEST

START_TEST(words_of_codes)
{
	static const int codes[] = { EKEYEXPIRED, EOVERFLOW, EBUSY, EOPNOTSUPP,
				     ENODATA, ENAMETOOLONG, ENOSPC, EIO,
				     EMSGSIZE, EKEYREJECTED, ENOTUNIQ };
	struct sfam_alg_why why = SFAM_ALG_WHY_INIT;
	size_t i;

	for (i = 0; i < HARNESS_LEN(codes); i++) {
		ck_assert_ok(sfam_alg_explain(&why, SFAM_ALG_SKCIPHER,
					      "cbc(aes)", NULL, -codes[i]));
		ck_assert_msg(why.reason[0], "nothing said of %d", codes[i]);
	}
}
END_TEST

/* ----------------------------------------------------- /proc/crypto -- */

static const char odd_list[] =
	"name         : gone\n"
	"driver       : gone-generic\n"
	"module       : kernel\n"
	"priority     : 4294967295\n"
	"selftest     : unknown\n"
	"internal     : no\n"
	"type         : shash\n"
	"digestsize   : 7\n"
	"\n"
	"\n"
	": no field\n"
	"no colon\n"
	"name         : hidden\n"
	"internal     : yes\n"
	"type         : shash\n"
	"\n"
	"name         : of a kind not known\n"
	"type         : kpp\n"
	"\n"
	"name         : last(one)\n"
	"type         : skcipher\n"
	"blocksize    : 0\n"
	"ivsize       : 8";		/* and no newline */

static int note_one(const struct sfam_alg_info *info, void *arg)
{
	int *n = arg;

	if (*n == 0) {
		ck_assert_str_eq(info->name, "gone");
		ck_assert_uint_eq(info->digest_size, 7);
		ck_assert_uint_eq(info->flags & SFAM_ALG_INFO_UNTESTED,
				  SFAM_ALG_INFO_UNTESTED);
	} else {
		ck_assert_str_eq(info->name, "last(one)");
		ck_assert_uint_eq(info->iv_size, 8);
		ck_assert_uint_eq(info->block_size, 1);
	}
	++*n;
	return 0;
}

static void bind_proc_crypto(const char *text)
{
	char path[] = "/tmp/sockfam-crypto-XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	close(fd);
	put(path, text);
	own_mounts();
	ck_assert_int_eq(mount(path, "/proc/crypto", NULL, MS_BIND, NULL), 0);
	unlink(path);
}

START_TEST(odd_proc_crypto)
{
	int n = 0;

	bind_proc_crypto(odd_list);
	ck_assert_ok(sfam_alg_list(note_one, &n));
	ck_assert_int_eq(n, 2);
}
END_TEST

/* bind(2) took the best driver, so the sizes must be that one's. */
START_TEST(best_of_proc_crypto)
{
	struct sfam_alg *alg;

	bind_proc_crypto(
		"name : cbc(blowfish)\npriority : 100\ninternal : no\n"
		"type : skcipher\nblocksize : 8\nivsize : 4\n\n"
		"name : cbc(blowfish)\npriority : 300\ninternal : no\n"
		"type : skcipher\nblocksize : 8\nivsize : 8\n\n"
		"name : cbc(blowfish)\npriority : 200\ninternal : no\n"
		"type : skcipher\nblocksize : 8\nivsize : 2\n\n");
	ck_assert_ok(sfam_alg_new(&alg, SFAM_ALG_SKCIPHER, "cbc(blowfish)",
				  NULL));
	ck_assert_uint_eq(sfam_alg_info(alg)->iv_size, 8);
	sfam_alg_free(alg);
}
END_TEST

START_TEST(no_proc)
{
	struct sfam_alg *alg = NULL;
	int n = 0;

	own_mounts();
	ck_assert_int_eq(mount("tmpfs", "/proc", "tmpfs", 0, NULL), 0);
	ck_assert_err(sfam_alg_list(note_one, &n), ENOENT);
	/* Not in the table of the well-known. */
	fails(SFAM_ALG_SKCIPHER, "cbc(blowfish)", -ENODATA,
	      SFAM_ALG_CAUSE_OTHER, "/proc/crypto cannot be read");
	ck_assert_ok(sfam_alg_new(&alg, SFAM_ALG_AEAD, "gcm(aes)", NULL));
	sfam_alg_free(alg);
	/* It opens, but cannot be read: no list that only is shorter. */
	ck_assert_int_eq(mkdir("/proc/crypto", 0755), 0);
	ck_assert_err(sfam_alg_list(note_one, &n), EISDIR);
	/* The harness looks into /proc/self/fd. */
	ck_assert_int_eq(umount("/proc"), 0);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ restricted_list, "alg vm root" },
		{ restricted_wholly, "alg vm root" },
		{ not_restricted, "alg vm root" },
		{ no_type, "alg vm root" },
		{ no_af_alg, "alg" },
		{ filter_of_socket, NULL },
		{ filter_of_bind, "alg" },
		{ fips_not_approved, "alg vm root" },
		{ fips_unknown, "alg vm root" },
		{ fips_self_test, "alg vm root" },
		{ self_test, "alg vm root" },
		{ key_forbidden, "alg" },
		{ key_revoked, "alg" },
		{ key_missing, "alg" },
		{ wrong_sizes, "alg" },
		{ words_of_codes, NULL },
		{ odd_proc_crypto, "alg vm root" },
		{ best_of_proc_crypto, "alg vm root" },
		{ no_proc, "alg vm root" },
	};

	return harness_run("alg-why", tests, HARNESS_LEN(tests));
}
