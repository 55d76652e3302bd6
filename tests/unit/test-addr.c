/* SPDX-License-Identifier: MIT */
/*
 * The one test of all rows: vectors, length edges, and the round trip over
 * random texts and random sockaddrs. A new row needs lines in
 * tests/data/addresses.txt and nothing here.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockfam/sockfam.h>

#include "harness.h"

#define LINE_MAX_LEN 1024

static int hex_nibble(int c)
{
	return isdigit(c) ? c - '0' : tolower(c) - 'a' + 10;
}

static size_t hex_bytes(const char *text, unsigned char *ret)
{
	size_t n = 0;
	int high = -1;

	for (; *text; text++) {
		if (*text == ' ')
			continue;
		if (high < 0) {
			high = hex_nibble((unsigned char)*text);
		} else {
			ret[n++] = (unsigned char)(high << 4 |
				   hex_nibble((unsigned char)*text));
			high = -1;
		}
	}
	ck_assert_int_eq(high, -1);
	return n;
}

/* "TEXT | X | Y" cut at " | "; returns the number of fields. */
static int split(char *line, char *field[3])
{
	int n = 0;
	char *p = line;

	while (n < 3 && p) {
		field[n++] = p;
		p = strstr(p, "| ");
		if (p) {
			if (p > line)
				p[-1] = '\0';
			p += 2;
		}
	}
	return n;
}

static void check_error(const char *text, const char *want)
{
	struct sfam_addr addr, before;
	struct sfam_diag diag;
	char got[32];
	int r;

	memset(&addr, 0x5a, sizeof(addr));
	before = addr;
	r = sfam_addr_parse(&addr, text, strlen(text), &diag);
	snprintf(got, sizeof(got), "-%s@%zu", r == -EINVAL ? "EINVAL" :
		 r == -ENODEV ? "ENODEV" : "other", diag.offset);
	ck_assert_msg(strcmp(got, want) == 0, "%s: %s, expected %s", text, got,
		      want);
	ck_assert_msg(diag.expected[0] != '\0', "%s: no words", text);
	ck_assert_mem_eq(&addr, &before, sizeof(addr));
	ck_assert_err(sfam_addr_parse(&addr, text, strlen(text), NULL), -r);
}

static void check_value(const char *text, const char *hex,
			const char *canonical)
{
	unsigned char bytes[256];
	struct sfam_addr addr, again;
	struct sfam_diag diag = { 0 };
	char out[SFAM_ADDR_STRLEN];
	size_t n = hex_bytes(hex, bytes);
	ssize_t len;
	int r;

	r = sfam_addr_parse(&addr, text, strlen(text), &diag);
	ck_assert_msg(r == 0, "%s: %d at %zu: expected %s", text, r,
		      diag.offset, diag.expected);
	ck_assert_msg(addr.len == n, "%s: len %u, expected %zu", text,
		      addr.len, n);
	ck_assert_msg(memcmp(&addr.storage, bytes, n) == 0, "%s: bytes", text);
	len = sfam_addr_format(&addr, out, sizeof(out));
	ck_assert_msg(len == (ssize_t)strlen(canonical) &&
		      strcmp(out, canonical) == 0, "%s: \"%s\", expected "
		      "\"%s\"", text, len < 0 ? "-" : out, canonical);
	ck_assert_err(sfam_addr_format(&addr, out, (size_t)len), ENOSPC);
	ck_assert_int_eq(sfam_addr_format(&addr, out, (size_t)len + 1), len);
	ck_assert_ok(sfam_addr_from_sockaddr(&again, addr.family, addr.type,
					     addr.protocol, &addr.storage,
					     addr.len, NULL));
	ck_assert_msg(sfam_addr_equal(&addr, &again), "%s: not equal", text);
}

