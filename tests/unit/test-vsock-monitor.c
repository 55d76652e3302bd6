/* SPDX-License-Identifier: MIT */
/*
 * The sockets of virtual machine monitors. The monitor here is a thread that
 * takes one connection after the other: a slow machine may give a try up and
 * begin another, so each of them gets the same, and no test counts tries.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "harness.h"

#define MS INT64_C(1000000)

enum end { CLOSE, HOLD };

struct monitor {
	char folder[32];
	char text[64];			/* vsock:FOLDER/v:5000 */
	struct sfam_vsock_addr addr;
	int listener;
	pthread_t thread;
	const char *parts[4];		/* of the answer; NULL ends them */
	enum end end;
	int closes;			/* without an answer, while not 0 */
	int holds;			/* the same, until the client leaves */
	int bad_requests;
	/* What became of the tries. */
	unsigned int not_ready, refused;
};

static void set(int *flag, int value)
{
	__atomic_store_n(flag, value, __ATOMIC_SEQ_CST);
}

static int get(int *flag)
{
	return __atomic_load_n(flag, __ATOMIC_SEQ_CST);
}

/* ----------------------------------------------------------- monitor -- */

/* Up to the newline, and not a byte more than that is asked for. */
static void take_request(struct monitor *m, int fd)
{
	static const char expected[] = "CONNECT 5000\n";
	char line[sizeof(expected)];
	size_t n = 0;

	while (n < sizeof(expected) - 1 && recv(fd, line + n, 1, 0) == 1)
		n++;
	/* A client that gave up has sent all of it, or nothing. */
	if (n && memcmp(line, expected, n) != 0)
		m->bad_requests++;
}

/* The client has taken all that was sent, or is gone. */
static void wait_taken(int fd)
{
	int left = 1;
	char c;

	while (left && recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) != 0) {
		ioctl(fd, SIOCOUTQ, &left);
		sched_yield();
	}
}

static void answer(const struct monitor *m, int fd)
{
	size_t i;

	for (i = 0; m->parts[i]; i++) {
		if (i)
			wait_taken(fd);
		send(fd, m->parts[i], strlen(m->parts[i]), MSG_NOSIGNAL);
	}
}

static void wait_end(int fd)
{
	char c;

	while (recv(fd, &c, 1, 0) > 0)
		;
}

static void serve(struct monitor *m, int fd)
{
	take_request(m, fd);
	if (get(&m->closes))
		return;
	if (get(&m->holds)) {
		wait_end(fd);
		return;
	}
	answer(m, fd);
	if (m->end == HOLD)
		wait_end(fd);
}

static void *run(void *arg)
{
	struct monitor *m = arg;
	int fd;

	while ((fd = accept(m->listener, NULL, NULL)) >= 0) {
		serve(m, fd);
		close(fd);
	}
	return NULL;
}

static void prepare(struct monitor *m)
{
	memset(m, 0, sizeof(*m));
	m->listener = -1;
	strcpy(m->folder, "/tmp/sockfam-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(m->folder));
	snprintf(m->text, sizeof(m->text), "vsock:%s/v:5000", m->folder);
	ck_assert_ok(sfam_vsock_parse(&m->addr, m->text, strlen(m->text),
				      NULL));
	m->parts[0] = "OK 1073741824\n";
	m->end = HOLD;
}

static void start(struct monitor *m)
{
	m->listener = sfam_open(&m->addr.at, SFAM_OPEN_LISTEN, NULL);
	ck_assert_ok(m->listener);
	ck_assert_int_eq(pthread_create(&m->thread, NULL, run, m), 0);
}

static void remove_socket(const struct monitor *m)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/v", m->folder);
	unlink(path);
}

static void stop(struct monitor *m)
{
	if (m->listener >= 0) {
		shutdown(m->listener, SHUT_RDWR);
		pthread_join(m->thread, NULL);
		close(m->listener);
	}
	remove_socket(m);
	rmdir(m->folder);
	ck_assert_int_eq(m->bad_requests, 0);
}

/* ------------------------------------------------------------ client -- */

static int connect_to(struct monitor *m, uint32_t flags, int64_t timeout_ns,
		      struct sfam_vsock_fault *fault)
{
	struct sfam_vsock_connect_opts opts = SFAM_VSOCK_CONNECT_OPTS_INIT;

	opts.flags = flags;
	opts.timeout_ns = timeout_ns;
	return sfam_vsock_connect(&m->addr, &opts, fault);
}

/* The next bytes are these, and no others were lost before them. */
static void check_next(int fd, const char *bytes)
{
	char buf[64];

	ck_assert_ok(sfam_recv_exact(fd, buf, strlen(bytes), SFAM_FOREVER,
				     NULL));
	ck_assert_int_eq(memcmp(buf, bytes, strlen(bytes)), 0);
}

