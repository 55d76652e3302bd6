/* SPDX-License-Identifier: MIT */
/* Descriptors through a socket: sent, received and closed. */
#include "bench.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <sockfam/fdpass.h>

#define MANY SFAM_FDPASS_MAX
#define CALLS_MANY 200
#define CALLS_ONE 4000
#define BARE_MAX 1.02		/* the library to the bare calls */
#define SHARE_MAX 0.2		/* one of many to one alone */

static int sock[2];
static int fds[MANY];
static size_t count;

static union {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(fds))];
} control;

/* They are neighbours: nothing else was opened meanwhile. */
static void close_fds(const int *got, size_t n)
{
	if (close_range((unsigned int)got[0], (unsigned int)got[n - 1], 0) < 0)
		die("close_range");
}

/* What stays the same is set once: the best that a program can do. */
static void bare(size_t i)
{
	char byte = 'x';
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = CMSG_LEN(count * sizeof(int)) };
	const int *got = (const void *)CMSG_DATA(&control.head);

	(void)i;
	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(&control.head), fds, count * sizeof(int));
	if (sendmsg(sock[0], &msg, MSG_NOSIGNAL) != 1)
		die("sendmsg");
	msg.msg_controllen = sizeof(control);
	if (recvmsg(sock[1], &msg, MSG_CMSG_CLOEXEC) != 1 ||
	    control.head.cmsg_len != CMSG_LEN(count * sizeof(int)))
		die("recvmsg");
	close_fds(got, count);
}

static void ours(size_t i)
{
	int got[MANY];
	char byte = 'x';
	size_t n = 0;

	(void)i;
	if (sfam_fdpass_send(sock[0], fds, count, &byte, 1, -1) != 1 ||
	    sfam_fdpass_recv(sock[1], got, MANY, &n, &byte, 1, -1) != 1 ||
	    n != count)
		die("sfam_fdpass");
	close_fds(got, n);
}

static void framed(size_t i)
{
	static const struct sfam_fdpass_opts opts = {
		.size = sizeof(opts), .flags = SFAM_FDPASS_FRAMED,
		.timeout_ns = -1,
	};
	struct sfam_fdpass_message m = { .fds = (int[MANY]){ 0 },
					 .max_fds = MANY };

	(void)i;
	if (sfam_fdpass_send_message(sock[0], fds, count, NULL, 0, &opts) ||
	    sfam_fdpass_recv_message(sock[1], &m, &opts) != 1 ||
	    m.n_fds != count)
		die("sfam_fdpass_..._message");
	close_fds(m.fds, m.n_fds);
}

static void none(size_t i)
{
	(void)i;
}

void bench_fdpass(void)
{
	double one, many, bare_many, in_frame;
	size_t i;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sock) < 0)
		die("socketpair");
	for (i = 0; i < MANY; i++)
		fds[i] = sock[0];
	show_heading("descriptors: send, receive and close, per message");
	count = 1;
	one = count_calls(ours, none, CALLS_ONE);
	show_row(&(struct row){ "one descriptor",
				count_calls(bare, none, CALLS_ONE), one,
				NONE });
	count = MANY;
	bare_many = count_calls(bare, none, CALLS_MANY);
	many = count_calls(ours, none, CALLS_MANY);
	in_frame = count_calls(framed, none, CALLS_MANY);
	show_row(&(struct row){ "253 descriptors", bare_many, many, NONE });
	show_row(&(struct row){ "253 descriptors, framed", bare_many, in_frame,
				NONE });
	close(sock[0]);
	close(sock[1]);
	set_limit("253 descriptors", "ours/floor", many / bare_many, BARE_MAX);
	set_limit("one of 253 descriptors", "to one", many / MANY / one,
		  SHARE_MAX);
}
