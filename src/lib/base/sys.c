/* SPDX-License-Identifier: MIT */
#include "base/sys.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S INT64_C(1000000000)

int64_t sfam__now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

struct sfam__deadline sfam__deadline_in(int64_t timeout_ns)
{
	struct sfam__deadline d = { -1 };
	int64_t now;

	if (timeout_ns < 0)
		return d;
	if (timeout_ns == 0) {
		d.at_ns = 0;	/* long past, without asking the clock */
		return d;
	}
	now = sfam__now_ns();
	/* A sum past the end of the clock is the same as never. */
	if (timeout_ns <= INT64_MAX - now)
		d.at_ns = now + timeout_ns;
	return d;
}

int64_t sfam__deadline_left_ns(struct sfam__deadline deadline)
{
	int64_t left;

	if (deadline.at_ns <= 0)
		return deadline.at_ns;
	left = deadline.at_ns - sfam__now_ns();
	return left > 0 ? left : 0;
}

static struct timespec ns_to_timespec(int64_t ns)
{
	struct timespec ts = {
		.tv_sec = (time_t)(ns / NS_PER_S),
		.tv_nsec = (long)(ns % NS_PER_S),
	};

	return ts;
}

int sfam__sys_socket(int af, int type, int protocol)
{
	int fd = socket(af, type | SOCK_CLOEXEC, protocol);

	return fd < 0 ? -errno : fd;
}

int sfam__sys_bind(int fd, const void *sa, socklen_t len)
{
	return bind(fd, sa, len) < 0 ? -errno : 0;
}

/*
 * EINTR is passed on: an interrupted connect goes on in the kernel, and
 * calling it again gives EALREADY (connect(2)).
 */
int sfam__sys_connect(int fd, const void *sa, socklen_t len)
{
	return connect(fd, sa, len) < 0 ? -errno : 0;
}

int sfam__sys_listen(int fd, int backlog)
{
	return listen(fd, backlog) < 0 ? -errno : 0;
}

int sfam__sys_shutdown(int fd, int how)
{
	return shutdown(fd, how) < 0 ? -errno : 0;
}

int sfam__sys_accept(int fd, void *sa, socklen_t *len, int flags)
{
	int r;

	do {
		r = accept4(fd, sa, len, flags);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}

int sfam__sys_getsockname(int fd, void *sa, socklen_t *len)
{
	return getsockname(fd, sa, len) < 0 ? -errno : 0;
}

int sfam__sys_getpeername(int fd, void *sa, socklen_t *len)
{
	return getpeername(fd, sa, len) < 0 ? -errno : 0;
}

int sfam__sys_setsockopt(int fd, int level, int name, const void *value,
			 socklen_t len)
{
	return setsockopt(fd, level, name, value, len) < 0 ? -errno : 0;
}

int sfam__sys_getsockopt(int fd, int level, int name, void *value,
			 socklen_t *len)
{
	return getsockopt(fd, level, name, value, len) < 0 ? -errno : 0;
}

int sfam__sys_getsockopt_int(int fd, int level, int name, int *ret)
{
	int value = 0;
	socklen_t len = sizeof(value);

	int r = sfam__sys_getsockopt(fd, level, name, &value, &len);

	if (r == 0)
		*ret = value;
	return r;
}

/*
 * No retry on EINTR: Linux has freed the descriptor by then, and a second
 * close could hit another thread's (close(2)).
 */
void sfam__sys_close(int fd)
{
	close(fd);
}

int sfam__sys_clear_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		return -errno;
	return 0;
}

int sfam__sys_clear_cloexec(int fd)
{
	return fcntl(fd, F_SETFD, 0) < 0 ? -errno : 0;
}

/* A time in ns, of ppoll(2), costs more than now or never of poll(2). */
static int poll_once(struct pollfd *p, struct sfam__deadline deadline)
{
	struct timespec ts;

	if (deadline.at_ns <= 0)
		return poll(p, 1, deadline.at_ns < 0 ? -1 : 0);
	ts = ns_to_timespec(sfam__deadline_left_ns(deadline));
	return ppoll(p, 1, &ts, NULL);
}

int sfam__sys_wait(int fd, short events, struct sfam__deadline deadline)
{
	struct pollfd p = { .fd = fd, .events = events };
	int r;

	do {
		r = poll_once(&p, deadline);
	} while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	if (r == 0)
		return -ETIMEDOUT;
	return p.revents & POLLNVAL ? -EBADF : p.revents;
}

