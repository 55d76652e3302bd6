/* SPDX-License-Identifier: MIT */
/*
 * The text of addresses. What names an interface asks the kernel: its floor
 * is what libc's call for that alone costs.
 */
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <sockfam/addr.h>

#define CALLS 20000
#define CALLS_LOOKUP 2000

static const char *text;
static size_t text_len;
static struct sfam_addr addr;
static unsigned int ifindex;
static volatile size_t sink;

static void parse_one(size_t i)
{
	struct sfam_addr a;

	(void)i;
	sink += (size_t)sfam_addr_parse(&a, text, text_len, NULL);
}

static void format_one(size_t i)
{
	char buf[SFAM_ADDR_STRLEN];

	(void)i;
	sink += (size_t)sfam_addr_format(&addr, buf, sizeof(buf));
}

static void none(size_t i)
{
	(void)i;
	sink += text_len;
}

static void name_to_index(size_t i)
{
	(void)i;
	sink += if_nametoindex(config.ifname);
}

static void index_to_name(size_t i)
{
	char name[IF_NAMESIZE];

	(void)i;
	sink += (size_t)if_indextoname(ifindex, name);
}

static void libc_parse_inet(size_t i)
{
	struct in_addr a;

	(void)i;
	sink += (size_t)inet_pton(AF_INET, "192.168.10.200", &a);
}

static void libc_format_inet(size_t i)
{
	static const unsigned char a[4] = { 192, 168, 10, 200 };
	char buf[INET_ADDRSTRLEN];

	(void)i;
	sink += (size_t)inet_ntop(AF_INET, a, buf, sizeof(buf));
}

static void libc_parse_inet6(size_t i)
{
	struct in6_addr a;

	(void)i;
	sink += (size_t)inet_pton(AF_INET6, "2001:db8::12:3456", &a);
}

static void libc_format_inet6(size_t i)
{
	static const unsigned char a[16] = {
		0x20, 0x01, 0x0d, 0xb8, [13] = 0x12, [14] = 0x34, [15] = 0x56,
	};
	char buf[INET6_ADDRSTRLEN];

	(void)i;
	sink += (size_t)inet_ntop(AF_INET6, a, buf, sizeof(buf));
}

/* A % is the name of the interface. */
static const struct sample {
	const char *text;
	void (*floor_parse)(size_t i);
	void (*floor_format)(size_t i);
} samples[] = {
	{ "unix:/run/app.sock", NULL, NULL },
	{ "inet:192.168.10.200:8080", libc_parse_inet, libc_format_inet },
	{ "inet6:[2001:db8::12:3456]:8080", libc_parse_inet6,
	  libc_format_inet6 },
	{ "netlink:route", NULL, NULL },
	{ "can:", NULL, NULL },
	{ "can-isotp:,rx=123,tx=321", NULL, NULL },
	{ "can-j1939:,pgn=0x0ff01,addr=0x20", NULL, NULL },
	{ "packet:,proto=can", NULL, NULL },
	{ "alg:hash:sha256", NULL, NULL },
	{ "vsock:3:1024", NULL, NULL },
	{ "tipc:1000:1", NULL, NULL },
	{ "can:%", name_to_index, index_to_name },
	{ "can-isotp:%,rx=123,tx=321", name_to_index, index_to_name },
	{ "packet:%,proto=can", name_to_index, index_to_name },
};

static void put_interface(char *buf, size_t size, const char *pattern)
{
	const char *mark = strchr(pattern, '%');

	if (mark)
		snprintf(buf, size, "%.*s%s%s", (int)(mark - pattern), pattern,
			 config.ifname, mark + 1);
	else
		snprintf(buf, size, "%s", pattern);
}

static double cost_of(void (*body)(size_t i), size_t n)
{
	return body ? count_calls(body, none, n) : NONE;
}

static void show_sample(const struct sample *s)
{
	size_t n = strchr(s->text, '%') ? CALLS_LOOKUP : CALLS;
	char buf[64];
	char item[80];

	put_interface(buf, sizeof(buf), s->text);
	text = buf;
	text_len = strlen(buf);
	errno = 0;
	if (sfam_addr_parse(&addr, text, text_len, NULL) < 0)
		die(text);
	snprintf(item, sizeof(item), "%s", text);
	show_row(&(struct row){ item, cost_of(s->floor_parse, n),
				cost_of(parse_one, n), NONE });
	show_row(&(struct row){ "  format", cost_of(s->floor_format, n),
				cost_of(format_one, n), NONE });
}

void bench_addr(void)
{
	size_t i;

	ifindex = if_nametoindex(config.ifname);
	if (ifindex == 0)
		die(config.ifname);
	show_heading("address text: parse, format; floor: libc's inet_pton, "
		     "inet_ntop,\n# if_nametoindex, if_indextoname");
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		show_sample(&samples[i]);
}
