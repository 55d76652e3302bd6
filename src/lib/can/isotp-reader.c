/* SPDX-License-Identifier: MIT */
/* PDUs of ISO 15765-2 out of frames that others sent to each other. */
#include <linux/can.h>

#include "base/common.h"

#include <sockfam/can-isotp.h>
#include <sockfam/can.h>

/* High digit of the first byte behind the address. */
enum { SINGLE, FIRST, CONSECUTIVE, FLOW };

enum { FLOW_GO, FLOW_WAIT, FLOW_OVERFLOW };
#define FLOW_LEN 3

enum state {
	IDLE,
	RUNNING,
	LOST,		/* further frames are of a PDU that has ended */
};

#define FREE UINT16_MAX		/* frames allowed, without a limit */
#define NUMBERS 16

/* A frame, behind its extended address. */
struct pci {
	const uint8_t *at;
	size_t len;
	size_t frame_len;	/* of all */
	bool is_fd;
	int64_t time_ns;
};

struct events {
	struct sfam_isotp_event *at;
	int n;
};

/* ------------------------------------------------------------ events -- */

static struct sfam_isotp_event *add(struct events *e,
				    const struct sfam_isotp_half *h,
				    const struct sfam_isotp_reader *r)
{
	struct sfam_isotp_event *event = &e->at[e->n++];

	memset(event, 0, sizeof(*event));
	event->side = h == &r->halves[1];
	return event;
}

/* Of the PDU that is coming. */
static struct sfam_isotp_event *tell_pdu(struct events *e,
					 enum sfam_isotp_kind kind,
					 const struct sfam_isotp_half *h,
					 const struct sfam_isotp_reader *r)
{
	struct sfam_isotp_event *event = add(e, h, r);

	event->kind = kind;
	event->data = h->buf;
	event->len = h->len;
	event->total = h->total;
	event->begin_ns = h->begin_ns;
	event->end_ns = h->end_ns;
	return event;
}

/* Of bytes of this frame, which are kept until the next one. */
static struct sfam_isotp_event *tell_frame(struct events *e,
					   enum sfam_isotp_kind kind,
					   struct sfam_isotp_half *h,
					   const struct sfam_isotp_reader *r,
					   const struct pci *p, size_t skip)
{
	struct sfam_isotp_event *event = add(e, h, r);

	memcpy(h->frame, p->at + skip, p->len - skip);
	event->kind = kind;
	event->data = h->frame;
	event->len = p->len - skip;
	event->begin_ns = event->end_ns = p->time_ns;
	return event;
}

static void malformed(struct events *e, struct sfam_isotp_half *h,
		      const struct sfam_isotp_reader *r, const struct pci *p)
{
	tell_frame(e, SFAM_ISOTP_MALFORMED, h, r, p, 0);
}

static void replace(struct events *e, struct sfam_isotp_half *h,
		    const struct sfam_isotp_reader *r)
{
	if (h->state == RUNNING)
		tell_pdu(e, SFAM_ISOTP_REPLACED, h, r);
	h->state = IDLE;
}

/* ------------------------------------------------------------ frames -- */

/* FD frames of more than 8 bytes have the length in a byte of its own. */
static void take_single(struct sfam_isotp_reader *r, struct sfam_isotp_half *h,
			const struct pci *p, struct events *e)
{
	const bool is_long = p->is_fd && p->frame_len > CAN_MAX_DLEN;
	const size_t head = is_long ? 2 : 1;
	struct sfam_isotp_event *event;
	size_t total = p->at[0] & 0xf;

	if (is_long)
		total = total == 0 ? p->at[1] : 0;
	if (total == 0 || total > p->len - head) {
		malformed(e, h, r, p);
		return;
	}
	replace(e, h, r);
	event = tell_frame(e, SFAM_ISOTP_PDU, h, r, p, head);
	event->len = event->total = total;
}

static size_t first_total(const struct pci *p, size_t *ret_head)
{
	size_t total = (size_t)(p->at[0] & 0xf) << 8 | p->at[1];

	*ret_head = 2;
	if (total)
		return total;
	*ret_head = 6;
	return (size_t)p->at[2] << 24 | (size_t)p->at[3] << 16 |
	       (size_t)p->at[4] << 8 | p->at[5];
}

/*
 * Its bytes go to the buffer with the next frame: until then that has those
 * of a PDU that it replaced.
 */
