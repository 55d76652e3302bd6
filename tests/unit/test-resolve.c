/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <netdb.h>
#include <string.h>

#include <sockfam/sockfam.h>

#include "harness.h"
#include "test-etc.h"

static int resolve(const char *text, uint32_t flags, struct sfam_addr *ret,
		   size_t max, size_t *ret_n, struct sfam_diag *diag)
{
	return sfam_resolve(text, strlen(text), flags, ret, max, ret_n, diag);
}

/* The addresses as one text, with blanks between. */
static void check_addrs(const char *text, uint32_t flags, const char *want)
{
	struct sfam_addr addrs[8];
	char all[1024] = "", one[SFAM_ADDR_STRLEN];
	size_t n = 0, i;
	int r = resolve(text, flags, addrs, 8, &n, NULL);

	ck_assert_msg(r == 0, "%s: %d", text, r);
	ck_assert_uint_le(n, 8);
	for (i = 0; i < n; i++) {
		ck_assert_ok(sfam_addr_format(&addrs[i], one, sizeof(one)));
		if (i)
			strcat(all, " ");
		strcat(all, one);
	}
	ck_assert_msg(strcmp(all, want) == 0, "%s: %s", text, all);
}

START_TEST(numbers)
{
	const uint32_t numeric = SFAM_RESOLVE_NUMERIC;

	check_addrs("tcp:127.0.0.1:80", numeric, "inet:127.0.0.1:80");
	check_addrs("tcp:127.0.0.1:0x50", numeric, "inet:127.0.0.1:80");
	check_addrs("tcp:127.0.0.1:010", numeric, "inet:127.0.0.1:10");
	check_addrs("udp:127.0.0.1:80", numeric,
		    "inet:127.0.0.1:80,type=dgram");
	check_addrs("udplite:[::1]:0", numeric,
		    "inet6:[::1]:0,proto=udplite,type=dgram");
	check_addrs("mptcp:[::1]:65535", numeric,
		    "inet6:[::1]:65535,proto=mptcp");
	check_addrs("sctp:[::1]:1", numeric, "inet6:[::1]:1,proto=sctp");
	check_addrs("sctp:1.2.3.4:1,type=seqpacket,family=inet", numeric,
		    "inet:1.2.3.4:1,proto=sctp,type=seqpacket");
	check_addrs("tcp:[fe80::1%lo]:7", numeric, "inet6:[fe80::1%lo]:7");
	check_addrs("tcp:[fe80::1%99999]:7", numeric,
		    "inet6:[fe80::1%99999]:7");
	check_addrs("tcp:[::ffff:1.2.3.4]:7", numeric,
		    "inet6:[::ffff:1.2.3.4]:7");
}
END_TEST

START_TEST(without_a_host)
{
	check_addrs("tcp::7,family=inet", 0, "inet:127.0.0.1:7");
	check_addrs("tcp:*:7,family=inet6", 0, "inet6:[::1]:7");
	check_addrs("tcp:*:7,family=inet", SFAM_RESOLVE_PASSIVE,
		    "inet:0.0.0.0:7");
	check_addrs("udp::7,family=inet6", SFAM_RESOLVE_PASSIVE,
		    "inet6:[::]:7,type=dgram");
}
END_TEST

START_TEST(other_addresses_give_themselves)
{
	struct sfam_diag diag;
	struct sfam_addr a;
	size_t n = 7;

	check_addrs("unix:@x", 0, "unix:@x");
	check_addrs("inet:1.2.3.4:5", SFAM_RESOLVE_PASSIVE, "inet:1.2.3.4:5");
	ck_assert_ok(resolve("unix:/x", 0, NULL, 0, &n, NULL));
	ck_assert_uint_eq(n, 1);
	n = 7;
	ck_assert_err(resolve("unix:/x,", 0, &a, 1, &n, &diag), EINVAL);
	ck_assert_err(resolve("can:nosuch0", 0, &a, 1, &n, &diag), ENODEV);
	ck_assert_err(resolve("unix:/x", 4, &a, 1, &n, &diag), EINVAL);
	ck_assert_uint_eq(n, 7);
}
END_TEST

