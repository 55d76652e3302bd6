/* SPDX-License-Identifier: MIT */
/*
 * Control messages, descriptors and the broadcast manager in the layouts of 64
 * and of 32 bits: the same program is built once more with -m32, where
 * check(3) has no library.
 */
#ifndef TEST_BITS_H
#define TEST_BITS_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

void expect(int holds, int line, const char *what);
#define EXPECT(condition) expect(condition, __LINE__, #condition)

static inline struct msghdr message_of(void *buf, size_t len, int flags)
{
	struct msghdr msg;

	memset(&msg, 0, sizeof(msg));
	msg.msg_control = buf;
	msg.msg_controllen = len;
	msg.msg_flags = flags;
	return msg;
}

/* In test-bits-bcm.c. */
void bcm(void);
/* In test-bits-fd.c. */
void control_sizes(void);
void simple_counts(void);
void surplus(void);
void framed_counts(void);
void limited(void);

#endif
