/* SPDX-License-Identifier: MIT */
/*
 * What the Bluetooth rows share. The kernel exports no header: the layouts
 * are those of include/net/bluetooth/ (bluetooth.h, l2cap.h, rfcomm.h,
 * sco.h, hci_sock.h) of Linux 6.12, as BlueZ has them. SO_PROTOCOL tells
 * the rows apart (bt_sock_alloc() of net/bluetooth/af_bluetooth.c).
 */
#ifndef SFAM_FAMILY_BT_H
#define SFAM_FAMILY_BT_H

#include <sys/socket.h>

#include "family/row.h"

/* BTPROTO_... */
#define SFAM_BT_L2CAP 0
#define SFAM_BT_HCI 1
#define SFAM_BT_SCO 2
#define SFAM_BT_RFCOMM 3
#define SFAM_BT_ISO 8

/* bdaddr_t: the last octet of the text comes first. */
struct sfam__bdaddr {
	uint8_t b[6];
};

/* XX:XX:XX:XX:XX:XX, any (zeros) or local (FF:FF:FF:00:00:00). */
int sfam__bt_scan(struct sfam__scan *s, struct sfam__bdaddr *ret);
void sfam__bt_out(struct sfam__out *o, const struct sfam__bdaddr *bdaddr);

#endif
