/* SPDX-License-Identifier: MIT */
/* What vsock/ shares with the row. */
#ifndef SFAM_FAMILY_VSOCK_H
#define SFAM_FAMILY_VSOCK_H

#include <sys/socket.h>
#include <linux/vm_sockets.h>

#include "family/row.h"

#ifndef VMADDR_CID_LOCAL
#define VMADDR_CID_LOCAL 1	/* linux/vm_sockets.h since 5.6 */
#endif

/* svm_flags, since 5.11 */
#define SFAM__VSOCK_FLAGS_AT 12
#define SFAM__VSOCK_TO_HOST 1		/* VMADDR_FLAG_TO_HOST */

union sfam__vsock {
	struct sockaddr_vm vm;
	unsigned char bytes[sizeof(struct sockaddr_vm)];
};

extern const struct sfam__name sfam__vsock_cids[];

#endif
