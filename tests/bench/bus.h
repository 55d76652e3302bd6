/* SPDX-License-Identifier: MIT */
/* What the CAN rows share. Bare system calls only: this is the floor. */
#ifndef BENCH_BUS_H
#define BENCH_BUS_H

#include <stddef.h>
#include <stdint.h>

#include <linux/can.h>

/* Holds every frame of a flood, and the kernel's overhead of 700 bytes. */
#define RCVBUF 100000000
#define RCVBUF_TEXT "100000000"

/* Frames per call of the batch loops, the library's and the bare ones. */
#define BATCH 256

/*
 * How frames come. In bursts nobody runs before a burst is out; in a flood
 * sender and receiver share the CPU as the scheduler likes.
 */
struct pace {
	const char *name;
	size_t burst;		/* frames until the sender sleeps; 0: flood */
	long sleep_ns;
};

/* A CAN_RAW socket that is bound to the interface and receives nothing. */
int open_sender(void);

/* The same with room for a flood; names of options to turn on, 0 at the end. */
int open_receiver(const int *options);

/* The frame that is sent, always. */
extern const struct can_frame frame_to_send;

/* Sends by write(2). Returns the CPU time. */
int64_t send_paced(int fd, const struct pace *pace, size_t n);

/* Until n receivers have bound to the interface and sleep. */
void wait_for_receivers(unsigned long n);

/* The same of packet sockets. */
void wait_for_rings(unsigned long n);

/* Frames that the interface has transmitted. */
unsigned long count_sent(void);

#endif