START_TEST(vectors)
{
	const char *dir = getenv("SFAM_TESTDATA");
	char path[512], line[LINE_MAX_LEN];
	char *field[3];
	int n, count = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/addresses.txt",
		 dir ? dir : TESTDATA_DIR);
	f = fopen(path, "re");
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		n = split(line, field);
		if (line[0] == ' ')
			field[0] = line + strlen(line);	/* the empty text */
		ck_assert_int_ge(n, 2);
		if (field[1][0] == '-')
			check_error(field[0], field[1]);
		else
			check_value(field[0], field[1],
				    n == 3 ? field[2] : field[0]);
		count++;
	}
	fclose(f);
	ck_assert_int_gt(count, 100);
}
END_TEST

/* A text that parses means the same as its canonical text. */
static int check_text(const char *text, size_t len)
{
	struct sfam_addr a, b;
	char canonical[SFAM_ADDR_STRLEN];
	ssize_t n;

	if (sfam_addr_parse(&a, text, len, NULL) < 0)
		return 0;
	n = sfam_addr_format(&a, canonical, sizeof(canonical));
	ck_assert_ok(n);
	ck_assert_msg(sfam_addr_parse(&b, canonical, (size_t)n, NULL) == 0,
		      "%.*s became %s", (int)len, text, canonical);
	ck_assert_msg(sfam_addr_equal(&a, &b), "%.*s became %s", (int)len,
		      text, canonical);
	return 1;
}

/* Every prefix and every one-byte change of a text: an answer, no crash. */
START_TEST(damaged_texts)
{
	static const char *const texts[] = {
		"unix:/a\\,b\\x41(c,d)", "inet:<broadcast>:65535,proto=udp",
		"inet6:[fe80::1%lo]:80,flowinfo=0xfffff,type=dgram",
		"netlink:sock_diag,pid=4294967295,groups=0xffffffff",
		"packet:lo,proto=0x1234,pkttype=host,addr=00:11:22:33:44:55",
		"can-isotp:%7,rx=1FFFFFFF,tx=7ff", "can-j1939:lo,name=0x1",
		"alg:aead:authenc(hmac(sha1),cbc(aes)),feat=0x1",
		"vsock:hypervisor:any,flags=to-host",
		"tipc:1:1-4294967295@-cluster", "tipc:socket:1:2",
		"qrtr:broadcast:control", "bt-hci:none,channel=monitor",
		"bt-l2cap:01:23:45:67:89:AB:1,cid=4,addrtype=le-random",
		"nfc-llcp:0:0:none,dsap=63,name=urn:nfc:sn:x", "x25:any",
		"ax25:N0CALL-15,via=N0CALL/*", "rose:0123456789:A,via=B/C",
		"rxrpc:[::1]:7001,service=52", "phonet:0xfc:1023,resource=1",
		"llc:02:00:00:00:00:01:34,frame=test+xid", "iucv:A:a\\:b",
		"ieee802154:1:02:03:04:05:06:07:08:09", "caif:rfm:1:vol",
		"pppox:eth0:02:00:00:00:00:02:7", "atmpvc:any:unspec:1",
		"mctp:any:1,net=2,tag=8", "appletalk:1.2:3", "key:",
		"rds:[fe80::1%lo]:65535", "xdp:lo:1,flags=copy+need-wakeup",
	};
	struct sfam_addr addr;
	struct sfam_diag diag;
	char text[128], words[SFAM_DIAG_STRLEN];
	size_t i, n, at;
	int c, r;

	for (i = 0; i < HARNESS_LEN(texts); i++) {
		n = strlen(texts[i]);
		for (at = 0; at <= n; at++) {
			for (c = 0; c < 256; c += at == n ? 256 : 1) {
				memcpy(text, texts[i], n);
				text[at] = (char)c;
				r = sfam_addr_parse(&addr, text, n, &diag);
				ck_assert(r == 0 || r == -EINVAL ||
					  r == -ENODEV);
				if (r == 0) {
					check_text(text, n);
					continue;
				}
				ck_assert_uint_le(diag.offset, n);
				ck_assert_ok(sfam_diag_format(&diag, words,
							      sizeof(words)));
			}
			r = sfam_addr_parse(&addr, texts[i], at, NULL);
			ck_assert(r == 0 || r == -EINVAL || r == -ENODEV);
		}
	}
}
END_TEST

