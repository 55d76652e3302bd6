/* SPDX-License-Identifier: MIT */
/* One direction of a pair: what it holds, and its turns. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "relay.h"

/* Receives in a row, before the others have their turn. */
#define TURNS 16

int relay_flow_holds(const struct flow *f)
{
	return f->in_pipe || f->held_len;
}

/* What is held already stays in front. */
int relay_hold(struct flow *f, const void *buf, size_t len)
{
	char *held;

	if (f->held_len && f->held_off)
		memmove(f->held, f->held + f->held_off, f->held_len);
	f->held_off = 0;
	held = realloc(f->held, f->held_len + len);
	if (!held)
		return -ENOMEM;
	memcpy(held + f->held_len, buf, len);
	f->held = held;
	f->held_len += len;
	return 0;
}

/* Between sockets splice measured better for each family (make bench). */
void relay_flow_init(struct relay *r, struct flow *f)
{
	const struct side *from = f->from;
	const struct side *to = f->to;
	int i = f == &f->pair->b_to_a;

	f->pipe[0] = f->pipe[1] = -1;
	f->bytes = &r->count.bytes[i];
	f->messages = &r->count.messages[i];
	f->put = relay_put_bytes;
	if (from->is_stdio && to->kind == RELAY_MESSAGES)
		f->get = relay_get_stdin;
	else if (from->is_stdio && to->kind == RELAY_FRAMES)
		f->get = relay_get_lines;
	else if (from->is_group)
		f->get = relay_get_group;
	else if (from->kind != RELAY_BYTES)
		f->get = relay_get_messages;
	else if (!from->is_stdio && !to->is_stdio)
		f->get = relay_get_splice;
	else
		f->get = relay_get_bytes;
	if (!to->is_stdio && to->kind != RELAY_BYTES)
		f->put = relay_put_messages;
}

void relay_flow_done(struct relay *r, struct flow *f)
{
	relay_give_pipe(r, f);
	free(f->held);
	free(f->line);
	f->held = NULL;
	f->line = NULL;
	f->held_len = 0;
	f->line_len = 0;
	f->wait = FLOW_END;
}

int relay_flow_move(struct relay *r, struct flow *f)
{
	int result = FLOW_MORE;
	int i;

	for (i = 0; i < TURNS && result == FLOW_MORE; i++) {
		f->what = "send";
		while (relay_flow_holds(f) && result == FLOW_MORE)
			result = f->put(r, f);
		if (result != FLOW_MORE)
			break;
		if (f->held) {
			free(f->held);
			f->held = NULL;
		}
		if (f->is_eof)
			return FLOW_END;
		f->what = "receive";
		result = f->get(r, f);
	}
	/* The input may be asked again at once, but it must not be left. */
	if (result == FLOW_MORE)
		return relay_flow_holds(f) ? FLOW_OUT :
		       f->is_eof ? FLOW_END : FLOW_IN;
	return result;
}
