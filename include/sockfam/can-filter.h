/* SPDX-License-Identifier: MIT */
/*
 * Lists of CAN filters as text, in few filters of the kernel:
 *
 *	ITEM[,ITEM]...			ITEM is [!]TERM[+[!]TERM]... or
 *	#MASK  j			as sfam_can_filter_parse() takes them
 *	err				all classes of errors
 *	TERM:
 *	ID:MASK  ID~MASK		as sfam_can_filter_parse() takes them
 *	ID				this identifier
 *	ID-ID				from the first to the second
 *	std  ext			all identifiers of 11, of 29 bits
 *	rtr				remote requests
 *	classic  canfd  canxl		frames of this kind
 *	[N]=VALUE  [N]&MASK=VALUE	byte N of the data, from 0 on (hex
 *					VALUE and MASK); false without it
 *	len=N				bytes of data, or asked for; also <
 *					> <= >=
 *
 * Of an XL frame the priority is its identifier, of 11 bits.
 * All terms of an item must hold, and with ! its term must not; before a [
 * the + may be left out: 123[0]=12+len>4, std+!100-1FF. An item has one
 * identifier or range; further ones only with !.
 *
 * ID alone and in ranges is 1 to 3 hex digits for a standard identifier, 8
 * for an extended one; each is of that kind only, unlike ID:MASK, which is
 * of both where the mask leaves the kind open. A frame passes if any item
 * holds, or all, where there is a j. Error frames pass by #MASK alone, and
 * with a j only where there is no more than one filter beside it
 * (raw_rcv(), net/can/raw.c). Without other items than #, err and j all
 * frames but errors pass.
 *
 * What filters of the kernel cannot say becomes classic BPF on the socket,
 * behind filters that let pass at least the same. Frames that it refuses are
 * no drops (sock_queue_rcv_skb(), net/core/sock.c), and no privilege is
 * needed.
 */
#ifndef SOCKFAM_CAN_FILTER_H
#define SOCKFAM_CAN_FILTER_H

#include <linux/can.h>
#include <linux/filter.h>

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SFAM_CAN_FILTERS_MAX 512	/* what a socket takes */
#define SFAM_CAN_INSNS_MAX 512

struct sfam_can_filters {
	struct can_filter filters[SFAM_CAN_FILTERS_MAX];
	size_t n;		/* 0: the socket's own, which lets all pass */
	uint32_t error_mask;
	uint32_t is_joined;	/* 1: all of filters must match */
	/*
	 * Decides alone, on error frames too; 0: filters do. Keeps UINT32_MAX
	 * bytes of frames that pass.
	 */
	size_t n_insns;
	struct sock_filter insns[SFAM_CAN_INSNS_MAX];
};

/*
 * Identifiers that differ in bits that do not matter share a filter, and
 * what another filter lets pass anyway has none; with j each item stays as
 * it is.
 * -EINVAL: bad text (diag); an item whose identifiers and classes exclude
 * each other; a range that needs more than one filter, or a term that filters
 * cannot express, where there is a j. -E2BIG: more than 512 filters are left
 * (diag: the item), or the program would have more than 512 instructions.
 */
int sfam_can_filters_parse(struct sfam_can_filters *ret, const char *text,
			   size_t text_len, struct sfam_diag *diag)
	SFAM_MUST_CHECK;

/*
 * All of it on a CAN_RAW socket that has no filters of its own yet. Errors:
 * as sfam_bpf_attach(), sfam_can_set_filters(), sfam_can_set_error_mask() and
 * sfam_can_set_options(), in this order; what came before the error is set.
 */
int sfam_can_filters_set(int fd, const struct sfam_can_filters *filters)
	SFAM_MUST_CHECK;

/*
 * 1 if a frame with this identifier and its flags (can_id of linux/can.h)
 * passes the filters, as such a socket would let it pass, 0 if not. Where
 * there is a program it says only what reaches that.
 */
int sfam_can_filters_match(const struct sfam_can_filters *filters,
			   uint32_t can_id);

/*
 * 1 if a frame of size bytes, as the kernel has it, passes all of it, 0 if
 * not. -EINVAL: not a frame.
 */
int sfam_can_filters_match_frame(const struct sfam_can_filters *filters,
				 const void *frame, size_t size)
	SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
