/* SPDX-License-Identifier: MIT */
/*
 * 500 clients of one service: one in five behaves, the others each misbehave
 * in a way of their own. Those who behave get all their bytes back, and the
 * service has at its end the memory and the descriptors of its beginning.
 * The service is this process, its clients are another.
 */
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "test-service.h"

#define CLIENTS 500
#define ROUNDS 3
#define MESSAGE_MAX 8000
#define QUEUE_MAX 32768

enum kind {
	GOOD,		/* asks, and reads the answers */
	HALF_CLOSED,	/* asks, ends its half, reads much later */
	SLOW,		/* asks much, reads a little now and then */
	SILENT,		/* does nothing at all */
	RESET,		/* goes in the middle, its answer unread */
	OVERSIZE,	/* sends a message that is too long */
	EMPTY,		/* sends a message of no length (streams) */
	CUT,		/* sends half a message, then nothing (streams) */
	FLOODED,	/* asks for more than fits, and does not read */
	KINDS,
};

static const char *const kind_names[KINDS] = {
	"good", "half-closed", "slow", "silent", "reset", "oversize",
	"empty", "cut", "flooded",
};

static enum kind kind_of(int i, int streams)
{
	const enum kind kind = i % 5 == 0 ? GOOD :
			       (enum kind)(1 + i % (KINDS - 1));

	if (!streams && kind == EMPTY)
		return OVERSIZE;
	if (!streams && kind == CUT)
		return SILENT;
	return kind;
}

/* What client i asks in a round, from its own numbers. */
static size_t fill(unsigned char *buf, int i, int round)
{
	uint64_t state = (uint64_t)i * 1000 + (uint64_t)round;
	size_t len = 1 + test_random(&state) % MESSAGE_MAX;
	size_t n;

	for (n = 0; n < len; n++)
		buf[n] = n % 64 ? (unsigned char)(buf[n - 1] + 7) :
				  (unsigned char)test_random(&state);
	return len;
}

/* ------------------------------------------------------------- clients -- */

struct client {
	int fd;
	enum kind kind;
};

static struct client clients[CLIENTS];
static unsigned char asked[MESSAGE_MAX + 1], got[MESSAGE_MAX + 1];
static uint64_t checked;	/* bytes that came back as they were */

static void ask(int i, int round)
{
	size_t len = fill(asked, i, round);

	expect_that(sfam_message_send(clients[i].fd, asked, len,
				      PATIENCE_NS) == 0);
}

static void check_answer(int i, int round)
{
	size_t len = fill(asked, i, round);
	ssize_t n = sfam_message_recv(clients[i].fd, got, sizeof(got),
				      PATIENCE_NS);

	expect_msg(n == (ssize_t)len, "client %d: %zd", i, n);
	expect_msg(memcmp(asked, got, len) == 0, "client %d: bytes", i);
	checked += len;
}

/* The service knows who it is when the echo is there. */
static void say_hello(int i)
{
	const unsigned char hello = (unsigned char)clients[i].kind;

	expect_that(sfam_message_send(clients[i].fd, &hello, 1,
				      PATIENCE_NS) == 0);
	expect_that(sfam_message_recv(clients[i].fd, got, sizeof(got),
				      PATIENCE_NS) == 1 && got[0] == hello);
}

static void send_bytes(int i, const void *buf, size_t len)
{
	expect_that(sfam_send_all(clients[i].fd, buf, len, 0, PATIENCE_NS,
				  NULL) == 0);
}

/*
 * Until the service takes no more. These are fewer bytes than both ends of a
 * vsock connection have room for, where a record cannot but wait for that.
 */
static void ask_much(int i)
{
	int n;

	for (n = 0; n < 30; n++)
		if (sfam_message_send(clients[i].fd, asked, 5000, 0) < 0)
			return;
}

static void misbehave(int i)
{
	const int streams = is_stream(clients[i].fd);

	switch (clients[i].kind) {
	case HALF_CLOSED:
		ask(i, 0);
		/* Of TIPC that ends both directions: nothing to be read. */
		shutdown(clients[i].fd, SHUT_WR);
		break;
	case SLOW:
		ask_much(i);
		break;
	case OVERSIZE:
		if (streams)
			send_bytes(i, "\0\0\x1f\x41", 4);
		else
			send_bytes(i, asked, MESSAGE_MAX + 1);
		break;
	case EMPTY:
		send_bytes(i, "\0\0\0\0", 4);
		break;
	case CUT:
		send_bytes(i, "\0\0\0\x09half", 8);
		break;
	case RESET:
		ask(i, 0);
		break;
	default:
		break;
	}
}

static void go_away(int i)
{
	const struct linger reset = { 1, 0 };

	setsockopt(clients[i].fd, SOL_SOCKET, SO_LINGER, &reset,
		   sizeof(reset));
	close(clients[i].fd);
	clients[i].fd = -1;
}

