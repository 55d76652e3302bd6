/* SPDX-License-Identifier: MIT */
/*
 * ISO-TP sockets: options, and what they do on the wire to a frame alone,
 * which a CAN_RAW socket sees; PDUs of all sizes. All is on one CPU, so a
 * frame that is sent has been answered when settle() returns.
 */
#include <fcntl.h>

#include "test-can-isotp.h"

/* ------------------------------------------------------------ options -- */

static void sends(struct wire *w, const struct sfam_isotp_opts *o, size_t n,
		  const char *expected)
{
	int fd = isotp_open("vcan0", 0, o);

	ck_assert_ok(sfam_isotp_send(fd, bytes, n, FAR_NS));
	settle();
	wire_expect(w, expected);
	wire_expect(w, NULL);
	close(fd);
}

START_TEST(single_frames)
{
	struct sfam_isotp_opts o = SFAM_ISOTP_OPTS_INIT;
	struct wire w = wire_open();

	sends(&w, NULL, 1, "123#0101");
	sends(&w, &o, 7, "123#0701020304050607");
	o.flags = SFAM_ISOTP_TX_PAD;
	o.tx_pad = 0xaa;
	sends(&w, &o, 3, "123#03010203AAAAAAAA");
	o.flags |= SFAM_ISOTP_ADDRESS;
	o.tx_address = 0x55;
	sends(&w, &o, 3, "123#5503010203AAAAAA");
	o.flags = SFAM_ISOTP_ADDRESS | SFAM_ISOTP_WAIT_SENT;
	sends(&w, &o, 6, "123#5506010203040506");
	o.flags = SFAM_ISOTP_SF_BROADCAST;
	sends(&w, &o, 7, "123#0701020304050607");
	wire_close(&w);
}
END_TEST

START_TEST(fd_frames)
{
	struct sfam_isotp_opts o = SFAM_ISOTP_OPTS_INIT;
	struct wire w = wire_open();

	o.mtu = CANFD_MTU;
	o.tx_dl = 16;
	sends(&w, &o, 7, "123##40701020304050607");
	o.tx_flags = CANFD_BRS;
	sends(&w, &o, 8, "123##500080102030405060708CCCC");
	sends(&w, &o, 10, "123##5000A0102030405060708090A");
	o.flags = SFAM_ISOTP_TX_PAD;
	o.tx_pad = 0x33;
	sends(&w, &o, 11, "123##5000B0102030405060708090A0B333333");
	sends(&w, &o, 2, "123##5020102" "3333333333");
	wire_close(&w);
}
END_TEST

/* A first frame, and what is answered. NULL: nothing. */
static void answers(struct wire *w, const struct sfam_isotp_opts *o,
		    const char *first, const char *expected)
{
	int fd = isotp_open("vcan0", 0, o);

	wire_send(w, first);
	settle();
	wire_expect(w, expected);
	wire_expect(w, NULL);
	close(fd);
}

START_TEST(flow_control)
{
	static const char first[] = "321#1010112233445566";
	struct sfam_isotp_opts o = SFAM_ISOTP_OPTS_INIT;
	struct wire w = wire_open();

	answers(&w, NULL, first, "123#300000");
	o.block_size = 0x21;
	o.stmin = (uint8_t)sfam_isotp_stmin_byte(10 * MS);
	o.wait_max = 3;
	answers(&w, &o, first, "123#30210A");
	o.stmin = (uint8_t)sfam_isotp_stmin_byte(MS / 2);
	o.flags = SFAM_ISOTP_TX_PAD;
	o.tx_pad = 0xee;
	answers(&w, &o, first, "123#3021F5EEEEEEEEEE");
	o.flags = SFAM_ISOTP_ADDRESS | SFAM_ISOTP_RX_ADDRESS;
	o.tx_address = 0x77;
	o.rx_address = 0x88;
	answers(&w, &o, "321#8810101122334455", "123#773021F5");
	answers(&w, &o, "321#7710101122334455", NULL);
	o.flags = SFAM_ISOTP_ADDRESS;
	answers(&w, &o, "321#7710101122334455", "123#773021F5");
	o.flags = SFAM_ISOTP_LISTEN;
	answers(&w, &o, first, NULL);
	o.flags = 0;
	answers(&w, &o, "321#10007FFFFFFF1122", "123#3221F5");
	wire_close(&w);
}
END_TEST

/* The second block is asked for when the first is there. */
START_TEST(block_size)
{
	struct sfam_isotp_opts o = SFAM_ISOTP_OPTS_INIT;
	struct wire w = wire_open();
	uint8_t buf[32];
	ssize_t r;
	int fd;

	o.block_size = 2;
	fd = isotp_open("vcan0", 0, &o);
	do {
		wire_drain(&w);
		wire_send(&w, "321#101B010203040506");
		wire_send(&w, "321#210708090A0B0C0D");
		wire_send(&w, "321#220E0F1011121314");
		wire_send(&w, "321#2315161718191A1B");
		r = sfam_isotp_recv(fd, buf, sizeof(buf), FAR_NS);
	} while (was_late(r));
	ck_assert_int_eq(r, 27);
	ck_assert(memcmp(buf, bytes, 27) == 0);
	settle();
	wire_expect(&w, "123#300200");
	wire_expect(&w, "123#300200");
	wire_expect(&w, NULL);
	close(fd);
	wire_close(&w);
}
END_TEST

