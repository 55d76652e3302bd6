/* SPDX-License-Identifier: MIT */
/* A service, turn by turn; for its crowd see test-service-crowd.c. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "test-service-turns.h"

/* ------------------------------------------------------- fault: accept -- */

static int accept_error;	/* 0: the kernel is asked */
static int accepts;

/* The library's, since this program exports it (-rdynamic). */
int accept4(int fd, struct sockaddr *restrict addr, socklen_t *restrict len,
	    int flags)
{
	accepts++;
	if (accept_error) {
		errno = accept_error;
		return -1;
	}
	return (int)syscall(SYS_accept4, fd, addr, len, flags);
}

/* -------------------------------------------------------------- starts -- */

static void refused_opts(int error)
{
	struct sfam_service *s = (struct sfam_service *)&t;

	ck_assert_err(sfam_service_new(&s, &t.listener, 1, &t.opts), error);
	ck_assert_ptr_eq(s, &t);
}

START_TEST(bad_starts)
{
	const struct { struct sfam_service_opts o; int more; } later = {
		.o = { .size = sizeof(later), .received = on_received },
		.more = 1,
	};
	struct sfam_service *s = NULL;
	int fds[2];

	prepare("unix:", ECHO);
	ck_assert_err(sfam_service_new(&s, &t.listener, 0, &t.opts), EINVAL);
	ck_assert_err(sfam_service_new(&s, &t.listener, 1, &later.o), E2BIG);
	ck_assert_err(sfam_service_new(&s, &t.listener, 1, NULL), EINVAL);
	t.opts.flags = 2;
	refused_opts(EINVAL);
	t.opts.flags = 0;
	t.opts.clients_max = 0;
	refused_opts(EINVAL);
	t.opts.clients_max = 1;
	t.opts.queue_max = 0;
	refused_opts(EINVAL);
	t.opts.queue_max = 1;
	t.opts.message_max = 0;
	refused_opts(EINVAL);
	t.opts.message_max = 1;
	t.opts.received = NULL;
	refused_opts(EINVAL);
	t.opts.received = on_received;
	close(t.listener);
	refused_opts(EBADF);
	t.listener = sfam_open_text("unix:,type=dgram", 16, SFAM_OPEN_BIND,
				    NULL, NULL);
	refused_opts(EPROTONOSUPPORT);
	close(t.listener);
	ck_assert_int_eq(pipe(fds), 0);
	t.listener = fds[0];
	refused_opts(ENOTSOCK);
	close(fds[0]);
	close(fds[1]);
	ck_assert_ptr_null(sfam_service_free(NULL));
}
END_TEST

/* ---------------------------------------------------------------- talk -- */

static void talks(const char *text)
{
	int fd;

	begin(text, LAST_WORD);
	fd = dial();
	say(fd, "hello");
	say(fd, "world");
	hears(fd, "hello");
	hears(fd, "world");
	ck_assert_int_eq(t.received, 2);
	shutdown(fd, SHUT_WR);
	hears(fd, "bye");
	ck_assert_int_eq(take(fd, large, 1), 0);
	until(t.closed);
	ck_assert_int_eq(t.cause[0], 0);
	close(fd);
	finish();
}

START_TEST(talk)
{
	talks("unix:");
	talks("unix:,type=seqpacket");
	talks("inet:127.0.0.1:0");
}
END_TEST

START_TEST(bytes)
{
	char got[16];
	size_t n = 0;
	ssize_t r;
	int fd;

	prepare("unix:", ECHO);
	t.opts.flags = SFAM_SERVICE_BYTES;
	t.opts.message_max = 3;
	start();
	fd = dial();
	ck_assert_ok(sfam_send_all(fd, "\0\0\0\0abcdef", 10, 0, 0, NULL));
	while (n < 10) {
		r = sfam_recv(fd, got + n, sizeof(got) - n, 0, NULL);
		if (r == -ETIMEDOUT)
			turn();
		else
			n += (size_t)r;
	}
	ck_assert_mem_eq(got, "\0\0\0\0abcdef", 10);
	ck_assert_int_eq(t.received, 4);
	close(fd);
	until(t.closed);
	ck_assert_int_eq(t.cause[0], 0);
	finish();
}
END_TEST