static const struct {
	const char *text;
	int error;
	size_t offset;
} bad[] = {
	{ "tcp", EINVAL, 0 },
	{ "tcp:", EINVAL, 4 },
	{ "tcp6:x:1", EINVAL, 0 },
	{ "tcp:x", EINVAL, 5 },
	{ "tcp:x:", EINVAL, 6 },
	{ "tcp:x:,family=inet", EINVAL, 6 },
	{ "tcp:x:65536", EINVAL, 6 },
	{ "tcp:x:65616", EINVAL, 6 },		/* glibc: 80 */
	{ "tcp:x:4294967376", EINVAL, 6 },
	{ "tcp:x:0x", EINVAL, 6 },
	{ "tcp:x:-1x y", EINVAL, 6 },
	{ "tcp:::1:80", EINVAL, 5 },
	{ "tcp:x y:80", EINVAL, 4 },
	{ "tcp:b\xc3\xbc" "cher:80", EINVAL, 4 },
	{ "tcp:*x:80", EINVAL, 5 },
	{ "tcp:[::1:80", EINVAL, 11 },
	{ "tcp:[::1]80", EINVAL, 9 },
	{ "tcp:[::g]:80", EINVAL, 5 },
	{ "tcp:[1.2.3.4]:80", EINVAL, 5 },
	{ "tcp:[fe80::1%nosuch0]:80", ENODEV, 13 },
	{ "tcp:x:80,type=dgram", EINVAL, 14 },
	{ "tcp:x:80,proto=tcp", EINVAL, 9 },
	{ "tcp:x:80,family=unix", EINVAL, 16 },
	{ "tcp:x:80,family=inet,family=inet", EINVAL, 21 },
	{ "sctp:x:80,type=dgram", EINVAL, 15 },
	{ "udp:x:80,", EINVAL, 9 },
};

START_TEST(bad_texts)
{
	char text[400] = "tcp:";
	struct sfam_diag diag;
	struct sfam_addr a;
	size_t n = 7, i;
	int r;

	for (i = 0; i < HARNESS_LEN(bad); i++) {
		r = resolve(bad[i].text, 0, &a, 1, &n, &diag);
		ck_assert_msg(r == -bad[i].error &&
			      diag.offset == bad[i].offset &&
			      diag.expected[0], "%s: %d at %zu", bad[i].text,
			      r, diag.offset);
		ck_assert_int_eq(resolve(bad[i].text, 0, &a, 1, &n, NULL), r);
	}
	ck_assert_uint_eq(n, 7);
	memset(text + 4, 'a', 256);
	strcpy(text + 260, ":1");
	ck_assert_err(resolve(text, 0, &a, 1, &n, &diag), EINVAL);
	ck_assert_uint_eq(diag.offset, 4);
	ck_assert_err(sfam_resolve("tcp:\0:1", 7, 0, &a, 1, &n, &diag),
		      EINVAL);
}
END_TEST

START_TEST(no_address_for_the_codec)
{
	struct sfam_diag diag;
	struct sfam_addr a;

	ck_assert_err(sfam_addr_parse(&a, "tcp:x:80", 8, &diag), EINVAL);
	ck_assert_ptr_nonnull(strstr(diag.expected, "inet:"));
	ck_assert_ptr_nonnull(strstr(diag.expected, "connect"));
}
END_TEST

/* What nobody knows: the class is the same with and without nameservers. */
START_TEST(resolver_errors)
{
	char words[SFAM_ERROR_STRLEN];
	struct sfam_diag diag;
	struct sfam_addr a;
	size_t n = 7;
	int r;

	r = resolve("tcp:nosuch.invalid:80", 0, &a, 1, &n, &diag);
	ck_assert_int_eq(sfam_error_class(r), SFAM_ERROR_NAME);
	ck_assert_int_ne(sfam_error_eai(r), 0);
	ck_assert_uint_eq(diag.offset, 4);
	ck_assert_str_eq(diag.found, "nosuch.invalid:80");
	r = resolve("tcp:nosuch.invalid:80", SFAM_RESOLVE_NUMERIC, &a, 1, &n,
		    &diag);
	ck_assert_int_eq(sfam_error_eai(r), EAI_NONAME);
	ck_assert_ok(sfam_error_format(r, words, sizeof(words)));
	ck_assert_str_eq(words, gai_strerror(EAI_NONAME));
	r = resolve("tcp:127.0.0.1:no-such-service", 0, &a, 1, &n, &diag);
	ck_assert_int_eq(sfam_error_class(r), SFAM_ERROR_NAME);
	ck_assert_uint_eq(diag.offset, 14);
	r = resolve("tcp:[::1]:80,family=inet", 0, &a, 1, &n, &diag);
	ck_assert_int_eq(sfam_error_eai(r), EAI_ADDRFAMILY);
	ck_assert_uint_eq(n, 7);
}
END_TEST

