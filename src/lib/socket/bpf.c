/* SPDX-License-Identifier: MIT */
/* Classic BPF on a socket. */
#include "base/sys.h"

#include <sockfam/bpf.h>

SFAM_PUBLIC int sfam_bpf_attach(int fd, const struct sock_filter *insns,
				size_t n)
{
	struct sock_fprog prog = {
		.len = (unsigned short)n,
		.filter = (struct sock_filter *)insns,
	};

	if (n > BPF_MAXINSNS)
		return -EINVAL;
	return sfam__sys_setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
				    sizeof(prog));
}

SFAM_PUBLIC int sfam_bpf_detach(int fd)
{
	const int unused = 0;

	/* The kernel wants an int here, and does not look at it. */
	return sfam__sys_setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &unused,
				    sizeof(unused));
}

SFAM_PUBLIC int sfam_bpf_lock(int fd)
{
	const int one = 1;

	return sfam__sys_setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &one,
				    sizeof(one));
}
