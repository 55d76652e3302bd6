/* SPDX-License-Identifier: MIT */
/*
 * Classic BPF: programs that say of each packet how many of its bytes a
 * socket shall get (0: it does not see the packet). struct sock_filter is
 * one instruction; sfam_packet_filter_compile() makes programs from text.
 */
#ifndef SOCKFAM_BPF_H
#define SOCKFAM_BPF_H

#include <linux/filter.h>

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Would the kernel take this program? The rules are its own
 * (bpf_check_classic(), net/core/filter.c).
 * -EINVAL: no. diag->offset is then the number of the instruction at fault,
 * found that instruction and expected the rule that it breaks. A program
 * without instructions, or with more than BPF_MAXINSNS, is -EINVAL too.
 */
int sfam_bpf_check(const struct sock_filter *insns, size_t n,
		   struct sfam_diag *diag) SFAM_MUST_CHECK;

/*
 * The program decides from now on what the socket receives, instead of one
 * that was there. It belongs to the socket, so to all who share it; no
 * privilege is needed. What waits in the socket already stays: to see
 * nothing else, attach before bind.
 * -EPERM: the filter is locked. -EINVAL: the kernel refuses the program;
 * sfam_bpf_check() tells why. -ENOMEM: the kernel has none, or the program
 * is larger than net.core.optmem_max lets a socket have. -EFAULT, -EBADF,
 * -ENOTSOCK.
 */
int sfam_bpf_attach(int fd, const struct sock_filter *insns, size_t n)
	SFAM_MUST_CHECK;

/*
 * The socket receives everything again.
 * -ENOENT: it has no filter. -EPERM: it is locked. -EBADF, -ENOTSOCK.
 */
int sfam_bpf_detach(int fd) SFAM_MUST_CHECK;

/*
 * Nobody can attach or detach a filter any more, root neither, as long as
 * there is the socket: for one that is handed to somebody who is to see no
 * more than this. A socket without a filter can be locked too. Again on a
 * locked one is no error. SO_LOCK_FILTER tells (sfam_option_get_int()).
 * -EBADF, -ENOTSOCK.
 */
int sfam_bpf_lock(int fd) SFAM_MUST_CHECK;

/* A packet, and what the kernel knows of it beside its bytes. */
struct sfam_bpf_packet {
	const void *data;
	size_t len;		/* bytes at data */
	size_t wire_len;	/* the packet's length, if data was cut */
	/*
	 * Where the network header begins in data: 14 with an Ethernet
	 * header, 0 without any.
	 */
	size_t net_offset;
	uint32_t ifindex;	/* 0: of no interface */
	uint32_t mark;
	uint32_t rxhash;
	uint16_t queue;
	uint16_t hatype;	/* ARPHRD_... */
	uint16_t protocol;	/* ETH_P_..., in host order */
	uint16_t vlan_tci;	/* of the tag that is not in data */
	uint16_t vlan_tpid;
	uint8_t vlan_present;	/* 1: there is such a tag */
	uint8_t pkttype;	/* PACKET_HOST ... */
};

/*
 * What the kernel's evaluation of the program gives for this packet: how
 * many bytes to keep, which may be more than there are; 0: none. A load
 * beyond data ends the program with 0, as in the kernel. A program that
 * sfam_bpf_check() refuses has any result, but it ends, and nothing outside
 * of data is touched.
 * -EOPNOTSUPP: the program asked for what only the kernel has: the CPU, a
 * random number, a netlink attribute, the payload's offset. -EINVAL: it ran
 * beyond its end, which the check would have told.
 */
int sfam_bpf_run(const struct sock_filter *insns, size_t n,
		 const struct sfam_bpf_packet *packet, uint32_t *ret_bytes)
	SFAM_MUST_CHECK;

/*
 * One instruction, number index of its program, as one line of `tcpdump
 * -d`, without its end. Returns the length without NUL; -ENOSPC if size is
 * too small (SFAM_BPF_STRLEN always fits). An instruction that does not
 * exist is "unimp".
 */
#define SFAM_BPF_STRLEN 96
ssize_t sfam_bpf_format(const struct sock_filter *insn, size_t index,
			char *buf, size_t size);

#ifdef __cplusplus
}
#endif

#endif
