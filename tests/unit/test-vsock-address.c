/* SPDX-License-Identifier: MIT */
/* Addresses of vsock, lists of CIDs, and the words for what goes wrong. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <linux/vm_sockets.h>

#include <sockfam/sockfam.h>

#include "harness.h"

static struct sfam_vsock_addr parse(const char *text)
{
	struct sfam_vsock_addr addr;

	memset(&addr, 0xff, sizeof(addr));
	ck_assert_ok(sfam_vsock_parse(&addr, text, strlen(text), NULL));
	return addr;
}

static void check_text(const char *text, const char *canonical)
{
	struct sfam_vsock_addr addr = parse(text);
	char buf[SFAM_ADDR_STRLEN];

	ck_assert_int_eq(sfam_vsock_format(&addr, buf, sizeof(buf)),
			 (ssize_t)strlen(canonical));
	ck_assert_str_eq(buf, canonical);
	ck_assert_int_eq(sfam_vsock_format(&addr, buf, strlen(canonical)),
			 -ENOSPC);
}

/* A path of n bytes. */
static void text_of_path(char *text, size_t n)
{
	memset(text, 'x', n + 6);
	memcpy(text, "vsock:/", 7);
	strcpy(text + n + 6, ":0");
}

START_TEST(texts)
{
	char path[128];

	check_text("vsock:3:5", "vsock:3:5");
	check_text("vsock:1:0", "vsock:local:0");
	check_text("vsock:host:any", "vsock:host:any");
	check_text("vsock:7:1,flags=to-host,type=seqpacket",
		   "vsock:7:1,flags=to-host,type=seqpacket");
	check_text("vsock:/run/v.sock:0x10", "vsock:/run/v.sock:16");
	check_text("vsock:./v.sock:4294967295", "vsock:./v.sock:4294967295");
	check_text("vsock:/a\\:b\\,c:0", "vsock:/a\\:b\\,c:0");
	text_of_path(path, 108);
	check_text(path, path);
}
END_TEST

static void check_bad(const char *text, int error, size_t offset)
{
	struct sfam_vsock_addr addr;
	struct sfam_diag diag = { .offset = 9999 };

	memset(&addr, 0x55, sizeof(addr));
	expect_msg(sfam_vsock_parse(&addr, text, strlen(text), &diag) == error,
		   "%s", text);
	expect_msg(diag.offset == offset, "%s: at %zu", text, diag.offset);
	expect_msg(diag.expected[0], "%s", text);
	expect_that(addr.port == 0x55555555);
}

START_TEST(bad_texts)
{
	char path[128];
	char self[200];

	check_bad("", -EINVAL, 0);
	check_bad("vsoc", -EINVAL, 0);
	check_bad("3:5", -EINVAL, 0);
	check_bad("unix:/x", -EINVAL, 0);
	check_bad("vsock:", -EINVAL, 6);
	check_bad("vsock:3", -EINVAL, 7);
	check_bad("vsock:v.sock:5", -EINVAL, 6);
	check_bad("vsock:selfish:5", -EINVAL, 6);
	check_bad("vsock:self", -EINVAL, 6);
	check_bad("vsock:self:x", -EINVAL, 11);
	check_bad("vsock:self:5,flag=1", -EINVAL, 13);
	check_bad("vsock:/run/v", -EINVAL, 12);
	check_bad("vsock:/run/v:", -EINVAL, 13);
	check_bad("vsock:/run/v:any", -EINVAL, 13);
	check_bad("vsock:/run/v:4294967296", -EINVAL, 13);
	check_bad("vsock:/run/v:5,type=seqpacket", -EINVAL, 14);
	check_bad("vsock:/run\\x00:5", -EINVAL, 6);
	text_of_path(path, 109);
	check_bad(path, -EINVAL, 6);
	memset(self, '0', sizeof(self));
	memcpy(self, "vsock:self:", 11);
	self[sizeof(self) - 1] = '\0';
	check_bad(self, -EINVAL, 6);
}
END_TEST

START_TEST(parts)
{
	struct sfam_vsock_addr addr = parse("vsock:4000000000:77");
	struct sfam_addr at;
	uint32_t cid = 0, port = 0;

	ck_assert_ok(sfam_vsock_addr_get(&addr.at, &cid, &port));
	ck_assert_uint_eq(cid, 4000000000u);
	ck_assert_uint_eq(port, 77);
	ck_assert_ok(sfam_vsock_addr_get(&addr.at, NULL, NULL));
	addr = parse("vsock:/x:5");
	ck_assert_uint_eq(addr.port, 5);
	ck_assert_err(sfam_vsock_addr_get(&addr.at, &cid, NULL), EAFNOSUPPORT);
	ck_assert_uint_eq(cid, 4000000000u);
	ck_assert_ok(sfam_addr_parse(&addr.at, "inet:127.0.0.1:1", 16, NULL));
	ck_assert_err(sfam_vsock_format(&addr, (char[99]){ 0 }, 99), EINVAL);
	ck_assert_err(sfam_vsock_listen_addr(&at, &addr), EAFNOSUPPORT);
	ck_assert_err(sfam_vsock_connect(&addr, NULL, NULL), EAFNOSUPPORT);
	ck_assert_ok(sfam_addr_parse(&addr.at, "unix:", 5, NULL));
	ck_assert_err(sfam_vsock_format(&addr, (char[99]){ 0 }, 99), EINVAL);
}
END_TEST

