/* SPDX-License-Identifier: MIT */
/*
 * Terms of filters as classic BPF, for a socket whose packets are frames as
 * the kernel has them. Loads take a word for big-endian; can_id is in host
 * order, so the constants that it meets are turned.
 */
#include <arpa/inet.h>

#include "can/filters-item.h"
#include "can/layout.h"
#include "socket/bpf-code.h"

#define LOAD_ID (BPF_LD | BPF_W | BPF_ABS)
#define LOAD_BYTE (BPF_LD | BPF_B | BPF_ABS)
#define LOAD_SIZE (BPF_LD | BPF_W | BPF_LEN)
#define OFFSET_LEN 4		/* XL: flags, of which one tells it */

/* Has a frame, whose identifier is to be loaded, one of these? */
static size_t gen_ids(struct sfam__code *c, const struct can_filter *first,
		      const struct can_filter *end, size_t yes, size_t no)
{
	uint32_t id;

	while (end-- > first) {
		id = end->can_id & ~SFAM__CAN_INVERSE;
		if (end->can_id & SFAM__CAN_INVERSE)
			no = sfam__code_branch(c, BPF_JEQ, htonl(id), no, yes);
		else
			no = sfam__code_branch(c, BPF_JEQ, htonl(id), yes, no);
		no = sfam__code_do(c, BPF_ALU | BPF_AND | BPF_K,
				   htonl(end->can_mask), no);
		no = sfam__code_do(c, LOAD_ID, 0, no);
	}
	return no;
}

/* Is it an XL frame? */
static size_t gen_xl(struct sfam__code *c, size_t yes, size_t no)
{
	size_t n = sfam__code_branch(c, BPF_JSET, SFAM__CANXL_XLF, yes, no);

	return n == yes ? n : sfam__code_do(c, LOAD_BYTE, OFFSET_LEN, n);
}

/* Is it of this size, and not XL? */
static size_t gen_size(struct sfam__code *c, uint32_t size, size_t yes,
		       size_t no)
{
	size_t n = sfam__code_branch(c, BPF_JEQ, size, yes, no);

	n = sfam__code_do(c, LOAD_SIZE, 0, n);
	return gen_xl(c, no, n);
}

/* The byte at this offset of the frame. */
static size_t gen_value(struct sfam__code *c, const struct sfam__can_term *t,
			uint32_t offset, size_t yes, size_t no)
{
	size_t n = sfam__code_branch(c, BPF_JEQ, t->value, yes, no);

	if (t->mask != 0xff)
		n = sfam__code_do(c, BPF_ALU | BPF_AND | BPF_K, t->mask, n);
	return sfam__code_do(c, LOAD_BYTE, offset, n);
}

/* Only a classic frame can be a request, which has no data. */
static size_t gen_byte(struct sfam__code *c, const struct sfam__can_term *t,
		       size_t yes, size_t no)
{
	size_t xl, other = no, fd;

	xl = gen_value(c, t, SFAM_CANXL_HDR + t->at, yes, no);
	xl = sfam__code_branch(c, BPF_JGT, SFAM_CANXL_HDR + t->at, xl, no);
	xl = sfam__code_do(c, LOAD_SIZE, 0, xl);
	if (t->at < CANFD_MAX_DLEN) {
		fd = gen_value(c, t, SFAM__CAN_DATA + t->at, yes, no);
		fd = sfam__code_branch(c, BPF_JGT, t->at, fd, no);
		fd = sfam__code_do(c, LOAD_BYTE, OFFSET_LEN, fd);
		other = sfam__code_branch(c, BPF_JSET, htonl(CAN_RTR_FLAG),
					  no, fd);
		other = sfam__code_do(c, LOAD_ID, 0, other);
		other = sfam__code_branch(c, BPF_JEQ, CANFD_MTU, fd, other);
		other = sfam__code_do(c, LOAD_SIZE, 0, other);
	}
	return gen_xl(c, xl, other);
}

static size_t gen_between(struct sfam__code *c, uint32_t low, uint32_t high,
			  size_t yes, size_t no)
{
	size_t n = sfam__code_branch(c, BPF_JGT, high, no, yes);

	return sfam__code_branch(c, BPF_JGE, low, n, no);
}

static size_t gen_length(struct sfam__code *c, const struct sfam__can_term *t,
			 size_t yes, size_t no)
{
	size_t xl, other;

	xl = gen_between(c, SFAM_CANXL_HDR + t->low, SFAM_CANXL_HDR + t->high,
			 yes, no);
	xl = sfam__code_do(c, LOAD_SIZE, 0, xl);
	other = gen_between(c, t->low, t->high, yes, no);
	other = sfam__code_do(c, LOAD_BYTE, OFFSET_LEN, other);
	return gen_xl(c, xl, other);
}

static size_t gen_term(struct sfam__code *c,
		       const struct sfam__can_terms *terms,
		       const struct sfam__can_term *t, size_t yes, size_t no)
{
	if (t->is_negated) {
		const size_t swap = yes;

		yes = no;
		no = swap;
	}
	switch (t->kind) {
	case SFAM__TERM_IDS:
		return gen_ids(c, terms->ids + t->low, terms->ids + t->high,
			       yes, no);
	case SFAM__TERM_BYTE:
		return gen_byte(c, t, yes, no);
	case SFAM__TERM_LENGTH:
		return gen_length(c, t, yes, no);
	case SFAM__TERM_CLASSIC:
		return gen_size(c, CAN_MTU, yes, no);
	case SFAM__TERM_FD:
		return gen_size(c, CANFD_MTU, yes, no);
	default:
		return gen_xl(c, yes, no);
	}
}

/* Error frames pass by their classes, and see no term. */
static size_t gen_errors(struct sfam__code *c, uint32_t mask, size_t pass,
			 size_t fail, size_t others)
{
	size_t n = fail;

	if (mask & CAN_ERR_MASK)
		n = sfam__code_branch(c, BPF_JSET, htonl(mask & CAN_ERR_MASK),
				      pass, fail);
	n = sfam__code_branch(c, BPF_JSET, htonl(CAN_ERR_FLAG), n, others);
	return sfam__code_do(c, LOAD_ID, 0, n);
}

ssize_t sfam__can_terms_code(struct sock_filter *insns, size_t room,
			     const struct sfam__can_terms *terms,
			     uint32_t error_mask)
{
	struct sfam__code c = { .insns = insns, .room = room };
	const size_t fail = sfam__code_ret(&c, 0);
	const size_t pass = sfam__code_ret(&c, UINT32_MAX);
	size_t item = fail, next = fail, yes = pass, i;

	for (i = terms->n; i-- > 0;) {
		if (terms->terms[i].ends_item) {
			next = item;
			yes = pass;
		}
		yes = gen_term(&c, terms, &terms->terms[i], yes, next);
		item = yes;
	}
	sfam__code_begin(&c, gen_errors(&c, error_mask, pass, fail, item));
	if (c.is_full || terms->is_full)
		return -E2BIG;
	memmove(insns, insns + room - c.n, c.n * sizeof(insns[0]));
	return (ssize_t)c.n;
}