/* A sockaddr of the row that passes its check: what parse makes of texts. */
static const char *const valid[] = {
	"unix:/x", "inet:1.2.3.4:5", "inet6:[::1]:5", "netlink:route",
	"packet:lo", "can:lo", "can-bcm:lo", "can-isotp:lo,rx=123,tx=321",
	"can-j1939:lo", "alg:hash:sha256", "vsock:3:4", "tipc:1:2",
	"qrtr:1:2", "bt-l2cap:any:1,cid=64", "bt-rfcomm:any:1", "bt-hci:0",
	"bt-sco:any", "rds:1.2.3.4:5", "xdp:lo:1",
	"smc:1.2.3.4:5", "kcm:", "key:", "mctp:8:1", "rxrpc:[::1]:7001",
	"phonet:0:1", "llc:any:1", "ieee802154:1:02:03:04:05:06:07:08:09",
	"pppox:lo:02:00:00:00:00:02:1", "nfc:0:1:mifare",
	"nfc-llcp:0:0:nfc-dep,name=x", "x25:123", "iucv:A:B",
	"ax25:A-1,via=B/C", "netrom:A", "rose:0123456789:A,via=B",
	"atmpvc:0:0:32", "caif:util:abc", "appletalk:1.2:3",
};

START_TEST(every_row_has_a_valid_text)
{
	const struct sfam_family *f = NULL;
	size_t i, n;

	while ((f = sfam_family_next(f)) != NULL) {
		n = strlen(sfam_family_name(f));
		for (i = 0; i < HARNESS_LEN(valid); i++)
			if (strncmp(valid[i], sfam_family_name(f), n) == 0 &&
			    valid[i][n] == ':')
				break;
		ck_assert_msg(i < HARNESS_LEN(valid), "add a text for %s",
			      sfam_family_name(f));
	}
}
END_TEST

/* min-1, min, max, max+1 bytes; the limits are the kernel's. */
START_TEST(length_edges)
{
	static const struct { const char *text; socklen_t min, max; } rows[] = {
		{ "unix:/x", 2, 111 }, { "inet:1.2.3.4:5", 16, 16 },
		{ "inet6:[::1]:5", 24, 28 }, { "netlink:route", 12, 12 },
		{ "packet:lo", 12, 44 }, { "can:lo", 8, 24 },
		{ "can-bcm:lo", 8, 24 },
		{ "can-isotp:lo,rx=123,tx=321", 16, 24 },
		{ "can-j1939:lo", 24, 24 }, { "alg:hash:s", 26, 128 },
		{ "vsock:3:4", 16, 16 }, { "tipc:1:2", 16, 16 },
		{ "qrtr:1:2", 12, 12 }, { "bt-l2cap:any:1", 10, 14 },
		{ "bt-rfcomm:any:1", 10, 10 }, { "bt-hci:0", 4, 6 },
		{ "bt-sco:any", 8, 8 }, { "rds:1.2.3.4:5", 16, 28 },
		{ "xdp:lo:1", 16, 16 }, { "smc:1.2.3.4:5", 16, 28 },
		{ "kcm:", 2, 2 }, { "key:", 2, 2 }, { "mctp:8:1", 12, 12 },
		{ "rxrpc:1.2.3.4:1", 36, 36 }, { "phonet:0:1", 16, 16 },
		{ "llc:any:1", 16, 16 }, { "ieee802154:none", 8, 20 },
		{ "pppox:lo:02:00:00:00:00:02:1", 30, 30 },
		{ "nfc:0:1:mifare", 16, 16 },
		{ "nfc-llcp:0:0:none", 80 + 2 * sizeof(size_t),
		  80 + 2 * sizeof(size_t) },
		{ "x25:123", 18, 18 }, { "iucv:A:B", 32, 32 },
		{ "ax25:A", 16, 72 }, { "netrom:A", 16, 72 },
		{ "rose:0123456789:A", 28, 64 }, { "atmpvc:0:0:32", 12, 12 },
		{ "caif:at:2", 24, 24 }, { "appletalk:1.2:3", 16, 16 },
	};
	struct sfam_addr a, b;
	struct sfam_diag diag;
	size_t i;
	socklen_t len;
	int r;

	ck_assert_uint_eq(HARNESS_LEN(rows), HARNESS_LEN(valid));
	for (i = 0; i < HARNESS_LEN(rows); i++) {
		ck_assert_ok(sfam_addr_parse(&a, rows[i].text,
					     strlen(rows[i].text), NULL));
		for (len = 1; len <= 130; len++) {
			r = sfam_addr_from_sockaddr(&b, a.family, a.type,
				a.protocol, &a.storage, len, &diag);
			if (len >= rows[i].min && len <= rows[i].max)
				ck_assert_msg(r == 0, "%s of %u: %d",
					      rows[i].text, len, r);
			else
				ck_assert_msg(r == -EINVAL, "%s of %u: %d",
					      rows[i].text, len, r);
		}
	}
}
END_TEST

