/* SPDX-License-Identifier: MIT */
/* A packet as one line of text, in the words of tcpdump -n. */
#ifndef SFAM_CLI_PACKET_LINE_H
#define SFAM_CLI_PACKET_LINE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sockfam/can.h>

/* A buffer of this size holds any line. */
#define PACKET_LINE_STRLEN (512 + SFAM_CAN_TEXT_STRLEN)

#define PACKET_LINE_LINK (1u << 0) /* -e: addresses and type of the link */

/*
 * Writes what is known of a packet: caplen bytes at data, as they came
 * from a raw packet socket, of the origlen that were on the wire; arphrd
 * says what link header they begin with (ARPHRD_...). No newline; every
 * byte is printable ASCII. Depends on nothing but its arguments, and never
 * reads behind caplen.
 * Returns the length without NUL. -ENOSPC: size is too small.
 */
ssize_t packet_line(char *buf, size_t size, const uint8_t *data,
		    size_t caplen, size_t origlen, unsigned int arphrd,
		    unsigned int flags);

#endif