static void take_first(struct sfam_isotp_reader *r, struct sfam_isotp_half *h,
		       const struct pci *p, struct events *e)
{
	size_t head, total;

	/* A frame of fewer bytes would be a single one (isotp_rcv_ff()). */
	if (p->frame_len < CAN_MAX_DLEN) {
		malformed(e, h, r, p);
		return;
	}
	total = first_total(p, &head);
	if (total <= p->len - head) {
		malformed(e, h, r, p);
		return;
	}
	replace(e, h, r);
	if (total > r->buf_size) {
		h->state = LOST;
		tell_frame(e, SFAM_ISOTP_TOO_LONG, h, r, p, head)->total =
			total;
		return;
	}
	memcpy(h->frame, p->at + head, p->len - head);
	h->first_len = (uint8_t)(p->len - head);
	h->len = h->first_len;
	h->total = total;
	h->begin_ns = h->end_ns = p->time_ns;
	h->frame_len = (uint8_t)p->frame_len;
	h->next = 1;
	h->allowed = 0;
	h->state = RUNNING;
}

static void spend(struct sfam_isotp_reader *r, struct sfam_isotp_half *h,
		  struct events *e)
{
	if (h->allowed == 0) {
		tell_pdu(e, SFAM_ISOTP_NO_FLOW, h, r);
		h->allowed = FREE;
	} else if (h->allowed != FREE) {
		h->allowed--;
	}
}

/* They are as long as the first one; only the last may be shorter. */
static bool fits(const struct sfam_isotp_half *h, const struct pci *p)
{
	return p->frame_len <= h->frame_len &&
	       (p->frame_len == h->frame_len ||
		p->len - 1 >= h->total - h->len);
}

static void take_consecutive(struct sfam_isotp_reader *r,
			     struct sfam_isotp_half *h, const struct pci *p,
			     struct events *e)
{
	const uint8_t number = p->at[0] & 0xf;
	struct sfam_isotp_event *event;
	size_t n;

	if (h->state == IDLE)
		tell_frame(e, SFAM_ISOTP_STRAY, h, r, p, 1);
	if (h->state != RUNNING) {
		h->state = LOST;
		return;
	}
	if (number != h->next) {
		event = tell_pdu(e, SFAM_ISOTP_SEQUENCE, h, r);
		event->number = number;
		event->expected = h->next;
		h->state = LOST;
		return;
	}
	if (!fits(h, p)) {
		malformed(e, h, r, p);
		return;
	}
	spend(r, h, e);
	n = p->len - 1;
	if (n > h->total - h->len)
		n = h->total - h->len;
	memcpy(h->buf + h->len, p->at + 1, n);
	h->len += n;
	h->next = (uint8_t)((h->next + 1) % NUMBERS);
	h->end_ns = p->time_ns;
	if (h->len == h->total) {
		tell_pdu(e, SFAM_ISOTP_PDU, h, r);
		h->state = IDLE;
	}
}

/* Of h about a PDU of the other, which is coming or of no interest. */
static void take_flow(struct sfam_isotp_reader *r, struct sfam_isotp_half *h,
		      const struct pci *p, struct events *e)
{
	struct sfam_isotp_half *sender =
		&r->halves[h == &r->halves[0] ? 1 : 0];
	const unsigned int status = p->at[0] & 0xf;

	if (p->len < FLOW_LEN || status > FLOW_OVERFLOW) {
		malformed(e, h, r, p);
		return;
	}
	if (sender->state != RUNNING)
		return;
	sender->end_ns = p->time_ns;
	if (status == FLOW_GO) {
		sender->allowed = p->at[1] ? p->at[1] : FREE;
	} else if (status == FLOW_OVERFLOW) {
		tell_pdu(e, SFAM_ISOTP_OVERFLOW, sender, r);
		sender->state = LOST;
	}
}

/* ------------------------------------------------------------ reader -- */

static void take_first_bytes(struct sfam_isotp_half *h)
{
	if (h->first_len)
		memcpy(h->buf, h->frame, h->first_len);
	h->first_len = 0;
}

static void look_at_time(struct sfam_isotp_reader *r, int64_t now_ns,
			 struct events *e)
{
	struct sfam_isotp_half *h;

	if (now_ns == 0 || r->timeout_ns < 0)
		return;
	for (h = r->halves; h < r->halves + 2; h++) {
		if (h->state != RUNNING || h->end_ns == 0 ||
		    now_ns - h->end_ns <= r->timeout_ns)
			continue;
		tell_pdu(e, SFAM_ISOTP_TIMEOUT, h, r);
		h->state = LOST;
	}
}

