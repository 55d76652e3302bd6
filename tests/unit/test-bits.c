/* SPDX-License-Identifier: MIT */
/* Every kind of item, at every length, and bytes that are none. */
#include <netinet/in.h>

#include "test-bits.h"

#define SOL_TIPC_ 271
#define SOL_ALG_ 279

static int failed;
static const char *current;

void expect(int holds, int line, const char *what)
{
	if (holds || failed > 20)
		return;
	failed++;
	printf("FAIL bits: %s: line %d: %s\n", current, line, what);
}

static uint64_t random_state = 1;

static uint32_t next_random(void)
{
	random_state = random_state * UINT64_C(6364136223846793005) + 1;
	return (uint32_t)(random_state >> 33);
}

/* -------------------------------------------------------------- pure -- */

/* What the kernel writes for a native process: the value in bytes. */
struct native_time {
	long sec, fraction;
};

struct wide_time {
	int64_t sec, fraction;
};

/* One item of these bytes, in a buffer that ends where it ends. */
static int read_flagged(int level, int type, const void *data, size_t len,
			int flags, struct sfam_cmsg *item, void **ret_buf)
{
	struct sfam_cmsg_reader reader;
	size_t size = CMSG_LEN(len);
	struct cmsghdr *h = malloc(size);
	struct msghdr msg = message_of(h, size, flags);
	int r;

	h->cmsg_level = level;
	h->cmsg_type = type;
	h->cmsg_len = size;
	if (len)
		memcpy(CMSG_DATA(h), data, len);
	EXPECT(sfam_cmsg_reader_init(&reader, &msg) == 0);
	r = sfam_cmsg_next(&reader, item);
	EXPECT(sfam_cmsg_next(&reader, item) ==
	       (flags & MSG_CTRUNC ? -ENOBUFS : 0));
	*ret_buf = h;
	return r;
}

static int64_t time_of(int type, const void *data, size_t len)
{
	struct sfam_cmsg item = { .kind = SFAM_CMSG_RAW };
	void *buf;
	int64_t t = -1;

	if (read_flagged(SOL_SOCKET, type, data, len, 0, &item, &buf) == 1 &&
	    item.kind == SFAM_CMSG_TIMESTAMP && item.len == len)
		t = item.u.time_ns;
	free(buf);
	return t;
}

static void stamps(void)
{
	const struct native_time old = { 1700000000, 123456 };
	const struct wide_time wide = { 5000000000, 999999 };
	const struct native_time three_old[3] = { { 1, 2 }, { 0, 0 },
						  { 3, 4 } };
	const struct wide_time three[3] = { { 1, 2 }, { 0, 0 }, { 3, 4 } };
	struct sfam_cmsg item;
	void *buf;

	/* By number: that is what the kernel sends, whatever time_t is. */
	EXPECT(time_of(29, &old, sizeof(old)) == 1700000000123456000);
	EXPECT(time_of(35, &old, sizeof(old)) == 1700000000000123456);
	EXPECT(time_of(63, &wide, sizeof(wide)) == 5000000000999999000);
	EXPECT(time_of(64, &wide, sizeof(wide)) == 5000000000000999999);
	EXPECT(read_flagged(SOL_SOCKET, 37, three_old, sizeof(three_old), 0,
			    &item, &buf) == 1);
	EXPECT(item.u.stamps.software_ns == 1000000002 &&
	       item.u.stamps.hardware_ns == 3000000004);
	free(buf);
	EXPECT(read_flagged(SOL_SOCKET, 65, three, sizeof(three), 0, &item,
			    &buf) == 1);
	EXPECT(item.u.stamps.software_ns == 1000000002 &&
	       item.u.stamps.hardware_ns == 3000000004);
	free(buf);
}

/* One of each kind, with values that fill their fields. */
static const int some_fds[] = { 7, 8, 9 };
static struct sockaddr_in offender = { .sin_family = AF_INET,
				       .sin_port = 0x3412 };

