/* SPDX-License-Identifier: MIT */
/* Fields to frames and back: every kind and every rule. */
#include <errno.h>
#include <string.h>

#include <sockfam/can.h>

#include "harness.h"

/* Where the kernel keeps what; flags of XL stand at LEN. */
enum { LEN = 4, FLAGS = 5, RES = 6, DLC = 7, DATA = 8, XL_DATA = 12 };

static const uint8_t bytes[SFAM_CANXL_DLEN] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

/* Room for any frame, aligned, with its bytes in sight. */
union frame {
	uint32_t id;
	uint8_t at[SFAM_CANXL_MTU + 8];
};

static struct sfam_can_fields fields_of(uint32_t id, uint32_t flags,
					uint16_t len)
{
	struct sfam_can_fields f = {
		.id = id, .flags = flags, .len = len, .data = bytes,
	};

	return f;
}

static ssize_t pack(union frame *frame, uint32_t id, uint32_t flags,
		    uint16_t len)
{
	struct sfam_can_fields f = fields_of(id, flags, len);

	memset(frame, 0xee, sizeof(*frame));
	return sfam_can_pack(frame, sizeof(*frame), &f);
}

static void refused(uint32_t id, uint32_t flags, uint16_t len)
{
	union frame frame, before;

	memset(&before, 0xee, sizeof(before));
	ck_assert_err(pack(&frame, id, flags, len), EINVAL);
	ck_assert_mem_eq(&frame, &before, sizeof(frame));
}

static int all_are(const uint8_t *p, size_t n, uint8_t value)
{
	while (n--)
		if (*p++ != value)
			return 0;
	return 1;
}

START_TEST(classic)
{
	union frame f;

	ck_assert_int_eq(pack(&f, 0x123, 0, 3), CAN_MTU);
	ck_assert_uint_eq(f.id, 0x123);
	ck_assert_uint_eq(f.at[LEN], 3);
	ck_assert(all_are(f.at + FLAGS, 3, 0));
	ck_assert_mem_eq(f.at + DATA, bytes, 3);
	ck_assert(all_are(f.at + DATA + 3, 5, 0));
	ck_assert_uint_eq(f.at[CAN_MTU], 0xee);

	ck_assert_int_eq(pack(&f, 0x1fffffff, SFAM_CAN_EXT, 0), CAN_MTU);
	ck_assert_uint_eq(f.id, 0x9fffffffu);
	ck_assert_int_eq(pack(&f, 0x123, SFAM_CAN_EXT, 8), CAN_MTU);
	ck_assert_uint_eq(f.id, 0x80000123u);
	ck_assert_int_eq(pack(&f, 0x1fffffff, SFAM_CAN_ERR, 8), CAN_MTU);
	ck_assert_uint_eq(f.id, 0x3fffffff);
}
END_TEST

START_TEST(requests_have_a_length_and_no_data)
{
	struct sfam_can_fields f = fields_of(0x7ff, SFAM_CAN_RTR, 8);
	union frame frame;

	f.data = NULL;
	f.len8_dlc = 15;
	ck_assert_int_eq(sfam_can_pack(&frame, CAN_MTU, &f), CAN_MTU);
	ck_assert_uint_eq(frame.id, 0x400007ff);
	ck_assert_uint_eq(frame.at[LEN], 8);
	ck_assert_uint_eq(frame.at[DLC], 15);
	ck_assert(all_are(frame.at + DATA, 8, 0));
}
END_TEST

START_TEST(kernel_struct_agrees)
{
	struct sfam_can_fields f = fields_of(0x123, 0, 8);
	struct can_frame cc;
	struct canfd_frame fd;

	f.len8_dlc = 9;
	ck_assert_int_eq(sfam_can_pack(&cc, sizeof(cc), &f), CAN_MTU);
	ck_assert_uint_eq(cc.can_id, 0x123);
	ck_assert_uint_eq(cc.len, 8);
	ck_assert_uint_eq(cc.len8_dlc, 9);
	ck_assert_mem_eq(cc.data, bytes, 8);

	f = fields_of(0x123, SFAM_CAN_FD | SFAM_CAN_ESI, 12);
	ck_assert_int_eq(sfam_can_pack(&fd, sizeof(fd), &f), CANFD_MTU);
	ck_assert_uint_eq(fd.len, 12);
	ck_assert_uint_eq(fd.flags, CANFD_FDF | CANFD_ESI);
	ck_assert_mem_eq(fd.data, bytes, 12);
}
END_TEST

