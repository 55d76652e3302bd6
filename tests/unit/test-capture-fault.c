/* SPDX-License-Identifier: MIT */
/* Capture files when writing them fails, or is slow. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "capture-writer.h"

/* --------------------------------------- writev(2) that the library gets -- */

static size_t budget = SIZE_MAX;	/* bytes until error */
static int budget_error;
static int slow;		/* every write is interrupted, and short */
static uint64_t slow_state;
static unsigned int calls;

static ssize_t write_some(int fd, const struct iovec *iov, int count,
			  size_t max)
{
	ssize_t n, sum = 0;
	size_t len;

	for (; count > 0 && max > 0; iov++, count--, max -= len) {
		len = iov->iov_len < max ? iov->iov_len : max;
		n = write(fd, iov->iov_base, len);
		if (n < 0)
			return sum ? sum : n;
		sum += n;
	}
	return sum;
}

ssize_t writev(int fd, const struct iovec *iov, int count)
{
	size_t max = budget;
	ssize_t n;

	calls++;
	if (budget == 0) {
		errno = budget_error;
		return -1;
	}
	if (slow && calls % 3) {
		errno = calls % 3 == 1 ? EINTR : EAGAIN;
		return -1;
	}
	if (slow)
		max = 1 + test_random(&slow_state) % 50;
	if (max == SIZE_MAX)
		return syscall(SYS_writev, fd, iov, count);
	n = write_some(fd, iov, count, max);
	if (budget != SIZE_MAX && n > 0)
		budget -= (size_t)n;
	return n;
}

/* ---------------------------------------------------------------- tests -- */

#define MANY 1500			/* several calls of writev(2) */
#define CALL_BYTES 49152		/* that one takes at least */
static struct sfam_capture_record many[MANY];

/* Packets with all there is, of many lengths; some are not copied. */
static void make_many(void)
{
	static char data[1600];
	static const char *const comments[] = { NULL, "", "a", "four" };
	size_t i;

	memset(data, 'd', sizeof(data));
	for (i = 0; i < MANY; i++) {
		many[i] = packet((int64_t)i * S, "");
		many[i].data = data;
		many[i].len = i % 25 == 24 ? 1500 + i % 77 : i * 7 % 300;
		many[i].head_len = (uint32_t)(i * 5 % 25);
		many[i].orig_len = many[i].head_len + many[i].len;
		many[i].comment = comments[i % 4];
		many[i].flags = (uint32_t)(i % 3);
		many[i].drops = i % 5;
	}
}

static size_t whole_size(int fd, uint8_t *buf, size_t size)
{
	ssize_t n = pread(fd, buf, size, 0);

	ck_assert_int_ge(n, 0);
	ck_assert_uint_lt((size_t)n, size);
	return (size_t)n;
}

static void short_writes_of(enum sfam_capture_format format)
{
	static uint8_t plain[1 << 20], slowly[1 << 20];
	struct sfam_capture_writer *w;
	struct sfam_capture_written a, b;
	size_t n;
	int fd = file();

	make_many();
	w = writer_to(fd, format, 0);
	calls = 0;
	ck_assert_ok(sfam_capture_write(w, many, MANY));
	sfam_capture_written(w, &a);
	sfam_capture_writer_free(w);
	n = whole_size(fd, plain, sizeof(plain));
	ck_assert_uint_le(calls, n / CALL_BYTES + 1);
	close(fd);

	fd = file();
	slow = 1;
	slow_state = test_seed();
	w = writer_to(fd, format, 0);
	ck_assert_ok(sfam_capture_write(w, many, MANY));
	slow = 0;
	sfam_capture_written(w, &b);
	sfam_capture_writer_free(w);
	ck_assert_uint_eq(whole_size(fd, slowly, sizeof(slowly)), n);
	ck_assert_mem_eq(plain, slowly, n);
	ck_assert_uint_eq(a.bytes, n);
	ck_assert_mem_eq(&a, &b, sizeof(a));
	close(fd);
}

START_TEST(short_writes)
{
	short_writes_of(SFAM_CAPTURE_PCAP);
	short_writes_of(SFAM_CAPTURE_PCAP_NS);
	short_writes_of(SFAM_CAPTURE_PCAPNG);
}
END_TEST