static void check_good(const char *const parts[4], const char *data)
{
	struct monitor m;
	int fd;

	prepare(&m);
	memcpy(m.parts, parts, sizeof(m.parts));
	m.end = CLOSE;
	start(&m);
	fd = connect_to(&m, 0, SFAM_FOREVER, NULL);
	ck_assert_ok(fd);
	check_next(fd, data);
	ck_assert_int_eq(sfam_recv(fd, (char[1]){ 0 }, 1, SFAM_FOREVER, NULL),
			 0);
	close(fd);
	stop(&m);
}

START_TEST(answers)
{
	check_good((const char *const[4]){ "OK 1073741824\n" }, "");
	check_good((const char *const[4]){ "OK 0\n" }, "");
	check_good((const char *const[4]){ "OK 4294967295\n" }, "");
	check_good((const char *const[4]){ "OK 1\nhello" }, "hello");
	check_good((const char *const[4]){ "OK 1\n\nOK 2\n" }, "\nOK 2\n");
	check_good((const char *const[4]){ "OK 1\n0123456789012345678901234" },
		   "0123456789012345678901234");
}
END_TEST

START_TEST(split_answers)
{
	check_good((const char *const[4]){ "O", "K 12", "\n" }, "");
	check_good((const char *const[4]){ "OK 12", "34", "\nhello" },
		   "hello");
	check_good((const char *const[4]){ "OK 1234567890", "\n", "hello" },
		   "hello");
	check_good((const char *const[4]){ "OK 1\n", "hel", "lo" }, "hello");
}
END_TEST

static void check_wrong(const char *const parts[4], enum end end, int error)
{
	struct sfam_vsock_fault fault;
	struct monitor m;

	prepare(&m);
	memcpy(m.parts, parts, sizeof(m.parts));
	m.end = end;
	start(&m);
	ck_assert_err(connect_to(&m, 0, SFAM_FOREVER, &fault), error);
	ck_assert_int_eq(fault.error, -error);
	ck_assert_int_eq(fault.why, error == EPROTO ? SFAM_VSOCK_OTHER :
						      SFAM_VSOCK_REFUSED);
	stop(&m);
}

/* Held open: a wrong answer is not waited out. */
START_TEST(wrong_answers)
{
	static const char *const wrong[] = {
		"OK\n", "OK \n", "ok 1\n", "OK  1\n", "OK 1 \n", "OK 1\r\n",
		"OK -1\n", "OK 0x1\n", "OK 42949672950\n", "ERR", "\n", "X",
		"HTTP/1.1 400 Bad Request\r\n", "OK 12345678901234567890",
	};
	size_t i;

	for (i = 0; i < HARNESS_LEN(wrong); i++)
		check_wrong((const char *const[4]){ wrong[i] }, HOLD, EPROTO);
	check_wrong((const char *const[4]){ "O", "X" }, HOLD, EPROTO);
}
END_TEST

START_TEST(no_answer)
{
	check_wrong((const char *const[4]){ NULL }, CLOSE, ECONNRESET);
	check_wrong((const char *const[4]){ "OK 1" }, CLOSE, ECONNRESET);
	check_wrong((const char *const[4]){ "O", "K" }, CLOSE, ECONNRESET);
}
END_TEST

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

static void check_timeout(const char *part)
{
	struct sfam_vsock_fault fault;
	int64_t begun = now_ns();
	struct monitor m;

	prepare(&m);
	m.parts[0] = part;
	start(&m);
	ck_assert_err(connect_to(&m, 0, 300 * MS, &fault), ETIMEDOUT);
	ck_assert_int_ge(now_ns() - begun, 300 * MS);
	ck_assert_int_eq(fault.why, SFAM_VSOCK_NOT_READY);
	ck_assert_int_eq(fault.error, -ETIMEDOUT);
	ck_assert_uint_ge(fault.tries, 1);
	stop(&m);
}

START_TEST(silence)
{
	check_timeout(NULL);
	check_timeout("OK 1");
}
END_TEST

START_TEST(open_flags)
{
	struct monitor m;
	int fd;

	prepare(&m);
	start(&m);
	fd = connect_to(&m, 0, SFAM_FOREVER, NULL);
	ck_assert_ok(fd);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	fd = connect_to(&m, SFAM_OPEN_NONBLOCK | SFAM_OPEN_KEEP_ON_EXEC,
			SFAM_FOREVER, NULL);
	ck_assert_ok(fd);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), 0);
	close(fd);
	stop(&m);
}
END_TEST

/* ------------------------------------------------------------- again -- */

static int connect_seeing(struct monitor *m, uint32_t flags,
			  int (*failed)(void *arg,
					const struct sfam_vsock_fault *fault),
			  struct sfam_vsock_fault *fault)
{
	struct sfam_vsock_connect_opts opts = SFAM_VSOCK_CONNECT_OPTS_INIT;

	opts.flags = flags;
	opts.pause_ns = MS;
	opts.failed = failed;
	opts.arg = m;
	return sfam_vsock_connect(&m->addr, &opts, fault);
}

