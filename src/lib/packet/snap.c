/* SPDX-License-Identifier: MIT */
/* A packet socket's snap length is what its filter returns. */
#include "packet/packet.h"

#include <linux/filter.h>

#define IS_CONSTANT_RETURN(code) \
	(BPF_CLASS(code) == BPF_RET && BPF_RVAL(code) == BPF_K)

static int attach(int fd, const struct sock_fprog *prog)
{
	return sfam__sys_setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, prog,
				    sizeof(*prog));
}

static int attach_snap(int fd, uint32_t snap_len)
{
	struct sock_filter keep = BPF_STMT(BPF_RET | BPF_K, snap_len);
	const struct sock_fprog prog = { 1, &keep };

	return attach(fd, &prog);
}

static int attach_lowered(int fd, const struct sock_fprog *prog,
			  uint32_t snap_len)
{
	struct sock_filter code[BPF_MAXINSNS];
	const struct sock_fprog lowered = { prog->len, code };
	size_t i;

	if (prog->len > BPF_MAXINSNS)
		return -EINVAL;
	for (i = 0; i < prog->len; i++) {
		code[i] = prog->filter[i];
		if (IS_CONSTANT_RETURN(code[i].code) && code[i].k > snap_len)
			code[i].k = snap_len;
	}
	return attach(fd, &lowered);
}

int sfam__packet_attach(int fd, const struct sfam_packet_opts *o)
{
	if (o->filter && o->snap_len)
		return attach_lowered(fd, o->filter, o->snap_len);
	if (o->filter)
		return attach(fd, o->filter);
	return o->snap_len ? attach_snap(fd, o->snap_len) : 0;
}