/* --------------------------------------------------------------- sizes -- */

/* What the module says, or what it had before it could. */
static size_t largest(void)
{
	FILE *f = fopen("/sys/module/can_isotp/parameters/max_pdu_size", "re");
	size_t n = 66000;

	if (f) {
		ck_assert_int_eq(fscanf(f, "%zu", &n), 1);
		fclose(f);
	}
	return n;
}

static void all_sizes(const struct sfam_isotp_opts *o)
{
	static uint8_t buf[PDU_MAX];
	const size_t max = largest();
	const size_t sizes[] = { 1, 5, 6, 7, 8, 61, 62, 63, 64, 4095, 4096,
				 max };
	int tx = isotp_open("vcan0", 0, o), rx = isotp_open("vcan0", 1, o);
	size_t i;

	ck_assert_uint_le(max, SFAM_ISOTP_BUF_SIZE);
	for (i = 0; i < HARNESS_LEN(sizes); i++)
		transfer(tx, rx, sizes[i]);
	ck_assert_err(sfam_isotp_send(tx, buf, max + 1, FAR_NS), EMSGSIZE);
	ck_assert_err(sfam_isotp_send(tx, buf, 0, FAR_NS), EINVAL);
	transfer(tx, rx, 9);
	close(tx);
	close(rx);
}

START_TEST(sizes)
{
	struct sfam_isotp_opts o = at_once(SFAM_ISOTP_WAIT_SENT);

	stay_on_cpu();
	all_sizes(&o);
}
END_TEST

START_TEST(sizes_fd)
{
	struct sfam_isotp_opts o = at_once(SFAM_ISOTP_WAIT_SENT |
					   SFAM_ISOTP_ADDRESS);

	stay_on_cpu();
	o.mtu = CANFD_MTU;
	o.tx_dl = 64;
	o.tx_address = 0x5a;
	all_sizes(&o);
	o.flags = SFAM_ISOTP_SF_BROADCAST;
	o.tx_dl = 8;
	{
		int fd = isotp_open("vcan0", 0, &o);

		ck_assert_err(sfam_isotp_send(fd, bytes, 8, FAR_NS),
			      EMSGSIZE);
		close(fd);
	}
}
END_TEST

/* ----------------------------------------------------------- interfaces -- */

START_TEST(interfaces)
{
	struct sfam_isotp_opts o = SFAM_ISOTP_OPTS_INIT;
	struct sfam_addr addr;
	uint8_t buf[8];
	int fd;

	link_add("vcan1", "vcan", CAN_MTU);
	addr = isotp_addr("vcan1", "123", "321");
	o.mtu = CANFD_MTU;
	ck_assert_err(sfam_isotp_open(&addr, &o), EINVAL);
	addr = isotp_addr("lo", "123", "321");
	ck_assert_err(sfam_isotp_open(&addr, NULL), ENODEV);
	addr = isotp_addr("vcan1", "123", "123");
	ck_assert_err(sfam_isotp_open(&addr, NULL), EADDRNOTAVAIL);
	fd = isotp_open("vcan1", 0, NULL);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_err(sfam_isotp_set(fd, NULL), EISCONN);
	link_set_up("vcan1", 0);
	ck_assert_err(sfam_isotp_recv(fd, buf, sizeof(buf), FAR_NS), ENETDOWN);
	ck_assert_err(sfam_isotp_recv(fd, buf, sizeof(buf), 0), ETIMEDOUT);
	ck_assert_err(sfam_isotp_send(fd, buf, 1, FAR_NS), ENETDOWN);
	link_del("vcan1");
	ck_assert_err(sfam_isotp_recv(fd, buf, sizeof(buf), FAR_NS),
		      EADDRNOTAVAIL);
	ck_assert_err(sfam_isotp_send(fd, buf, 1, FAR_NS), EADDRNOTAVAIL);
	close(fd);
}
END_TEST

/* ---------------------------------------------------------- bad options -- */

static int set(const struct sfam_isotp_opts *o)
{
	return sfam_isotp_set(-1, o);
}

