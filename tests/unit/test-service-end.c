/* SPDX-License-Identifier: MIT */
/* How clients of a service end, and how it ends itself. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "test-service-turns.h"

/* ----------------------------------------------------------------- end -- */

static void closed_for(const char *text, const void *sent, size_t len,
		       int cause)
{
	int fd;

	prepare(text, t.manner);
	t.opts.message_max = 100;
	start();
	fd = dial();
	ck_assert_ok(sfam_send_all(fd, sent, len, 0, 0, NULL));
	if (cause == -EBADMSG)
		shutdown(fd, SHUT_WR);
	until(t.closed);
	ck_assert_int_eq(t.cause[0], cause);
	ck_assert_int_eq(t.received, cause == -EPROTO);
	close(fd);
	finish();
}

START_TEST(bad_messages)
{
	t.manner = ECHO;
	closed_for("unix:", "\0\0\0\145", 4, -EMSGSIZE);
	closed_for("unix:", "\377\377\377\377", 4, -EMSGSIZE);
	closed_for("unix:", "\0\0\0\0", 4, -EBADMSG);
	closed_for("unix:", "\0\0\0", 3, -EBADMSG);
	closed_for("unix:", "\0\0\0\5hell", 8, -EBADMSG);
	t.manner = FAIL;
	closed_for("unix:", "\0\0\0\1x", 5, -EPROTO);
}
END_TEST

/* The last that is short enough, and the first that is not. */
static void longest_record(const char *text)
{
	t.manner = FAIL;
	closed_for(text, "x", 1, -EPROTO);
	closed_for(text, large, 100, -EPROTO);
	closed_for(text, large, 101, -EMSGSIZE);
	closed_for(text, large, 1000, -EMSGSIZE);
}

START_TEST(longest_record_unix)
{
	longest_record("unix:,type=seqpacket");
}
END_TEST

START_TEST(longest_record_vsock)
{
	longest_record("vsock:local:any,type=seqpacket");
}
END_TEST

START_TEST(bad_sends)
{
	int fd;

	begin("unix:", ECHO);
	fd = dial();
	ck_assert_err(sfam_service_send(t.clients[0], "", 0), EINVAL);
#if SIZE_MAX > UINT32_MAX
	ck_assert_err(sfam_service_send(t.clients[0], large,
					(size_t)UINT32_MAX + 1), EINVAL);
#endif
	/* Its head has no place. */
	ck_assert_err(sfam_service_send(t.clients[0], large, 262141), ENOSPC);
	ck_assert_err(sfam_service_send(t.clients[0], "x", 1), ESHUTDOWN);
	sfam_service_end(t.clients[0], -EPROTO);
	until(t.closed);
	ck_assert_int_eq(t.cause[0], -ENOSPC);
	close(fd);
	finish();
}
END_TEST

/* All that was queued, then the end; what it still sends does no harm. */
static void ended(const char *text)
{
	static char got[sizeof(large)];
	int fd;

	begin(text, END);
	memset(large, 'x', sizeof(large));
	fd = dial();
	say(fd, "go");
	say(fd, "more");
	ck_assert_int_eq(take(fd, got, sizeof(got)), sizeof(large));
	ck_assert_mem_eq(got, large, sizeof(large));
	ck_assert_int_eq(take(fd, got, sizeof(got)), 0);
	ck_assert_int_eq(t.received, 1);
	close(fd);
	until(t.closed);
	ck_assert_int_eq(t.cause[0], 0);
	finish();
}

START_TEST(ends)
{
	ended("unix:");
	ended("unix:,type=seqpacket");
	ended("inet:127.0.0.1:0");
}
END_TEST

/* It does not end its half: then two seconds do. */
START_TEST(lingers)
{
	struct timespec before, after;
	char got[16];
	int fd;

	clock_gettime(CLOCK_MONOTONIC, &before);
	begin("unix:", ECHO);
	fd = dial();
	sfam_service_end(t.clients[0], 0);
	until(t.closed);
	clock_gettime(CLOCK_MONOTONIC, &after);
	ck_assert_int_ge((after.tv_sec - before.tv_sec) * 1000 +
			 (after.tv_nsec - before.tv_nsec) / 1000000, 1999);
	ck_assert_int_eq(t.cause[0], 0);
	ck_assert_int_eq(sfam_message_recv(fd, got, sizeof(got), 0), 0);
	close(fd);
	finish();
}
END_TEST

static void timed_out(int64_t idle_ns, int64_t total_ns)
{
	int fd;

	prepare("unix:", ECHO);
	t.opts.idle_ns = idle_ns;
	t.opts.total_ns = total_ns;
	start();
	fd = dial();
	until(t.closed);
	ck_assert_int_eq(t.cause[0], -ETIMEDOUT);
	ck_assert_int_eq(sfam_recv(fd, large, 1, PATIENCE_NS, NULL), 0);
	close(fd);
	finish();
}

START_TEST(timeouts)
{
	timed_out(20 * MS, -1);
	timed_out(-1, 20 * MS);
	timed_out(PATIENCE_NS, 20 * MS);
	timed_out(20 * MS, INT64_MAX);
}
END_TEST

/* ---------------------------------------------------------------- stop -- */

