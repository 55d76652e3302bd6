/* SPDX-License-Identifier: MIT */
/*
 * How rings begin: sizes, short memory, what is refused, and that no packet
 * is in them which the filter would have kept out.
 */
#include <sys/syscall.h>

#include "test-ring.h"

/* ------------------------------------------------------- short memory -- */

/*
 * The library's setsockopt(): there is no memory for blocks larger than
 * block_max, nor for more than total_max in all. 0: no limit.
 */
static size_t block_max, total_max;
static int rings_tried;

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	const struct tpacket_req *req = value;

	if (level == SOL_PACKET && name == PACKET_RX_RING) {
		rings_tried++;
		if ((block_max && req->tp_block_size > block_max) ||
		    (total_max && (size_t)req->tp_block_size *
				  req->tp_block_nr > total_max)) {
			errno = ENOMEM;
			return -1;
		}
	}
	return (int)syscall(SYS_setsockopt, fd, level, name, value, len);
}

static int try_ring(const struct sfam_packet_ring_opts *ro, uint32_t snap_len,
		    struct sfam_packet_ring_info *ret)
{
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct sfam_addr addr = addr_of("packet:");
	struct sfam_packet_ring *ring = NULL;
	int r;

	o.snap_len = snap_len;
	r = sfam_packet_ring_new(&ring, &addr, &o, ro);
	if (r < 0) {
		ck_assert_ptr_null(ring);
		return r;
	}
	sfam_packet_ring_get_info(ring, ret);
	sfam_packet_ring_free(ring);
	return 0;
}

START_TEST(sizes)
{
	struct sfam_packet_ring_opts ro = SFAM_PACKET_RING_OPTS_INIT;
	struct sfam_packet_ring_info info;

	ck_assert_ok(try_ring(NULL, 0, &info));
	ck_assert_uint_eq(info.bytes, 8 << 20);
	ck_assert_uint_eq(info.block_bytes, 256 << 10);
	ck_assert_uint_eq(info.slots, 0);
	/* A power of two, and no less than a packet; two of them at least. */
	ro.bytes = 1000000;
	ro.block_bytes = 100000;
	ck_assert_ok(try_ring(&ro, 200, &info));
	ck_assert_uint_eq(info.block_bytes, 1 << 17);
	ck_assert_uint_eq(info.bytes, 7 << 17);
	ro.bytes = ro.block_bytes = 1;
	ck_assert_ok(try_ring(&ro, 0, &info));
	ck_assert_uint_eq(info.block_bytes, 1 << 17);
	ck_assert_uint_eq(info.bytes, 1 << 18);
	ro.mode = SFAM_PACKET_LATENCY;
	ro.bytes = 8 << 20;
	ro.block_bytes = 256 << 10;
	ck_assert_ok(try_ring(&ro, 0, &info));
	ck_assert_uint_eq(info.slots, 3 * 32);
	ck_assert_ok(try_ring(&ro, 2000, &info));
	ck_assert_uint_eq(info.slots, (256 << 10) / (2000 + 176) * 32);
	ck_assert_int_eq(info.retire_ns, 0);
	/* Slots larger than a block would be. */
	ck_assert_ok(try_ring(&ro, 300000, &info));
	ck_assert_uint_eq(info.block_bytes, 512 << 10);
	ck_assert_uint_eq(info.slots, 16);
}
END_TEST

/* Milliseconds, and no less than asked. */
START_TEST(retire_times)
{
	static const int64_t asked[] = {
		1, MS - 1, MS, MS + 1, 7 * MS, 65535 * MS
	};
	struct sfam_packet_ring_opts ro = SFAM_PACKET_RING_OPTS_INIT;
	struct sfam_packet_ring_info info;
	size_t i;

	ck_assert_ok(try_ring(&ro, 0, &info));
	ck_assert_int_ge(info.retire_ns, 10 * MS);
	for (i = 0; i < HARNESS_LEN(asked); i++) {
		ro.retire_ns = asked[i];
		ck_assert_ok(try_ring(&ro, 0, &info));
		ck_assert_int_ge(info.retire_ns, asked[i]);
		/* HZ is 100 or more. */
		ck_assert_int_lt(info.retire_ns, asked[i] + 11 * MS);
	}
	ro.retire_ns = 65535 * MS + 1;
	ck_assert_err(try_ring(&ro, 0, &info), EINVAL);
	ro.retire_ns = -1;
	ck_assert_err(try_ring(&ro, 0, &info), EINVAL);
}
END_TEST

