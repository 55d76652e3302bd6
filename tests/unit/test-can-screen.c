/* SPDX-License-Identifier: MIT */
/* candump's lines, and ours, of frames that need no interface. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "can-screen.h"
#include "harness.h"

#define NS INT64_C(1700000000123456789)

union frame {
	uint32_t id;
	uint8_t at[SFAM_CANXL_MTU];
};

static char line[CAN_SCREEN_LOG_STRLEN + CAN_SCREEN_STRLEN];

/* Of a frame on vcan0, where it was received. */
static struct can_seen seen_of(union frame *f, const char *text)
{
	ssize_t size = sfam_can_text_parse(f, sizeof(*f), text, strlen(text),
					   0, NULL);

	ck_assert_ok(size);
	return (struct can_seen){
		.ifname = "vcan0",
		.time_ns = NS,
		.frame = f,
		.size = (size_t)size,
	};
}

static void is_text(ssize_t len, const char *expected)
{
	ck_assert_int_ge(len, 0);
	line[len] = '\0';
	ck_assert_str_eq(line, expected);
}

static void shows(struct can_screen *s, const char *text, const char *expected)
{
	union frame f;
	const struct can_seen seen = seen_of(&f, text);

	is_text(can_screen_line(s, line, &seen), expected);
}

static void logs(struct can_screen *s, const char *text, int64_t time_ns,
		 const char *expected)
{
	union frame f;
	struct can_seen seen = seen_of(&f, text);

	seen.time_ns = time_ns;
	is_text(can_screen_log_line(s, line, &seen), expected);
}

START_TEST(looks)
{
	struct can_screen s = { .look = CAN_SCREEN_ASCII };

	shows(&s, "123#", "  vcan0  123   [0] " "                           '"
	      "'\n");
	shows(&s, "123#417E7F1F20", "  vcan0  123   [5]  41 7E 7F 1F 20"
	      "            'A~.. '\n");
	shows(&s, "123#R5", "  vcan0  123   [5]  remote request\n");
	shows(&s, "123##1414243", "  vcan0  123  [03]  41 42 43"
	      "                  'ABC'\n");
	shows(&s, "123##0414243444546474849", "  vcan0  123  [12]  41 42 43 44"
	      " 45 46 47 48 49 00 00 00\n");
	s.look = CAN_SCREEN_SWAP;
	shows(&s, "123#010203", "  vcan0  123   [3]  03`02`01\n");
	s.look |= CAN_SCREEN_BINARY | CAN_SCREEN_ASCII;
	shows(&s, "123#4142434445464748", "  vcan0  123   [8]  01001000`"
	      "01000111`01000110`01000101`01000100`01000011`01000010`01000001"
	      "   `HGFEDCBA`\n");
	s.look = CAN_SCREEN_DLC;
	shows(&s, "123#R8_F", "  vcan0  123   {F}  remote request\n");
	shows(&s, "123#1122", "  vcan0  123   {2}  11 22\n");
	shows(&s, "123##01122", "  vcan0  123  [02]  11 22\n");
}
END_TEST

START_TEST(words)
{
	struct can_screen s = { .look = CAN_SCREEN_EXPLAIN, .color = 2 };

	shows(&s, "20000042#00", "  \033[1m\033[34mvcan0  20000042   [1]  00"
	      "                        ERRORFRAME\n"
	      "\tlost-arbitration{at bit 0}\n\tbus-off\033[0m\n");
	shows(&s, "123#00", "  \033[1m\033[34mvcan0  123   [1]  00\033[0m\n");
}
END_TEST

START_TEST(colors)
{
	static const char *const expected[] = {
		"  vcan0  TX - E  123  [00] \n",
		"  \033[1m\033[31mvcan0  TX - E\033[0m  123  [00] \n",
		"  \033[1m\033[31mvcan0  TX - E  123  [00] \033[0m\n",
		" \033[1m\033[31m vcan0  TX - E  123  [00] \033[0m\n",
		" \033[1m\033[31m vcan0  TX - E  123  [00] \033[0m\n",
	};
	struct can_screen s = { .has_extra = 1 };
	union frame f;
	struct can_seen seen = seen_of(&f, "123##2");

	seen.is_local = 1;
	seen.number = 7;
	for (; s.color < 5; s.color++)
		is_text(can_screen_line(&s, line, &seen), expected[s.color]);
}
END_TEST

/* Once an extended frame was there, others stand right of where they did. */
START_TEST(columns)
{
	struct can_screen s = { .name_width = 7, .has_extra = 1 };

	shows(&s, "20000001#", "    vcan0  RX - -  20000001   [0] "
	      "                           ERRORFRAME\n");
	shows(&s, "123#R", "    vcan0  RX - -  123   [0]  remote request\n");
	shows(&s, "00000123#", "    vcan0  RX - -  00000123   [0] \n");
	shows(&s, "123#", "    vcan0  RX - -       123   [0] \n");
	shows(&s, "FF123#83:01:00000002#AA", "    vcan0  RX S R       123 "
	      "[0001] (FF|83:01:00000002) AA\n");
}
END_TEST