static void check_listen(const char *text, const char *where)
{
	struct sfam_vsock_addr addr = parse(text);
	struct sfam_addr at;
	char buf[SFAM_ADDR_STRLEN];

	ck_assert_ok(sfam_vsock_listen_addr(&at, &addr));
	ck_assert_ok(sfam_addr_format(&at, buf, sizeof(buf)));
	ck_assert_str_eq(buf, where);
}

START_TEST(listening)
{
	struct sfam_vsock_addr addr;
	struct sfam_addr at;
	char path[128];

	check_listen("vsock:any:5,type=seqpacket",
		     "vsock:any:5,type=seqpacket");
	check_listen("vsock:/run/v.sock:52", "unix:/run/v.sock_52");
	text_of_path(path, 106);
	addr = parse(path);
	ck_assert_ok(sfam_vsock_listen_addr(&at, &addr));
	ck_assert_uint_eq(at.len, sizeof(struct sockaddr_un));
	addr.port = 10;
	ck_assert_err(sfam_vsock_listen_addr(&at, &addr), ENAMETOOLONG);
}
END_TEST

START_TEST(local_cid)
{
	struct sfam_vsock_addr addr, with_type;
	uint32_t cid = 12345, got;

	ck_assert_ok(sfam_vsock_local_cid(&cid));
	ck_assert_uint_eq(cid, VMADDR_CID_HOST);
	addr = parse("vsock:self:8");
	ck_assert_ok(sfam_vsock_addr_get(&addr.at, &got, NULL));
	ck_assert_uint_eq(got, cid);
	with_type = parse("vsock:self:8,type=seqpacket");
	ck_assert_int_eq(with_type.at.type, SOCK_SEQPACKET);
}
END_TEST

/* -------------------------------------------------------- allow-list -- */

static struct sfam_vsock_allow allow(const char *text)
{
	struct sfam_vsock_allow a;

	ck_assert_ok(sfam_vsock_allow_parse(&a, text, strlen(text), NULL));
	return a;
}

START_TEST(allow_lists)
{
	struct sfam_vsock_allow a = allow("3,5-9,host");

	ck_assert_uint_eq(a.n, 3);
	ck_assert_int_eq(sfam_vsock_allow_has(&a, 0), 0);
	ck_assert_int_eq(sfam_vsock_allow_has(&a, 1), 0);
	ck_assert_int_eq(sfam_vsock_allow_has(&a, 2), 1);
	ck_assert_int_eq(sfam_vsock_allow_has(&a, 3), 1);
	ck_assert_int_eq(sfam_vsock_allow_has(&a, 4), 0);
	ck_assert_int_eq(sfam_vsock_allow_has(&a, 5), 1);
	ck_assert_int_eq(sfam_vsock_allow_has(&a, 9), 1);
	ck_assert_int_eq(sfam_vsock_allow_has(&a, 10), 0);
	a = allow("any");
	ck_assert_int_eq(sfam_vsock_allow_has(&a, 0), 1);
	ck_assert_int_eq(sfam_vsock_allow_has(&a, UINT32_MAX), 1);
	a = allow("local,hypervisor,7-7,0x10-4294967295");
	ck_assert_int_eq(sfam_vsock_allow_has(&a, 0), 1);
	ck_assert_int_eq(sfam_vsock_allow_has(&a, 1), 1);
	ck_assert_int_eq(sfam_vsock_allow_has(&a, 2), 0);
	ck_assert_int_eq(sfam_vsock_allow_has(&a, 7), 1);
	ck_assert_int_eq(sfam_vsock_allow_has(&a, 15), 0);
	ck_assert_int_eq(sfam_vsock_allow_has(&a, UINT32_MAX), 1);
	memset(&a, 0, sizeof(a));
	ck_assert_int_eq(sfam_vsock_allow_has(&a, 3), 0);
}
END_TEST

static void check_bad_list(const char *text, size_t offset)
{
	struct sfam_vsock_allow a = { .n = 99 };
	struct sfam_diag diag = { .offset = 9999 };

	expect_msg(sfam_vsock_allow_parse(&a, text, strlen(text), &diag) ==
		   -EINVAL, "%s", text);
	expect_msg(diag.offset == offset, "%s: at %zu", text, diag.offset);
	expect_that(a.n == 99);
}