START_TEST(fd)
{
	union frame f;

	ck_assert_int_eq(pack(&f, 0x123, SFAM_CAN_FD, 64), CANFD_MTU);
	ck_assert_uint_eq(f.at[LEN], 64);
	ck_assert_uint_eq(f.at[FLAGS], 0x04);
	ck_assert_mem_eq(f.at + DATA, bytes, 64);
	ck_assert_int_eq(pack(&f, 0x123, SFAM_CAN_FD | SFAM_CAN_BRS |
			      SFAM_CAN_ESI | SFAM_CAN_EXT, 0), CANFD_MTU);
	ck_assert_uint_eq(f.id, 0x80000123u);
	ck_assert_uint_eq(f.at[FLAGS], 0x07);
	ck_assert(all_are(f.at + DATA, 64, 0));
	ck_assert_uint_eq(f.at[CANFD_MTU], 0xee);
}
END_TEST

START_TEST(xl)
{
	struct sfam_can_fields f = fields_of(0x7ff, SFAM_CAN_XL |
					     SFAM_CAN_SEC | SFAM_CAN_RRS, 9);
	union frame frame;
	uint16_t len;
	uint32_t af;

	f.vcid = 0xab;
	f.sdt = 0xcd;
	f.af = 0x12345678;
	memset(&frame, 0xee, sizeof(frame));
	ck_assert_int_eq(sfam_can_pack(&frame, sizeof(frame), &f), 12 + 9);
	ck_assert_uint_eq(frame.id, 0x00ab07ff);
	ck_assert_uint_eq(frame.at[LEN], 0x83);
	ck_assert_uint_eq(frame.at[FLAGS], 0xcd);
	memcpy(&len, frame.at + 6, sizeof(len));
	memcpy(&af, frame.at + 8, sizeof(af));
	ck_assert_uint_eq(len, 9);
	ck_assert_uint_eq(af, 0x12345678);
	ck_assert_mem_eq(frame.at + XL_DATA, bytes, 9);
	ck_assert_uint_eq(frame.at[XL_DATA + 9], 0xee);
	ck_assert_int_eq(pack(&frame, 0, SFAM_CAN_XL, 2048), SFAM_CANXL_MTU);
	ck_assert_int_eq(pack(&frame, 0, SFAM_CAN_XL, 1), 13);
}
END_TEST

START_TEST(identifiers_have_a_range)
{
	refused(0x800, 0, 0);
	refused(0x20000000, SFAM_CAN_EXT, 0);
	refused(0x80000123u, SFAM_CAN_EXT, 0);
	refused(0x20000000, SFAM_CAN_ERR, 8);
	refused(0x800, SFAM_CAN_FD, 0);
	refused(0x20000000, SFAM_CAN_FD | SFAM_CAN_EXT, 0);
	refused(0x800, SFAM_CAN_XL, 1);
}
END_TEST

START_TEST(flags_exclude_each_other)
{
	static const uint32_t bad[] = {
		1u << 9, 1u << 31, SFAM_CAN_BRS, SFAM_CAN_ESI, SFAM_CAN_SEC,
		SFAM_CAN_RRS, SFAM_CAN_ERR | SFAM_CAN_EXT,
		SFAM_CAN_ERR | SFAM_CAN_RTR, SFAM_CAN_FD | SFAM_CAN_RTR,
		SFAM_CAN_FD | SFAM_CAN_ERR, SFAM_CAN_FD | SFAM_CAN_SEC,
		SFAM_CAN_FD | SFAM_CAN_XL, SFAM_CAN_XL | SFAM_CAN_EXT,
		SFAM_CAN_XL | SFAM_CAN_RTR, SFAM_CAN_XL | SFAM_CAN_ERR,
		SFAM_CAN_XL | SFAM_CAN_BRS, SFAM_CAN_XL | 1u << 9,
	};
	size_t i;

	for (i = 0; i < HARNESS_LEN(bad); i++)
		refused(0x123, bad[i], 1);
}
END_TEST

START_TEST(lengths_belong_to_kinds)
{
	union frame f;
	uint16_t len;

	for (len = 0; len < 70; len++) {
		if (len <= 8)
			ck_assert_int_eq(pack(&f, 1, 0, len), CAN_MTU);
		else
			refused(1, 0, len);
		if (len <= 64 && sfam_can_fd_len(len) == len)
			ck_assert_int_eq(pack(&f, 1, SFAM_CAN_FD, len),
					 CANFD_MTU);
		else
			refused(1, SFAM_CAN_FD, len);
	}
	refused(1, 0, 256);
	refused(1, SFAM_CAN_RTR, 9);
	refused(1, SFAM_CAN_FD, 256 + 8);
	refused(1, SFAM_CAN_XL, 0);
	refused(1, SFAM_CAN_XL, 2049);
}
END_TEST