START_TEST(stamps)
{
	struct can_screen s = { .stamp = 'a' };
	union frame f;
	struct can_seen seen = seen_of(&f, "123#");

	shows(&s, "123#", " (1700000000.123456)  vcan0  123   [0] \n");
	s.is_ns = 1;
	shows(&s, "123#", " (1700000000.123456789)  vcan0  123   [0] \n");
	s.stamp = 'A';
	shows(&s, "123#", " (2023-11-14 22:13:20.123456789)  vcan0  123   [0] "
	      "\n");
	s.stamp = 'd';
	shows(&s, "123#", " (000.000000000)  vcan0  123   [0] \n");
	seen.time_ns += INT64_C(1000000000001);
	is_text(can_screen_line(&s, line, &seen),
		" (1000.000000001)  vcan0  123   [0] \n");
	is_text(can_screen_line(&s, line, &seen),
		" (000.000000000)  vcan0  123   [0] \n");
	shows(&s, "123#", " (000.000000000)  vcan0  123   [0] \n");
	/* Each is cut first: 123457000 - 123456000. */
	s = (struct can_screen){ .stamp = 'z' };
	shows(&s, "123#", " (000.000000)  vcan0  123   [0] \n");
	seen.time_ns = NS + 211;
	is_text(can_screen_line(&s, line, &seen),
		" (000.000001)  vcan0  123   [0] \n");
	shows(&s, "123#", " (000.000000)  vcan0  123   [0] \n");
}
END_TEST

START_TEST(log_lines)
{
	struct can_screen s = { .name_width = 6, .stamp = 'd' };

	logs(&s, "123#11", NS, "(1700000000.123456)  vcan0 123#11\n");
	s.has_extra = 1;
	logs(&s, "123#11", NS, "(1700000000.123456)  vcan0 123#11 R\n");
	s.is_ns = 1;
	logs(&s, "123#R", NS, "(1700000000.123456789)  vcan0 123#R R\n");
	s.stamp = 'z';
	logs(&s, "123#", NS, "(000.000000000)  vcan0 123# R\n");
	logs(&s, "123#", NS + 5, "(000.000000005)  vcan0 123# R\n");
	s = (struct can_screen){ .stamp = 'z' };
	logs(&s, "123#", NS, "(000.000000) vcan0 123#\n");
	logs(&s, "123##5AA", NS + INT64_C(2000001000),
	     "(002.000001) vcan0 123##5AA\n");
}
END_TEST

/* What is no frame has no line, and moves no column. */
START_TEST(refused)
{
	struct can_screen s = { .stamp = 'z' };
	union frame f;
	struct can_seen seen = seen_of(&f, "12345678#11");

	f.at[4] = 9;
	ck_assert_int_eq(can_screen_line(&s, line, &seen), -EINVAL);
	ck_assert_int_eq(can_screen_log_line(&s, line, &seen), -EINVAL);
	f.at[4] = 1;
	seen.size = CAN_MTU - 1;
	ck_assert_int_eq(can_screen_line(&s, line, &seen), -EINVAL);
	ck_assert_int_eq(s.indent, 0);
	seen = seen_of(&f, "123#");
	is_text(can_screen_line(&s, line, &seen),
		" (000.000000)  vcan0  123   [0] \n");
}
END_TEST

/* Whatever is asked for, a line fits where its header says. */
START_TEST(longest)
{
	struct can_screen s = {
		.look = CAN_SCREEN_EXPLAIN | CAN_SCREEN_BINARY |
			CAN_SCREEN_ASCII,
		.stamp = 'A', .is_ns = 1, .has_extra = 1, .color = 3,
		.indent = 1, .name_width = 63,
	};
	union frame f = { .id = CAN_ERR_FLAG | CAN_ERR_MASK };
	struct can_seen seen = {
		.ifname = "interface-names", .time_ns = INT64_MAX,
		.frame = &f,
	};
	char *room = malloc(CAN_SCREEN_STRLEN);
	static const struct { size_t size; uint8_t len; } kinds[] = {
		{ CAN_MTU, 8 }, { CANFD_MTU, 64 },
	};
	size_t i;

	memset(f.at + 8, 0xff, sizeof(f) - 8);
	for (i = 0; i < 2; i++) {
		f.at[4] = kinds[i].len;
		seen.size = kinds[i].size;
		ck_assert_int_gt(can_screen_line(&s, room, &seen), 500);
	}
	free(room);
	room = malloc(CAN_SCREEN_LOG_STRLEN);
	seen = seen_of(&f, "45123#81:00:12345678#11");
	f.at[6] = 0;
	f.at[7] = 8;
	seen.ifname = "interface-names";
	seen.size = SFAM_CANXL_MTU;
	s.name_width = 20;
	ck_assert_int_gt(can_screen_log_line(&s, room, &seen),
			 2 * SFAM_CANXL_DLEN);
	free(room);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ looks, NULL },
		{ words, NULL },
		{ colors, NULL },
		{ columns, NULL },
		{ stamps, NULL },
		{ log_lines, NULL },
		{ refused, NULL },
		{ longest, NULL },
	};

	setenv("TZ", "UTC", 1);
	return harness_run("can-screen", tests, HARNESS_LEN(tests));
}
