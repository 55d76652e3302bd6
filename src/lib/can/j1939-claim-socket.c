/* SPDX-License-Identifier: MIT */
/* The machine that claims addresses, on a socket. */
#include "can/j1939.h"

/* The kernel takes a claim from a socket bound to that NAME and address. */
static int bind_to(int fd, const struct sfam_j1939_claim *c, uint8_t addr)
{
	struct sockaddr_can sa = { .can_family = AF_CAN };
	socklen_t len = sizeof(sa);
	int r = sfam__sys_getsockname(fd, &sa, &len);

	if (r < 0)
		return r;
	if (sa.can_addr.j1939.name != c->name)
		return -EINVAL;
	if (sa.can_addr.j1939.addr == addr)
		return 0;
	sa.can_addr.j1939.addr = addr;
	sa.can_addr.j1939.pgn = J1939_NO_PGN;
	return sfam__sys_bind(fd, &sa, sizeof(sa));
}

static int send_out(int fd, const struct sfam_j1939_claim *c,
		    const struct sfam_j1939_claim_message *out)
{
	struct sockaddr_can to = { .can_family = AF_CAN };
	struct iovec iov = { (void *)(uintptr_t)out->data, out->len };
	struct msghdr msg = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n;
	int r = bind_to(fd, c, out->src);

	if (r < 0)
		return r;
	to.can_addr.j1939.name = J1939_NO_NAME;
	to.can_addr.j1939.pgn = out->pgn;
	to.can_addr.j1939.addr = out->dst;
	n = sfam__sys_sendmsg(fd, &msg, 0, sfam__deadline_in(-1));
	return n < 0 ? (int)n : 0;
}

static int prepare(int fd, const struct sfam_j1939_claim *c)
{
	static const struct j1939_filter filters[] = {
		{ .pgn = J1939_PGN_ADDRESS_CLAIMED, .pgn_mask = ~0u },
		{ .pgn = J1939_PGN_REQUEST, .pgn_mask = ~0u },
		{ .pgn = J1939_PGN_ADDRESS_COMMANDED, .pgn_mask = ~0u },
	};
	int r = bind_to(fd, c, J1939_IDLE_ADDR);

	if (r == 0)
		r = sfam_j1939_set_filters(fd, filters,
					   SFAM_ARRAY_LEN(filters));
	if (r == 0)
		r = sfam_j1939_set_options(fd, SFAM_J1939_OPT_BROADCAST, 0);
	return r;
}

static int step(struct sfam_j1939_claim *c, int fd,
		const struct sfam_j1939_claim_message *in)
{
	struct sfam_j1939_claim_message out;

	if (!sfam_j1939_claim_step(c, in, sfam__now_ns(), &out))
		return 0;
	return send_out(fd, c, &out);
}

/*
 * One message, or its time. -ETIMEDOUT: neither till the deadline. Messages
 * come first: one that objects may have been there before it was time.
 */
static int step_once(struct sfam_j1939_claim *c, int fd,
		     struct sfam__deadline deadline)
{
	int64_t left = sfam__deadline_left_ns(deadline);
	struct sfam_j1939_claim_message in;
	struct sfam_j1939_event e;
	int64_t due_in;
	int r;

	if (c->state == SFAM_J1939_CLAIM_START)
		return step(c, fd, NULL);
	due_in = c->due_ns < 0 ? -1 : c->due_ns - sfam__now_ns();
	if (c->due_ns >= 0 && due_in < 0)
		due_in = 0;
	if (due_in >= 0 && (left < 0 || due_in < left))
		left = due_in;
	r = sfam_j1939_recv(fd, &e, in.data, sizeof(in.data), left);
	if (r == -ETIMEDOUT && left == due_in)
		return step(c, fd, NULL);
	if (r < 0)
		return r == -EMSGSIZE ? 0 : r;	/* a message of no concern */
	if (e.kind != SFAM_J1939_MESSAGE)
		return 0;
	in.pgn = e.pgn;
	in.src = e.src;
	in.dst = e.dst;
	in.len = (uint8_t)e.len;
	return step(c, fd, &in);
}

SFAM_PUBLIC int sfam_j1939_claim_run(struct sfam_j1939_claim *claim, int fd,
				     int64_t timeout_ns)
{
	struct sfam__deadline deadline = sfam__deadline_in(timeout_ns);
	enum sfam_j1939_claim_state state = claim->state;
	uint8_t addr = claim->addr;
	int r = 0;

	if (state == SFAM_J1939_CLAIM_START)
		r = prepare(fd, claim);
	while (r == 0 && claim->state == state && claim->addr == addr)
		r = step_once(claim, fd, deadline);
	return r;
}

SFAM_PUBLIC int sfam_j1939_claim_release(struct sfam_j1939_claim *claim,
					 int fd)
{
	claim->addr = J1939_IDLE_ADDR;
	claim->state = SFAM_J1939_CLAIM_LOST;
	claim->due_ns = 0;	/* it says so at once */
	return step(claim, fd, NULL);
}
