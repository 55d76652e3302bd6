/* SPDX-License-Identifier: MIT */
/* The pair of veth, and bare packet sockets on it: this is the floor. */
#ifndef BENCH_VETH_H
#define BENCH_VETH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define TYPE 0x88b5		/* for experiments */

/* bench0 and bench1, both up; and their end. */
void add_veth(void);
void del_veth(void);

/* One that hears nothing until it is bound. */
int open_packet(void);
/* Returns fd. */
int bind_packet(int fd, const char *name, uint16_t type);
void set_option(int fd, int name, const void *value, socklen_t len);

/* All n of them, in batches. */
#define BATCH 256
struct iovec;
void send_by_sendmmsg(int fd, struct iovec iovs[BATCH], size_t n);

#endif