/* In each round some of the crowd do what they do; errors are theirs. */
static void bother(int i, int round)
{
	char c[MESSAGE_MAX];

	if (clients[i].kind == RESET && i % ROUNDS == round)
		go_away(i);
	else if (clients[i].kind == SLOW &&
		 sfam_recv(clients[i].fd, c, is_stream(clients[i].fd) ?
			   1 : sizeof(c), 0, NULL) < 0)
		return;
}

static void play_round(int round)
{
	int i;

	for (i = 0; i < CLIENTS; i++)
		if (clients[i].kind == GOOD)
			ask(i, round);
		else
			bother(i, round);
	for (i = 0; i < CLIENTS; i++)
		if (clients[i].kind == GOOD)
			check_answer(i, round);
}

static void end_well(int i, int ends_as_one)
{
	if (clients[i].kind == HALF_CLOSED && !ends_as_one)
		check_answer(i, 0);
	if (clients[i].kind == GOOD)
		shutdown(clients[i].fd, SHUT_WR);
	if (!ends_as_one)
		expect_that(sfam_message_recv(clients[i].fd, got, sizeof(got),
					      PATIENCE_NS) == 0);
	close(clients[i].fd);
	clients[i].fd = -1;
}

/* The others stay, until the service ends. */
static void be_clients(const struct sfam_addr *addr)
{
	const int one = (sfam_family_traits(addr->family) &
			 SFAM_TRAIT_ENDS_AS_ONE) != 0;
	int i, round;

	for (i = 0; i < CLIENTS; i++) {
		clients[i].fd = service_dial(addr);
		clients[i].kind = kind_of(i, is_stream(clients[i].fd));
		if (clients[i].kind != SILENT)
			say_hello(i);
		misbehave(i);
	}
	for (round = 0; round < ROUNDS; round++)
		play_round(round);
	for (i = 0; i < CLIENTS; i++)
		if (clients[i].kind <= HALF_CLOSED)
			end_well(i, one);
	for (i = 0; i < CLIENTS; i++)
		if (clients[i].kind == SILENT)
			expect_that(sfam_recv(clients[i].fd, got, sizeof(got),
					      PATIENCE_NS, NULL) !=
				    -ETIMEDOUT);
	printf("  %d good clients: %llu bytes came back\n", CLIENTS / 5,
	       (unsigned long long)checked);
}

/* ------------------------------------------------------------- service -- */

struct server {
	struct sfam_service *service;
	const struct sfam_addr *addr;
	int streams;
	int accepted;
	int leavers;		/* still to go of themselves */
	int ended[KINDS];
	int peak_fds;
};

static int on_accepted(void *arg, struct sfam_service_client *client)
{
	struct server *s = arg;

	(void)client;
	if (++s->accepted == CLIENTS)
		s->peak_fds = open_fds();
	return 0;
}

static void flood(struct sfam_service_client *client)
{
	int r = 0;

	while (r == 0)
		r = sfam_service_send(client, asked, 5000);
	expect_msg(r == -ENOSPC || r == -ENOBUFS, "flooded: %d", r);
}

static int on_received(void *arg, struct sfam_service_client *client,
		       const void *buf, size_t len)
{
	const char *kind;
	int r = 0;

	(void)arg;
	if (len)
		r = sfam_service_send(client, buf, len);
	if (client->data || len == 0)
		return r;
	kind = kind_names[*(const unsigned char *)buf];
	client->data = (void *)(uintptr_t)kind;
	if (kind == kind_names[FLOODED])
		flood(client);
	return r;
}

static enum kind kind_of_client(const struct sfam_service_client *client)
{
	int k;

	for (k = 0; k < KINDS; k++)
		if (client->data == kind_names[k])
			return (enum kind)k;
	return SILENT;
}

static int is_expected(const struct server *s, enum kind kind, int cause)
{
	const uint32_t traits = sfam_family_traits(s->addr->family);
	const int half = !s->streams && traits & SFAM_TRAIT_HALF_MESSAGES;

	switch (kind) {
	case GOOD:
		return cause == 0;
	case HALF_CLOSED:
		return cause == 0 || (traits & SFAM_TRAIT_ENDS_AS_ONE &&
				      (cause == -EPIPE ||
				       cause == -ECONNRESET));
	case SLOW:
		return cause == -ESHUTDOWN || (half && cause == -ENOBUFS);
	case RESET:
		return cause == 0 || cause == -EPIPE || cause == -ECONNRESET;
	case OVERSIZE:
		return cause == -EMSGSIZE;
	case EMPTY:
		return cause == -EBADMSG;
	case FLOODED:
		return cause == -ENOSPC || (half && cause == -ENOBUFS);
	default:
		return cause == -ESHUTDOWN;
	}
}

