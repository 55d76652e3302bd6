/* SPDX-License-Identifier: MIT */
/*
 * Address claiming (J1939-81) as a machine: messages and times in, messages
 * out. It knows no socket and no clock.
 */
#include "can/j1939.h"

#define NONE J1939_IDLE_ADDR
#define ARBITRARY (UINT64_C(1) << 63)
#define FIRST_DEFAULT 128
#define N_DEFAULT 120

/* One that cannot claim waits up to 255 such units before it says so. */
#define BACK_OFF_NS INT64_C(600000)

/* ----------------------------------------------------------- messages -- */

static uint64_t name_in(const uint8_t *data)
{
	uint64_t name = 0;
	int i;

	for (i = 7; i >= 0; i--)
		name = name << 8 | data[i];
	return name;
}

static int say_claim(const struct sfam_j1939_claim *c,
		     struct sfam_j1939_claim_message *out)
{
	int i;

	memset(out, 0, sizeof(*out));
	out->pgn = J1939_PGN_ADDRESS_CLAIMED;
	out->src = c->addr;
	out->dst = J1939_NO_ADDR;
	out->len = 8;
	for (i = 0; i < 8; i++)
		out->data[i] = (uint8_t)(c->name >> 8 * i);
	return 1;
}

static int say_request(struct sfam_j1939_claim_message *out)
{
	memset(out, 0, sizeof(*out));
	out->pgn = J1939_PGN_REQUEST;
	out->src = NONE;
	out->dst = J1939_NO_ADDR;
	out->len = 3;
	out->data[1] = J1939_PGN_ADDRESS_CLAIMED >> 8;
	return 1;
}

/* -------------------------------------------------------------- moves -- */

SFAM_PUBLIC int sfam_j1939_claim_init(struct sfam_j1939_claim *claim,
				      uint64_t name, const uint8_t *addrs,
				      size_t n)
{
	struct sfam_j1939_claim c = {
		.name = name,
		.state = SFAM_J1939_CLAIM_START,
		.addr = NONE,
		.n = n ? n : N_DEFAULT,
	};
	size_t i;

	if (name == 0 || n > sizeof(c.addrs))
		return -EINVAL;
	for (i = 0; i < c.n; i++) {
		c.addrs[i] = n ? addrs[i] : (uint8_t)(FIRST_DEFAULT + i);
		if (c.addrs[i] >= NONE)
			return -EINVAL;
	}
	if (!(name & ARBITRARY))
		c.n = 1;
	*claim = c;
	return 0;
}

static bool can_win(const struct sfam_j1939_claim *c, uint8_t addr)
{
	return c->holders[addr] == 0 || c->holders[addr] > c->name;
}

/* The first that is free, else the first that can be won, else none. */
static uint8_t choose(const struct sfam_j1939_claim *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->holders[c->addrs[i]] == 0)
			return c->addrs[i];
	for (i = 0; i < c->n; i++)
		if (can_win(c, c->addrs[i]))
			return c->addrs[i];
	return NONE;
}

/* Each claim starts the time anew, as in the kernel (j1939_ac_process()). */
static int claim_addr(struct sfam_j1939_claim *c, uint8_t addr, int64_t now_ns,
		      struct sfam_j1939_claim_message *out)
{
	c->addr = addr;
	c->state = SFAM_J1939_CLAIM_CLAIMS;
	c->due_ns = now_ns + SFAM_J1939_CLAIM_NS;
	return say_claim(c, out);
}

/* Not at once, lest all that have none say so at the same time. */
static int give_up(struct sfam_j1939_claim *c, int64_t now_ns)
{
	unsigned int sum = 0;
	int i;

	for (i = 0; i < 64; i += 8)
		sum += (unsigned int)(c->name >> i & 0xff);
	c->addr = NONE;
	c->state = SFAM_J1939_CLAIM_LOST;
	c->due_ns = now_ns + (sum & 0xff) * BACK_OFF_NS;
	return 0;
}

static int claim_next(struct sfam_j1939_claim *c, int64_t now_ns,
		      struct sfam_j1939_claim_message *out)
{
	uint8_t addr = choose(c);

