/* SPDX-License-Identifier: MIT */
/* What the files of test-api share. */
#ifndef SFAM_TEST_API_H
#define SFAM_TEST_API_H

void expect(int holds, const char *what);
#define EXPECT(condition) expect(condition, #condition)

void api_can_bcm(void);
void api_can_isotp(void);
void api_can_j1939(void);
void api_can_sent(void);
/* In test-api-packet.c: without a permission, and with. */
void api_packet(void);
void api_packet_rings(void);
void api_service(void);
void api_tipc(void);
void api_vsock(void);

#endif
