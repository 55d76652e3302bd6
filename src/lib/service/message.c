/* SPDX-License-Identifier: MIT */
/* Messages for who can wait: a record, or a length before so many bytes. */
#include "service/service.h"

#include <sys/uio.h>

#include <sockfam/family.h>
#include <sockfam/socket.h>

void sfam__head_put(unsigned char *head, size_t len)
{
	int i;

	for (i = SFAM__HEAD - 1; i >= 0; i--) {
		head[i] = (unsigned char)len;
		len >>= 8;
	}
}

uint32_t sfam__head_get(const unsigned char *head)
{
	return (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 |
	       (uint32_t)head[2] << 8 | head[3];
}

/* Of TIPC close(2) alone tells the peer nothing else. */
bool sfam__is_end(bool ends_as_one, ssize_t n)
{
	return n == 0 || (ends_as_one && n == -ECONNRESET);
}

static bool ends_as_one(int fd)
{
	const struct sfam_family *f;

	return sfam_family_by_fd(&f, fd) == 0 &&
	       sfam_family_traits(f) & SFAM_TRAIT_ENDS_AS_ONE;
}

/* ---------------------------------------------------------------- send -- */

static int send_with_head(int fd, const void *buf, size_t len,
			  int64_t timeout_ns)
{
	unsigned char head[SFAM__HEAD];
	const struct iovec iov[] = {
		{ head, sizeof(head) },
		{ (void *)(uintptr_t)buf, len },
	};
	size_t sent;
	int r;

	if (len > UINT32_MAX)
		return -EINVAL;
	sfam__head_put(head, len);
	r = sfam_sendv_all(fd, iov, SFAM_ARRAY_LEN(iov), 0, timeout_ns, &sent);
	return r < 0 && sent > 0 ? -EBADMSG : r;
}

SFAM_PUBLIC int sfam_message_send(int fd, const void *buf, size_t len,
				  int64_t timeout_ns)
{
	int type;
	int r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_TYPE, &type);

	if (r < 0)
		return r;
	if (len == 0)
		return -EINVAL;
	return type == SOCK_STREAM ?
	       send_with_head(fd, buf, len, timeout_ns) :
	       sfam_send_all(fd, buf, len, 0, timeout_ns, NULL);
}

/* ------------------------------------------------------------- receive -- */

/* The rest of what has begun: without it the stream is of no use. */
static int recv_rest(int fd, void *buf, size_t len,
		     struct sfam__deadline deadline)
{
	int r = sfam_recv_exact(fd, buf, len, sfam__deadline_left_ns(deadline),
				NULL);

	return r == -ENODATA || r == -ETIMEDOUT ? -EBADMSG : r;
}

static ssize_t recv_with_head(int fd, void *buf, size_t size,
			      int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	unsigned char head[SFAM__HEAD];
	ssize_t n = sfam_recv(fd, head, sizeof(head), timeout_ns, NULL);
	uint32_t len;
	int r;

	if (n <= 0)
		return n;
	r = recv_rest(fd, head + n, sizeof(head) - (size_t)n, deadline);
	if (r < 0)
		return r;
	len = sfam__head_get(head);
	if (len == 0)
		return -EBADMSG;
	if (len > size)
		return -EMSGSIZE;
	r = recv_rest(fd, buf, len, deadline);
	return r < 0 ? r : (ssize_t)len;
}

SFAM_PUBLIC ssize_t sfam_message_recv(int fd, void *buf, size_t size,
				      int64_t timeout_ns)
{
	int type;
	ssize_t n = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_TYPE, &type);

	if (n < 0)
		return n;
	if (size == 0)
		return -EMSGSIZE;
	n = type == SOCK_STREAM ? recv_with_head(fd, buf, size, timeout_ns) :
				  sfam_recv(fd, buf, size, timeout_ns, NULL);
	return n == -ECONNRESET && ends_as_one(fd) ? 0 : n;
}