static ssize_t pack_dlc(uint32_t flags, uint16_t len, uint8_t dlc)
{
	struct sfam_can_fields f = fields_of(1, flags, len);
	union frame frame;

	f.len8_dlc = dlc;
	return sfam_can_pack(&frame, sizeof(frame), &f);
}

START_TEST(raw_dlc_needs_length_eight)
{
	ck_assert_err(pack_dlc(0, 8, 8), EINVAL);
	ck_assert_err(pack_dlc(0, 8, 1), EINVAL);
	ck_assert_err(pack_dlc(0, 8, 16), EINVAL);
	ck_assert_err(pack_dlc(0, 7, 9), EINVAL);
	ck_assert_err(pack_dlc(SFAM_CAN_ERR, 8, 9), EINVAL);
	ck_assert_err(pack_dlc(SFAM_CAN_FD, 8, 9), EINVAL);
	ck_assert_err(pack_dlc(SFAM_CAN_XL, 8, 9), EINVAL);
	ck_assert_int_eq(pack_dlc(0, 8, 9), CAN_MTU);
	ck_assert_int_eq(pack_dlc(SFAM_CAN_RTR, 8, 15), CAN_MTU);
}
END_TEST

static void needs_size(uint32_t flags, uint16_t len, size_t size)
{
	struct sfam_can_fields f = fields_of(1, flags, len);
	union frame frame, before;

	memset(&frame, 0xee, sizeof(frame));
	before = frame;
	ck_assert_err(sfam_can_pack(&frame, size - 1, &f), ENOSPC);
	ck_assert_err(sfam_can_pack(&frame, 0, &f), ENOSPC);
	ck_assert_mem_eq(&frame, &before, sizeof(frame));
	ck_assert_int_eq(sfam_can_pack(&frame, size, &f), (int)size);
}

START_TEST(no_room)
{
	needs_size(0, 0, CAN_MTU);
	needs_size(SFAM_CAN_FD, 0, CANFD_MTU);
	needs_size(SFAM_CAN_XL, 1, 13);
	needs_size(SFAM_CAN_XL, 2048, 2060);
}
END_TEST

START_TEST(fd_lengths)
{
	static const uint8_t exist[] = { 12, 16, 20, 24, 32, 48, 64 };
	size_t len, i = 0;

	for (len = 0; len <= 8; len++)
		ck_assert_uint_eq(sfam_can_fd_len(len), len);
	for (; len <= 64; len++) {
		if (len > exist[i])
			i++;
		ck_assert_uint_eq(sfam_can_fd_len(len), exist[i]);
	}
	ck_assert_uint_eq(sfam_can_fd_len(65), 0);
	ck_assert_uint_eq(sfam_can_fd_len(SIZE_MAX), 0);
}
END_TEST

/* A kernel's frame of that size, to fields. */
static int unpack(struct sfam_can_fields *ret, union frame *frame,
		  uint32_t id, uint8_t len, size_t size)
{
	frame->id = id;
	frame->at[LEN] = len;
	return sfam_can_unpack(ret, frame, size);
}

START_TEST(unpack_classic)
{
	struct sfam_can_fields f;
	union frame frame = { 0 };

	ck_assert_ok(unpack(&f, &frame, 0x123, 8, CAN_MTU));
	ck_assert_uint_eq(f.id, 0x123);
	ck_assert_uint_eq(f.flags, 0);
	ck_assert_uint_eq(f.len, 8);
	ck_assert_uint_eq(f.len8_dlc, 0);
	ck_assert_ptr_eq(f.data, frame.at + DATA);
	ck_assert_ok(unpack(&f, &frame, 0xd2345678u, 0, CAN_MTU));
	ck_assert_uint_eq(f.id, 0x12345678);
	ck_assert_uint_eq(f.flags, SFAM_CAN_EXT | SFAM_CAN_RTR);
	ck_assert_ok(unpack(&f, &frame, 0x20000088, 8, CAN_MTU));
	ck_assert_uint_eq(f.id, 0x88);
	ck_assert_uint_eq(f.flags, SFAM_CAN_ERR);
	/* Stray bits of a standard identifier are nothing. */
	ck_assert_ok(unpack(&f, &frame, 0x12345678, 0, CAN_MTU));
	ck_assert_uint_eq(f.id, 0x678);
	ck_assert_uint_eq(f.flags, 0);
}
END_TEST

