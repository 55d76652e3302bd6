/* SPDX-License-Identifier: MIT */
/*
 * The rows without a test program of their own, on a kernel that has them:
 * the descriptor finds its row, what was bound is what getsockname tells,
 * and what check refuses or allows is what the kernel does.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "harness.h"

struct use {
	const char *text;
	enum sfam_open_how how;
	int error;		/* of sfam_open(), positive */
	int local_error;	/* of sfam_addr_local() */
	const char *local;	/* its text; NULL: text */
};

static void check_local(const struct use *u, int fd)
{
	struct sfam_addr want, local;
	char text[SFAM_ADDR_STRLEN];
	const char *expected = u->local ? u->local : u->text;
	int r = sfam_addr_local(&local, fd);

	ck_assert_msg(r == -u->local_error, "%s: local: %d", u->text, r);
	if (r < 0)
		return;
	ck_assert_ok(sfam_addr_format(&local, text, sizeof(text)));
	ck_assert_msg(strcmp(text, expected) == 0, "%s: local: %s", u->text,
		      text);
	ck_assert_ok(sfam_addr_parse(&want, expected, strlen(expected), NULL));
	ck_assert_msg(sfam_addr_equal(&want, &local), "%s: local", u->text);
}

static void check_use(const struct use *u)
{
	const struct sfam_family *f = NULL;
	struct sfam_addr addr;
	struct sfam_diag diag;
	int fd;

	ck_assert_msg(sfam_addr_parse(&addr, u->text, strlen(u->text),
				      &diag) == 0, "%s: %s", u->text,
		      diag.expected);
	fd = sfam_open(&addr, u->how, NULL);
	if (u->error) {
		ck_assert_msg(fd == -u->error, "%s: %d", u->text, fd);
		return;
	}
	ck_assert_msg(fd >= 0, "%s: %d", u->text, fd);
	ck_assert_ok(sfam_family_by_fd(&f, fd));
	ck_assert_msg(f == addr.family, "%s became %s", u->text,
		      sfam_family_name(f));
	check_local(u, fd);
	close(fd);
}

#define CHECK_USES(uses) do {					\
	size_t use_i;						\
	for (use_i = 0; use_i < HARNESS_LEN(uses); use_i++)	\
		check_use(&(uses)[use_i]);			\
} while (0)

#define SOCKET SFAM_OPEN_SOCKET
#define BIND SFAM_OPEN_BIND
#define CONNECT SFAM_OPEN_CONNECT
#define LISTEN SFAM_OPEN_LISTEN

/* What Debian's kernels lack; they have every other row. */
static const struct {
	const char *name, *remedy;
} absent[] = {
	{ "bt-iso", "modprobe bluetooth, or a kernel with CONFIG_BT_LE, "
		    "switched on by bluetoothd -E (since Linux 6.0)" },
	{ "mctp", "a kernel with CONFIG_MCTP (since Linux 5.15)" },
	{ "x25", "modprobe x25, or a kernel with CONFIG_X25 "
		 "(since Linux 2.2)" },
	{ "iucv", "modprobe af_iucv, or a kernel with CONFIG_AFIUCV, "
		  "s390 only (since Linux 2.6.21)" },
	{ "caif", "modprobe caif_socket, or a kernel with CONFIG_CAIF "
		  "(since Linux 2.6.35, removed in Linux 7.1)" },
};

static const char *absent_remedy(const char *name)
{
	size_t i;

	for (i = 0; i < HARNESS_LEN(absent); i++)
		if (strcmp(absent[i].name, name) == 0)
			return absent[i].remedy;
	return NULL;
}

START_TEST(which_there_are)
{
	const struct sfam_family *f = NULL;
	struct sfam_caps caps;
	const char *remedy;
	int r;

	while ((f = sfam_family_next(f)) != NULL) {
		caps = (struct sfam_caps)SFAM_CAPS_INIT;
		remedy = absent_remedy(sfam_family_name(f));
		r = sfam_family_probe(f, &caps);
		ck_assert_msg(r == !remedy, "%s: %d: %s", sfam_family_name(f),
			      r, caps.reason);
		ck_assert_str_eq(caps.reason, remedy ? "not in this kernel" :
				 "");
		ck_assert_str_eq(caps.remedy, remedy ? remedy : "");
	}
}
END_TEST

