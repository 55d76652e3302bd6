/* SPDX-License-Identifier: MIT */
/* What packets begin with in a file, made from what sockets say of them. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/can.h>
#include <linux/if_ether.h>
#include <net/if_arp.h>
#include <stddef.h>
#include <string.h>

#include <sockfam/can.h>
#include <sockfam/capture.h>

#include "harness.h"

#define P_CANXL 0x000e		/* ETH_P_CANXL, not in all headers */

START_TEST(link_types)
{
	static const uint16_t known[][2] = {
		{ ARPHRD_ETHER, 1 }, { ARPHRD_LOOPBACK, 1 },
		{ ARPHRD_CAN, 227 }, { ARPHRD_NONE, 101 }, { 519, 101 },
		{ ARPHRD_TUNNEL, 101 }, { ARPHRD_SIT, 101 },
		{ ARPHRD_IEEE80211, 105 }, { ARPHRD_IEEE80211_RADIOTAP, 127 },
		{ ARPHRD_IEEE802154, 230 }, { 826, 271 },
	};
	unsigned int type, n = 0;
	size_t i;

	for (i = 0; i < HARNESS_LEN(known); i++)
		ck_assert_uint_eq(sfam_capture_link_type(known[i][0]),
				  known[i][1]);
	for (type = 0; type <= UINT16_MAX; type++)
		n += sfam_capture_link_type((uint16_t)type) !=
		     SFAM_CAPTURE_LINK_COOKED;
	ck_assert_uint_eq(n, HARNESS_LEN(known));
	ck_assert_uint_eq(sfam_capture_link_type(ARPHRD_PPP), 276);
}
END_TEST

static struct sockaddr_ll from_of(uint16_t protocol, uint8_t pkttype)
{
	return (struct sockaddr_ll){
		.sll_family = AF_PACKET,
		.sll_protocol = htons(protocol),
		.sll_ifindex = 0x01020304,
		.sll_hatype = ARPHRD_ETHER,
		.sll_pkttype = pkttype,
		.sll_halen = 6,
		.sll_addr = "\xa0\xa1\xa2\xa3\xa4\xa5",
	};
}

static void set(struct sfam_capture_record *r, uint32_t link_type,
		uint16_t protocol, const void *data, size_t len)
{
	const struct sockaddr_ll from = from_of(protocol, PACKET_HOST);

	memset(r, 0, sizeof(*r));
	r->head_len = 99;		/* of the packet before */
	r->data = data;
	r->len = len;
	r->orig_len = 1000;
	sfam_capture_set_link(r, link_type, &from);
	ck_assert_uint_eq(r->link_type, link_type);
}

/* What will stand in the file is this. */
static void is_packet(const struct sfam_capture_record *r, const void *bytes,
		      size_t n)
{
	uint8_t all[SFAM_CAPTURE_HEAD_MAX + SFAM_CANXL_MTU];

	ck_assert_uint_le(r->head_len, SFAM_CAPTURE_HEAD_MAX);
	memcpy(all, r->head, r->head_len);
	if (r->len)
		memcpy(all + r->head_len, r->data, r->len);
	ck_assert_uint_eq(r->head_len + r->len, n);
	ck_assert_mem_eq(all, bytes, n);
}

START_TEST(directions)
{
	static const struct {
		uint8_t pkttype;
		uint32_t flags;
	} known[] = {
		{ PACKET_HOST, 1 | 1 << 2 },
		{ PACKET_MULTICAST, 1 | 2 << 2 },
		{ PACKET_BROADCAST, 1 | 3 << 2 },
		{ PACKET_OTHERHOST, 1 | 4 << 2 },
		{ PACKET_OUTGOING, 2 },
		{ 5, 0 },
		{ 255, 0 },
	};
	struct sfam_capture_record r = { .data = "x", .len = 1 };
	struct sockaddr_ll from;
	size_t i;

	for (i = 0; i < HARNESS_LEN(known); i++) {
		from = from_of(ETH_P_IP, known[i].pkttype);
		r.flags = UINT32_MAX;
		sfam_capture_set_link(&r, SFAM_CAPTURE_LINK_ETHERNET, &from);
		ck_assert_uint_eq(r.flags, known[i].flags);
	}
}
END_TEST

/* As it is; nothing is looked at, even what could be taken for CAN. */
START_TEST(plain)
{
	struct sfam_capture_record r;

	set(&r, SFAM_CAPTURE_LINK_ETHERNET, ETH_P_CAN, "12345678", 8);
	is_packet(&r, "12345678", 8);
	ck_assert_uint_eq(r.orig_len, 1000);
	set(&r, SFAM_CAPTURE_LINK_RAW, ETH_P_IP, "E", 1);
	is_packet(&r, "E", 1);
	set(&r, SFAM_CAPTURE_LINK_CAN, ETH_P_IP, "12345678", 8);
	is_packet(&r, "12345678", 8);
	ck_assert_uint_eq(r.head_len, 0);
}
END_TEST

