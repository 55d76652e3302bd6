/* SPDX-License-Identifier: MIT */
/*
 * libsockfam-ctl: network interfaces, made, set and read. What holds for
 * all of these calls is in <sockfam/ctl.h>.
 */
#ifndef SOCKFAM_CTL_LINK_H
#define SOCKFAM_CTL_LINK_H

#include <sockfam/ctl-base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Creates an interface, down. kind: "vcan", "vxcan", "veth", "dummy".
 * peer: name of the other end, for veth and vxcan; else NULL.
 * mtu: 0 for the default of the kind (vcan: 16 is classic only, 72 CAN FD,
 * 2060 CAN XL); for a pair both ends get it.
 * -EEXIST: the name is taken. -EOPNOTSUPP: no such kind in this kernel.
 * -EINVAL: a name the kernel does not take, an MTU out of range, a peer
 * missing or not wanted. If the MTU cannot be set nothing stays behind.
 */
int sfam_link_add(const char *name, const char *kind, const char *peer,
		  uint32_t mtu, struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/* All below: -ENODEV: no such interface. */

/* A pair goes as a whole. -EOPNOTSUPP: it cannot be deleted. */
int sfam_link_delete(const char *name, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

/* -EINVAL: a CAN controller without a bit rate. */
int sfam_link_up(const char *name, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;
int sfam_link_down(const char *name, struct sfam_ctl_diag *diag)
	SFAM_MUST_CHECK;

/*
 * -EINVAL: the driver does not take it (a vcan: anything but 16, 72 and
 * what CAN XL allows). -EBUSY: a CAN interface that is up.
 */
int sfam_link_set_mtu(const char *name, uint32_t mtu,
		      struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/* How many packets may wait to be sent; 10 for CAN if nobody sets it. */
int sfam_link_set_tx_queue(const char *name, uint32_t packets,
			   struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/*
 * -EEXIST: the new name is taken. -EINVAL: it is none. -EBUSY: the
 * interface is up (before Linux 6.2).
 */
int sfam_link_rename(const char *name, const char *new_name,
		     struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/*
 * Moves it to another network namespace, where it begins down: to that of a
 * process, or to that of a descriptor (of /proc/PID/ns/net; a named one,
 * as of ip-netns(8), is /run/netns/NAME). CAP_NET_ADMIN is needed there,
 * too. -EEXIST: its name is taken there. -ESRCH: no such process.
 * -EINVAL: it cannot be moved, or the descriptor is something else; -EBADF.
 */
int sfam_link_move_to_process(const char *name, pid_t pid,
			      struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;
int sfam_link_move_to_netns(const char *name, int netns_fd,
			    struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/* What an interface without a CAN controller has for a state. */
#define SFAM_LINK_NO_STATE UINT32_MAX

/* What the kernel does not tell of an interface is 0. */
struct sfam_link_info {
	unsigned int index;
	char name[16];
	char kind[32];		/* "vcan", "veth" ...; empty: hardware, lo */
	uint32_t type;		/* ARPHRD_... of net/if_arp.h */
	uint32_t flags;		/* IFF_UP ... of linux/if.h */
	uint32_t operstate;	/* IF_OPER_... of linux/if.h */
	uint32_t mtu;		/* bytes */
	uint32_t tx_queue;	/* packets that may wait to be sent */
	uint32_t can_state;	/* CAN_STATE_..., or SFAM_LINK_NO_STATE */
	/*
	 * The other end of a pair, or what a VLAN stands on; 0: none. It is
	 * an index in the namespace that peer_netns_id names here, as in
	 * ip-netns(8)'s list-id; -1: in this one.
	 */
	unsigned int peer_index;
	int32_t peer_netns_id;
	size_t address_len;	/* of the hardware address; CAN has none */
	uint8_t address[32];
	uint64_t rx_packets, tx_packets, rx_bytes, tx_bytes;
	uint64_t rx_errors, tx_errors, rx_dropped, tx_dropped;
	uint64_t rx_overruns;
};

int sfam_link_get(const char *name, struct sfam_link_info *ret,
		  struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/*
 * All interfaces, in the kernel's order, into an array of n. *ret_n is how
 * many there are: on success, and with -ENOSPC: the array is too small (n
 * may be 0, to ask); what it holds is unspecified on failure.
 * -EAGAIN: interfaces came or went during each of ten attempts.
 */
int sfam_link_list(struct sfam_link_info *list, size_t n, size_t *ret_n,
		   struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/*
 * 1 if it can carry packets: IFF_UP, and both IFF_RUNNING and IFF_LOWER_UP,
 * so has a carrier and is in operation. (The operstate of vcan and dummy is
 * for ever "unknown", which counts as good. A CAN controller loses its
 * carrier in bus-off.) Else 0.
 */
int sfam_link_is_running(const struct sfam_link_info *link);

/*
 * Waits until it is. -ETIMEDOUT. -ENODEV also: it went meanwhile, was moved
 * away or renamed.
 */
int sfam_link_wait_running(const char *name, int64_t timeout_ns,
			   struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