/* Of a path without room for its NUL, getsockname says 111 bytes. */
START_TEST(unix_of_111_bytes)
{
	char text[5 + 108 + 1];
	struct use u = { text, BIND, 0, 0, NULL };
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int fd;

	snprintf(text, sizeof(text), "unix:/tmp/%08d%095d", (int)getpid(), 0);
	ck_assert_uint_eq(strlen(text), 5 + 108);
	unlink(text + 5);
	check_use(&u);
	unlink(text + 5);
	fd = sfam_open_text(text, strlen(text), BIND, NULL, NULL);
	unlink(text + 5);
	ck_assert_ok(fd);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&ss, &len), 0);
	ck_assert_uint_eq(len, 111);
	close(fd);
}
END_TEST

/* connect wants a bound socket. */
START_TEST(l2tp)
{
	static const struct use uses[] = {
		{ "l2tpip:0.0.0.0:0", SOCKET, 0, 0, NULL },
		{ "l2tpip:127.0.0.1:4294967295", BIND, 0, 0, NULL },
		{ "l2tpip:127.0.0.1:7", CONNECT, EINVAL, 0, NULL },
		{ "l2tpip:192.0.2.1:7", BIND, EADDRNOTAVAIL, 0, NULL },
		{ "l2tpip6:[::1]:7", BIND, 0, 0, NULL },
		{ "l2tpip6:[::ffff:127.0.0.1]:7", BIND, EADDRNOTAVAIL, 0,
		  NULL },
	};

	CHECK_USES(uses);
}
END_TEST

START_TEST(qrtr)
{
	static const struct use uses[] = {
		{ "qrtr:1:0", SOCKET, 0, 0, NULL },
		{ "qrtr:1:20480", BIND, 0, 0, NULL },
		{ "qrtr:1:20480", CONNECT, 0, 0, "qrtr:1:16384" },
		{ "qrtr:2:20480", BIND, EINVAL, 0, NULL },
	};

	CHECK_USES(uses);
}
END_TEST

/* bind wants no controller. */
START_TEST(bluetooth)
{
	static const struct use uses[] = {
		{ "bt-l2cap:any:4097", BIND, 0, 0, NULL },
		{ "bt-l2cap:any:4097,type=stream", BIND, 0, 0, NULL },
		{ "bt-l2cap:any:4097,type=dgram", BIND, 0, 0, NULL },
		{ "bt-l2cap:any:4097,type=raw", BIND, 0, 0, NULL },
		{ "bt-l2cap:any:255,addrtype=le-public", BIND, 0, 0, NULL },
		{ "bt-l2cap:any:4097,cid=64", BIND, EINVAL, 0, NULL },
		{ "bt-l2cap:any:0,cid=5,addrtype=le-public", BIND, EINVAL, 0,
		  NULL },
		{ "bt-l2cap:any:4097", LISTEN, 0, 0, NULL },
		{ "bt-rfcomm:any:30", BIND, 0, 0, NULL },
		{ "bt-rfcomm:any:255", BIND, 0, 0, NULL },
		{ "bt-rfcomm:any:7", LISTEN, 0, 0, NULL },
		{ "bt-rfcomm:any:0,type=raw", SOCKET, 0, 0, NULL },
		{ "bt-sco:any", BIND, 0, 0, NULL },
		{ "bt-sco:01:23:45:67:89:AB", BIND, 0, 0, NULL },
		{ "bt-hci:none", BIND, 0, EBADFD, NULL },
		{ "bt-hci:none,channel=monitor", BIND, 0, EBADFD, NULL },
		{ "bt-hci:none,channel=control", BIND, 0, EBADFD, NULL },
		{ "bt-hci:0,channel=control", BIND, EINVAL, 0, NULL },
		{ "bt-hci:none,channel=99", BIND, EINVAL, 0, NULL },
		{ "bt-hci:77", BIND, ENODEV, 0, NULL },
	};

	CHECK_USES(uses);
}
END_TEST

/* hci_vhci: the vendor packet 0xff with 0 makes a controller. */
START_TEST(bluetooth_controller)
{
	const unsigned char create[2] = { 0xff, 0 };
	unsigned char answer[4];
	char text[32];
	struct use u = { text, BIND, 0, 0, NULL };
	int fd = open("/dev/vhci", O_RDWR | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, create, sizeof(create)), sizeof(create));
	ck_assert_int_eq(read(fd, answer, sizeof(answer)), sizeof(answer));
	snprintf(text, sizeof(text), "bt-hci:%d", answer[2] | answer[3] << 8);
	check_use(&u);
	close(fd);
}
END_TEST

