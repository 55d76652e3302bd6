/* SPDX-License-Identifier: MIT */
/* Messages to and from the broadcast manager (linux/can/bcm.h). */
#ifndef SFAM_CAN_BCM_H
#define SFAM_CAN_BCM_H

#include <linux/can.h>
#include <linux/can/bcm.h>
#include <sys/uio.h>

#include "base/common.h"

#include <sockfam/can-bcm.h>

#define SFAM__BCM_ITEMS_MAX (1 + SFAM_BCM_FRAMES_MAX)

/* struct bcm_msg_head, in units of ours. */
struct sfam__bcm_head {
	uint32_t opcode;
	uint32_t flags;
	uint32_t count;
	int64_t first_ns;	/* ival1 */
	int64_t then_ns;	/* ival2 */
	uint32_t id;
	uint32_t n;		/* frames behind it */
};

/*
 * The same as the kernel has it. Its times are of type long, and there is no
 * translation for a 32-bit program on a 64-bit kernel (net/can/bcm.c), which
 * must therefore write what a 64-bit one would.
 */
struct sfam__bcm_wide {
	uint32_t opcode, flags, count, padding;
	int64_t first_s, first_us, then_s, then_us;
	uint32_t id, n;
};

struct sfam__bcm_narrow {
	uint32_t opcode, flags, count;
	int32_t first_s, first_us, then_s, then_us;
	uint32_t id, n, padding;
};

union sfam__bcm_raw {
	struct sfam__bcm_wide wide;
	struct sfam__bcm_narrow narrow;
};

/* Whether the kernel behind fd has the wide form. */
bool sfam__bcm_is_wide(int fd);

static inline size_t sfam__bcm_head_size(bool is_wide)
{
	return is_wide ? sizeof(struct sfam__bcm_wide)
		       : sizeof(struct sfam__bcm_narrow);
}

static inline size_t sfam__bcm_frame_size(uint32_t flags)
{
	return flags & SFAM_BCM_FD ? CANFD_MTU : CAN_MTU;
}

/* -EINVAL: negative. -ERANGE: what the kernel's form cannot hold. */
int sfam__bcm_check_ns(int64_t ns);

/* The head, and head->n frames behind it (at most SFAM__BCM_ITEMS_MAX). */
int sfam__bcm_send(int fd, const struct sfam__bcm_head *head,
		   const struct iovec *frames);

/* A request about the one of this name. -ENOENT: there is none. */
int sfam__bcm_request(int fd, uint32_t opcode, uint32_t id, uint32_t flags);

void sfam__bcm_read_head(struct sfam__bcm_head *ret,
			 const union sfam__bcm_raw *raw, bool is_wide);

#endif