static int leaves(enum kind kind)
{
	return kind != SLOW && kind != SILENT && kind != CUT;
}

static void on_closed(void *arg, struct sfam_service_client *client, int cause)
{
	const enum kind kind = kind_of_client(client);
	struct server *s = arg;

	expect_msg(is_expected(s, kind, cause), "%s client: %s",
		   kind_names[kind], strerror(-cause));
	s->ended[kind]++;
	s->leavers -= leaves(kind);
	if (s->leavers == 0 && s->accepted == CLIENTS)
		sfam_service_stop(s->service, 0);
}

static long rss_kib(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[128];
	long kib = 0;

	expect_that(f != NULL);
	while (fgets(line, sizeof(line), f))
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	fclose(f);
	return kib;
}

static size_t heap(void)
{
	const struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

static void serve(struct server *s, int listener)
{
	struct sfam_service_opts opts = SFAM_SERVICE_OPTS_INIT;
	const long rss = rss_kib();
	const int fds = open_fds();
	size_t heap_bytes;
	long peak;
	int i;

	opts.clients_max = CLIENTS;
	opts.message_max = MESSAGE_MAX;
	opts.queue_max = QUEUE_MAX;
	opts.arg = s;
	opts.accepted = on_accepted;
	opts.received = on_received;
	opts.closed = on_closed;
	for (i = 0; i < CLIENTS; i++)
		s->leavers += leaves(kind_of(i, s->streams));
	expect_that(sfam_service_new(&s->service, &listener, 1, &opts) == 0);
	heap_bytes = heap();
	expect_that(sfam_service_run(s->service, SFAM_FOREVER) == 0);
	/* Threads that close(2) of TIPC needs have memory of their own. */
	if (!(sfam_family_traits(s->addr->family) & SFAM_TRAIT_ENDS_AS_ONE))
		ck_assert_uint_eq(heap(), heap_bytes);
	peak = rss_kib();
	s->service = sfam_service_free(s->service);
	while (sfam_family_traits(s->addr->family) & SFAM_TRAIT_ENDS_AS_ONE &&
	       open_fds() > fds)
		poll(NULL, 0, 10);
	ck_assert_int_eq(open_fds(), fds);
	ck_assert_int_le(s->peak_fds, fds + 2 + CLIENTS);
	printf("  service: RSS %ld KiB before, %ld at its end, %ld after; "
	       "descriptors %d, %d, %d\n", rss, peak, rss_kib(), fds,
	       s->peak_fds, open_fds());
}

static void serve_crowd(const char *text)
{
	struct server s = { .accepted = 0 };
	struct sfam_addr addr;
	int listener = service_listen(text, &addr);
	int status, k, total = 0;
	pid_t pid;

	printf("%s\n", text);
	fflush(stdout);
	/* Or the kernel takes megabytes for who does not read. */
	ck_assert_ok(sfam_option_set_int(listener, SOL_SOCKET, SO_SNDBUF,
					 65536));
	s.addr = &addr;
	s.streams = is_stream(listener);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(listener);
		be_clients(&addr);
		fflush(stdout);
		_exit(0);
	}
	serve(&s, listener);
	close(listener);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	for (k = 0; k < KINDS; k++) {
		printf("%s%d %s", k ? ", " : "  ", s.ended[k], kind_names[k]);
		total += s.ended[k];
	}
	putchar('\n');
	ck_assert_int_eq(total, CLIENTS);
	ck_assert_int_eq(s.ended[GOOD], CLIENTS / 5);
}

START_TEST(of_unix)
{
	serve_crowd("unix:");
}
END_TEST

START_TEST(of_unix_records)
{
	serve_crowd("unix:,type=seqpacket");
}
END_TEST

START_TEST(of_tcp)
{
	serve_crowd("inet:127.0.0.1:0");
}
END_TEST

START_TEST(of_vsock)
{
	serve_crowd("vsock:local:any");
}
END_TEST

START_TEST(of_vsock_records)
{
	serve_crowd("vsock:local:any,type=seqpacket");
}
END_TEST

START_TEST(of_tipc)
{
	serve_crowd("tipc:5001:1,type=stream");
}
END_TEST

START_TEST(of_tipc_records)
{
	serve_crowd("tipc:5001:1,type=seqpacket");
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ of_unix, NULL },
		{ of_unix_records, NULL },
		{ of_tcp, NULL },
		{ of_vsock, "vsock-loopback" },
		{ of_vsock_records, "vsock-loopback" },
		{ of_tipc, "tipc" },
		{ of_tipc_records, "tipc" },
	};

	return harness_run("service-crowd", tests, HARNESS_LEN(tests));
}
