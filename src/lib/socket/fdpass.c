/* SPDX-License-Identifier: MIT */
/* One system call each, for any program at the other end. */
#include "socket/fdbox.h"
#include "socket/fdsend.h"

static int is_stream(int sock, bool *ret)
{
	int type = 0;
	int r = sfam__sys_getsockopt_int(sock, SOL_SOCKET, SO_TYPE, &type);

	*ret = type == SOCK_STREAM;
	return r;
}

ssize_t sfam__fds_send(int sock, const int *fds, size_t n_fds,
		       struct iovec *iov, size_t n_iov,
		       struct sfam__deadline deadline)
{
	union {
		struct cmsghdr head;
		unsigned char bytes[CMSG_SPACE(sizeof(int) * SFAM_FDPASS_MAX)];
	} control;
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = n_iov };

	if (n_fds) {
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(&control.head), fds, n_fds * sizeof(int));
		msg.msg_control = &control;
		msg.msg_controllen = control.head.cmsg_len;
	}
	return sfam__sys_sendmsg(sock, &msg, 0, deadline);
}

void sfam__fds_close(const int *fds, size_t n_fds)
{
	while (n_fds)
		sfam__sys_close(fds[--n_fds]);
}

/* The kernel drops descriptors that come without payload on a stream. */
static ssize_t send_empty(int sock, const int *fds, size_t n_fds,
			  struct sfam__deadline deadline)
{
	char zero = 0;
	struct iovec iov = { &zero, 0 };
	bool stream;
	ssize_t n;
	int r = is_stream(sock, &stream);

	if (r < 0)
		return r;
	iov.iov_len = stream;
	n = sfam__fds_send(sock, fds, n_fds, &iov, 1, deadline);
	return n < 0 ? n : 0;
}

ssize_t sfam__fds_send_plain(int sock, const int *fds, size_t n_fds,
			     const void *buf, size_t len,
			     struct sfam__deadline deadline)
{
	struct iovec iov = { (void *)(uintptr_t)buf, len };

	if (n_fds == 0 || n_fds > SFAM_FDPASS_MAX)
		return -EINVAL;
	if (len == 0)
		return send_empty(sock, fds, n_fds, deadline);
	return sfam__fds_send(sock, fds, n_fds, &iov, 1, deadline);
}

SFAM_PUBLIC ssize_t sfam_fdpass_send(int sock, const int *fds, size_t n_fds,
				     const void *buf, size_t len,
				     int64_t timeout_ns)
{
	return sfam__fds_send_plain(sock, fds, n_fds, buf, len,
				    sfam__deadline_in(timeout_ns));
}

SFAM_PUBLIC ssize_t sfam_fdpass_consume(int sock, const int *fds,
					size_t n_fds, const void *buf,
					size_t len, int64_t timeout_ns)
{
	ssize_t n = sfam_fdpass_send(sock, fds, n_fds, buf, len, timeout_ns);

	if (n >= 0)
		sfam__fds_close(fds, n_fds);
	return n;
}

SFAM_PUBLIC ssize_t sfam_fdpass_recv(int sock, int *ret_fds, size_t max_fds,
				     size_t *ret_n_fds, void *buf, size_t size,
				     int64_t timeout_ns)
{
	int fds[SFAM_FDPASS_MAX];
	struct sfam__fdbox box;
	ssize_t len;

	if (max_fds > SFAM_FDPASS_MAX)
		return -EINVAL;
	sfam__fdbox_init(&box, fds, max_fds);
	len = sfam__fdbox_recv_plain(&box, sock, buf, size,
				     sfam__deadline_in(timeout_ns));
	if (box.error)
		return box.error;
	/* Nobody here wants the sender's pidfd (SO_PASSPIDFD). */
	if (box.pidfd >= 0)
		sfam__sys_close(box.pidfd);
	memcpy(ret_fds, fds, box.n * sizeof(int));
	*ret_n_fds = box.n;
	return len;
}