/*
 * What `bluetoothd -E` does: an experiment, by its UUID, on or off
 * (set_iso_socket_func() of net/bluetooth/mgmt.c).
 */
static void switch_iso(unsigned char on)
{
	const unsigned char command[] = {
		0x4a, 0, 0xff, 0xff, 17, 0, 0x3e, 0xe0, 0xb4, 0xfd, 0xdd, 0xd6,
		0x85, 0x98, 0x6a, 0x49, 0xe0, 0x05, 0x88, 0xf1, 0xba, 0x6f, on,
	};
	unsigned char event[256] = { 0 };
	int fd = sfam_open_text("bt-hci:none,channel=control", 27, BIND, NULL,
				NULL);

	ck_assert_ok(fd);
	ck_assert_int_eq(write(fd, command, sizeof(command)), sizeof(command));
	/* 1 and 2: the end of a command; others may come before */
	while (event[0] != 1 && event[0] != 2)
		ck_assert_int_ge(read(fd, event, sizeof(event)), 9);
	ck_assert_int_eq(event[6], 0x4a);
	ck_assert_int_eq(event[8], 0);
	close(fd);
}

START_TEST(bluetooth_iso)
{
	static const struct use uses[] = {
		{ "bt-iso:any", SOCKET, 0, 0, NULL },
		{ "bt-iso:any", LISTEN, 0, 0, NULL },
		{ "bt-iso:01:23:45:67:89:AB,addrtype=le-random", BIND, 0, 0,
		  NULL },
		{ "bt-iso:any,bc=01:23:45:67:89:AB,sid=15,bis=1+31", BIND, 0,
		  0, "bt-iso:any" },
	};

	switch_iso(1);
	CHECK_USES(uses);
	switch_iso(0);
}
END_TEST

START_TEST(rds)
{
	static const struct use uses[] = {
		{ "rds:127.0.0.1:0", SOCKET, 0, 0, "rds:0.0.0.0:0" },
		{ "rds:127.0.0.1:4000", BIND, 0, 0, NULL },
		{ "rds:[::1]:4001", BIND, 0, 0, NULL },
		{ "rds:0.0.0.0:4000", BIND, EINVAL, 0, NULL },
		{ "rds:192.0.2.1:4000", BIND, EADDRNOTAVAIL, 0, NULL },
	};

	CHECK_USES(uses);
}
END_TEST

/* Without rings bind refuses all; no such call as getsockname. */
START_TEST(xdp)
{
	static const struct use uses[] = {
		{ "xdp:lo:0", SOCKET, 0, EOPNOTSUPP, NULL },
		{ "xdp:lo:0,flags=copy", BIND, EINVAL, 0, NULL },
	};

	CHECK_USES(uses);
}
END_TEST

START_TEST(inet_inside)
{
	static const struct use uses[] = {
		{ "smc:127.0.0.1:4100", BIND, 0, 0, NULL },
		{ "smc:127.0.0.1:4100", LISTEN, 0, 0, NULL },
		{ "smc:[::1]:4100", BIND, 0, 0, NULL },
		{ "smc:192.0.2.1:4100", BIND, EADDRNOTAVAIL, 0, NULL },
		{ "rxrpc:127.0.0.1:7001,service=16", BIND, 0, EOPNOTSUPP,
		  NULL },
		{ "rxrpc:[::]:7002", BIND, 0, EOPNOTSUPP, NULL },
	};

	CHECK_USES(uses);
}
END_TEST

/* No address: no bind, and no getsockname. */
START_TEST(no_address)
{
	static const struct use uses[] = {
		{ "kcm:", SOCKET, 0, EOPNOTSUPP, NULL },
		{ "kcm:,type=seqpacket", SOCKET, 0, EOPNOTSUPP, NULL },
		{ "kcm:", BIND, EOPNOTSUPP, 0, NULL },
		{ "key:", SOCKET, 0, EOPNOTSUPP, NULL },
		{ "key:", BIND, EOPNOTSUPP, 0, NULL },
	};

	CHECK_USES(uses);
}
END_TEST

START_TEST(phonet)
{
	static const struct use uses[] = {
		{ "phonet:0x00:0", SOCKET, 0, 0, NULL },
		{ "phonet:0x00:258", BIND, 0, 0, NULL },
		{ "phonet:0x00:259,resource=5", BIND, 0, 0,
		  "phonet:0x00:259" },
		{ "phonet:0x10:258", BIND, EADDRNOTAVAIL, 0, NULL },
		{ "phonet:0x00:16,type=seqpacket", BIND, 0, 0, NULL },
	};

	CHECK_USES(uses);
}
END_TEST

