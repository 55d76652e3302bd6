/* SPDX-License-Identifier: MIT */
/* TIPC messages: what comes, what comes back, and how a connection ends. */
#include "test-tipc-data.h"

START_TEST(names_of_a_message)
{
	int server = tipc_bound(SOCK_RDM, "tipc:5000:10-19");
	int client = tipc_socket(SOCK_RDM);
	struct sfam_addr one = tipc_text("tipc:5000:13");
	struct sfam_addr all = tipc_text("tipc:5000:1-12");
	struct sfam_tipc_received got;

	ck_assert_int_eq(sfam_tipc_send(client, &one, "one", 3, 0), 3);
	got = tipc_take(server, SFAM_TIPC_MESSAGE, "one");
	ck_assert_uint_eq(from_ref(&got), tipc_ref(client));
	ck_assert_uint_eq(got.name_type, 5000);
	ck_assert_uint_eq(got.name_lower, 13);
	ck_assert_uint_eq(got.name_upper, 13);
	ck_assert_uint_eq(got.member_type, 0);
	ck_assert_uint_eq(got.cause, 0);
	ck_assert_int_eq(sfam_tipc_send(client, &all, "all", 3, 0), 3);
	got = tipc_take(server, SFAM_TIPC_MESSAGE, "all");
	ck_assert_uint_eq(got.name_lower, 1);
	ck_assert_uint_eq(got.name_upper, 12);
	/* Back to the socket: no name then. */
	ck_assert_int_eq(sfam_tipc_send(server, &got.from, "back", 4, 0), 4);
	got = tipc_take(client, SFAM_TIPC_MESSAGE, "back");
	ck_assert_uint_eq(got.name_type, 0);
	tipc_nothing(client);
	tipc_nothing(server);
	close(client);
	close(server);
}
END_TEST

START_TEST(multicast_and_anycast)
{
	int a = tipc_bound(SOCK_RDM, "tipc:5000:1-5");
	int b = tipc_bound(SOCK_RDM, "tipc:5000:5-9");
	int client = tipc_socket(SOCK_RDM);
	struct sfam_addr all = tipc_text("tipc:5000:0-99");
	struct sfam_addr one = tipc_text("tipc:5001:5");
	struct sfam_addr nobody = tipc_text("tipc:5000:10");
	struct sfam_addr nobodies = tipc_text("tipc:5000:10-20");
	int i;

	ck_assert_int_eq(sfam_tipc_send(client, &all, "all", 3, 0), 3);
	tipc_take(a, SFAM_TIPC_MESSAGE, "all");
	tipc_take(b, SFAM_TIPC_MESSAGE, "all");
	/* In turn, of those who have the same name. */
	ck_assert_ok(sfam_tipc_bind(a, &one, 0, 0));
	ck_assert_ok(sfam_tipc_bind(b, &one, 0, 0));
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(sfam_tipc_send(client, &one, "1", 1, 0), 1);
	for (i = 0; i < 2; i++) {
		tipc_take(a, SFAM_TIPC_MESSAGE, "1");
		tipc_take(b, SFAM_TIPC_MESSAGE, "1");
	}
	tipc_nothing(a);
	tipc_nothing(b);
	ck_assert_err(sfam_tipc_send(client, &nobody, "x", 1, 0),
		      EHOSTUNREACH);
	ck_assert_err(sfam_tipc_send(client, &nobodies, "x", 1, 0),
		      EHOSTUNREACH);
	close(client);
	close(b);
	close(a);
}
END_TEST

START_TEST(lookup_domain)
{
	int server = tipc_bound(SOCK_RDM, "tipc:5000:1");
	int client = tipc_socket(SOCK_RDM);
	struct sfam_addr other = tipc_text("tipc:5000:1,domain=0x1001001");

	ck_assert_err(sfam_tipc_send(client, &other, "x", 1, 0),
		      EHOSTUNREACH);
	ck_assert_err(sfam_tipc_wait(&other, 1), ETIMEDOUT);
	tipc_nothing(server);
	close(client);
	close(server);
}
END_TEST

