/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "harness.h"

START_TEST(look_up)
{
	const struct sfam_family *f = NULL;
	int n = 0;

	while ((f = sfam_family_next(f)) != NULL) {
		ck_assert_ptr_eq(sfam_family_by_name(sfam_family_name(f)), f);
		ck_assert_ptr_nonnull(sfam_family_syntax(f));
		ck_assert_ptr_nonnull(sfam_family_config(f));
		ck_assert_ptr_nonnull(sfam_family_since(f));
		ck_assert_int_eq(strncmp(sfam_family_syntax(f),
					 sfam_family_name(f),
					 strlen(sfam_family_name(f))), 0);
		n++;
	}
	ck_assert_int_ge(n, 12);
	ck_assert_ptr_null(sfam_family_by_name("nosuch"));
	ck_assert_ptr_null(sfam_family_by_name(""));
}
END_TEST

static void check_fd(const char *name, int type)
{
	const struct sfam_family *f = sfam_family_by_name(name);
	const struct sfam_family *found = NULL;
	int fd;

	fd = socket(sfam_family_af(f), (type ? type : sfam_family_type(f)) |
		    SOCK_CLOEXEC, sfam_family_protocol(f));
	ck_assert_msg(fd >= 0, "%s: %s", name, strerror(errno));
	ck_assert_ok(sfam_family_by_fd(&found, fd));
	ck_assert_msg(found == f, "%s became %s", name,
		      sfam_family_name(found));
	close(fd);
}

START_TEST(by_fd)
{
	check_fd("unix", 0);
	check_fd("unix", SOCK_DGRAM);
	check_fd("inet", 0);
	check_fd("inet", SOCK_DGRAM);
	check_fd("netlink", 0);
}
END_TEST

START_TEST(by_fd_packet)
{
	check_fd("packet", 0);
	check_fd("packet", SOCK_DGRAM);
}
END_TEST

/* Four rows of one address family. */
START_TEST(by_fd_can)
{
	check_fd("can", 0);
	check_fd("can-bcm", 0);
	check_fd("can-isotp", 0);
	check_fd("can-j1939", 0);
}
END_TEST

START_TEST(by_fd_others)
{
	check_fd("inet6", 0);
	check_fd("alg", 0);
	check_fd("vsock", 0);
	check_fd("vsock", SOCK_SEQPACKET);
	check_fd("tipc", 0);
	check_fd("tipc", SOCK_RDM);
}
END_TEST

START_TEST(by_fd_errors)
{
	const struct sfam_family *f = NULL;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ck_assert_err(sfam_family_by_fd(&f, -1), EBADF);
	ck_assert_err(sfam_family_by_fd(&f, fd), ENOTSOCK);
	ck_assert_ptr_null(f);
	close(fd);
}
END_TEST

START_TEST(probe_unix)
{
	struct sfam_caps caps = SFAM_CAPS_INIT;

	ck_assert_int_eq(sfam_family_probe(sfam_family_by_name("unix"), &caps),
			 1);
	ck_assert_uint_eq(caps.types, SFAM_TYPE_STREAM | SFAM_TYPE_DGRAM |
			  SFAM_TYPE_SEQPACKET);
	ck_assert_int_eq(caps.error, 0);
	caps.size--;
	ck_assert_err(sfam_family_probe(sfam_family_by_name("unix"), &caps),
		      EINVAL);
}
END_TEST

/* Whatever this kernel has: an answer for each row, with words to it. */
START_TEST(probe_all)
{
	const struct sfam_family *f = NULL;
	struct sfam_caps caps;
	int r;

	while ((f = sfam_family_next(f)) != NULL) {
		caps = (struct sfam_caps)SFAM_CAPS_INIT;
		r = sfam_family_probe(f, &caps);
		if (r == 1) {
			ck_assert_uint_ne(caps.types, 0);
			continue;
		}
		ck_assert_msg(caps.reason[0] && caps.remedy[0], "%s: no words",
			      sfam_family_name(f));
		ck_assert_int_lt(caps.error, 0);
	}
}
END_TEST

/* Out of descriptors is "cannot tell", never "not supported". */
START_TEST(probe_without_descriptors)
{
	struct sfam_caps caps = SFAM_CAPS_INIT;
	const struct rlimit few = { 32, 32 };
	int fds[32];
	int n = 0;

	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	while (n < 32 && (fds[n] = open("/dev/null", O_CLOEXEC)) >= 0)
		n++;
	ck_assert_int_lt(n, 32);
	ck_assert_err(sfam_family_probe(sfam_family_by_name("unix"), &caps),
		      EMFILE);
	while (n)
		close(fds[--n]);
	ck_assert_str_eq(caps.reason, "cannot tell: socket: errno 24");
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ look_up, NULL },
		{ by_fd, NULL },
		{ by_fd_packet, "netns" },
		{ by_fd_can, "can can-bcm can-isotp can-j1939" },
		{ by_fd_others, "inet6 alg vsock tipc" },
		{ by_fd_errors, NULL },
		{ probe_unix, NULL },
		{ probe_all, NULL },
		{ probe_without_descriptors, NULL },
	};

	return harness_run("family", tests, HARNESS_LEN(tests));
}