START_TEST(shrinks)
{
	struct sfam_packet_ring_opts ro = SFAM_PACKET_RING_OPTS_INIT;
	struct sfam_packet_ring_info info;
	enum sfam_packet_mode mode;

	for (EACH_MODE(mode)) {
		ro.mode = mode;
		ro.bytes = 4 << 20;
		ro.block_bytes = 1 << 20;
		/* Smaller blocks, as many bytes. */
		block_max = 64 << 10;
		total_max = 0;
		ck_assert_ok(try_ring(&ro, 200, &info));
		ck_assert_uint_eq(info.block_bytes, block_max);
		ck_assert_uint_eq(info.bytes, 4 << 20);
		/* Fewer of them, too. */
		total_max = 1 << 20;
		ck_assert_ok(try_ring(&ro, 200, &info));
		ck_assert_uint_eq(info.bytes, 1 << 20);
		ck_assert_uint_le(info.block_bytes, block_max);
		/* Never so small that a packet would not fit. */
		block_max = 128 << 10;
		ck_assert_ok(try_ring(&ro, 0, &info));
		ck_assert_uint_eq(info.block_bytes, block_max);
		block_max = 64 << 10;
		ck_assert_err(try_ring(&ro, 0, &info), ENOMEM);
		/* That is an end, too. */
		total_max = 1;
		rings_tried = 0;
		ck_assert_err(try_ring(&ro, 200, &info), ENOMEM);
		ck_assert_int_lt(rings_tried, 30);
	}
}
END_TEST

START_TEST(what_new_refuses)
{
	struct sfam_packet_ring_opts ro = SFAM_PACKET_RING_OPTS_INIT;
	struct {
		struct sfam_packet_ring_opts known;
		uint64_t unknown;
	} larger = { SFAM_PACKET_RING_OPTS_INIT, 1 };
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet_ring *ring = NULL;
	struct sfam_packet_ring_info info;
	struct sfam_addr addr = addr_of("unix:");

	ck_assert_err(sfam_packet_ring_new(&ring, &addr, NULL, NULL),
		      EAFNOSUPPORT);
	addr = addr_of("packet:%12345");
	ck_assert_err(sfam_packet_ring_new(&ring, &addr, NULL, NULL), ENODEV);
	addr = addr_of("packet:");
	o.flags = 1u << 31;
	ck_assert_err(sfam_packet_ring_new(&ring, &addr, &o, NULL), EINVAL);
	ck_assert_ptr_null(ring);
	larger.known.size = sizeof(larger);
	ck_assert_err(try_ring(&larger.known, 0, &info), E2BIG);
	larger.unknown = 0;
	ck_assert_ok(try_ring(&larger.known, 0, &info));
	ro.mode = (enum sfam_packet_mode)2;
	ck_assert_err(try_ring(&ro, 0, &info), EINVAL);
	ro.mode = SFAM_PACKET_LATENCY;
	ck_assert_err(try_ring(&ro, UINT32_MAX, &info), EINVAL);
	ro.block_bytes = ((size_t)1 << 30) + 1;
	ck_assert_err(try_ring(&ro, 0, &info), EINVAL);
}
END_TEST

/* -------------------------------------------------------------- races -- */

#define RINGS 12

/*
 * As with plain sockets: rings for another type are opened while packets of
 * ours flood the interface.
 */
START_TEST(no_packet_before_the_filter)
{
	struct sock_filter code[] = ONLY_TYPE(OUR_TYPE + 1);
	const struct sock_fprog other = { HARNESS_LEN(code), code };
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet_ring *rings[RINGS];
	struct sfam_packet_ring_opts ro;
	enum sfam_packet_mode mode;
	pid_t flood;
	size_t i;

	links_up();
	o.filter = &other;
	flood = flood_start(OUR_TYPE);
	for (EACH_MODE(mode)) {
		ro = small_ring(mode);
		for (i = 0; i < RINGS; i++) {
			rings[i] = i % 2 ?
				must_ring("packet:b0", &o, &ro) :
				must_ring("packet:b0,proto=0x88b6", NULL,
					  &ro);
			ck_assert_uint_eq(stats_of(rings[i]).seen, 0);
		}
		for (i = 0; i < RINGS; i++)
			sfam_packet_ring_free(rings[i]);
	}
	/* It went on all the time. */
	ck_assert_int_eq(waitpid(flood, NULL, WNOHANG), 0);
	flood_end(flood);
}
END_TEST

/*
 * None is counted that comes neither to the ring nor to the drops: one that
 * was there before the ring would be.
 */
static void read_all(struct sfam_packet_ring *ring)
{
	struct sfam_packet_batch batch;
	uint64_t received = 0;
	ssize_t n;

	while (received + stats_of(ring).dropped < stats_of(ring).seen) {
		n = sfam_packet_ring_take(ring, &batch, SFAM_FOREVER);
		ck_assert_int_gt(n, 0);
		received += (uint64_t)n;
	}
	ck_assert_uint_gt(received, 0);
}

START_TEST(ring_before_the_first_packet)
{
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet_ring *ring;
	struct sfam_packet_ring_opts ro;
	enum sfam_packet_mode mode;
	pid_t flood;
	int i;

	links_up();
	o.snap_len = 200;
	for (EACH_MODE(mode)) {
		ro = small_ring(mode);
		for (i = 0; i < 5; i++) {
			flood = flood_start(OUR_TYPE);
			ring = must_ring(ON_B0, &o, &ro);
			while (stats_of(ring).seen == 0)
				;
			flood_end(flood);
			read_all(ring);
			sfam_packet_ring_free(ring);
		}
	}
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ sizes, "netns" },
		{ retire_times, "netns" },
		{ shrinks, "netns" },
		{ what_new_refuses, "netns" },
		{ no_packet_before_the_filter, "netns" },
		{ ring_before_the_first_packet, "netns" },
	};

	return harness_run("ring-open", tests, HARNESS_LEN(tests));
}