/* There is no socket, then one that nobody listens on, then a monitor. */
static int start_in_time(void *arg, const struct sfam_vsock_fault *fault)
{
	struct monitor *m = arg;
	int fd;

	if (fault->why != SFAM_VSOCK_NOT_READY ||
	    fault->tries != ++m->not_ready)
		return -EBADMSG;
	if (fault->error == -ENOENT && m->not_ready == 1) {
		fd = sfam_open(&m->addr.at, SFAM_OPEN_BIND, NULL);
		if (fd >= 0)
			close(fd);
		return fd < 0 ? fd : 0;
	}
	if (fault->error == -ECONNREFUSED && m->not_ready == 2) {
		remove_socket(m);
		start(m);
		return 0;
	}
	return fault->error == -ETIMEDOUT ? 0 : -EBADMSG;
}

START_TEST(monitor_comes)
{
	struct monitor m;
	int fd;

	prepare(&m);
	fd = connect_seeing(&m, 0, start_in_time, NULL);
	ck_assert_ok(fd);
	ck_assert_uint_ge(m.not_ready, 2);
	close(fd);
	stop(&m);
}
END_TEST

static int count_slow(void *arg, const struct sfam_vsock_fault *fault)
{
	struct monitor *m = arg;

	if (fault->error != -ETIMEDOUT)
		return -EBADMSG;
	if (++m->not_ready == 2)
		set(&m->holds, 0);
	return 0;
}

START_TEST(slow_answers)
{
	struct monitor m;
	int fd;

	prepare(&m);
	m.holds = 1;
	m.parts[0] = "OK 5\nhello";
	start(&m);
	fd = connect_seeing(&m, 0, count_slow, NULL);
	ck_assert_ok(fd);
	ck_assert_uint_ge(m.not_ready, 2);
	check_next(fd, "hello");
	close(fd);
	stop(&m);
}
END_TEST

static int count_refused(void *arg, const struct sfam_vsock_fault *fault)
{
	struct monitor *m = arg;

	if (fault->why == SFAM_VSOCK_REFUSED && ++m->refused == 2)
		set(&m->closes, 0);
	return 0;
}

START_TEST(service_comes)
{
	struct sfam_vsock_fault fault;
	struct monitor m;
	int fd;

	prepare(&m);
	m.closes = 1;
	start(&m);
	ck_assert_err(connect_seeing(&m, 0, count_refused, &fault),
		      ECONNRESET);
	ck_assert_int_eq(fault.why, SFAM_VSOCK_REFUSED);
	ck_assert_uint_eq(m.refused, 0);
	fd = connect_seeing(&m, SFAM_VSOCK_WAIT_SERVICE, count_refused, NULL);
	ck_assert_ok(fd);
	ck_assert_uint_eq(m.refused, 2);
	close(fd);
	stop(&m);
}
END_TEST

static int cancel(void *arg, const struct sfam_vsock_fault *fault)
{
	(void)arg;
	return fault->tries == 3 ? -ECANCELED : 0;
}

START_TEST(cancelled)
{
	struct sfam_vsock_fault fault;
	struct monitor m;

	prepare(&m);
	ck_assert_err(connect_seeing(&m, 0, cancel, &fault), ECANCELED);
	ck_assert_uint_eq(fault.tries, 3);
	ck_assert_int_eq(fault.error, -ENOENT);
	stop(&m);
}
END_TEST

START_TEST(faults)
{
	struct sfam_vsock_connect_opts opts = SFAM_VSOCK_CONNECT_OPTS_INIT;
	struct rlimit limit = { 0, 0 }, old;
	struct sfam_vsock_fault fault;
	struct monitor m;

	prepare(&m);
	ck_assert_err(connect_to(&m, 1u << 31, 0, &fault), EINVAL);
	ck_assert_uint_eq(fault.tries, 0);
	ck_assert_int_eq(fault.why, SFAM_VSOCK_OTHER);
	opts.size = 1;
	ck_assert_err(sfam_vsock_connect(&m.addr, &opts, NULL), EINVAL);
	opts.size = sizeof(opts);
	opts.pause_ns = -1;
	ck_assert_err(sfam_vsock_connect(&m.addr, &opts, NULL), EINVAL);
	/* A time of 0 is one try. */
	ck_assert_err(connect_to(&m, 0, 0, &fault), ETIMEDOUT);
	ck_assert_uint_eq(fault.tries, 1);
	ck_assert_int_eq(fault.error, -ENOENT);
	getrlimit(RLIMIT_NOFILE, &old);
	limit.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	ck_assert_err(connect_to(&m, 0, SFAM_FOREVER, &fault), EMFILE);
	setrlimit(RLIMIT_NOFILE, &old);
	ck_assert_int_eq(fault.why, SFAM_VSOCK_OTHER);
	ck_assert_uint_eq(fault.tries, 1);
	stop(&m);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ answers, NULL },
		{ split_answers, NULL },
		{ wrong_answers, NULL },
		{ no_answer, NULL },
		{ silence, NULL },
		{ open_flags, NULL },
		{ monitor_comes, NULL },
		{ slow_answers, NULL },
		{ service_comes, NULL },
		{ cancelled, NULL },
		{ faults, NULL },
	};

	return harness_run("vsock-monitor", tests, HARNESS_LEN(tests));
}