START_TEST(bad_sends)
{
	static char large[SFAM_TIPC_MESSAGE_MAX + 1];
	static const int types[] = { SOCK_RDM, SOCK_DGRAM, SOCK_SEQPACKET };
	struct sfam_addr unix_addr = tipc_text("unix:/x");
	struct sfam_addr name = tipc_text("tipc:5000:1");
	int server = tipc_bound(SOCK_RDM, "tipc:5000:1");
	size_t i;
	int fd;

	for (i = 0; i < HARNESS_LEN(types); i++) {
		fd = tipc_socket(types[i]);
		ck_assert_err(sfam_tipc_send(fd, &name, "", 0, 0), EINVAL);
		ck_assert_err(sfam_tipc_send(fd, &unix_addr, "x", 1, 0),
			      EINVAL);
		ck_assert_err(sfam_tipc_send(fd, &name, large, sizeof(large),
					     0), EMSGSIZE);
		ck_assert_err(sfam_tipc_send(fd, NULL, "x", 1, 0),
			      types[i] == SOCK_SEQPACKET ? ENOTCONN :
							   EDESTADDRREQ);
		close(fd);
	}
	tipc_nothing(server);
	close(server);
	ck_assert_err(sfam_tipc_send(-1, NULL, "x", 1, 0), EBADF);
}
END_TEST

/* Cut is an error, and the next message is whole. */
START_TEST(too_long)
{
	static char large[SFAM_TIPC_MESSAGE_MAX], got_large[sizeof(large)];
	int server = tipc_bound(SOCK_RDM, "tipc:5000:1");
	int client = tipc_socket(SOCK_RDM);
	struct sfam_addr name = tipc_text("tipc:5000:1");
	struct sfam_tipc_received got = { .len = 77 };
	char buf[4];

	memset(large, 'L', sizeof(large));
	ck_assert_int_eq(sfam_tipc_send(client, &name, "12345", 5, 0), 5);
	ck_assert_int_eq(sfam_tipc_send(client, &name, "1234", 4, 0), 4);
	ck_assert_int_eq(sfam_tipc_send(client, &name, large, sizeof(large),
					0), sizeof(large));
	ck_assert_err(sfam_tipc_recv(server, buf, 0, &got, 0), EINVAL);
	ck_assert_err(sfam_tipc_recv(server, buf, 4, &got, 0), EMSGSIZE);
	ck_assert_uint_eq(got.len, 77);
	ck_assert_ok(sfam_tipc_recv(server, buf, 4, &got, 0));
	ck_assert_uint_eq(got.len, 4);
	ck_assert_ok(sfam_tipc_recv(server, got_large, sizeof(got_large),
				    &got, 0));
	ck_assert_uint_eq(got.len, sizeof(large));
	ck_assert(memcmp(large, got_large, sizeof(large)) == 0);
	close(client);
	close(server);
}
END_TEST

/* ---------------------------------------------------------- rejected -- */

START_TEST(rejected)
{
	static char large[3000];
	int victim = tipc_socket(SOCK_RDM);
	int client = tipc_socket(SOCK_RDM);
	uint32_t victim_ref = tipc_ref(victim);
	struct sfam_tipc_received got;
	struct sfam_addr to;
	char buf[1024];

	memset(large, 'L', sizeof(large));
	ck_assert_ok(sfam_addr_local(&to, victim));
	close(victim);
	/* As the kernel has it, it vanishes. */
	ck_assert_int_eq(sfam_tipc_send(client, &to, "gone", 4, 0), 4);
	tipc_nothing(client);
	ck_assert_ok(sfam_option_set_int(client, SOL_TIPC,
					 TIPC_DEST_DROPPABLE, 0));
	ck_assert_int_eq(sfam_tipc_send(client, &to, "gone", 4, 0), 4);
	got = tipc_take(client, SFAM_TIPC_REJECTED, "gone");
	ck_assert_uint_eq(got.cause, TIPC_ERR_NO_PORT);
	ck_assert_uint_eq(from_ref(&got), victim_ref);
	/* What comes back is cut; where there is no room for it, an error. */
	ck_assert_int_eq(sfam_tipc_send(client, &to, large, sizeof(large), 0),
			 sizeof(large));
	ck_assert_ok(sfam_tipc_recv(client, buf, sizeof(buf), &got, LONG_NS));
	ck_assert_int_eq(got.kind, SFAM_TIPC_REJECTED);
	ck_assert_uint_eq(got.len, 1024);
	ck_assert(memcmp(buf, large, 1024) == 0);
	ck_assert_int_eq(sfam_tipc_send(client, &to, "gone", 4, 0), 4);
	ck_assert_err(sfam_tipc_recv(client, buf, 3, &got, LONG_NS), EMSGSIZE);
	tipc_nothing(client);
	close(client);
}
END_TEST

