/* SPDX-License-Identifier: MIT */
/*
 * What pcap (pcap-savefile(5)) and pcapng (draft-ietf-opsawg-pcapng) files
 * are made of.
 */
#ifndef SFAM_CAPTURE_LAYOUT_H
#define SFAM_CAPTURE_LAYOUT_H

#include <sockfam/capture.h>

#include "base/common.h"

#define SFAM__NS_PER_S INT64_C(1000000000)

/* pcap */
#define SFAM__PCAP_MAGIC	0xa1b2c3d4u
#define SFAM__PCAP_MAGIC_NS	0xa1b23c4du
#define SFAM__PCAP_MAGIC_MODIFIED 0xa1b2cd34u	/* 8 more bytes a record */
#define SFAM__PCAP_MAJOR	2
#define SFAM__PCAP_MINOR	4
#define SFAM__PCAP_HEADER	24
#define SFAM__PCAP_RECORD	16
#define SFAM__PCAP_LINK_MASK	0x03ffffffu	/* above: the FCS's length */

/* pcapng: blocks */
#define SFAM__PCAPNG_SECTION	0x0a0d0d0au	/* in either byte order */
#define SFAM__PCAPNG_INTERFACE	1
#define SFAM__PCAPNG_OLD_PACKET	2	/* obsolete */
#define SFAM__PCAPNG_SIMPLE	3
#define SFAM__PCAPNG_STATS	5
#define SFAM__PCAPNG_PACKET	6
#define SFAM__PCAPNG_MAGIC	0x1a2b3c4du
/* Bytes around a block's body, and of the fixed part of bodies. */
#define SFAM__PCAPNG_FRAME	12
#define SFAM__PCAPNG_SECTION_LEN 16
#define SFAM__PCAPNG_INTERFACE_LEN 8
#define SFAM__PCAPNG_OLD_PACKET_LEN 20
#define SFAM__PCAPNG_SIMPLE_LEN	4
#define SFAM__PCAPNG_STATS_LEN	12
#define SFAM__PCAPNG_PACKET_LEN	20

/* pcapng: options */
#define SFAM__OPT_END		0
#define SFAM__OPT_COMMENT	1
#define SFAM__OPT_FILTER	11
#define SFAM__OPT_TSRESOL	9
#define SFAM__OPT_TSOFFSET	14
#define SFAM__OPT_FLAGS		2
#define SFAM__OPT_DROPS		4
#define SFAM__OPT_HEAD		4	/* bytes before the value */
#define SFAM__OPT_MAX		UINT16_MAX

/* An option that is a member of a struct: a text, a time, a count. */
struct sfam__capture_option {
	uint16_t code;
	uint16_t at;		/* offset of the member */
};

/* In options.c; each ends with code 0. */
extern const struct sfam__capture_option sfam__capture_section_texts[];
extern const struct sfam__capture_option sfam__capture_interface_texts[];
extern const struct sfam__capture_option sfam__capture_stats_texts[];
extern const struct sfam__capture_option sfam__capture_stats_times[];
extern const struct sfam__capture_option sfam__capture_stats_counts[];

/*
 * In link.c. Brings a cooked packet of the other byte order into this one's:
 * CAN identifiers in it are in the order of who wrote the file.
 */
void sfam__capture_swap_cooked(uint32_t link_type, uint8_t *data, size_t len);

/* Zeros to the next multiple of 4. */
static inline size_t sfam__capture_pad(size_t len)
{
	return -len & 3;
}

#endif
