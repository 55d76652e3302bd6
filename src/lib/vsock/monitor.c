/* SPDX-License-Identifier: MIT */
/*
 * The socket of a virtual machine monitor, Firecracker or Cloud Hypervisor:
 * "CONNECT PORT\n" is answered by "OK NUMBER\n", and everything after that is
 * the guest's. Nothing of it may be taken, so bytes are looked at before.
 */
#include "vsock/vsock.h"

#include <sockfam/socket.h>

#define OK_LEN 3
/* "OK 4294967295\n" */
#define ANSWER_MAX (OK_LEN + 10 + 1)

/* 1: an answer; 0: the beginning of one; -EPROTO. */
static int read_answer(const char *line, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (i < OK_LEN) {
			if (line[i] != "OK "[i])
				return -EPROTO;
		} else if (line[i] == '\n') {
			return i > OK_LEN ? 1 : -EPROTO;
		} else if (line[i] < '0' || line[i] > '9') {
			return -EPROTO;
		}
	}
	return n < ANSWER_MAX ? 0 : -EPROTO;
}

static ssize_t receive(int fd, char *buf, size_t size, int flags,
		       struct sfam__deadline deadline)
{
	struct iovec iov = { buf, size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return sfam__sys_recvmsg(fd, &msg, flags, deadline);
}

/* More of the line, up to its end. Returns how many bytes. */
static ssize_t take_line(int fd, char *buf, size_t size,
			 struct sfam__deadline deadline)
{
	ssize_t n = receive(fd, buf, size, MSG_PEEK, deadline);
	const char *end;

	if (n < 0)
		return n;
	if (n == 0)
		return -ECONNRESET;
	end = memchr(buf, '\n', (size_t)n);
	return receive(fd, buf, end ? (size_t)(end - buf) + 1 : (size_t)n, 0,
		       deadline);
}

static int take_answer(int fd, struct sfam__deadline deadline)
{
	char line[ANSWER_MAX];
	size_t n = 0;
	ssize_t got;
	int r = 0;

	while (r == 0) {
		got = take_line(fd, line + n, sizeof(line) - n, deadline);
		if (got < 0)
			return (int)got;
		n += (size_t)got;
		r = read_answer(line, n);
	}
	return r < 0 ? r : 0;
}

int sfam__vsock_ask_monitor(int fd, uint32_t port,
			    struct sfam__deadline deadline)
{
	char line[32];
	struct sfam__out o = { line, sizeof(line), 0 };
	int r;

	sfam__out_str(&o, "CONNECT ");
	sfam__out_dec(&o, port);
	sfam__out_char(&o, '\n');
	r = sfam_send_all(fd, line, o.len, 0,
			  sfam__deadline_left_ns(deadline), NULL);
	if (r == 0)
		r = take_answer(fd, deadline);
	return r == -EPIPE ? -ECONNRESET : r;
}
