/* SPDX-License-Identifier: MIT */
/* sfam_message_send() and _recv(): records, and lengths in a stream. */
#include <errno.h>
#include <fcntl.h>

#include "test-service.h"

static void pair(int type, int fds[2])
{
	ck_assert_ok(sfam_socketpair(sfam_family_by_name("unix"), type, 0,
				     fds));
}

static void close_pair(const int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

static void exchange(int type)
{
	static const size_t lens[] = { 1, 2, 3, 4, 5, 255, 256, 65535, 65536,
				       70001 };
	static unsigned char in[70001], out[70001];
	size_t i;
	int fds[2];

	pair(type, fds);
	for (i = 0; i < sizeof(in); i++)
		in[i] = (unsigned char)(i * 7 + i / 256);
	for (i = 0; i < HARNESS_LEN(lens); i++) {
		ck_assert_ok(sfam_message_send(fds[0], in, lens[i], 0));
		memset(out, 0, sizeof(out));
		/* It may be as long as there is room. */
		ck_assert_int_eq(sfam_message_recv(fds[1], out, lens[i], 0),
				 (ssize_t)lens[i]);
		ck_assert_mem_eq(in, out, lens[i]);
	}
	ck_assert_err(sfam_message_recv(fds[1], out, 1, 0), ETIMEDOUT);
	close(fds[0]);
	ck_assert_int_eq(sfam_message_recv(fds[1], out, 1, 0), 0);
	ck_assert_err(sfam_message_send(fds[1], in, 1, 0), EPIPE);
	close(fds[1]);
}

START_TEST(there_and_back)
{
	exchange(SOCK_STREAM);
	exchange(SOCK_SEQPACKET);
}
END_TEST

START_TEST(bytes_of_a_stream)
{
	unsigned char got[8];
	int fds[2];

	pair(SOCK_STREAM, fds);
	ck_assert_ok(sfam_message_send(fds[0], "abcd", 4, 0));
	ck_assert_int_eq(sfam_recv(fds[1], got, sizeof(got), 0, NULL), 8);
	ck_assert_mem_eq(got, "\0\0\0\4abcd", 8);
	close_pair(fds);
}
END_TEST

START_TEST(refused)
{
	char c[4];
	int fds[2];

	ck_assert_err(sfam_message_send(-1, "x", 1, 0), EBADF);
	ck_assert_err(sfam_message_recv(-1, c, 1, 0), EBADF);
	pair(SOCK_STREAM, fds);
	ck_assert_err(sfam_message_send(fds[0], "", 0, 0), EINVAL);
#if SIZE_MAX > UINT32_MAX
	ck_assert_err(sfam_message_send(fds[0], c, (size_t)UINT32_MAX + 1, 0),
		      EINVAL);
#endif
	ck_assert_ok(sfam_message_send(fds[0], "abcd", 4, 0));
	ck_assert_err(sfam_message_recv(fds[1], c, 0, 0), EMSGSIZE);
	ck_assert_err(sfam_message_recv(fds[1], c, 3, 0), EMSGSIZE);
	close_pair(fds);
	pair(SOCK_SEQPACKET, fds);
	ck_assert_err(sfam_message_send(fds[0], "", 0, 0), EINVAL);
	ck_assert_ok(sfam_message_send(fds[0], "abcd", 4, 0));
	ck_assert_ok(sfam_message_send(fds[0], "efg", 3, 0));
	/* The record is gone, the next one is whole. */
	ck_assert_err(sfam_message_recv(fds[1], c, 3, 0), EMSGSIZE);
	ck_assert_int_eq(sfam_message_recv(fds[1], c, 3, 0), 3);
	ck_assert_mem_eq(c, "efg", 3);
	close_pair(fds);
}
END_TEST

/* Cut after each of its bytes, by the end and by the time. */
START_TEST(cut)
{
	static const char message[] = "\0\0\0\5hello";
	const size_t whole = sizeof(message) - 1;
	char got[8];
	size_t n;
	int fds[2];

	for (n = 1; n < whole; n++) {
		pair(SOCK_STREAM, fds);
		ck_assert_ok(sfam_send_all(fds[0], message, n, 0, 0, NULL));
		ck_assert_err(sfam_message_recv(fds[1], got, sizeof(got), 0),
			      EBADMSG);
		close_pair(fds);
		pair(SOCK_STREAM, fds);
		ck_assert_ok(sfam_send_all(fds[0], message, n, 0, 0, NULL));
		close(fds[0]);
		ck_assert_err(sfam_message_recv(fds[1], got, sizeof(got),
						SFAM_FOREVER), EBADMSG);
		close(fds[1]);
	}
	pair(SOCK_STREAM, fds);
	ck_assert_ok(sfam_send_all(fds[0], "\0\0\0\0", 4, 0, 0, NULL));
	ck_assert_err(sfam_message_recv(fds[1], got, sizeof(got), 0), EBADMSG);
	close_pair(fds);
}
END_TEST

/* A message that went in part is told from one that did not go at all. */
START_TEST(sent_in_part)
{
	static char large[4 << 20];
	int fds[2];

	pair(SOCK_STREAM, fds);
	ck_assert_err(sfam_message_send(fds[0], large, sizeof(large), 0),
		      EBADMSG);
	/* It stands at the end of its room: there is no place for a head. */
	while (sfam_send(fds[0], large, 1, 0, 0, NULL) == 1)
		;
	ck_assert_err(sfam_message_send(fds[0], large, 1, 0), ETIMEDOUT);
	close_pair(fds);
	pair(SOCK_SEQPACKET, fds);
	ck_assert_err(sfam_message_send(fds[0], large, sizeof(large), 0),
		      EMSGSIZE);
	while (sfam_message_send(fds[0], large, 1000, 0) == 0)
		;
	ck_assert_err(sfam_message_send(fds[0], large, 1000, 0), ETIMEDOUT);
	close_pair(fds);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ there_and_back, NULL },
		{ bytes_of_a_stream, NULL },
		{ refused, NULL },
		{ cut, NULL },
		{ sent_in_part, NULL },
	};

	return harness_run("service-message", tests, HARNESS_LEN(tests));
}