/* On an Ethernet interface, found by its MAC address. */
START_TEST(ethernet)
{
	static const struct use uses[] = {
		{ "pppox:rows0:02:00:00:00:00:02:7", CONNECT, 0, 0, NULL },
		{ "pppox:rows0:02:00:00:00:00:02:7", BIND, EOPNOTSUPP, 0,
		  NULL },
		{ "pppox:nosuch:02:00:00:00:00:02:7", CONNECT, ENODEV, 0,
		  NULL },
		{ "pppox::00:00:00:00:00:00:0", SOCKET, 0, 0, NULL },
		{ "llc:02:00:00:00:00:77:34", BIND, ENODEV, 0, NULL },
	};
	struct sfam_addr packet;
	char text[64];
	struct use u = { text, BIND, 0, 0, NULL };
	unsigned char *mac = (unsigned char *)&packet.storage + 12;
	int fd;

	link_add_pair("rows0", "rows1");
	CHECK_USES(uses);
	fd = sfam_open_text("packet:rows0", 12, SFAM_OPEN_BIND, NULL, NULL);
	ck_assert_ok(fd);
	ck_assert_ok(sfam_addr_local(&packet, fd));
	close(fd);
	snprintf(text, sizeof(text), "llc:%02x:%02x:%02x:%02x:%02x:%02x:34",
		 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	check_use(&u);
	link_del("rows0");
}
END_TEST

START_TEST(radio)
{
	static const struct use uses[] = {
		{ "ax25:*,via=*", SOCKET, 0, 0, NULL },
		{ "ax25:N0CALL-7,via=*", BIND, 0, 0, NULL },
		{ "ax25:N0CALL-7", BIND, EADDRNOTAVAIL, 0, NULL },
		{ "netrom:*", SOCKET, 0, 0, NULL },
		{ "netrom:N0CALL", BIND, EADDRNOTAVAIL, 0, NULL },
		{ "rose:0000000000:*", SOCKET, 0, 0, NULL },
		{ "rose:0123456789:N0CALL", BIND, EADDRNOTAVAIL, 0, NULL },
	};

	CHECK_USES(uses);
}
END_TEST

/* Nothing to bind to without a device. */
START_TEST(without_device)
{
	static const struct use uses[] = {
		{ "ieee802154:0xabcd:0x0001", BIND, ENODEV, 0, NULL },
		{ "ieee802154:none,type=raw", BIND, ENODEV, 0, NULL },
		{ "ieee802154:none", SOCKET, 0, EOPNOTSUPP, NULL },
		{ "nfc:77:0:mifare", CONNECT, ENODEV, 0, NULL },
		{ "nfc:0:0:none,type=raw", SOCKET, 0, EOPNOTSUPP, NULL },
		{ "nfc-llcp:77:0:none", BIND, ENODEV, 0, NULL },
		{ "nfc-llcp:0:0:none,type=dgram", SOCKET, 0, EBADFD, NULL },
		{ "atmpvc:0:0:32", SOCKET, 0, ENOTCONN, NULL },
		{ "atmpvc:0:0:32", BIND, EBADFD, 0, NULL },
		{ "appletalk:0.0:0", BIND, EADDRNOTAVAIL, 0, NULL },
	};

	CHECK_USES(uses);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ which_there_are, "vm root" },
		{ unix_of_111_bytes, NULL },
		{ l2tp, "vm root l2tpip l2tpip6" },
		{ qrtr, "vm root qrtr" },
		{ bluetooth, "vm root bt-l2cap bt-rfcomm bt-sco bt-hci" },
		{ bluetooth_controller, "vm root bt-hci" },
		{ bluetooth_iso, "vm root bt-hci" },
		{ rds, "vm root rds" },
		{ xdp, "netns xdp" },
		{ inet_inside, "vm root smc rxrpc" },
		{ no_address, "vm root kcm key" },
		{ phonet, "vm root phonet" },
		{ ethernet, "vm root pppox llc" },
		{ radio, "vm root ax25 netrom rose" },
		{ without_device, "vm root ieee802154 nfc nfc-llcp atmpvc "
				  "appletalk" },
	};

	return harness_run("rows", tests, HARNESS_LEN(tests));
}