START_TEST(wrong_family_type_protocol)
{
	struct sfam_addr a, b;
	const struct sfam_family *unix_row = sfam_family_by_name("unix");
	struct sfam_diag diag;

	ck_assert_ok(sfam_addr_parse(&a, "inet:1.2.3.4:5", 14, NULL));
	ck_assert_err(sfam_addr_from_sockaddr(&b, unix_row, 0, 0, &a.storage,
					      a.len, &diag), EINVAL);
	ck_assert_err(sfam_addr_from_sockaddr(&b, a.family, SOCK_RDM, 0,
					      &a.storage, a.len, &diag),
		      EINVAL);
	ck_assert_err(sfam_addr_from_sockaddr(&b, a.family, 0, -1, &a.storage,
					      a.len, &diag), EINVAL);
	ck_assert_err(sfam_addr_from_sockaddr(&b, a.family, 0, 263, &a.storage,
					      a.len, &diag), EINVAL);
	a.type = 77;
	ck_assert_err(sfam_addr_format(&a, (char[64]){ 0 }, 64), EINVAL);
}
END_TEST

START_TEST(unix_of_108_bytes)
{
	char text[128] = "unix:/", out[SFAM_ADDR_STRLEN];
	struct sfam_addr a, b;

	memset(text + 6, 'a', 107);
	ck_assert_ok(sfam_addr_parse(&a, text, 5 + 108, NULL));
	ck_assert_uint_eq(a.len, 110);
	ck_assert_int_eq(sfam_addr_format(&a, out, sizeof(out)), 113);
	ck_assert_mem_eq(out, text, 113);
	/* as getsockname has it */
	ck_assert_ok(sfam_addr_from_sockaddr(&b, a.family, 0, 0, &a.storage,
					     111, NULL));
	ck_assert(sfam_addr_equal(&a, &b));
	text[6 + 107] = 'a';
	ck_assert_err(sfam_addr_parse(&a, text, 5 + 109, NULL), EINVAL);
	text[5] = '@';
	ck_assert_ok(sfam_addr_parse(&a, text, 5 + 108, NULL));
	ck_assert_uint_eq(a.len, 110);
	ck_assert_err(sfam_addr_parse(&a, text, 5 + 109, NULL), EINVAL);
}
END_TEST