START_TEST(stop_at_once)
{
	int fds[2], late;

	begin("unix:", ECHO);
	fds[0] = dial();
	fds[1] = dial();
	sfam_service_stop(t.service, 0);
	ck_assert_ok(sfam_service_run(t.service, SFAM_FOREVER));
	ck_assert_int_eq(t.closed, 2);
	ck_assert_int_eq(t.cause[0], -ESHUTDOWN);
	ck_assert_int_eq(t.cause[1], -ESHUTDOWN);
	/* The listener is still the caller's. */
	late = service_dial(&t.addr);
	ck_assert_ok(sfam_service_run(t.service, SFAM_FOREVER));
	ck_assert_int_eq(t.accepted, 2);
	finish();
	close(fds[0]);
	close(fds[1]);
	close(late);
}
END_TEST

static void *stop_soon(void *arg)
{
	(void)arg;
	sfam_service_stop(t.service, PATIENCE_NS);
	return NULL;
}

/* Asked for by another thread; who is there may finish. */
START_TEST(stop_in_peace)
{
	pthread_t thread;
	int fd, late;

	begin("unix:", ECHO);
	fd = dial();
	ck_assert_int_eq(pthread_create(&thread, NULL, stop_soon, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	turn();
	late = service_dial(&t.addr);
	say(fd, "hello");
	hears(fd, "hello");
	ck_assert_int_eq(t.accepted, 1);
	/* More time there is not, if it is asked for later. */
	sfam_service_stop(t.service, SFAM_FOREVER);
	turn();
	close(fd);
	ck_assert_ok(sfam_service_run(t.service, SFAM_FOREVER));
	ck_assert_int_eq(t.cause[0], 0);
	finish();
	close(late);
}
END_TEST

/* The first may be long; a second that is short counts. */
START_TEST(stop_sooner)
{
	int fd;

	begin("unix:", ECHO);
	fd = dial();
	sfam_service_stop(t.service, SFAM_FOREVER);
	ck_assert_int_eq(turn(), 1);
	sfam_service_stop(t.service, 5 * MS);
	sfam_service_stop(t.service, PATIENCE_NS);
	ck_assert_ok(sfam_service_run(t.service, SFAM_FOREVER));
	ck_assert_int_eq(t.cause[0], -ESHUTDOWN);
	close(fd);
	finish();
}
END_TEST

START_TEST(free_closes)
{
	int fd;

	begin("unix:", ECHO);
	fd = dial();
	finish();
	ck_assert_int_eq(t.closed, 1);
	ck_assert_int_eq(t.cause[0], -ESHUTDOWN);
	close(fd);
}
END_TEST

/* ------------------------------------------------------------- records -- */

/*
 * Records that are pushed at a client until it is closed for that: those
 * that it gets are whole, and in their order; of no other there is a trace.
 */
static int push_all(void *arg, struct sfam_service_client *client,
		    const void *buf, size_t len)
{
	unsigned char record[7000];
	int r = 0, n;

	(void)arg;
	(void)buf;
	if (len == 0)
		return 0;
	for (n = 0; r == 0; n++) {
		memset(record, n, sizeof(record));
		record[0] = (unsigned char)(n >> 8);
		r = sfam_service_send(client, record, sizeof(record));
	}
	return 0;
}

static void read_after(const struct sfam_addr *addr, int told)
{
	unsigned char got[8192];
	int fd = service_dial(addr), n = 0, i;
	ssize_t len;
	char c;

	expect_that(sfam_message_send(fd, "go", 2, PATIENCE_NS) == 0);
	expect_that(read(told, &c, 1) == 0);	/* it was closed */
	while ((len = sfam_recv(fd, got, sizeof(got), PATIENCE_NS, NULL)) >
	       0) {
		expect_msg(len == 7000, "record %d: %zd bytes", n, len);
		expect_that(got[0] == n >> 8);
		for (i = 1; i < len; i++)
			expect_that(got[i] == (unsigned char)n);
		n++;
	}
	expect_msg(len == 0 || len == -ECONNRESET, "end: %zd", len);
	expect_that(n > 0);
}

static void pushed(const char *text, int cause)
{
	int told[2], status;
	pid_t pid;

	prepare(text, ECHO);
	t.opts.queue_max = 50000;
	t.opts.received = push_all;
	start();
	ck_assert_int_eq(pipe(told), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(told[1]);
		read_after(&t.addr, told[0]);
		_exit(0);
	}
	close(told[0]);
	until(t.closed);
	ck_assert_int_eq(t.cause[0], cause);
	close(told[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	finish();
}

START_TEST(whole_or_not)
{
	pushed("unix:,type=seqpacket", -ENOSPC);
}
END_TEST

START_TEST(whole_or_not_vsock)
{
	pushed("vsock:local:any,type=seqpacket", -ENOBUFS);
}
END_TEST

START_TEST(whole_or_not_tipc)
{
	pushed("tipc:5001:1,type=seqpacket", -ENOSPC);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ bad_messages, NULL },
		{ longest_record_unix, NULL },
		{ longest_record_vsock, "vsock-loopback" },
		{ bad_sends, NULL },
		{ ends, NULL },
		{ lingers, NULL },
		{ timeouts, NULL },
		{ stop_at_once, NULL },
		{ stop_in_peace, NULL },
		{ stop_sooner, NULL },
		{ free_closes, NULL },
		{ whole_or_not, NULL },
		{ whole_or_not_vsock, "vsock-loopback" },
		{ whole_or_not_tipc, "tipc" },
	};

	return harness_run("service-end", tests, HARNESS_LEN(tests));
}
