/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into python by addr.sh: while spy_on is set, bind(2) keeps the
 * sockaddr it is given and getsockname(2) hands that out, for any socket.
 */
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int spy_on;
unsigned int spy_len;
unsigned char spy_bytes[128];

int bind(int fd, const struct sockaddr *sa, socklen_t len)
{
	if (!spy_on)
		return (int)syscall(SYS_bind, fd, sa, len);
	spy_len = len;
	memcpy(spy_bytes, sa, len);
	return 0;
}

int getsockname(int fd, struct sockaddr *sa, socklen_t *len)
{
	if (!spy_on)
		return (int)syscall(SYS_getsockname, fd, sa, len);
	memcpy(sa, spy_bytes, spy_len < *len ? spy_len : *len);
	*len = spy_len;
	return 0;
}