int64_t sfam__sys_tick_ns(void)
{
	struct timespec ts;

	clock_getres(CLOCK_MONOTONIC_COARSE, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int sfam__sys_sleep(int64_t ns, struct sfam__deadline deadline)
{
	struct timespec ts;
	int64_t left;

	if (deadline.at_ns >= 0) {
		left = sfam__deadline_left_ns(deadline);
		if (left == 0)
			return -ETIMEDOUT;
		if (ns > left)
			ns = left;
	}
	ts = ns_to_timespec(ns);
	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
	return 0;
}

/*
 * What to do about a failed call that did not wait: 0 or poll(2)'s revents to
 * try again, or the error. EINTR is possible even then: some families take
 * locks.
 */
static int wait_or_fail(int fd, short events, int error,
			struct sfam__deadline deadline)
{
	if (error == EINTR)
		return 0;
	if (error != EAGAIN)
		return -error;
	if (deadline.at_ns == 0)
		return -ETIMEDOUT;
	return sfam__sys_wait(fd, events, deadline);
}

/* One buffer and nothing else needs no struct copied and checked. */
static ssize_t send_flagged(int fd, const struct msghdr *msg, int flags)
{
	flags |= MSG_NOSIGNAL;
	if (msg->msg_iovlen != 1 || msg->msg_controllen)
		return sendmsg(fd, msg, flags);
	return sendto(fd, msg->msg_iov->iov_base, msg->msg_iov->iov_len, flags,
		      msg->msg_namelen ? msg->msg_name : NULL,
		      msg->msg_namelen);
}

ssize_t sfam__sys_sendmsg(int fd, const struct msghdr *msg, int flags,
			  struct sfam__deadline deadline)
{
	ssize_t n;
	int r;

	for (;;) {
		n = send_flagged(fd, msg, flags | MSG_DONTWAIT);
		if (n >= 0)
			return n;
		r = wait_or_fail(fd, POLLOUT, errno, deadline);
		if (r < 0)
			return r;
	}
}

ssize_t sfam__sys_sendmsg_whole(int fd, const struct msghdr *msg, int flags,
				struct sfam__deadline deadline)
{
	int fd_flags = fcntl(fd, F_GETFL);
	sigset_t all, old;
	ssize_t n;
	int r;

	if (fd_flags < 0)
		return -errno;
	if (fd_flags & O_NONBLOCK)
		return -EOPNOTSUPP;
	r = sfam__sys_wait(fd, POLLOUT, deadline);
	if (r < 0)
		return r;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	n = send_flagged(fd, msg, flags);
	r = n < 0 ? -errno : 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return r < 0 ? r : n;
}

/* As recvmsg(2) leaves it at the end of a stream. */
static ssize_t tell_end(struct msghdr *msg)
{
	msg->msg_namelen = 0;
	msg->msg_controllen = 0;
	msg->msg_flags = 0;
	return 0;
}

/*
 * Nothing there, and nothing will come: for ever ready in poll(2), while a
 * receive that does not wait says EAGAIN. So it is with TIPC once the end is
 * told (tipc_wait_for_rcvmsg(), net/tipc/socket.c), and with unix datagrams
 * after a shutdown(2) (__unix_dgram_recvmsg(), net/unix/af_unix.c). A receive
 * that waits would do so for ever with TIPC, so none waits by itself.
 */
#define HUNG_UP (POLLHUP | POLLRDHUP)

/*
 * Vsock's word if a shutdown(2) of ours came after the peer's own end, which
 * takes SOCK_DONE away (vsock_shutdown(), net/vmw_vsock/af_vsock.c). What
 * never was connected has no POLLRDHUP.
 */
bool sfam__sys_is_end(int fd, int error)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };

	return error == ENOTCONN && poll(&p, 1, 0) == 1 &&
	       p.revents & POLLRDHUP;
}

ssize_t sfam__sys_recvmsg(int fd, struct msghdr *msg, int flags,
			  struct sfam__deadline deadline)
{
	short events = flags & MSG_OOB ? POLLPRI : POLLIN | POLLRDHUP;
	int error, r = 0;
	ssize_t n;

	flags |= MSG_DONTWAIT;
	for (;;) {
		n = recvmsg(fd, msg, flags);
		if (n >= 0)
			return n;
		error = errno;
		if ((error == EAGAIN && r & HUNG_UP) ||
		    sfam__sys_is_end(fd, error))
			return tell_end(msg);
		r = wait_or_fail(fd, events, error, deadline);
		if (r < 0)
			return r;
	}
}

int sfam__sys_sendmmsg(int fd, struct mmsghdr *msgs, unsigned int n,
		       int flags, struct sfam__deadline deadline)
{
	int r;

	for (;;) {
		r = sendmmsg(fd, msgs, n, flags | MSG_DONTWAIT | MSG_NOSIGNAL);
		if (r >= 0)
			return r;
		r = wait_or_fail(fd, POLLOUT, errno, deadline);
		if (r < 0)
			return r;
	}
}

/*
 * With all the time in the world one call does: it blocks for the first
 * message and takes what else is there (MSG_WAITFORONE, recvmmsg(2)).
 */
int sfam__sys_recvmmsg(int fd, struct mmsghdr *msgs, unsigned int n,
		       int flags, struct sfam__deadline deadline)
{
	int r;

	flags |= MSG_CMSG_CLOEXEC;
	flags |= deadline.at_ns < 0 ? MSG_WAITFORONE : MSG_DONTWAIT;
	for (;;) {
		r = recvmmsg(fd, msgs, n, flags, NULL);
		if (r >= 0)
			return r;
		r = wait_or_fail(fd, POLLIN, errno, deadline);
		if (r < 0)
			return r;
	}
}