START_TEST(several_addresses)
{
	struct sfam_addr two[3];
	size_t n = 0;

	own_etc("127.0.0.1 many.test\n127.0.0.2 many.test\n"
		"127.0.0.1 many.test\n::1 many.test\n127.0.0.3 many.test\n",
		"");
	memset(two, 0x55, sizeof(two));
	ck_assert_ok(resolve("tcp:many.test:1", 0, two, 2, &n, NULL));
	ck_assert_uint_eq(n, 4);
	ck_assert_int_eq(two[2].type, 0x55555555);
	ck_assert_ok(resolve("tcp:many.test:1", 0, NULL, 0, &n, NULL));
	ck_assert_uint_eq(n, 4);
	check_addrs("sctp:many.test:1,family=inet", 0,
		    "inet:127.0.0.1:1,proto=sctp inet:127.0.0.2:1,proto=sctp "
		    "inet:127.0.0.3:1,proto=sctp");
	check_addrs("tcp:many.test:1,family=inet6", 0, "inet6:[::1]:1");
}
END_TEST

START_TEST(services)
{
	own_etc("", "sfam-test 4711/tcp\n7sfam 4712/udp\n");
	check_addrs("tcp:127.0.0.1:sfam-test", 0, "inet:127.0.0.1:4711");
	check_addrs("mptcp:127.0.0.1:sfam-test", 0,
		    "inet:127.0.0.1:4711,proto=mptcp");
	check_addrs("udplite:127.0.0.1:7sfam", 0,
		    "inet:127.0.0.1:4712,proto=udplite,type=dgram");
}
END_TEST

static const struct {
	int r;
	enum sfam_error class;
} classes[] = {
	{ 0, SFAM_ERROR_NONE },
	{ 7, SFAM_ERROR_NONE },
	{ -ETIMEDOUT, SFAM_ERROR_TIMEOUT },
	{ -EWOULDBLOCK, SFAM_ERROR_WOULD_BLOCK },
	{ -EINPROGRESS, SFAM_ERROR_WOULD_BLOCK },
	{ -EPIPE, SFAM_ERROR_PEER_GONE },
	{ -ECONNRESET, SFAM_ERROR_PEER_GONE },
	{ -ENODATA, SFAM_ERROR_PEER_GONE },
	{ -ECONNREFUSED, SFAM_ERROR_REFUSED },
	{ -EHOSTUNREACH, SFAM_ERROR_UNREACHABLE },
	{ -EADDRINUSE, SFAM_ERROR_ADDRESS },
	{ -EAFNOSUPPORT, SFAM_ERROR_NO_FAMILY },
	{ -ENODEV, SFAM_ERROR_NO_DEVICE },
	{ -EACCES, SFAM_ERROR_PERMISSION },
	{ -EMFILE, SFAM_ERROR_RESOURCES },
	{ -EINVAL, SFAM_ERROR_ARGUMENT },
	{ -ENOENT, SFAM_ERROR_SYSTEM },
	{ -SFAM_ERROR_RESOLVER, SFAM_ERROR_SYSTEM },
	{ -SFAM_ERROR_RESOLVER - 1, SFAM_ERROR_NAME },
	{ -SFAM_ERROR_RESOLVER + EAI_AGAIN, SFAM_ERROR_NAME },
};

START_TEST(error_classes)
{
	size_t i;

	for (i = 0; i < HARNESS_LEN(classes); i++)
		ck_assert_msg(sfam_error_class(classes[i].r) ==
			      classes[i].class, "%d", classes[i].r);
}
END_TEST

START_TEST(error_words)
{
	char words[SFAM_ERROR_STRLEN];
	int r;

	for (r = 0; r > -2 * SFAM_ERROR_RESOLVER; r--)
		ck_assert_msg(sfam_error_format(r, words, sizeof(words)) > 0,
			      "%d", r);
	ck_assert_ok(sfam_error_format(-ENOENT, words, sizeof(words)));
	ck_assert_str_eq(words, "No such file or directory");
	ck_assert_int_eq(sfam_error_format(-ETIMEDOUT, words, 10), 9);
	ck_assert_str_eq(words, "timed out");
	ck_assert_err(sfam_error_format(-ETIMEDOUT, words, 9), ENOSPC);
	ck_assert_int_eq(sfam_error_eai(-ENOENT), 0);
	ck_assert_int_eq(sfam_error_eai(-SFAM_ERROR_RESOLVER + EAI_AGAIN),
			 EAI_AGAIN);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ numbers, NULL },
		{ without_a_host, NULL },
		{ other_addresses_give_themselves, NULL },
		{ bad_texts, NULL },
		{ no_address_for_the_codec, NULL },
		{ resolver_errors, "netns" },
		{ several_addresses, "netns" },
		{ services, "netns" },
		{ error_classes, NULL },
		{ error_words, NULL },
	};

	return harness_run("resolve", tests, HARNESS_LEN(tests));
}
