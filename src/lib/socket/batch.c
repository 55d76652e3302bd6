/* SPDX-License-Identifier: MIT */
/*
 * Frames and packets in batches, and what to do when the interface takes no
 * more of them.
 */
#include "socket/batch.h"

#include <sys/uio.h>

#include "base/sys.h"

#define CHUNK 64

/*
 * How long to wait for room in the interface's queue: at first for about
 * one classic frame at 1 Mbit/s, then twice as long each time.
 */
#define SLEEP_MIN_NS INT64_C(100000)
#define SLEEP_MAX_NS INT64_C(3200000)

/* What is the same for all that are sent by it. */
static void prepare(struct mmsghdr *msgs, size_t n, const struct sfam_addr *to)
{
	size_t i;

	memset(msgs, 0, n * sizeof(msgs[0]));
	for (i = 0; i < n; i++) {
		msgs[i].msg_hdr.msg_iovlen = 1;
		if (to) {
			msgs[i].msg_hdr.msg_name = (void *)&to->storage;
			msgs[i].msg_hdr.msg_namelen = to->len;
		}
	}
}

/*
 * One sendmmsg(2), again while the interface's queue is full. At least one
 * message goes, or an error says why not.
 */
static int send_some(int fd, struct mmsghdr *msgs, unsigned int n,
		     struct sfam__deadline deadline)
{
	int64_t sleep_ns = SLEEP_MIN_NS;
	int r;

	for (;;) {
		r = sfam__sys_sendmmsg(fd, msgs, n, 0, deadline);
		if (r != -ENOBUFS)
			return r;
		if (sfam__sys_sleep(sleep_ns, deadline) < 0)
			return -ENOBUFS;
		if (sleep_ns < SLEEP_MAX_NS)
			sleep_ns *= 2;
	}
}

/* A chunk; *ret_sent counts even if an error ends it. */
static int send_chunk(int fd, struct mmsghdr *msgs, unsigned int n,
		      struct sfam__deadline deadline, size_t *ret_sent)
{
	unsigned int done = 0;
	int r = 0;

	while (done < n) {
		r = send_some(fd, msgs + done, n - done, deadline);
		if (r < 0)
			break;
		done += (unsigned int)r;
	}
	*ret_sent += done;
	return r < 0 ? r : 0;
}

ssize_t sfam__send_batch(int fd, const struct iovec *messages, size_t n,
			 const struct sfam_addr *to, int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	struct mmsghdr msgs[CHUNK];
	size_t sent = 0;
	unsigned int i;
	int r = 0;

	prepare(msgs, n < CHUNK ? n : CHUNK, to);
	while (sent < n && r == 0) {
		for (i = 0; i < CHUNK && i < n - sent; i++)
			msgs[i].msg_hdr.msg_iov =
				(struct iovec *)&messages[sent + i];
		r = send_chunk(fd, msgs, i, deadline, &sent);
	}
	return sent ? (ssize_t)sent : r;
}