static size_t make_samples(struct sfam_cmsg *s)
{
	static const uint64_t number = 0x1122334455667788;
	enum sfam_cmsg_kind k;
	size_t n = 0;

	for (k = SFAM_CMSG_RAW; k <= SFAM_CMSG_RXRPC_CHARGE; k++) {
		memset(&s[n], 0, sizeof(s[n]));
		s[n].kind = k;
		s[n].u.number = number;
		n++;
	}
	s[SFAM_CMSG_RAW].level = 1234;
	s[SFAM_CMSG_RAW].type = 5678;
	s[SFAM_CMSG_RAW].data = "raw";
	s[SFAM_CMSG_RAW].len = 3;
	s[SFAM_CMSG_RIGHTS].u.fds = (struct sfam_cmsg_fds){ some_fds, 3 };
	s[SFAM_CMSG_CREDENTIALS].u.credentials =
		(struct sfam_credentials){ 77, 1000, 1001 };
	s[SFAM_CMSG_SECURITY].u.bytes = (struct sfam_cmsg_bytes){ "label", 5 };
	memset(&s[SFAM_CMSG_PIDFD].u, 0, sizeof(s[0].u));
	s[SFAM_CMSG_PIDFD].u.pidfd = -ESRCH;
	s[SFAM_CMSG_TIMESTAMP].u.time_ns = 1700000000000000001;
	s[SFAM_CMSG_TIMESTAMPING].u.stamps =
		(struct sfam_cmsg_stamps){ 1700000000000000001, 5 };
	s[SFAM_CMSG_PKTINFO].u.pktinfo = (struct sfam_cmsg_pktinfo){
		.ifindex = 3, .addr = { 127, 0, 0, 1 }, .local = { 1, 2, 3, 4 },
	};
	s[SFAM_CMSG_PKTINFO_INET6].u.pktinfo = (struct sfam_cmsg_pktinfo){
		.ifindex = 3, .addr = { 0xfe, 0x80, [15] = 1 },
	};
	s[SFAM_CMSG_ERROR].u.error = (struct sfam_cmsg_error){
		ECONNREFUSED, 2, 3, 3, 1, 2, (void *)&offender,
		sizeof(offender),
	};
	s[SFAM_CMSG_AUXDATA].u.auxdata = (struct sfam_cmsg_auxdata){
		1, 2000, 60, 14, 28, 7, 0x8100,
	};
	s[SFAM_CMSG_ALG_IV].u.bytes = (struct sfam_cmsg_bytes){
		"0123456789abcdef", 16,
	};
	s[SFAM_CMSG_TIPC_RETURNED].u.bytes = (struct sfam_cmsg_bytes){ "x", 1 };
	memset(s[SFAM_CMSG_TIPC_ERROR].u.words, 1, 8);
	memset(s[SFAM_CMSG_TIPC_NAME].u.words, 2, 12);
	memset(s[SFAM_CMSG_RXRPC_TIMEOUT].u.words, 3, 12);
	return n;
}

/* Bytes of a number on the wire; 0: the kind is no number. */
static size_t number_size(enum sfam_cmsg_kind kind)
{
	switch (kind) {
	case SFAM_CMSG_J1939_ADDR:
	case SFAM_CMSG_J1939_PRIO:
		return 1;
	case SFAM_CMSG_SEGMENT:
		return 2;
	case SFAM_CMSG_J1939_NAME:
	case SFAM_CMSG_RXRPC_TX_LENGTH:
		return 8;
	case SFAM_CMSG_RXRPC_CALL:
	case SFAM_CMSG_RXRPC_CHARGE:
		return sizeof(long);
	case SFAM_CMSG_DROPS:
	case SFAM_CMSG_GRO:
	case SFAM_CMSG_ALG_OP:
	case SFAM_CMSG_ALG_ASSOCLEN:
	case SFAM_CMSG_RXRPC_ABORT:
	case SFAM_CMSG_RXRPC_NET_ERROR:
	case SFAM_CMSG_RXRPC_LOCAL_ERROR:
		return 4;
	default:
		return 0;
	}
}

