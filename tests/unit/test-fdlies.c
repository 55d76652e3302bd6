/* SPDX-License-Identifier: MIT */
/*
 * Who does not speak as he should: senders of descriptors, clients and
 * keepers of a store.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>

#include "test-fd.h"

struct head {
	char verb[4];
	uint32_t error;
	uint64_t after, n;
};

static int open_null(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

/* ----------------------------------------------------- any senders -- */

/* Lengths that lie are the kernel's to refuse, or it cuts them to whole. */
START_TEST(wrong_lengths)
{
	static const struct {
		size_t len;
		int n;			/* of descriptors, or -errno */
		int level, type;
	} items[] = {
		{ 0, -EINVAL, SOL_SOCKET, SCM_RIGHTS },
		{ CMSG_LEN(0) - 1, -EINVAL, SOL_SOCKET, SCM_RIGHTS },
		{ CMSG_LEN(0), 0, SOL_SOCKET, SCM_RIGHTS },
		{ CMSG_LEN(3), 0, SOL_SOCKET, SCM_RIGHTS },
		{ CMSG_LEN(4), 1, SOL_SOCKET, SCM_RIGHTS },
		{ CMSG_LEN(7), 1, SOL_SOCKET, SCM_RIGHTS },
		{ CMSG_LEN(8), 2, SOL_SOCKET, SCM_RIGHTS },
		{ CMSG_LEN(8) + 1, -EINVAL, SOL_SOCKET, SCM_RIGHTS },
		{ SIZE_MAX, -EINVAL, SOL_SOCKET, SCM_RIGHTS },
		{ CMSG_LEN(8), -EINVAL, SOL_SOCKET, SCM_CREDENTIALS },
		{ CMSG_LEN(8), -EINVAL, SOL_SOCKET, 99 },
		{ CMSG_LEN(8), 0, SOL_IP, SCM_RIGHTS },
	};
	size_t control[CMSG_SPACE(8) / sizeof(size_t)], t, i;
	struct cmsghdr *h = (void *)control;
	struct iovec iov = { (void *)(uintptr_t)"x", 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct inbox in;
	int sock[2];
	ssize_t r;

	for (i = 0; i < HARNESS_LEN(items); i++) {
		for (t = 0; t < HARNESS_LEN(types); t++) {
			pair(sock, types[t]);
			h->cmsg_len = items[i].len;
			h->cmsg_level = items[i].level;
			h->cmsg_type = items[i].type;
			memcpy(CMSG_DATA(h), sock, sizeof(sock));
			msg.msg_control = control;
			msg.msg_controllen = sizeof(control);
			r = sendmsg(sock[1], &msg, 0) < 0 ? -errno : 1;
			ck_assert_msg(r == (items[i].n < 0 ? items[i].n : 1),
				      "item %zu: %zd", i, r);
			if (r == 1) {
				ck_assert_int_eq(receive(sock[0], &in,
							 &plain), 1);
				ck_assert_int_eq((int)in.m.n_fds,
						 items[i].n);
				close_all(in.fds, in.m.n_fds);
			}
			close_all(sock, 2);
		}
	}
}
END_TEST

/* Pieces of frames with any descriptors, in any order, until one is bad. */
START_TEST(random_senders)
{
	const struct frame good = { "sfd1", 1, 8, "payload" };
	uint64_t random = test_seed();
	struct sfam_cmsg item;
	struct inbox in;
	int sock[2], fds[4], here, round;
	size_t i, n, len;

	for (round = 0; round < 1000; round++) {
		pair(sock, types[test_random(&random) % HARNESS_LEN(types)]);
		here = open_fds();
		fds[0] = fds[1] = fds[2] = fds[3] = sock[1];
		for (i = test_random(&random) % 6; i; i--) {
			struct frame f = good;

			if (test_random(&random) % 3 == 0)
				f.n_fds = (uint32_t)test_random(&random) % 600;
			if (test_random(&random) % 4 == 0)
				((char *)&f)[test_random(&random) % 24]++;
			n = test_random(&random) % 5;
			len = test_random(&random) % 2 ? sizeof(f) :
			      1 + test_random(&random) % sizeof(f);
			item = rights(fds, n);
			send_items(sock[1], &f, len, &item, n > 0);
		}
		if (test_random(&random) % 2)
			shutdown(sock[1], SHUT_WR);
		while (receive(sock[0], &in, &framed) == 1)
			close_all(in.fds, in.m.n_fds);
		ck_assert_msg(open_fds() == here, "round %d", round);
		close_all(sock, 2);
	}
}
END_TEST

/* --------------------------------------------------- clients that lie -- */

static size_t request(char *buf, const struct head *head, const char *names,
		    size_t len)
{
	memcpy(buf, head, sizeof(*head));
	memcpy(buf + sizeof(*head), names, len);
	return sizeof(*head) + len;
}

static void say(int sock, const int *fds, size_t n_fds, struct head head,
		const char *names, size_t len)
{
	static char buf[SFAM_FDSTORE_NAMES_MAX + 64];

	len = request(buf, &head, names, len);
	ck_assert_ok(sfam_fdpass_send_message(sock, fds, n_fds, buf, len,
					      &framed));
}

/* What the keeper answers; -1: nothing. */
static int answer_of(int sock)
{
	struct head head = { .error = 0 };
	struct inbox in;

	if (receive(sock, &in, &framed) != 1)
		return -1;
	ck_assert_uint_ge(in.m.len, sizeof(head));
	memcpy(&head, in.buf, sizeof(head));
	close_all(in.fds, in.m.n_fds);
	return (int)head.error;
}

static const struct {
	struct head head;
	const char *names;
	size_t len, n_fds;
	int want;		/* of serve */
	int error;		/* answered */
} lies[] = {
	{ { "put ", 0, 0, 2 }, "a", 1, 1, -EBADMSG, -1 },
	{ { "put ", 0, 0, 1 }, "a\0b", 3, 1, -EBADMSG, -1 },
	{ { "put ", 0, 0, 1 }, "\x80", 1, 1, -EBADMSG, -1 },
	{ { "put ", 0, 0, UINT64_MAX }, "a", 1, 1, -EBADMSG, -1 },
	{ { "put ", 0, 0, UINT64_C(1) << 32 }, "", 0, 1, -EBADMSG, -1 },
	{ { "put ", 0, 0, 1 }, "a", 1, 2, 1, EINVAL },
	{ { "put ", 0, 0, 1 }, "a", 1, 0, 1, EINVAL },
	{ { "put ", 0, 0, 0 }, "", 0, 0, 1, EINVAL },
	{ { "get ", 0, 0, 1 }, "a", 1, 1, 1, EINVAL },
	{ { "list", 0, 0, 2 }, "a:b", 3, 0, 1, EINVAL },
	{ { "drop", 0, 0, 0 }, "", 0, 2, 1, EINVAL },
	{ { "xxxx", 0, 0, 0 }, "", 0, 0, 1, EOPNOTSUPP },
	{ { "xxxx", 0, 0, 0 }, "", 0, 2, 1, EINVAL },
	{ { "get ", 7, UINT64_MAX, 0 }, "", 0, 0, 1, 0 },
};

START_TEST(lying_clients)
{
	struct sfam_fdstore *store;
	int sock[2], here, null = open_null();
	size_t i;

	ck_assert_ok(sfam_fdstore_new(&store, NULL));
	ck_assert_ok(sfam_fdstore_add(store, &null, 1, "a"));
	for (i = 0; i < HARNESS_LEN(lies); i++) {
		pair(sock, SOCK_SEQPACKET);
		here = open_fds();
		say(sock[1], sock, lies[i].n_fds, lies[i].head, lies[i].names,
		    lies[i].len);
		ck_assert_msg(sfam_fdstore_serve(store, sock[0]) ==
			      lies[i].want, "lie %zu", i);
		ck_assert_msg(answer_of(sock[1]) == lies[i].error, "lie %zu",
			      i);
		ck_assert_int_eq(open_fds(), here);
		close_all(sock, 2);
	}
	sfam_fdstore_free(store);
}
END_TEST

START_TEST(strange_clients)
{
	static char big[SFAM_FDSTORE_NAMES_MAX + 100];
	const struct head get = { "get ", 0, 0, 0 };
	struct sfam_fdstore *store;
	int sock[2], here, null = open_null(), bad;
	size_t i;

	ck_assert_ok(sfam_fdstore_new(&store, NULL));
	ck_assert_ok(sfam_fdstore_add(store, &null, 1, "a"));
	pair(sock, SOCK_SEQPACKET);
	here = open_fds();
	/* Silent: nothing is waited for */
	ck_assert_int_eq(sfam_fdstore_serve(store, sock[0]), 1);
	/* One that asks on without having read */
	say(sock[1], NULL, 0, get, "", 0);
	say(sock[1], NULL, 0, get, "", 0);
	ck_assert_int_eq(sfam_fdstore_serve(store, sock[0]), 1);
	ck_assert_err(sfam_fdstore_serve(store, sock[0]), EPROTO);
	ck_assert_int_eq(answer_of(sock[1]), 0);
	ck_assert_int_eq(sfam_fdstore_serve(store, sock[0]), 1);
	ck_assert_int_eq(answer_of(sock[1]), 0);
	/* One that goes before its answer; one that has half closed */
	say(sock[1], NULL, 0, get, "", 0);
	shutdown(sock[1], SHUT_WR);
	ck_assert_int_eq(sfam_fdstore_serve(store, sock[0]), 1);
	ck_assert_int_eq(answer_of(sock[1]), 0);
	ck_assert_int_eq(sfam_fdstore_serve(store, sock[0]), 0);
	close_all(sock, 2);
	pair(sock, SOCK_SEQPACKET);
	say(sock[1], sock, 1, get, "", 0);
	close(sock[1]);
	bad = sfam_fdstore_serve(store, sock[0]);
	ck_assert(bad == -EPIPE || bad == -ECONNRESET);
	close(sock[0]);
	/* No frame, half a head, too long, more than one message holds */
	for (i = 0; i < 4; i++) {
		pair(sock, SOCK_SEQPACKET);
		if (i == 0)
			ck_assert_int_eq(send(sock[1], big, 30, 0), 30);
		else
			ck_assert_ok(sfam_fdpass_send_message(
				sock[1], NULL, 0, big,
				i == 1 ? 23 : i == 2 ? sizeof(big) : 0,
				&framed));
		if (i == 3)
			memcpy(big, "sfd1\1\1\0\0\0\0\0\0\0\0\0", 16);
		if (i == 3)
			ck_assert_int_eq(send(sock[1], big, 16, 0), 16);
		ck_assert_int_lt(sfam_fdstore_serve(store, sock[0]), 0);
		ck_assert_int_eq(open_fds(), here);
		close_all(sock, 2);
	}
	pair(sock, SOCK_STREAM);
	ck_assert_err(sfam_fdstore_serve(store, sock[0]), EPROTOTYPE);
	close_all(sock, 2);
	sfam_fdstore_free(store);
}
END_TEST

/* ---------------------------------------------------- keepers that lie -- */

/* Answers are there before the question. */
static const struct {
	struct head head;
	const char *names;
	size_t n_fds;
	int want;
} answers[] = {
	{ { "get ", 0, 0, 1 }, "a", 1, 1 },
	{ { "get ", 0, 0, 2 }, "a:b", 1, -EBADMSG },
	{ { "get ", 0, 0, 0 }, "", 1, -EBADMSG },
	{ { "get ", 0, 5, 0 }, "", 0, -EBADMSG },
	{ { "list", 0, 0, 1 }, "a", 1, -EBADMSG },
	{ { "get ", 4096, 0, 0 }, "", 1, -EBADMSG },
	{ { "get ", EMFILE, 0, 0 }, "", 2, -EMFILE },
	{ { "", EMFILE, 0, 0 }, "", 0, -EMFILE },
	{ { "", 0, 0, 1 }, "a", 1, -EBADMSG },
	{ { "get ", 0, 0, 3 }, "a:a:a", 3, -E2BIG },
	{ { "get ", 0, 0, 1 }, "aaaaaaaa", 1, -ENOSPC },
};

START_TEST(lying_keepers)
{
	int sock[2], here, got[2];
	char names[8];
	ssize_t r;
	size_t i;

	for (i = 0; i < HARNESS_LEN(answers); i++) {
		pair(sock, SOCK_SEQPACKET);
		here = open_fds();
		say(sock[0], (int[]){ 0, 0, 0 }, answers[i].n_fds,
		    answers[i].head, answers[i].names,
		    strlen(answers[i].names));
		r = sfam_fdstore_get(sock[1], NULL, got, 2, names, 8, 0);
		ck_assert_msg(r == answers[i].want, "answer %zu: %zd", i, r);
		if (r > 0)
			close_all(got, (size_t)r);
		ck_assert_int_eq(open_fds(), here);
		close_all(sock, 2);
	}
	/* Where to go on is where we came from */
	pair(sock, SOCK_SEQPACKET);
	here = open_fds();
	for (i = 0; i < 2; i++)
		say(sock[0], (int[]){ 0 }, 1, (struct head){ "get ", 0, 9, 1 },
		    "a", 1);
	ck_assert_err(sfam_fdstore_get(sock[1], NULL, got, 2, names, 8, 0),
		      EBADMSG);
	ck_assert_int_eq(open_fds(), here);
	ck_assert_err(sfam_fdstore_get(sock[1], NULL, got, 2, names, 8, 0),
		      ETIMEDOUT);
	ck_assert_err(sfam_fdstore_remove(sock[1], NULL, 1000000), ETIMEDOUT);
	close(sock[0]);
	ck_assert_err(sfam_fdstore_put(sock[1], &sock[1], 1, "a", 0),
		      ECONNRESET);
	close(sock[1]);
	pair(sock, SOCK_SEQPACKET);
	shutdown(sock[0], SHUT_WR);
	ck_assert_err(sfam_fdstore_list(sock[1], NULL, names, 8, 0),
		      ECONNRESET);
	close_all(sock, 2);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ wrong_lengths, NULL },
		{ random_senders, NULL },
		{ lying_clients, NULL },
		{ strange_clients, NULL },
		{ lying_keepers, NULL },
	};

	return harness_run("fdlies", tests, HARNESS_LEN(tests));
}