/* The disk is full after each number of bytes. */
static void no_space_for(enum sfam_capture_format format)
{
	struct sfam_capture_record *r = many + 20;
	struct sfam_capture_writer *w;
	struct sfam_capture_written written;
	size_t sizes = 0, limit, end, n;
	uint64_t header;
	int fd;

	make_many();
	for (limit = 0;; limit++) {
		fd = file();
		w = writer_to(fd, format, 0);
		sfam_capture_written(w, &written);
		header = written.bytes;
		budget = limit;
		budget_error = ENOSPC;
		if (sfam_capture_write(w, r, 10) == 0)
			break;
		ck_assert_err(sfam_capture_write(w, r, 10), ENOSPC);
		ck_assert_err(sfam_capture_add_interface(
				      w, &(struct sfam_capture_interface){
						 .link_type = 1 }), ENOSPC);
		budget = SIZE_MAX;
		ck_assert_err(sfam_capture_write(w, r, 1), ENOSPC);
		for (n = end = 0; end + sfam_capture_size(w, &r[n]) <= limit;
		     n++)
			end += sfam_capture_size(w, &r[n]);
		sfam_capture_written(w, &written);
		ck_assert_uint_eq(written.packets, n);
		ck_assert_uint_eq(written.bytes, header + end);
		ck_assert_int_eq(lseek(fd, 0, SEEK_END),
				 (off_t)(header + limit));
		sfam_capture_writer_free(w);
		close(fd);
	}
	budget = SIZE_MAX;
	for (n = 0; n < 10; n++)
		sizes += sfam_capture_size(w, &r[n]);
	ck_assert_uint_eq(limit, sizes);
	sfam_capture_writer_free(w);
	close(fd);
}

START_TEST(no_space)
{
	no_space_for(SFAM_CAPTURE_PCAP);
	no_space_for(SFAM_CAPTURE_PCAPNG);
}
END_TEST

/* In a later call, and not at its first record. */
START_TEST(no_space_later)
{
	struct sfam_capture_writer *w;
	struct sfam_capture_written written;
	size_t n, end = 0;
	uint64_t header;
	int fd = file();

	make_many();
	w = writer_to(fd, SFAM_CAPTURE_PCAP, 0);
	sfam_capture_written(w, &written);
	header = written.bytes;
	for (n = 0; n < 700; n++)
		end += sfam_capture_size(w, &many[n]);
	budget = end + sfam_capture_size(w, &many[700]) - 1;
	budget_error = EDQUOT;
	ck_assert_err(sfam_capture_write(w, many, MANY), EDQUOT);
	budget = SIZE_MAX;
	sfam_capture_written(w, &written);
	ck_assert_uint_eq(written.packets, 700);
	ck_assert_uint_eq(written.bytes, header + end);
	sfam_capture_writer_free(w);
	close(fd);
}
END_TEST

START_TEST(dev_full)
{
	struct sfam_capture_writer *w = NULL;
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_err(sfam_capture_writer_new(&w, fd, SFAM_CAPTURE_PCAPNG,
					      NULL), ENOSPC);
	ck_assert_ptr_null(w);
	close(fd);
}
END_TEST

/* A reader that has gone is an error, and no signal. */
START_TEST(closed_pipe)
{
	struct sfam_capture_record r = packet(0, "x");
	struct sfam_capture_writer *w;
	int fd[2];

	signal(SIGPIPE, SIG_DFL);
	ck_assert_int_eq(pipe2(fd, O_CLOEXEC), 0);
	w = writer_to(fd[1], SFAM_CAPTURE_PCAPNG, 0);
	close(fd[0]);
	ck_assert_err(sfam_capture_write(w, &r, 1), EPIPE);
	ck_assert_err(sfam_capture_write(w, &r, 1), EPIPE);
	sfam_capture_writer_free(w);
	close(fd[1]);
}
END_TEST

/* A full pipe that is O_NONBLOCK is waited for. */
START_TEST(waits_for_room)
{
	static char big[200000];
	struct sfam_capture_record r = packet(0, "");
	struct sfam_capture_writer *w;
	size_t sum = 0;
	ssize_t n;
	int fd[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe2(fd, O_CLOEXEC | O_NONBLOCK), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		close(fd[0]);
		w = writer_to(fd[1], SFAM_CAPTURE_PCAP, 0);
		r.data = big;
		r.len = r.orig_len = sizeof(big);
		_exit(sfam_capture_write(w, &r, 1) == 0 ? 0 : 1);
	}
	close(fd[1]);
	fcntl(fd[0], F_SETFL, 0);
	while ((n = read(fd[0], big, sizeof(big))) > 0)
		sum += (size_t)n;
	ck_assert_uint_eq(sum, 24 + 16 + sizeof(big));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	close(fd[0]);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ short_writes, NULL },
		{ no_space, NULL },
		{ no_space_later, NULL },
		{ dev_full, NULL },
		{ closed_pipe, NULL },
		{ waits_for_room, NULL },
	};

	return harness_run("capture-fault", tests, HARNESS_LEN(tests));
}
