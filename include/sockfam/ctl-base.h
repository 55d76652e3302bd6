/* SPDX-License-Identifier: MIT */
/* What the headers of libsockfam-ctl share. */
#ifndef SOCKFAM_CTL_BASE_H
#define SOCKFAM_CTL_BASE_H

#include <sockfam/base.h>

/*
 * Why a request was refused, in words: the kernel's own where it gave some
 * (extended acknowledgement), else ours. Filled only when a call that takes
 * one fails; NULL where they are not wanted. Empty: the code says all.
 */
struct sfam_ctl_diag {
	char words[160];
};

#endif