/* A message in single bytes; then many in one piece. */
START_TEST(pieces)
{
	static const char many[] = "\0\0\0\1a\0\0\0\2bc\0\0\0\3def";
	const char *p = "\0\0\0\5hello";
	int fd, i;

	begin("unix:", ECHO);
	fd = dial();
	for (i = 0; i < 9; i++) {
		ck_assert_int_eq(t.received, 0);
		ck_assert_ok(sfam_send_all(fd, p + i, 1, 0, 0, NULL));
		turn();
	}
	hears(fd, "hello");
	ck_assert_ok(sfam_send_all(fd, many, sizeof(many) - 1, 0, 0, NULL));
	hears(fd, "a");
	hears(fd, "bc");
	hears(fd, "def");
	close(fd);
	finish();
}
END_TEST

/*
 * Much more is asked than fits into all buffers, before anything is read:
 * nothing is lost, in none of the places where it has to wait. In a stream
 * of messages the echo has the very bytes of the questions.
 */
START_TEST(ahead)
{
	static unsigned char in[12 * 30000], out[sizeof(in)];
	size_t sent = 0, n, got = 0;
	ssize_t r;
	int fd;

	prepare("unix:", ECHO);
	t.opts.queue_max = 100;
	t.opts.message_max = 5000;
	start();
	fd = dial();
	for (n = 0; n < sizeof(in); n++)
		in[n] = n % 12 == 3 ? 8 : n % 12 < 3 ? 0 :
			(unsigned char)(n * 2654435761u >> 24);
	while (got < sizeof(out)) {
		ck_assert_int_eq(t.closed, 0);
		n = 0;
		r = sfam_send_all(fd, in + sent, sizeof(in) - sent, 0, 0, &n);
		ck_assert(r == 0 || r == -ETIMEDOUT);
		sent += n;
		turn();
		if (t.clients[0]->queued == 0 && got == 0)
			continue;
		r = sfam_recv(fd, out + got, sizeof(out) - got, 0, NULL);
		got += r > 0 ? (size_t)r : 0;
	}
	ck_assert_mem_eq(in, out, sizeof(in));
	ck_assert_int_eq(t.received, 30000);
	ck_assert_int_gt(t.writable, 0);
	close(fd);
	finish();
}
END_TEST

START_TEST(records_ahead)
{
	int asked = 0, answered = 0, fd, got;

	prepare("unix:,type=seqpacket", ECHO);
	t.opts.queue_max = 100;
	start();
	fd = dial();
	while (t.clients[0]->queued == 0) {
		while (sfam_message_send(fd, &asked, sizeof(asked), 0) == 0)
			asked++;
		turn();
	}
	for (; answered < asked; answered++) {
		ck_assert_int_eq(take(fd, &got, sizeof(got)), sizeof(got));
		ck_assert_int_eq(got, answered);
	}
	ck_assert_int_gt(t.writable, 0);
	ck_assert_int_eq(t.closed, 0);
	close(fd);
	finish();
}
END_TEST
/* ---------------------------------------------------------- the others -- */

START_TEST(not_wanted)
{
	int fd;

	begin("unix:", ECHO);
	t.refuse = -EACCES;
	fd = dial();
	ck_assert_int_eq(sfam_recv(fd, large, 1, PATIENCE_NS, NULL), 0);
	close(fd);
	t.refuse = 0;
	fd = dial();
	say(fd, "hello");
	hears(fd, "hello");
	ck_assert_int_eq(t.closed, 0);
	close(fd);
	finish();
}
END_TEST

/* The third waits, and is not lost. */
START_TEST(limit)
{
	int fds[3];

	prepare("unix:", ECHO);
	t.opts.clients_max = 2;
	start();
	fds[0] = dial();
	fds[1] = dial();
	fds[2] = service_dial(&t.addr);
	say(fds[2], "third");
	say(fds[0], "first");
	hears(fds[0], "first");
	turn();
	ck_assert_int_eq(t.accepted, 2);
	ck_assert_err(sfam_recv(fds[2], large, 1, 0, NULL), ETIMEDOUT);
	close(fds[0]);
	hears(fds[2], "third");
	ck_assert_int_eq(t.accepted, 3);
	ck_assert_int_eq(t.failures, 0);
	close(fds[1]);
	close(fds[2]);
	finish();
}
END_TEST