START_TEST(unpack_raw_dlc)
{
	struct sfam_can_fields f;
	union frame frame = { 0 };
	unsigned int dlc;

	for (dlc = 0; dlc < 256; dlc++) {
		frame.at[DLC] = (uint8_t)dlc;
		ck_assert_ok(unpack(&f, &frame, 1, 8, CAN_MTU));
		ck_assert_uint_eq(f.len8_dlc, dlc > 8 && dlc < 16 ? dlc : 0);
		ck_assert_ok(unpack(&f, &frame, 1, 7, CAN_MTU));
		ck_assert_uint_eq(f.len8_dlc, 0);
	}
}
END_TEST

START_TEST(unpack_fd)
{
	struct sfam_can_fields f;
	union frame frame = { 0 };

	frame.at[FLAGS] = 0x03;
	ck_assert_ok(unpack(&f, &frame, 0x80000001u, 64, CANFD_MTU));
	ck_assert_uint_eq(f.flags, SFAM_CAN_FD | SFAM_CAN_BRS | SFAM_CAN_ESI |
			  SFAM_CAN_EXT);
	ck_assert_uint_eq(f.len, 64);
	/* The kernel passes on what no controller could send. */
	ck_assert_ok(unpack(&f, &frame, 1, 9, CANFD_MTU));
	ck_assert_uint_eq(f.len, 9);
}
END_TEST

START_TEST(unpack_xl)
{
	struct sfam_can_fields f;
	union frame frame;

	/* As long as a classic and an FD frame: the mark decides. */
	ck_assert_int_eq(pack(&frame, 0x123, SFAM_CAN_XL, 4), CAN_MTU);
	ck_assert_ok(sfam_can_unpack(&f, &frame, CAN_MTU));
	ck_assert_uint_eq(f.flags, SFAM_CAN_XL);
	ck_assert_uint_eq(f.len, 4);
	ck_assert_ptr_eq(f.data, frame.at + XL_DATA);
	ck_assert_int_eq(pack(&frame, 0x123, SFAM_CAN_XL, 60), CANFD_MTU);
	ck_assert_ok(sfam_can_unpack(&f, &frame, CANFD_MTU));
	ck_assert_uint_eq(f.flags, SFAM_CAN_XL);
	frame.id = 0xff12f7ff;
	ck_assert_ok(sfam_can_unpack(&f, &frame, CANFD_MTU));
	ck_assert_uint_eq(f.id, 0x7ff);
	ck_assert_uint_eq(f.vcid, 0x12);
	ck_assert_err(sfam_can_unpack(&f, &frame, CANFD_MTU - 1), EINVAL);
	ck_assert_err(sfam_can_unpack(&f, &frame, CANFD_MTU + 1), EINVAL);
	ck_assert_err(sfam_can_unpack(&f, &frame, SFAM_CANXL_MTU), EINVAL);
}
END_TEST

START_TEST(not_a_frame)
{
	struct sfam_can_fields f = fields_of(42, 42, 42), before = f;
	union frame frame = { 0 };
	size_t size;

	for (size = 0; size <= SFAM_CANXL_MTU; size++)
		if (size != CAN_MTU && size != CANFD_MTU)
			ck_assert_err(unpack(&f, &frame, 1, 0, size), EINVAL);
	ck_assert_err(unpack(&f, &frame, 1, 9, CAN_MTU), EINVAL);
	ck_assert_err(unpack(&f, &frame, 1, 65, CANFD_MTU), EINVAL);
	ck_assert_err(unpack(&f, &frame, 1, 127, CANFD_MTU), EINVAL);
	/* XL of length 0 and 2049 */
	ck_assert_err(unpack(&f, &frame, 1, 0x80, 12), EINVAL);
	frame.at[6] = frame.at[7] = 0x08;
	ck_assert_err(unpack(&f, &frame, 1, 0x80, 12 + 0x0808), EINVAL);
	ck_assert_mem_eq(&f, &before, sizeof(f));
}
END_TEST