static struct sfam_isotp_half *half_of(struct sfam_isotp_reader *r,
				       const struct sfam_can_fields *f)
{
	uint32_t id = f->id | (f->flags & SFAM_CAN_EXT ? CAN_EFF_FLAG : 0);
	struct sfam_isotp_half *h;

	if (f->flags & (SFAM_CAN_RTR | SFAM_CAN_ERR | SFAM_CAN_XL))
		return NULL;
	for (h = r->halves; h < r->halves + 2; h++)
		if (h->id == id &&
		    (h->address < 0 ||
		     (f->len > 0 && f->data[0] == h->address)))
			return h;
	return NULL;
}

static void take(struct sfam_isotp_reader *r, struct sfam_isotp_half *h,
		 const struct pci *p, struct events *e)
{
	switch (p->len ? p->at[0] >> 4 : -1) {
	case SINGLE:
		take_single(r, h, p, e);
		break;
	case FIRST:
		take_first(r, h, p, e);
		break;
	case CONSECUTIVE:
		take_consecutive(r, h, p, e);
		break;
	case FLOW:
		take_flow(r, h, p, e);
		break;
	default:
		malformed(e, h, r, p);
	}
}

SFAM_PUBLIC int sfam_isotp_reader_feed(struct sfam_isotp_reader *reader,
				       const void *frame, size_t size,
				       int64_t time_ns,
				       struct sfam_isotp_event *ret_events)
{
	struct events e = { ret_events, 0 };
	struct sfam_can_fields f;
	struct sfam_isotp_half *h;
	struct pci p;
	int r = sfam_can_unpack(&f, frame, size);

	if (r < 0)
		return r;
	h = half_of(reader, &f);
	if (!h)
		return 0;
	take_first_bytes(&reader->halves[0]);
	take_first_bytes(&reader->halves[1]);
	look_at_time(reader, time_ns, &e);
	p.at = f.data + (h->address >= 0);
	p.len = f.len - (size_t)(h->address >= 0);
	p.frame_len = f.len;
	p.is_fd = f.flags & SFAM_CAN_FD;
	p.time_ns = time_ns;
	take(reader, h, &p, &e);
	return e.n;
}

SFAM_PUBLIC int sfam_isotp_reader_end(struct sfam_isotp_reader *reader,
				      struct sfam_isotp_event *ret_events)
{
	struct events e = { ret_events, 0 };
	struct sfam_isotp_half *h;

	for (h = reader->halves; h < reader->halves + 2; h++) {
		take_first_bytes(h);
		if (h->state == RUNNING)
			tell_pdu(&e, SFAM_ISOTP_UNFINISHED, h, reader);
		h->state = IDLE;
	}
	return e.n;
}

static int check_side(const struct sfam_isotp_talk *t, int side)
{
	const uint32_t id = t->ids[side];
	const uint32_t max = id & CAN_EFF_FLAG ? CAN_EFF_FLAG | CAN_EFF_MASK :
						 CAN_SFF_MASK;

	return id > max || t->addresses[side] < -1 ||
	       t->addresses[side] > UINT8_MAX || !t->bufs[side] ? -EINVAL : 0;
}

SFAM_PUBLIC int sfam_isotp_reader_init(struct sfam_isotp_reader *ret,
				       const struct sfam_isotp_talk *talk)
{
	struct sfam_isotp_talk t = SFAM_ISOTP_TALK_INIT;
	int i, r = sfam__opts_read(&t, sizeof(t), talk);

	if (r < 0)
		return r;
	if (t.buf_size == 0 || check_side(&t, 0) < 0 || check_side(&t, 1) < 0)
		return -EINVAL;
	if (t.ids[0] == t.ids[1] &&
	    (t.addresses[0] == t.addresses[1] || t.addresses[0] < 0 ||
	     t.addresses[1] < 0))
		return -EINVAL;
	memset(ret, 0, sizeof(*ret));
	for (i = 0; i < 2; i++) {
		ret->halves[i].id = t.ids[i];
		ret->halves[i].address = t.addresses[i];
		ret->halves[i].buf = t.bufs[i];
	}
	ret->buf_size = t.buf_size;
	ret->timeout_ns = t.timeout_ns;
	return 0;
}
