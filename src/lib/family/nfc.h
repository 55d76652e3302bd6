/* SPDX-License-Identifier: MIT */
/* What the two NFC rows share: device, target and protocol. */
#ifndef SFAM_FAMILY_NFC_H
#define SFAM_FAMILY_NFC_H

#include <sys/socket.h>
#include <linux/nfc.h>

#include "family/row.h"

/* The kernel shifts 1 by it (net/nfc/core.c). */
#define SFAM_NFC_PROTO_MAX 31

/* DEV:TARGET:PROTO, the head of both sockaddrs. */
int sfam__nfc_scan(struct sfam__scan *s, struct sockaddr_nfc *ret);
void sfam__nfc_out(struct sfam__out *o, const struct sockaddr_nfc *sa);
int sfam__nfc_check_proto(uint32_t proto, struct sfam_diag *diag);

#endif