	if (addr == NONE)
		return give_up(c, now_ns);
	return claim_addr(c, addr, now_ns, out);
}

static int repeat_claim(struct sfam_j1939_claim *c, int64_t now_ns,
			struct sfam_j1939_claim_message *out)
{
	if (c->state == SFAM_J1939_CLAIM_CLAIMS)
		return claim_addr(c, c->addr, now_ns, out);
	return say_claim(c, out);
}

/* -------------------------------------------------------------- input -- */

static int on_time(struct sfam_j1939_claim *c, int64_t now_ns,
		   struct sfam_j1939_claim_message *out)
{
	if (c->state == SFAM_J1939_CLAIM_START) {
		c->state = SFAM_J1939_CLAIM_LISTENS;
		c->due_ns = now_ns + SFAM_J1939_CLAIM_NS;
		return say_request(out);
	}
	if (c->due_ns < 0 || now_ns < c->due_ns)
		return 0;
	c->due_ns = -1;
	if (c->state == SFAM_J1939_CLAIM_LISTENS)
		return claim_next(c, now_ns, out);
	if (c->state == SFAM_J1939_CLAIM_LOST)
		return say_claim(c, out);
	c->state = SFAM_J1939_CLAIM_HOLDS;
	return 0;
}

/* A NAME has one address. */
static void forget(struct sfam_j1939_claim *c, uint64_t name)
{
	size_t i;

	for (i = 0; i < NONE; i++)
		if (c->holders[i] == name)
			c->holders[i] = 0;
}

/* The lowest NAME counts that was heard: the others will give way. */
static void note_holder(struct sfam_j1939_claim *c, uint8_t addr,
			uint64_t name)
{
	if (c->holders[addr] == 0 || c->holders[addr] > name)
		c->holders[addr] = name;
}

static int on_claim(struct sfam_j1939_claim *c,
		    const struct sfam_j1939_claim_message *in, int64_t now_ns,
		    struct sfam_j1939_claim_message *out)
{
	uint64_t name = name_in(in->data);

	if (name == 0 || name == c->name)
		return 0;
	forget(c, name);
	if (in->src >= NONE)
		return 0;
	if (in->src == c->addr && name > c->name)
		return repeat_claim(c, now_ns, out);
	note_holder(c, in->src, name);
	return in->src == c->addr ? claim_next(c, now_ns, out) : 0;
}

static int on_request(struct sfam_j1939_claim *c,
		      const struct sfam_j1939_claim_message *in,
		      int64_t now_ns, struct sfam_j1939_claim_message *out)
{
	const uint8_t *d = in->data;

	if ((d[0] | d[1] << 8 | d[2] << 16) != J1939_PGN_ADDRESS_CLAIMED)
		return 0;
	if (in->dst != J1939_NO_ADDR && in->dst != c->addr)
		return 0;
	if (c->state == SFAM_J1939_CLAIM_LOST)
		return give_up(c, now_ns);
	return c->addr == NONE ? 0 : repeat_claim(c, now_ns, out);
}

static int on_command(struct sfam_j1939_claim *c,
		      const struct sfam_j1939_claim_message *in,
		      int64_t now_ns, struct sfam_j1939_claim_message *out)
{
	uint8_t addr = in->data[8];

	if (name_in(in->data) != c->name || addr >= NONE ||
	    addr == c->addr || !can_win(c, addr))
		return 0;
	return claim_addr(c, addr, now_ns, out);
}

SFAM_PUBLIC int
sfam_j1939_claim_step(struct sfam_j1939_claim *claim,
		      const struct sfam_j1939_claim_message *in,
		      int64_t now_ns,
		      struct sfam_j1939_claim_message *ret_out)
{
	if (!in)
		return on_time(claim, now_ns, ret_out);
	if (in->pgn == J1939_PGN_ADDRESS_CLAIMED && in->len == 8)
		return on_claim(claim, in, now_ns, ret_out);
	if (in->pgn == J1939_PGN_REQUEST && in->len >= 3)
		return on_request(claim, in, now_ns, ret_out);
	if (in->pgn == J1939_PGN_ADDRESS_COMMANDED && in->len == 9)
		return on_command(claim, in, now_ns, ret_out);
	return 0;
}