START_TEST(cooked)
{
	static const char head[] = "\x08\0\0\0\1\2\3\4\0\1\0\6"
				   "\xa0\xa1\xa2\xa3\xa4\xa5\0\0E";
	struct sfam_capture_record r;

	set(&r, SFAM_CAPTURE_LINK_COOKED, ETH_P_IP, "E", 1);
	is_packet(&r, head, 21);
	ck_assert_uint_eq(r.orig_len, 1020);
	set(&r, SFAM_CAPTURE_LINK_COOKED, ETH_P_IP, NULL, 0);
	is_packet(&r, head, 20);
}
END_TEST

/* The same CAN frame bare and cooked, of every cut length. */
static void is_can(uint16_t protocol, const void *frame, size_t size,
		   const char *expected)
{
	char sll[20 + SFAM_CANXL_MTU] = { 0, (char)protocol, 0, 0, 1, 2, 3, 4,
					  0, 1, 0, 6 };
	struct sfam_capture_record r;
	size_t len;

	memcpy(sll + 12, "\xa0\xa1\xa2\xa3\xa4\xa5", 6);
	memcpy(sll + 20, frame, size);
	set(&r, SFAM_CAPTURE_LINK_CAN, protocol, frame, size);
	is_packet(&r, expected, size);
	ck_assert_uint_eq(r.orig_len, 1000);
	set(&r, SFAM_CAPTURE_LINK_COOKED, protocol, frame, size);
	is_packet(&r, sll, 20 + size);
	ck_assert_uint_eq(r.orig_len, 1020);
	/* A cut one has what is left of it; four bytes are the identifier. */
	for (len = 0; len < size; len++) {
		set(&r, SFAM_CAPTURE_LINK_CAN, protocol, frame, len);
		ck_assert_uint_eq(r.head_len + r.len, len);
		if (len >= 4)
			is_packet(&r, expected, len);
	}
	/* The frame was only read. */
	set(&r, SFAM_CAPTURE_LINK_COOKED, protocol, frame, size);
	is_packet(&r, sll, 20 + size);
}

START_TEST(can)
{
	struct can_frame cc = {
		.can_id = 0x12345678 | CAN_EFF_FLAG,
		.can_dlc = 3,
		.data = { 1, 2, 3 },
	};
	struct canfd_frame fd = {
		.can_id = 0x123,
		.len = 12,
		.flags = CANFD_BRS,
		.data = { 0xaa, 0xbb },
	};
	char expected[CANFD_MTU] = "\0\0\x01\x23\x0c\x05\0\0\xaa\xbb";

	/* What is not said to be FD is not, whatever stands there. */
	((uint8_t *)&cc)[5] = 0xff;
	is_can(ETH_P_CAN, &cc, CAN_MTU,
	       "\x92\x34\x56\x78\3\0\0\0\1\2\3\0\0\0\0\0");
	is_can(ETH_P_CANFD, &fd, CANFD_MTU, expected);
	fd.flags = CANFD_ESI | 0x04;	/* as since Linux 6.1 */
	expected[5] = 6;
	is_can(ETH_P_CANFD, &fd, CANFD_MTU, expected);
}
END_TEST

START_TEST(canxl)
{
	const struct sfam_can_fields fields = {
		.id = 0x123,
		.flags = SFAM_CAN_XL | SFAM_CAN_SEC,
		.len = 3,
		.vcid = 0x45,
		.sdt = 0x67,
		.af = 0x89abcdef,
		.data = (const uint8_t *)"xyz",
	};
	uint32_t frame[SFAM_CANXL_MTU / 4];

	ck_assert_int_eq(sfam_can_pack(frame, sizeof(frame), &fields), 15);
	is_can(P_CANXL, frame, 15,
	       "\x00\x45\x01\x23\x81\x67\x03\x00\xef\xcd\xab\x89xyz");
}
END_TEST

/* ----------------------------------------------------- frames of a file -- */

static ssize_t frame_of(void *frame, size_t size, const void *bytes,
			size_t len)
{
	const struct sfam_capture_record r = {
		.data = bytes,
		.len = len,
		.link_type = SFAM_CAPTURE_LINK_CAN,
	};

	return sfam_capture_can_frame(&r, frame, size);
}