/* One does not read what all are told: it goes, the others hear all. */
START_TEST(one_is_slow)
{
	static char got[1000];
	int talker, reader, slow, i;

	prepare("unix:", TELL_ALL);
	t.opts.queue_max = 20000;
	start();
	talker = dial();
	reader = dial();
	slow = dial();
	for (i = 0; i < 1000; i++) {
		ck_assert_ok(sfam_message_send(talker, large, sizeof(got), 0));
		ck_assert_int_eq(take(talker, got, sizeof(got)), sizeof(got));
		ck_assert_int_eq(take(reader, got, sizeof(got)), sizeof(got));
	}
	ck_assert_int_eq(t.closed, 1);
	ck_assert_int_eq(t.cause[0], -ENOSPC);
	close(slow);
	close(reader);
	close(talker);
	finish();
}
END_TEST

/* ------------------------------------------------------------- accept -- */

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* It is tried again ten times a second, not all the time. */
static void fails(int error)
{
	const int64_t start_ns = now();
	const int failures = t.failures, closed = t.closed;
	int fd = service_dial(&t.addr);

	accept_error = error;
	accepts = 0;
	while (accepts < 3)
		turn();
	ck_assert_int_ge(now() - start_ns, 2 * 100 * MS);
	ck_assert_int_eq(t.failures, failures + 1);
	ck_assert_int_eq(t.error, -error);
	accept_error = 0;
	say(fd, "here");
	hears(fd, "here");
	close(fd);
	/* Or its end would be the reason for a try. */
	until(t.closed > closed);
}

START_TEST(accept_failures)
{
	static const int errors[] = { EMFILE, ENFILE, ENOMEM, EPROTO };
	size_t i;
	int fd;

	begin("unix:", ECHO);
	for (i = 0; i < HARNESS_LEN(errors); i++)
		fails(errors[i]);
	/* This one has gone already: of that nobody needs to know. */
	accept_error = ECONNABORTED;
	fd = service_dial(&t.addr);
	accepts = 0;
	until(accepts >= 3);
	accept_error = 0;
	say(fd, "here");
	hears(fd, "here");
	ck_assert_int_eq(t.failures, 4);
	close(fd);
	finish();
}
END_TEST

/* As soon as a client goes, the next may come. */
START_TEST(descriptors_come_back)
{
	int here, fd;

	begin("unix:", ECHO);
	here = dial();
	fd = service_dial(&t.addr);
	accept_error = EMFILE;
	until(t.failures);
	accept_error = 0;
	close(here);
	say(fd, "here");
	hears(fd, "here");
	close(fd);
	finish();
}
END_TEST

/* As a service manager starts it: the socket is there, and has a client. */
static void be_started(void)
{
	const int fd = SFAM_LISTEN_FDS_START;
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "1", 1);
	expect_that(dup2(t.listener, fd) == fd);
	expect_that(sfam_listen_fds(SFAM_LISTEN_UNSET_ENV, NULL, 0) == 1);
	expect_that(sfam_service_new(&t.service, &fd, 1, &t.opts) == 0);
	until(t.closed);
	sfam_service_free(t.service);
}

START_TEST(activated)
{
	char got[8];
	int fd, status;
	pid_t pid;

	prepare("unix:", ECHO);
	fd = service_dial(&t.addr);
	say(fd, "hello");
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fd);
		be_started();
		_exit(0);
	}
	ck_assert_int_eq(sfam_message_recv(fd, got, sizeof(got), PATIENCE_NS),
			 5);
	close(fd);
	close(t.listener);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ bad_starts, NULL },
		{ talk, NULL },
		{ bytes, NULL },
		{ pieces, NULL },
		{ ahead, NULL },
		{ records_ahead, NULL },
		{ not_wanted, NULL },
		{ limit, NULL },
		{ one_is_slow, NULL },
		{ accept_failures, NULL },
		{ descriptors_come_back, NULL },
		{ activated, NULL },
	};

	return harness_run("service", tests, HARNESS_LEN(tests));
}