/* What a socket has not read when it closes goes back, and by which name. */
START_TEST(rejected_unread)
{
	int server = tipc_bound(SOCK_RDM, "tipc:5000:1-9");
	int client = tipc_socket(SOCK_RDM);
	struct sfam_addr to = tipc_text("tipc:5000:7");
	struct sfam_tipc_received got;

	ck_assert_ok(sfam_option_set_int(client, SOL_TIPC,
					 TIPC_DEST_DROPPABLE, 0));
	ck_assert_int_eq(sfam_tipc_send(client, &to, "unread", 6, 0), 6);
	close(server);
	got = tipc_take(client, SFAM_TIPC_REJECTED, "unread");
	ck_assert_uint_eq(got.cause, TIPC_ERR_NO_PORT);
	close(client);
}
END_TEST

/* --------------------------------------------------------------- end -- */

static void check_end(int fd, const char *unread, int cause)
{
	struct sfam_tipc_received got = tipc_take(fd, SFAM_TIPC_END, unread);
	char c;

	ck_assert_int_eq((int)got.cause, cause);
	/* And for ever so, whether it may wait or not. */
	got = tipc_take(fd, SFAM_TIPC_END, "");
	ck_assert_uint_eq(got.cause, 0);
	ck_assert_uint_eq(got.from.len, 0);
	ck_assert_ok(sfam_tipc_recv(fd, &c, 1, &got, 0));
	ck_assert_int_eq(got.kind, SFAM_TIPC_END);
	ck_assert_int_eq(sfam_recv(fd, &c, 1, SFAM_FOREVER, NULL), 0);
	ck_assert_int_eq(sfam_recv(fd, &c, 1, LONG_NS, NULL), 0);
	ck_assert_err(sfam_tipc_send(fd, NULL, "x", 1, 0), EPIPE);
}

static void pair(int type, int ret[2])
{
	ck_assert_ok(sfam_socketpair(sfam_family_by_name("tipc"), type, 0,
				     ret));
}

/* Closed or shut down: the same, after what came before it. */
START_TEST(end_of_peer)
{
	static const int types[] = { SOCK_SEQPACKET, SOCK_STREAM };
	int how, fd[2];
	size_t i;

	for (i = 0; i < HARNESS_LEN(types); i++)
		for (how = 0; how < 2; how++) {
			pair(types[i], fd);
			tipc_nothing(fd[0]);
			ck_assert_int_eq(sfam_tipc_send(fd[1], NULL, "last", 4,
							0), 4);
			if (how == 1)
				shutdown(fd[1], SHUT_RDWR);
			else
				close(fd[1]);
			tipc_take(fd[0], SFAM_TIPC_MESSAGE, "last");
			check_end(fd[0], "", how == 1 ? TIPC_CONN_SHUTDOWN :
							TIPC_ERR_NO_PORT);
			if (how == 1) {
				tipc_take(fd[1], SFAM_TIPC_END, "");
				close(fd[1]);
			}
			close(fd[0]);
		}
}
END_TEST

START_TEST(end_with_unread)
{
	int fd[2];

	pair(SOCK_SEQPACKET, fd);
	ck_assert_int_eq(sfam_tipc_send(fd[0], NULL, "first", 5, 0), 5);
	ck_assert_int_eq(sfam_tipc_send(fd[0], NULL, "second", 6, 0), 6);
	close(fd[1]);
	check_end(fd[0], "first", TIPC_ERR_NO_PORT);
	close(fd[0]);
}
END_TEST

/* ----------------------------------------------------------- connect -- */