START_TEST(alg_of_103_bytes)
{
	char text[160] = "alg:hash:", out[SFAM_ADDR_STRLEN];
	struct sfam_addr a, b;
	unsigned char cut[128];

	memset(text + 9, 'n', 104);
	ck_assert_ok(sfam_addr_parse(&a, text, 9 + 63, NULL));
	ck_assert_uint_eq(a.len, 88);
	ck_assert_ok(sfam_addr_parse(&a, text, 9 + 64, NULL));
	ck_assert_uint_eq(a.len, 24 + 65);
	ck_assert_ok(sfam_addr_parse(&a, text, 9 + 103, NULL));
	ck_assert_uint_eq(a.len, 128);
	ck_assert_int_eq(sfam_addr_format(&a, out, sizeof(out)), 9 + 103);
	ck_assert_err(sfam_addr_parse(&b, text, 9 + 104, NULL), EINVAL);
	/* without its NUL the kernel would drop the last letter */
	memcpy(cut, &a.storage, 128);
	ck_assert_err(sfam_addr_from_sockaddr(&b, a.family, 0, 0, cut, 127,
					      NULL), EINVAL);
}
END_TEST

START_TEST(padding_is_zeroed)
{
	static const struct { const char *text; size_t at; } pads[] = {
		{ "inet:1.2.3.4:5", 8 }, { "inet:1.2.3.4:5", 15 },
		{ "netlink:route", 2 }, { "netlink:route", 3 },
		{ "packet:lo", 12 }, { "packet:lo", 19 },
		{ "can:lo", 2 }, { "can:lo", 8 }, { "can:lo", 23 },
		{ "can-j1939:lo", 21 }, { "can-j1939:lo", 23 },
		{ "can-isotp:lo,rx=123,tx=321", 16 },
		{ "alg:hash:sha256", 7 }, { "alg:hash:sha256", 87 },
		{ "vsock:3:4", 2 }, { "vsock:3:4", 13 }, { "vsock:3:4", 15 },
		{ "tipc:socket:1:2", 12 }, { "tipc:socket:1:2", 3 },
		{ "unix:/x", 5 },
		{ "qrtr:1:2", 2 }, { "qrtr:1:2", 3 },
		{ "bt-l2cap:any:1", 13 }, { "bt-rfcomm:any:1", 9 },
		{ "rds:1.2.3.4:5", 8 }, { "rds:[::1]:5", 4 },
		{ "rds:[::1]:5", 7 }, { "xdp:lo:1", 12 }, { "xdp:lo:1", 15 },
		{ "rxrpc:1.2.3.4:1", 16 }, { "rxrpc:1.2.3.4:1", 35 },
		{ "phonet:0:1", 5 }, { "phonet:0:1", 15 },
		{ "llc:any:1", 14 }, { "ieee802154:1:1", 2 },
		{ "ieee802154:1:1", 12 }, { "ieee802154:none", 8 },
		{ "ieee802154:1:02:03:04:05:06:07:08:09", 18 },
		{ "pppox:lo:02:00:00:00:00:02:1", 29 },
		{ "nfc:0:1:mifare", 2 }, { "nfc-llcp:0:0:none", 2 },
		{ "nfc-llcp:0:0:none", 18 }, { "x25:123", 17 },
		{ "iucv:A:B", 2 }, { "iucv:A:B", 15 }, { "ax25:A,via=B", 9 },
		{ "ax25:A,via=B", 23 }, { "rose:0123456789:A", 14 },
		{ "rose:0123456789:A", 20 }, { "atmpvc:0:0:32", 2 },
		{ "caif:at:2", 5 }, { "caif:util:abc", 23 },
		{ "appletalk:1.2:3", 3 }, { "appletalk:1.2:3", 7 },
		{ "appletalk:1.2:3", 8 },
	};
	struct sfam_addr a, b;
	unsigned char bytes[128];
	size_t i;

	for (i = 0; i < HARNESS_LEN(pads); i++) {
		ck_assert_ok(sfam_addr_parse(&a, pads[i].text,
					     strlen(pads[i].text), NULL));
		memcpy(bytes, &a.storage, sizeof(bytes));
		bytes[pads[i].at] = 0x5a;
		ck_assert_ok(sfam_addr_from_sockaddr(&b, a.family, a.type,
			a.protocol, bytes, pads[i].text[0] == 'u' ? 110 :
			a.len, NULL));
		ck_assert_msg(sfam_addr_equal(&a, &b), "%s at %zu",
			      pads[i].text, pads[i].at);
	}
}
END_TEST

