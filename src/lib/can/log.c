/* SPDX-License-Identifier: MIT */
/* A line of candump's log file. */
#include "base/common.h"

#include <sockfam/can.h>

#define NS_PER_S UINT64_C(1000000000)
#define NAME_MAX_LEN 15		/* IFNAMSIZ less its NUL */
#define STAMP_LEN 20		/* "(1700000000.123456) " */

/* Two decimal digits of each number below 100. */
#define ROW(t) t "0" t "1" t "2" t "3" t "4" t "5" t "6" t "7" t "8" t "9"
static const char pairs[201] =
	ROW("0") ROW("1") ROW("2") ROW("3") ROW("4")
	ROW("5") ROW("6") ROW("7") ROW("8") ROW("9");

static void put_two(char *p, uint32_t v)
{
	memcpy(p, pairs + 2 * v, 2);
}

static void put_four(char *p, uint32_t v)
{
	put_two(p, v / 100);
	put_two(p + 2, v % 100);
}

/* A time of 63 bits has at most ten digits of seconds. */
static void put_stamp(char *p, uint64_t time_ns)
{
	uint64_t s = time_ns / NS_PER_S;
	uint32_t us = (uint32_t)(time_ns - s * NS_PER_S) / 1000;
	uint32_t high = (uint32_t)(s / 100000000);
	uint32_t low = (uint32_t)(s - high * UINT64_C(100000000));

	p[0] = '(';
	put_two(p + 1, high);
	put_four(p + 3, low / 10000);
	put_four(p + 7, low % 10000);
	p[11] = '.';
	put_four(p + 12, us / 100);
	put_two(p + 16, us % 100);
	p[18] = ')';
	p[19] = ' ';
}

/* One past the longest name, at most. */
static size_t length_of(const char *ifname)
{
	size_t n = 0;

	while (n <= NAME_MAX_LEN && ifname[n])
		n++;
	return n;
}

static void put_name(char *p, const char *ifname, size_t len, size_t width)
{
	if (width > len)
		memset(p, ' ', width - len);
	memcpy(p + width - len, ifname, len);
}

SFAM_PUBLIC ssize_t sfam_can_log_format(char *buf, size_t size,
					int64_t time_ns, const char *ifname,
					size_t ifname_width,
					const void *frame, size_t frame_size)
{
	size_t name_len = length_of(ifname);
	size_t width = name_len > ifname_width ? name_len : ifname_width;
	size_t start;
	ssize_t len;

	if (time_ns < 0 || name_len < 1 || name_len > NAME_MAX_LEN)
		return -EINVAL;
	if (size <= STAMP_LEN + 1 || width >= size - STAMP_LEN - 1)
		return -ENOSPC;
	start = STAMP_LEN + width + 1;
	/* The frame first: it may be none, or not fit. */
	len = sfam_can_text_format(buf + start, size - start, frame,
				   frame_size);
	if (len < 0)
		return len;
	put_stamp(buf, (uint64_t)time_ns);
	put_name(buf + STAMP_LEN, ifname, name_len, width);
	buf[start - 1] = ' ';
	/* In place of the NUL. */
	buf[start + (size_t)len] = '\n';
	return (ssize_t)start + len + 1;
}