static int listener(int type)
{
	int fd = tipc_bound(type, "tipc:5000:1");

	ck_assert_int_eq(listen(fd, 5), 0);
	return fd;
}

START_TEST(connect_send)
{
	static const int types[] = { SOCK_SEQPACKET, SOCK_STREAM };
	struct sfam_addr to = tipc_text("tipc:5000:1");
	int server, client, child;
	size_t i;

	for (i = 0; i < HARNESS_LEN(types); i++) {
		server = listener(types[i]);
		client = tipc_socket(types[i]);
		/* Nobody accepts yet, so it is only begun. */
		ck_assert_err(sfam_tipc_connect_send(client, &to, "hi", 2, 0),
			      ETIMEDOUT);
		ck_assert_err(sfam_tipc_connect_send(client, &to, "hi", 2, 0),
			      ENOTCONN);
		child = sfam_accept(server, 0, LONG_NS, NULL);
		ck_assert_int_ge(child, 0);
		tipc_take(child, SFAM_TIPC_MESSAGE, "hi");
		ck_assert_int_eq(sfam_tipc_send(child, NULL, "yo", 2, 0), 2);
		tipc_take(client, SFAM_TIPC_MESSAGE, "yo");
		ck_assert_int_eq(sfam_tipc_send(client, NULL, "on", 2, 0), 2);
		tipc_take(child, SFAM_TIPC_MESSAGE, "on");
		ck_assert_err(sfam_tipc_connect_send(client, &to, "x", 1, 0),
			      EISCONN);
		tipc_nothing(child);
		close(child);
		close(client);
		close(server);
	}
}
END_TEST

START_TEST(connect_send_refused)
{
	int server = tipc_bound(SOCK_SEQPACKET, "tipc:5000:1");
	struct sfam_addr unix_addr = tipc_text("unix:/x");
	struct sfam_addr to = tipc_text("tipc:5000:1");
	struct sfam_addr nobody = tipc_text("tipc:5000:2");
	static char large[SFAM_TIPC_MESSAGE_MAX + 1];
	int client = tipc_socket(SOCK_SEQPACKET);
	int rdm = tipc_socket(SOCK_RDM);
	int stream = tipc_socket(SOCK_STREAM);
	struct sfam_tipc_received got;
	char c;

	ck_assert_err(sfam_tipc_recv(client, &c, 1, &got, 0), ENOTCONN);
	ck_assert_err(sfam_tipc_connect_send(client, &to, "", 0, 0), EINVAL);
	ck_assert_err(sfam_tipc_connect_send(client, NULL, "x", 1, 0), EINVAL);
	ck_assert_err(sfam_tipc_connect_send(client, &unix_addr, "x", 1, 0),
		      EINVAL);
	ck_assert_err(sfam_tipc_connect_send(stream, &to, large, sizeof(large),
					     0), EMSGSIZE);
	ck_assert_err(sfam_tipc_connect_send(rdm, &to, "x", 1, 0), EPROTOTYPE);
	ck_assert_err(sfam_tipc_connect_send(-1, &to, "x", 1, 0), EBADF);
	ck_assert_err(sfam_tipc_connect_send(server, &to, "x", 1, 0),
		      EOPNOTSUPP);
	ck_assert_err(sfam_tipc_connect_send(client, &nobody, "x", 1, 0),
		      EHOSTUNREACH);
	ck_assert_err(sfam_tipc_connect_send(client, &to, "x", 1, LONG_NS),
		      ECONNREFUSED);
	close(client);
	close(rdm);
	close(stream);
	close(server);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ names_of_a_message, "netns tipc" },
		{ multicast_and_anycast, "netns tipc" },
		{ lookup_domain, "netns tipc" },
		{ bad_sends, "netns tipc" },
		{ too_long, "netns tipc" },
		{ rejected, "netns tipc" },
		{ rejected_unread, "netns tipc" },
		{ end_of_peer, "netns tipc" },
		{ end_with_unread, "netns tipc" },
		{ connect_send, "netns tipc" },
		{ connect_send_refused, "netns tipc" },
	};

	return harness_run("tipc-message", tests, HARNESS_LEN(tests));
}