/* ------------------------------------------------ random round trip -- */

/*
 * Random bytes in the shape of the row's sockaddr: a valid one with some
 * bytes changed, so that most of them pass and all fields are met.
 */
static void random_sockaddr(uint64_t *state, const struct sfam_addr *base,
			    unsigned char *bytes, socklen_t *ret_len)
{
	uint64_t r = test_random(state);
	size_t changes = r % 8;
	socklen_t len = base->len;

	memset(bytes, 0, 128);
	memcpy(bytes, &base->storage, base->len);
	if (r >> 60 == 0)
		len = (socklen_t)(test_random(state) % 129);
	else if (base->family == sfam_family_by_name("unix") ||
		 base->family == sfam_family_by_name("packet"))
		len = (socklen_t)(2 + test_random(state) % 110);
	while (changes--) {
		r = test_random(state);
		if (len > 2)
			bytes[2 + r % (len - 2u)] =
				(unsigned char)(r >> 32 & (r >> 40 & 1 ?
							   0xff : 0x07));
	}
	*ret_len = len;
}

static void mutated_text(uint64_t *state, char *text, size_t len)
{
	static const char likely[] = ",:=\\()@%#-[]0129afxX \n";
	uint64_t r = test_random(state);

	text[r % len] = r >> 40 & 3 ? likely[(r >> 48) % sizeof(likely)] :
				      (char)(r >> 48);
	check_text(text, len);
}

static int one_round_trip(uint64_t *state, const struct sfam_addr *base)
{
	unsigned char bytes[128];
	struct sfam_addr a, b;
	struct sfam_diag diag;
	char text[SFAM_ADDR_STRLEN], again[SFAM_ADDR_STRLEN];
	socklen_t len;
	ssize_t n;

	random_sockaddr(state, base, bytes, &len);
	if (sfam_addr_from_sockaddr(&a, base->family, base->type,
				    base->protocol, bytes, len, &diag) < 0)
		return 0;
	n = sfam_addr_format(&a, text, sizeof(text));
	ck_assert_ok(n);
	ck_assert_msg(sfam_addr_parse(&b, text, (size_t)n, &diag) == 0,
		      "%s: at %zu: %s", text, diag.offset, diag.expected);
	ck_assert_msg(sfam_addr_equal(&a, &b), "not equal: %s", text);
	ck_assert_int_eq(sfam_addr_format(&b, again, sizeof(again)), n);
	ck_assert_str_eq(text, again);
	mutated_text(state, text, (size_t)n);
	return 1;
}

/*
 * SFAM_ROUNDS cases in all, shared out over the rows. Each row goes on until
 * it had its share of real addresses, however few of the random ones are.
 */
START_TEST(random_round_trip)
{
	const char *rounds = getenv("SFAM_ROUNDS");
	unsigned long total = rounds ? strtoul(rounds, NULL, 0) : 100000;
	unsigned long each = total / HARNESS_LEN(valid) + 1;
	uint64_t state = test_seed();
	struct sfam_addr base;
	unsigned long tries, passed;
	size_t row;

	for (row = 0; row < HARNESS_LEN(valid); row++) {
		ck_assert_ok(sfam_addr_parse(&base, valid[row],
					     strlen(valid[row]), NULL));
		for (tries = passed = 0; passed < each; tries++) {
			ck_assert_msg(tries < 100 * each, "%s: %lu of %lu "
				      "were addresses", valid[row], passed,
				      tries);
			passed += (unsigned long)one_round_trip(&state, &base);
		}
	}
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ vectors, NULL },
		{ damaged_texts, NULL },
		{ every_row_has_a_valid_text, NULL },
		{ length_edges, NULL },
		{ wrong_family_type_protocol, NULL },
		{ unix_of_108_bytes, NULL },
		{ alg_of_103_bytes, NULL },
		{ padding_is_zeroed, NULL },
		{ random_round_trip, NULL },
	};

	return harness_run("addr", tests, HARNESS_LEN(tests));
}