static struct sfam_can_fields random_fields(uint64_t *state)
{
	static const uint32_t kinds[] = {
		0, SFAM_CAN_EXT, SFAM_CAN_RTR, SFAM_CAN_EXT | SFAM_CAN_RTR,
		SFAM_CAN_ERR, SFAM_CAN_FD, SFAM_CAN_FD | SFAM_CAN_EXT |
		SFAM_CAN_BRS, SFAM_CAN_FD | SFAM_CAN_ESI, SFAM_CAN_XL,
		SFAM_CAN_XL | SFAM_CAN_SEC, SFAM_CAN_XL | SFAM_CAN_RRS,
	};
	uint64_t r = test_random(state);
	uint32_t flags = kinds[r % HARNESS_LEN(kinds)];
	struct sfam_can_fields f = fields_of(0, flags, 0);

	r = test_random(state);
	f.id = (uint32_t)r & (flags & (SFAM_CAN_EXT | SFAM_CAN_ERR)
			      ? CAN_EFF_MASK : CAN_SFF_MASK);
	r >>= 32;
	if (flags & SFAM_CAN_XL) {
		f.len = (uint16_t)(1 + r % SFAM_CANXL_DLEN);
		f.vcid = (uint8_t)test_random(state);
		f.sdt = (uint8_t)test_random(state);
		f.af = (uint32_t)test_random(state);
	} else if (flags & SFAM_CAN_FD) {
		f.len = (uint16_t)sfam_can_fd_len(r % 65);
	} else {
		f.len = (uint16_t)(r % 9);
		if (f.len == 8 && !(flags & SFAM_CAN_ERR) && r & 1024)
			f.len8_dlc = (uint8_t)(9 + (r >> 11) % 7);
	}
	return f;
}

START_TEST(random_fields_survive)
{
	struct sfam_can_fields f, g;
	uint64_t state = test_seed();
	union frame frame;
	ssize_t size;
	int i;

	for (i = 0; i < 5000; i++) {
		f = random_fields(&state);
		size = sfam_can_pack(&frame, sizeof(frame), &f);
		ck_assert_ok(size);
		ck_assert_ok(sfam_can_unpack(&g, &frame, (size_t)size));
		ck_assert_uint_eq(g.id, f.id);
		ck_assert_uint_eq(g.flags, f.flags);
		ck_assert_uint_eq(g.len, f.len);
		ck_assert_uint_eq(g.len8_dlc, f.len8_dlc);
		ck_assert_uint_eq(g.vcid, f.vcid);
		ck_assert_uint_eq(g.sdt, f.sdt);
		ck_assert_uint_eq(g.af, f.af);
		if (!(f.flags & SFAM_CAN_RTR))
			ck_assert_mem_eq(g.data, f.data, f.len);
	}
}
END_TEST

/* fields->data may point into the frame that is written. */
START_TEST(pack_in_place)
{
	struct sfam_can_fields f;
	union frame frame;

	ck_assert_int_eq(pack(&frame, 0x123, 0, 8), CAN_MTU);
	ck_assert_ok(sfam_can_unpack(&f, &frame, CAN_MTU));
	f.id = 0x321;
	ck_assert_int_eq(sfam_can_pack(&frame, sizeof(frame), &f), CAN_MTU);
	ck_assert_mem_eq(frame.at + DATA, bytes, 8);
	f.flags = SFAM_CAN_XL;
	ck_assert_int_eq(sfam_can_pack(&frame, sizeof(frame), &f), 20);
	ck_assert_mem_eq(frame.at + XL_DATA, bytes, 8);
	ck_assert_ok(sfam_can_unpack(&f, &frame, 20));
	f.flags = SFAM_CAN_FD;
	ck_assert_int_eq(sfam_can_pack(&frame, sizeof(frame), &f), CANFD_MTU);
	ck_assert_mem_eq(frame.at + DATA, bytes, 8);
	ck_assert(all_are(frame.at + DATA + 8, 56, 0));
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ classic, NULL },
		{ requests_have_a_length_and_no_data, NULL },
		{ kernel_struct_agrees, NULL },
		{ fd, NULL },
		{ xl, NULL },
		{ identifiers_have_a_range, NULL },
		{ flags_exclude_each_other, NULL },
		{ lengths_belong_to_kinds, NULL },
		{ raw_dlc_needs_length_eight, NULL },
		{ no_room, NULL },
		{ fd_lengths, NULL },
		{ unpack_classic, NULL },
		{ unpack_raw_dlc, NULL },
		{ unpack_fd, NULL },
		{ unpack_xl, NULL },
		{ not_a_frame, NULL },
		{ random_fields_survive, NULL },
		{ pack_in_place, NULL },
	};

	return harness_run("can-frame", tests, HARNESS_LEN(tests));
}
