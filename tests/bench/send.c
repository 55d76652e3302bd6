/* SPDX-License-Identifier: MIT */
/* CAN send, while nobody listens. */
#include "bus.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <sockfam/can.h>

#include "bench.h"

#define LOOP_MAX 1.03		/* the library to the bare loop */

static struct can_frame frames[BATCH];
static struct iovec iovs[BATCH];

static void send_by_write(int fd, size_t n)
{
	static const struct pace flood = { "flood", 0, 0 };

	send_paced(fd, &flood, n);
}

static size_t batch_of(size_t left)
{
	return left < BATCH ? left : BATCH;
}

/*
 * The headers are made once: the best that a program can do which always
 * sends from the same buffers.
 */
static void send_by_sendmmsg(int fd, size_t n)
{
	static struct mmsghdr msgs[BATCH];
	size_t sent, i;
	int r;

	for (i = 0; i < BATCH; i++) {
		msgs[i].msg_hdr.msg_iov = &iovs[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	for (sent = 0; sent < n; sent += (size_t)r) {
		r = sendmmsg(fd, msgs, (unsigned int)batch_of(n - sent), 0);
		if (r < 0)
			die("sendmmsg");
	}
}

static void send_by_library(int fd, size_t n)
{
	size_t sent;
	ssize_t r;

	for (sent = 0; sent < n; sent += (size_t)r) {
		r = sfam_can_send(fd, iovs, batch_of(n - sent), NULL, -1);
		if (r < 0)
			die("sfam_can_send");
	}
}

static int64_t run_cangen(size_t n)
{
	char count[24];
	const char *const argv[] = {
		"cangen", "-g", "0", "-n", count, "-I", "123", "-L", "8",
		"-D", "1122334455667788", config.ifname, NULL,
	};

	snprintf(count, sizeof(count), "%zu", n);
	return reap(start_program(argv, "/dev/null"), "cangen");
}

static int64_t run_here(void (*send_all)(int fd, size_t n), int fd, size_t n)
{
	int64_t start = cpu_ns();

	send_all(fd, n);
	return cpu_ns() - start;
}

/* NULL: cangen */
static int64_t run(void (*send_all)(int fd, size_t n), int fd, size_t n)
{
	unsigned long sent = count_sent();
	int64_t cost = send_all ? run_here(send_all, fd, n) : run_cangen(n);

	errno = 0;
	if (count_sent() - sent != n)
		die("frames sent");
	return cost;
}

/* The difference of 2n and n frames, without start and end. */
static double measure(void (*send_all)(int fd, size_t n), int fd)
{
	int64_t cost = run(send_all, fd, config.frames);

	cost = run(send_all, fd, 2 * config.frames) - cost;
	return (double)cost / (double)config.frames;
}

void bench_send(void)
{
	int fd = open_sender();
	double by_write, bare, ours, peer;
	size_t i;

	for (i = 0; i < BATCH; i++) {
		frames[i] = frame_to_send;
		iovs[i] = (struct iovec){ &frames[i], sizeof(frames[i]) };
	}
	by_write = measure(send_by_write, fd);
	bare = measure(send_by_sendmmsg, fd);
	ours = measure(send_by_library, fd);
	peer = have_program("cangen") ? measure(NULL, fd) : NONE;
	close(fd);
	show_heading("CAN send, per frame, nobody listens; peer: cangen -g 0");
	show_row(&(struct row){ "send; floor: write each", by_write, ours,
				peer });
	show_row(&(struct row){ "send; floor: sendmmsg 256", bare, ours,
				peer });
	set_limit("send", "ours/floor", ours / bare, LOOP_MAX);
}
