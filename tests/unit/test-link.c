/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockfam/ctl.h>
#include <sockfam/sockfam.h>

#include "harness.h"

static int mtu_of(const char *name)
{
	struct ifreq ifr;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r;

	memset(&ifr, 0, sizeof(ifr));
	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	r = ioctl(fd, SIOCGIFMTU, &ifr);
	close(fd);
	return r < 0 ? -errno : ifr.ifr_mtu;
}

START_TEST(up_and_down)
{
	ck_assert_ok(sfam_link_add("d0", "veth", "d1", 1400));
	ck_assert_err(sfam_link_add("d0", "veth", "d2", 0), EEXIST);
	ck_assert_ok(sfam_link_up("d0"));
	ck_assert_ok(sfam_link_down("d0"));
	ck_assert_ok(sfam_link_delete("d0"));
	ck_assert_err(sfam_link_delete("d0"), ENODEV);
	ck_assert_err(sfam_link_up("d0"), ENODEV);
}
END_TEST

START_TEST(veth)
{
	ck_assert_err(sfam_link_add("v0", "veth", NULL, 0), EINVAL);
	ck_assert_err(sfam_link_add("v0", "dummy", "v1", 0), EINVAL);
	ck_assert_ok(sfam_link_add("v0", "veth", "v1", 1300));
	ck_assert_int_eq(mtu_of("v0"), 1300);
	ck_assert_int_eq(mtu_of("v1"), 1300);
	ck_assert_err(sfam_link_move("v1", -1), ESRCH);
	ck_assert_ok(sfam_link_move("v1", getpid()));
	ck_assert_ok(sfam_link_delete("v1"));
	ck_assert_uint_eq(if_nametoindex("v0"), 0);
}
END_TEST

START_TEST(bad)
{
	ck_assert_err(sfam_link_add("", "dummy", NULL, 0), EINVAL);
	ck_assert_err(sfam_link_add("averyverylongname", "dummy", NULL, 0),
		      EINVAL);
	ck_assert_err(sfam_link_add("x0", "nosuchkind", NULL, 0), EOPNOTSUPP);
	ck_assert_err(sfam_link_delete("lo"), EOPNOTSUPP);
}
END_TEST

/* An interface that has no name any more is written by its index. */
START_TEST(address_of_gone_interface)
{
	static const char named[] = "packet:a\\,b\\\\c,proto=ip";
	struct sfam_addr a, b;
	char text[SFAM_ADDR_STRLEN], again[SFAM_ADDR_STRLEN];

	ck_assert_ok(sfam_link_add("a,b\\c", "veth", "p0", 0));
	ck_assert_ok(sfam_addr_parse(&a, named, strlen(named), NULL));
	ck_assert_ok(sfam_addr_format(&a, text, sizeof(text)));
	ck_assert_str_eq(text, named);
	ck_assert_ok(sfam_link_delete("a,b\\c"));
	ck_assert_ok(sfam_addr_format(&a, text, sizeof(text)));
	ck_assert_int_eq(strncmp(text, "packet:%", 8), 0);
	ck_assert_ok(sfam_addr_parse(&b, text, strlen(text), NULL));
	ck_assert(sfam_addr_equal(&a, &b));
	ck_assert_ok(sfam_addr_format(&b, again, sizeof(again)));
	ck_assert_str_eq(text, again);
}
END_TEST

START_TEST(vcan)
{
	ck_assert_ok(sfam_link_add("c0", "vcan", NULL, 72));
	ck_assert_int_eq(mtu_of("c0"), 72);
	ck_assert_err(sfam_link_add("c1", "vcan", NULL, 73), EINVAL);
	ck_assert_uint_eq(if_nametoindex("c1"), 0);
	ck_assert_ok(sfam_link_delete("c0"));
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ up_and_down, "netns" },
		{ veth, "netns" },
		{ bad, "netns" },
		{ address_of_gone_interface, "netns" },
		{ vcan, "netns vcan" },
	};

	return harness_run("link", tests, HARNESS_LEN(tests));
}