static int bytes_equal(const struct sfam_cmsg_bytes *a,
		       const struct sfam_cmsg_bytes *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static int fds_equal(const struct sfam_cmsg_fds *a,
		     const struct sfam_cmsg_fds *b)
{
	return a->n == b->n && memcmp(a->fd, b->fd, a->n * sizeof(int)) == 0;
}

static int errors_equal(struct sfam_cmsg_error a, struct sfam_cmsg_error b)
{
	int same = a.offender_len == b.offender_len &&
		   (!a.offender_len ||
		    memcmp(a.offender, b.offender, a.offender_len) == 0);

	a.offender = b.offender;
	return same && a.error == b.error && a.origin == b.origin &&
	       a.type == b.type && a.code == b.code && a.info == b.info &&
	       a.data == b.data;
}

static int values_equal(const struct sfam_cmsg *a, const struct sfam_cmsg *b)
{
	size_t size = number_size(a->kind);

	switch (a->kind) {
	case SFAM_CMSG_RAW:
		return a->len == b->len && memcmp(a->data, b->data,
						  a->len) == 0;
	case SFAM_CMSG_RIGHTS:
		return fds_equal(&a->u.fds, &b->u.fds);
	case SFAM_CMSG_SECURITY:
	case SFAM_CMSG_ALG_IV:
	case SFAM_CMSG_TIPC_RETURNED:
		return bytes_equal(&a->u.bytes, &b->u.bytes);
	case SFAM_CMSG_ERROR:
		return errors_equal(a->u.error, b->u.error);
	case SFAM_CMSG_RXRPC_ACK:
	case SFAM_CMSG_RXRPC_BUSY:
	case SFAM_CMSG_RXRPC_NEW_CALL:
	case SFAM_CMSG_RXRPC_EXCLUSIVE:
	case SFAM_CMSG_RXRPC_UPGRADE:
		return b->len == 0;
	default:
		break;
	}
	if (size == 0)
		return memcmp(&a->u, &b->u, 12) == 0;
	return b->u.number == (size == 8 ? a->u.number :
			       a->u.number & ((UINT64_C(1) << 8 * size) - 1));
}

/* Each by itself, then all in one buffer. */
static void round_trip(void)
{
	static size_t control[512];
	struct sfam_cmsg s[64], got;
	struct sfam_cmsg_writer w;
	struct sfam_cmsg_reader r;
	struct msghdr msg = message_of(NULL, 0, 0);
	size_t n = make_samples(s), i;

	EXPECT(sfam_cmsg_writer_init(&w, control, sizeof(control)) == 0);
	for (i = 0; i < n; i++)
		EXPECT(sfam_cmsg_put(&w, &s[i]) == 0);
	EXPECT(sfam_cmsg_put_fds(&w, some_fds, 2) == 0);
	sfam_cmsg_writer_finish(&w, &msg);
	EXPECT(sfam_cmsg_reader_init(&r, &msg) == 0);
	for (i = 0; i < n; i++) {
		EXPECT(sfam_cmsg_next(&r, &got) == 1);
		EXPECT(got.kind == s[i].kind && got.flags == 0);
		expect(values_equal(&s[i], &got), (int)s[i].kind, "kind");
	}
	EXPECT(sfam_cmsg_next(&r, &got) == 1 && got.u.fds.n == 2);
	EXPECT(sfam_cmsg_next(&r, &got) == 0);
}

/* The same layout as libc's own macros walk. */
static void walks_alike(void)
{
	size_t control[64];
	struct sfam_cmsg_writer w;
	struct msghdr msg = message_of(NULL, 0, 0);
	struct cmsghdr *h;
	size_t len, n = 0;

	EXPECT(sfam_cmsg_writer_init(&w, control, sizeof(control)) == 0);
	for (len = 0; len < 12; len++)
		EXPECT(sfam_cmsg_put_raw(&w, 1, (int)len, "0123456789abc",
					 len) == 0);
	sfam_cmsg_writer_finish(&w, &msg);
	for (h = CMSG_FIRSTHDR(&msg); h; h = CMSG_NXTHDR(&msg, h), n++)
		EXPECT(h->cmsg_type == (int)n && h->cmsg_len == CMSG_LEN(n));
	EXPECT(n == 12);
}

static void no_room(void)
{
	size_t control[64];
	struct sfam_cmsg s[64];
	struct sfam_cmsg_writer w;
	struct msghdr msg = message_of(control, 1, 0);
	size_t n = make_samples(s), i, size;
	int r;

	for (i = 0; i < n; i++) {
		for (size = 0; size < sizeof(control); size++) {
			memset(control, 0x5a, sizeof(control));
			(void)!sfam_cmsg_writer_init(&w, control, size);
			r = sfam_cmsg_put(&w, &s[i]);
			EXPECT(((unsigned char *)control)[size] == 0x5a);
			if (r == 0)
				break;
			EXPECT(r == -ENOSPC);
		}
		EXPECT(r == 0 && size % sizeof(size_t) == 0);
	}
	(void)!sfam_cmsg_writer_init(&w, control, sizeof(control));
	EXPECT(sfam_cmsg_put_fds(&w, some_fds, SIZE_MAX / 4 + 2) == -ENOSPC);
	s[0].kind = (enum sfam_cmsg_kind)1000;
	EXPECT(sfam_cmsg_put(&w, &s[0]) == -EINVAL);
	sfam_cmsg_writer_finish(&w, &msg);
	EXPECT(msg.msg_control == NULL && msg.msg_controllen == 0);
	EXPECT(sfam_cmsg_writer_init(&w, (char *)control + 1, 8) == -EINVAL);
}

/* Each kind cut to every length: refused, unless the kernel says it cut. */
static void short_items(void)
{
	const uint32_t lie[5] = { 17 };
	size_t control[64], len;
	struct sfam_cmsg s[64], got;
	struct sfam_cmsg_writer w;
	struct cmsghdr *h = (void *)control;
	size_t n = make_samples(s), i;
	void *buf;
	int r;

	for (i = 1; i < n; i++) {
		(void)!sfam_cmsg_writer_init(&w, control, sizeof(control));
		EXPECT(sfam_cmsg_put(&w, &s[i]) == 0);
		for (len = 0; len < h->cmsg_len - CMSG_LEN(0); len++) {
			memset(&got, 0x77, sizeof(got));
			r = read_flagged(h->cmsg_level, h->cmsg_type,
					 CMSG_DATA(h), len, 0, &got, &buf);
			free(buf);
			EXPECT(r == -EBADMSG || r == 1);
			EXPECT(r == 1 || got.level == 0x77777777);
			EXPECT(r == -EBADMSG || got.len == len);
			r = read_flagged(h->cmsg_level, h->cmsg_type,
					 CMSG_DATA(h), len, MSG_CTRUNC, &got,
					 &buf);
			EXPECT(r == 1 && got.flags == SFAM_CMSG_CUT &&
			       got.len == len);
			EXPECT(got.kind == SFAM_CMSG_RAW ||
			       got.kind == s[i].kind);
			EXPECT(got.kind != SFAM_CMSG_RIGHTS ||
			       got.u.fds.n == len / sizeof(int));
			free(buf);
		}
	}
	/* A length inside the item that is a lie. */
	r = read_flagged(SOL_ALG_, 2, lie, sizeof(lie), 0, &got, &buf);
	EXPECT(r == -EBADMSG);
	free(buf);
}

/* A bad item does not hide the next; a broken chain ends. */
static void bad_items(void)
{
	size_t control[64];
	struct sfam_cmsg_writer w;
	struct sfam_cmsg_reader r;
	struct sfam_cmsg got;
	struct msghdr msg = message_of(NULL, 0, 0);

	EXPECT(sfam_cmsg_writer_init(&w, control, sizeof(control)) == 0);
	EXPECT(sfam_cmsg_put_raw(&w, SOL_SOCKET, SO_RXQ_OVFL, "ab", 2) == 0);
	EXPECT(sfam_cmsg_put_raw(&w, SOL_TIPC_, 99, "abc", 3) == 0);
	sfam_cmsg_writer_finish(&w, &msg);
	EXPECT(sfam_cmsg_reader_init(&r, &msg) == 0);
	EXPECT(sfam_cmsg_next(&r, &got) == -EBADMSG);
	EXPECT(sfam_cmsg_next(&r, &got) == 1 && got.kind == SFAM_CMSG_RAW &&
	       got.level == SOL_TIPC_ && got.type == 99 && got.len == 3);
	EXPECT(sfam_cmsg_next(&r, &got) == 0);
	((struct cmsghdr *)control)->cmsg_len = sizeof(struct cmsghdr) - 1;
	EXPECT(sfam_cmsg_reader_init(&r, &msg) == 0);
	EXPECT(sfam_cmsg_next(&r, &got) == -EBADMSG);
	EXPECT(sfam_cmsg_next(&r, &got) == 0);
	EXPECT(sfam_cmsg_close_fds(&msg) == 0);
	/* An item that says it is longer than the buffer. */
	((struct cmsghdr *)control)->cmsg_len = SIZE_MAX;
	EXPECT(sfam_cmsg_reader_init(&r, &msg) == 0);
	EXPECT(sfam_cmsg_next(&r, &got) == 1 && got.flags == SFAM_CMSG_CUT);
	EXPECT(sfam_cmsg_next(&r, &got) == -ENOBUFS);
	msg.msg_control = (char *)control + 1;
	EXPECT(sfam_cmsg_reader_init(&r, &msg) == -EINVAL);
	EXPECT(sfam_cmsg_close_fds(&msg) == 0);
}

/* Never beyond the buffer (the sanitizer looks), and always an end. */
static void random_bytes(void)
{
	const char *env = getenv("SFAM_ROUNDS");
	long rounds = env ? atol(env) / 5 : 20000;
	struct sfam_cmsg_reader r;
	struct sfam_cmsg got;
	struct msghdr msg;
	size_t size, i, n;
	uint32_t *buf;

	while (rounds-- > 0) {
		size = next_random() % 200;
		buf = malloc(size + 4);
		for (i = 0; i < size / 4; i++)
			buf[i] = next_random() % 3 ? next_random() % 70 :
				 next_random();
		msg = message_of(buf, size / 4 * 4, 0);
		msg.msg_control = realloc(buf, size / 4 * 4 + !size);
		EXPECT(sfam_cmsg_reader_init(&r, &msg) == 0);
		for (n = 0; n < 100; n++)
			if (sfam_cmsg_next(&r, &got) <= 0 && r.left == 0)
				break;
		EXPECT(n < 100);
		free(msg.msg_control);
	}
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "stamps", stamps },
	{ "round_trip", round_trip },
	{ "walks_alike", walks_alike },
	{ "no_room", no_room },
	{ "short_items", short_items },
	{ "bad_items", bad_items },
	{ "random_bytes", random_bytes },
	{ "control_sizes", control_sizes },
	{ "simple_counts", simple_counts },
	{ "surplus", surplus },
	{ "framed_counts", framed_counts },
	{ "limited", limited },
	{ "bcm", bcm },
};

int main(void)
{
	int bad = 0;
	size_t i;

	/* What this process inherited would stand where limits are tested. */
	close_range(3, ~0u, 0);
	for (i = 0; i < LEN(tests); i++) {
		failed = 0;
		current = tests[i].name;
		tests[i].run();
		bad += failed != 0;
	}
	printf("bits-%d: %d passed, %d failed, 0 skipped\n",
	       (int)sizeof(long) * 8, (int)LEN(tests) - bad, bad);
	return bad != 0;
}
