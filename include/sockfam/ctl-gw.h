/* SPDX-License-Identifier: MIT */
/*
 * libsockfam-ctl: the kernel's CAN gateway (module can-gw). Its rules pass
 * the frames of one CAN interface on to another, changed or as they are.
 *
 * Listing needs no privilege. Changing needs CAP_NET_ADMIN in the first user
 * namespace, whatever the network namespace: root of an `unshare -r` gets
 * -EPERM. The kernel never loads the module by itself: -EOPNOTSUPP says that
 * it is missing. Rules go with their interfaces and network namespace.
 */
#ifndef SOCKFAM_CTL_GW_H
#define SOCKFAM_CTL_GW_H

#include <linux/can.h>
#include <linux/can/gw.h>

#include <sockfam/base.h>
#include <sockfam/ctl-can.h>
#include <sockfam/interface.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a frame can have done to it: in this order, each at most once. */
enum sfam_can_gw_op {
	SFAM_CAN_GW_AND,
	SFAM_CAN_GW_OR,
	SFAM_CAN_GW_XOR,
	SFAM_CAN_GW_SET,
	SFAM_CAN_GW_OPS,	/* how many there are */
};

/*
 * The operand. Fields that `what` does not name change no frame, but the
 * kernel keeps them, and compares them when a rule is deleted.
 */
struct sfam_can_gw_mod {
	uint32_t what;		/* CGW_MOD_ID, _LEN, _FLAGS (FD), _DATA */
	uint32_t id;		/* with CAN_EFF_FLAG ... as in a frame */
	uint8_t len;		/* bytes; classic: DLC, 9..15 are 8 bytes */
	uint8_t flags;		/* CANFD_BRS, CANFD_ESI; classic: 0 */
	uint8_t data[64];	/* classic: 8 of them, the others 0 */
};

/* Which of the checksums a rule has (struct sfam_can_gw_rule). */
#define SFAM_CAN_GW_HAVE_CRC8	(1u << 0)
#define SFAM_CAN_GW_HAVE_XOR	(1u << 1)

/* All zero but the names: every classic frame, unchanged. */
struct sfam_can_gw_rule {
	char source[SFAM_INTERFACE_NAME_SIZE];
	char destination[SFAM_INTERFACE_NAME_SIZE];
	/*
	 * CGW_FLAGS_CAN_ECHO: other sockets on the destination see the frame
	 * (wanted on vcan). _SRC_TSTAMP: it keeps its receive time. _IIF_TX_OK:
	 * it may go out where it came in. _FD: a rule for CAN FD frames only;
	 * without it classic ones only.
	 */
	uint32_t flags;
	uint32_t have;			/* SFAM_CAN_GW_HAVE_... */
	struct can_filter filter;	/* both 0: all. CAN_INV_FILTER in id */
	uint32_t uid;			/* of the modifications; 0: none */
	uint32_t hops;			/* 1..6; 0: max_hops of the module */
	struct sfam_can_gw_mod mods[SFAM_CAN_GW_OPS];
	/*
	 * Computed after the modifications, CRC8 first. Indexes from 0 are of
	 * data, those from -1 count back from the frame's length (in CRC8
	 * before Linux 7.0, 6.12.80 and 6.1.168 they hit memory beside the
	 * data: CVE-2026-31570).
	 */
	struct cgw_csum_crc8 sum_crc8;
	struct cgw_csum_xor sum_xor;
};

/* A rule in the kernel. The counters wrap at 2^32. */
struct sfam_can_gw_entry {
	struct sfam_can_gw_rule rule;
	unsigned int source_index, destination_index;
	uint32_t handled;		/* frames sent */
	uint32_t dropped;		/* link down, or its queue full */
	uint32_t deleted;		/* too many hops, or made too long */
};

/*
 * Adds a rule. If another has the same uid and the same interfaces, filter,
 * flags and hops, its modifications and checksums are replaced at once and
 * its counters run on.
 * -EINVAL, with words: a rule that the kernel would refuse, or of which it
 * would silently leave something out: not a CAN interface, source and
 * destination the same without _IIF_TX_OK, checksums or uid without any
 * modification, an index out of the frame (-8..7, FD -64..63), CGW_MOD_FLAGS
 * or more than 8 bytes of data in a classic rule, more hops than max_hops of
 * the module (1 if not given), a uid whose rule is another in one of the
 * points above. -ENODEV: no such interface. -EPERM. -EOPNOTSUPP: no module
 * can-gw.
 */
int sfam_can_gw_add(const struct sfam_can_gw_rule *rule,
		    struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/*
 * Deletes the newest rule that is equal: interfaces, filter, flags, hops,
 * and all modifications and checksums. Of rules with a uid only that is
 * compared instead of the latter; the kernel wants to see some modification
 * all the same.
 * -ENOENT: there is none. -EINVAL: checksums or uid without a modification.
 * -ENODEV, -EPERM, -EOPNOTSUPP as above.
 */
int sfam_can_gw_delete(const struct sfam_can_gw_rule *rule,
		       struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/* Deletes all rules of the network namespace. -EPERM, -EOPNOTSUPP. */
int sfam_can_gw_flush(struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/*
 * All rules, newest first, into an array of n. *ret_n is how many there are:
 * on success, and with -ENOSPC: the array is too small (n may be 0, to ask);
 * what it holds is unspecified on failure.
 * Of rules that come or go meanwhile some may be missing or twice: the
 * kernel does not tell. -EOPNOTSUPP: no module can-gw; told only where the
 * namespace has a route of any kind (lo up is enough), else it looks like no
 * rules.
 */
int sfam_can_gw_list(struct sfam_can_gw_entry *list, size_t n, size_t *ret_n,
		     struct sfam_ctl_diag *diag) SFAM_MUST_CHECK;

/*
 * A rule in the options of cangw(1), without its -A or -D:
 *	-s can0 -d vcan3 -e -f 123:C00007FF -m SET:IL:333.4.1122334455667788
 * in any order, with blanks between. Interfaces need not exist.
 * -EINVAL: not that, or a rule that no kernel would take; diag says where.
 */
int sfam_can_gw_rule_parse(struct sfam_can_gw_rule *ret, const char *text,
			   size_t text_len, struct sfam_diag *diag)
	SFAM_MUST_CHECK;

/*
 * The inverse, byte for byte as `cangw -L` has it between "cangw -A " and
 * " # 0 handled ...". Returns the length without NUL; -ENOSPC if size is too
 * small (SFAM_CAN_GW_TEXT_STRLEN always fits); -EINVAL: the name of an
 * interface has no end. There is no text for other flags than those above,
 * for unknown CRC8 profiles (cangw's words for them are not read again), and
 * for profile_data that the profile does not use.
 */
#define SFAM_CAN_GW_TEXT_STRLEN 1536
ssize_t sfam_can_gw_rule_format(const struct sfam_can_gw_rule *rule, char *buf,
				size_t size) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