/* A frame to the bytes of a file, and back. */
static void is_back(const char *text, uint16_t protocol)
{
	uint32_t frame[SFAM_CANXL_MTU / 4], back[SFAM_CANXL_MTU / 4];
	uint8_t bytes[SFAM_CANXL_MTU];
	struct sfam_capture_record r;
	ssize_t n = sfam_can_text_parse(frame, sizeof(frame), text,
					strlen(text), 0, NULL);
	ssize_t size;

	ck_assert_ok(n);
	set(&r, SFAM_CAPTURE_LINK_CAN, protocol, frame, (size_t)n);
	memcpy(bytes, r.head, r.head_len);
	memcpy(bytes + r.head_len, r.data, r.len);
	memset(back, 0x55, sizeof(back));
	for (size = 0; size < n; size++)
		ck_assert_err(frame_of(back, (size_t)size, bytes, (size_t)n),
			      ENOSPC);
	ck_assert_uint_eq(back[0], 0x55555555);
	ck_assert_int_eq(frame_of(back, (size_t)n, bytes, (size_t)n), n);
	/* On a socket it may say that it is FD, or not. */
	if (protocol == ETH_P_CANFD)
		((uint8_t *)frame)[5] = ((uint8_t *)back)[5];
	ck_assert_mem_eq(back, frame, (size_t)n);
}

START_TEST(can_frames)
{
	is_back("123#", ETH_P_CAN);
	is_back("12345678#1122334455667788_C", ETH_P_CAN);
	is_back("7FF#R5", ETH_P_CAN);
	is_back("20000080#0011223344556677", ETH_P_CAN);
	is_back("123##7", ETH_P_CANFD);
	is_back("123##511", ETH_P_CANFD);
	is_back("45123#81:00:12345678#112233", P_CANXL);
}
END_TEST

/* Written by others: data without padding, flags of no meaning. */
START_TEST(can_frames_of_others)
{
	static const uint8_t one[] = "\0\0\1\x23\1\0\0\0\x99";
	static const uint8_t fd[] = "\0\0\1\x23\1\4\0\0\x99";
	static const uint8_t odd[] = "\0\0\1\x23\1\2\0\0\x99";
	uint8_t frame[CANFD_MTU] __attribute__((aligned(4)));

	ck_assert_int_eq(frame_of(frame, sizeof(frame), one, 9), CAN_MTU);
	ck_assert_uint_eq(frame[8], 0x99);
	ck_assert_uint_eq(frame[9], 0);
	ck_assert_int_eq(frame_of(frame, sizeof(frame), fd, 9), CANFD_MTU);
	ck_assert_uint_eq(frame[71], 0);
	ck_assert_int_eq(frame_of(frame, sizeof(frame), odd, 9), CAN_MTU);
	ck_assert_uint_eq(frame[5], 0);
}
END_TEST

/* bytes[i]: cut, or longer than such a frame may be. */
START_TEST(no_can_frames)
{
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = {
		{ "", 0 }, { "\0\0\0\0\0\0\0", 7 },
		{ "\0\0\0\0\1\0\0\0", 8 },
		{ "\0\0\0\0\x09\0\0\0" "123456789", 17 },
		{ "\0\0\0\0\x02\4\0\0" "1", 9 },
		{ "\0\0\0\0\x80\0\1\0" "123", 11 },
		{ "\0\0\0\0\x80\0\0\0" "1234", 12 },
		{ "\0\0\0\0\x80\0\2\0" "1234" "5", 13 },
		{ "\0\0\0\0\x80\0\1\x08" "1234" "5", 13 },
	};
	static uint8_t long_fd[100] = { [4] = 65, [5] = 4 };
	uint32_t frame[SFAM_CANXL_MTU / 4];
	struct sfam_capture_record r = {
		.data = long_fd,
		.len = CAN_MTU,
		.link_type = SFAM_CAPTURE_LINK_ETHERNET,
	};
	size_t i;

	for (i = 0; i < HARNESS_LEN(bad); i++)
		ck_assert_err(frame_of(frame, sizeof(frame), bad[i].bytes,
				       bad[i].len), EBADMSG);
	ck_assert_err(frame_of(frame, sizeof(frame), long_fd, 100), EBADMSG);
	ck_assert_err(sfam_capture_can_frame(&r, frame, sizeof(frame)),
		      EINVAL);
	r.link_type = SFAM_CAPTURE_LINK_CAN;
	r.head_len = 1;
	ck_assert_err(sfam_capture_can_frame(&r, frame, sizeof(frame)),
		      EINVAL);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ link_types, NULL },
		{ directions, NULL },
		{ plain, NULL },
		{ cooked, NULL },
		{ can, NULL },
		{ canxl, NULL },
		{ can_frames, NULL },
		{ can_frames_of_others, NULL },
		{ no_can_frames, NULL },
	};

	return harness_run("capture-link", tests, HARNESS_LEN(tests));
}