START_TEST(bad_lists)
{
	char many[2 * SFAM_VSOCK_ALLOW_MAX + 2];
	struct sfam_vsock_allow a;
	size_t i;

	check_bad_list("", 0);
	check_bad_list(",", 0);
	check_bad_list("3,", 2);
	check_bad_list("3 ,4", 1);
	check_bad_list("9-5", 0);
	check_bad_list("3,9-5", 2);
	check_bad_list("5-", 2);
	check_bad_list("5-host", 2);
	check_bad_list("5-6-7", 3);
	check_bad_list("any-5", 0);
	check_bad_list("4294967296", 0);
	check_bad_list("guest", 0);
	check_bad_list("-5", 0);
	for (i = 0; i <= SFAM_VSOCK_ALLOW_MAX; i++)
		memcpy(many + 2 * i, "3,", 2);
	ck_assert_ok(sfam_vsock_allow_parse(&a, many,
					    2 * SFAM_VSOCK_ALLOW_MAX - 1,
					    NULL));
	many[2 * SFAM_VSOCK_ALLOW_MAX + 1] = '\0';
	check_bad_list(many, 2 * SFAM_VSOCK_ALLOW_MAX);
}
END_TEST

/* ------------------------------------------------------------- words -- */

static void check_why(const char *text, int error, enum sfam_vsock_why why,
		      const char *words)
{
	struct sfam_vsock_addr addr = parse(text);
	struct sfam_vsock_fault fault;

	memset(&fault, 0xff, sizeof(fault));
	sfam_vsock_explain(&addr, -error, &fault);
	expect_msg(fault.why == why, "%s, %d: %d", text, error, fault.why);
	expect_msg(strstr(fault.words, words), "%s, %d: %s", text, error,
		   fault.words);
	expect_that(strnlen(fault.words, sizeof(fault.words)) <
		    sizeof(fault.words));
	expect_that(fault.error == -error && fault.tries == 1);
}

/* Those that ask no kernel: this may be anybody's machine. */
START_TEST(reasons)
{
	static const char v[] = "vsock:42:5000", m[] = "vsock:/v:5000";

	check_why(v, ECONNRESET, SFAM_VSOCK_REFUSED, "port 5000");
	check_why(v, ECONNREFUSED, SFAM_VSOCK_REFUSED, "port 5000");
	check_why(v, ETIMEDOUT, SFAM_VSOCK_NOT_READY, "CID 42:");
	check_why(v, EHOSTUNREACH, SFAM_VSOCK_NOT_READY, "CID 42 ");
	check_why(v, ENETUNREACH, SFAM_VSOCK_UNREACHABLE, "CID 42");
	check_why(v, EPERM, SFAM_VSOCK_DENIED, "seccomp");
	check_why(v, EACCES, SFAM_VSOCK_DENIED, "seccomp");
	check_why(v, EMFILE, SFAM_VSOCK_OTHER, "open files");
	check_why("vsock:0:1", ENODEV, SFAM_VSOCK_UNREACHABLE, "CID 0");
	check_why("vsock:0:1", ETIMEDOUT, SFAM_VSOCK_UNREACHABLE, "CID 0");
	check_why("vsock:0:1", ECONNRESET, SFAM_VSOCK_REFUSED, "port 1");
	check_why("vsock:any:1", ENODEV, SFAM_VSOCK_UNREACHABLE, "any");
	check_why("vsock:host:1", ENODEV, SFAM_VSOCK_NO_TRANSPORT,
		  "vmw_vsock_virtio_transport");
	check_why("vsock:42:1,flags=to-host", ENODEV, SFAM_VSOCK_NO_TRANSPORT,
		  "towards a host");
	check_why("vsock:local:1", ENODEV, SFAM_VSOCK_NO_TRANSPORT,
		  "vsock_loopback");
	check_why("vsock:host:1,type=seqpacket", ESOCKTNOSUPPORT,
		  SFAM_VSOCK_NO_TRANSPORT, "SEQPACKET");
	check_why(m, ENOENT, SFAM_VSOCK_NOT_READY, "does not run");
	check_why(m, ECONNREFUSED, SFAM_VSOCK_NOT_READY, "has ended");
	check_why(m, ETIMEDOUT, SFAM_VSOCK_NOT_READY, "no answer");
	check_why(m, ECONNRESET, SFAM_VSOCK_REFUSED, "port 5000");
	check_why(m, EPROTO, SFAM_VSOCK_OTHER, "monitor");
	check_why(m, EACCES, SFAM_VSOCK_DENIED, "permission");
	check_why(m, ENOTDIR, SFAM_VSOCK_OTHER, "directory");
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ texts, NULL },
		{ bad_texts, NULL },
		{ parts, NULL },
		{ listening, NULL },
		{ local_cid, "vsock-loopback" },
		{ allow_lists, NULL },
		{ bad_lists, NULL },
		{ reasons, NULL },
	};

	return harness_run("vsock-address", tests, HARNESS_LEN(tests));
}