/* What is right gets as far as the descriptor. */
START_TEST(bad_options)
{
	static const struct sfam_isotp_opts good = SFAM_ISOTP_OPTS_INIT;
	struct {
		struct sfam_isotp_opts opts;
		uint64_t more;	/* there is no padding behind it */
	} longer = { .opts = good, .more = 0 };
	struct sfam_isotp_opts o = good;
	const struct { uint8_t mtu, tx_dl, tx_flags; int error; } links[] = {
		{ 0, 0, 0, EBADF }, { CAN_MTU, 8, 0, EBADF },
		{ CANFD_MTU, 0, 0, EBADF }, { CANFD_MTU, 64, 3, EBADF },
		{ CANFD_MTU, 12, 1, EBADF }, { 17, 8, 0, EINVAL },
		{ CAN_MTU, 12, 0, EINVAL }, { CANFD_MTU, 13, 0, EINVAL },
		{ CANFD_MTU, 7, 0, EINVAL }, { CANFD_MTU, 65, 0, EINVAL },
		{ CAN_MTU, 8, 1, EINVAL }, { CANFD_MTU, 8, 4, EINVAL },
	};
	const struct { uint32_t flags; int error; } flags[] = {
		{ 0x3e7f, EINVAL }, { 0x367f, EBADF }, { 0x2e7f, EBADF },
		{ 0x4000, EINVAL }, { 0x80, EINVAL }, { 0x100, EINVAL },
		{ SFAM_ISOTP_RX_ADDRESS, EINVAL },
	};
	size_t i;

	ck_assert_err(set(NULL), EBADF);
	for (i = 0; i < HARNESS_LEN(links); i++) {
		o.mtu = links[i].mtu;
		o.tx_dl = links[i].tx_dl;
		o.tx_flags = links[i].tx_flags;
		ck_assert_err(set(&o), links[i].error);
	}
	for (i = 0, o = good; i < HARNESS_LEN(flags); i++) {
		o.flags = flags[i].flags;
		ck_assert_err(set(&o), flags[i].error);
	}
	o = good;
	o.frame_ns = INT64_C(0xffffffff);
	ck_assert_err(set(&o), ERANGE);
	o.frame_ns--;
	o.tx_stmin_ns = o.rx_stmin_ns = o.frame_ns;
	ck_assert_err(set(&o), EBADF);
	o.tx_stmin_ns++;
	ck_assert_err(set(&o), ERANGE);
	o.tx_stmin_ns = -1;
	o.rx_stmin_ns++;
	ck_assert_err(set(&o), ERANGE);
	longer.opts.size = sizeof(longer);
	ck_assert_err(set(&longer.opts), EBADF);
	longer.more = 1;
	ck_assert_err(set(&longer.opts), E2BIG);
	o.size = 0;
	ck_assert_err(set(&o), EINVAL);
}
END_TEST

START_TEST(stmin)
{
	int byte;

	for (byte = 0; byte <= 0x7f; byte++) {
		ck_assert_int_eq(sfam_isotp_stmin_ns((uint8_t)byte),
				 byte * MS);
		ck_assert_int_eq(sfam_isotp_stmin_byte(byte * MS), byte);
	}
	for (byte = 0xf1; byte <= 0xf9; byte++) {
		ck_assert_int_eq(sfam_isotp_stmin_ns((uint8_t)byte),
				 (byte - 0xf0) * 100000);
		ck_assert_int_eq(sfam_isotp_stmin_byte((byte - 0xf0) * 100000),
				 byte);
	}
	for (byte = 0x80; byte <= 0xf0; byte++)
		ck_assert_int_eq(sfam_isotp_stmin_ns((uint8_t)byte),
				 127 * MS);
	ck_assert_int_eq(sfam_isotp_stmin_ns(0xff), 127 * MS);
	ck_assert_int_eq(sfam_isotp_stmin_byte(1), 0xf1);
	ck_assert_int_eq(sfam_isotp_stmin_byte(100001), 0xf2);
	ck_assert_int_eq(sfam_isotp_stmin_byte(900001), 1);
	ck_assert_int_eq(sfam_isotp_stmin_byte(MS + 1), 2);
	ck_assert_err(sfam_isotp_stmin_byte(127 * MS + 1), ERANGE);
	ck_assert_err(sfam_isotp_stmin_byte(-1), EINVAL);
}
END_TEST

START_TEST(words)
{
	const int told[] = { ECOMM, EFBIG, EBADMSG, EILSEQ, ETIME, EMSGSIZE,
			     EADDRNOTAVAIL };
	size_t i;

	for (i = 0; i < HARNESS_LEN(told); i++)
		ck_assert_ptr_nonnull(sfam_isotp_words(-told[i]));
	ck_assert_ptr_nonnull(strstr(sfam_isotp_words(-EFBIG), "no room"));
	ck_assert_ptr_null(sfam_isotp_words(-EPERM));
	ck_assert_ptr_null(sfam_isotp_words(0));
}
END_TEST

int main(void)
{
	static const char needs[] = "vcan can-isotp";
	const struct harness_test tests[] = {
		{ single_frames, needs },
		{ fd_frames, needs },
		{ flow_control, needs },
		{ block_size, needs },
		{ sizes, needs },
		{ sizes_fd, needs },
		{ interfaces, needs },
		{ bad_options, NULL },
		{ stmin, NULL },
		{ words, NULL },
	};

	return harness_run("can-isotp", tests, HARNESS_LEN(tests));
}
