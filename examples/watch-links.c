/* SPDX-License-Identifier: MIT */
/*
 * Prints what happens to the network interfaces, and to CAN controllers
 * among them, with the state that the latter have: watch-links
 * Needs no privilege.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <sockfam/ctl.h>

static void print(const struct sfam_link_event *e)
{
	const char *state = sfam_can_state_name(e->link.can_state);

	if (e->change == SFAM_LINK_RESYNC) {
		puts("some changes were lost; what is different now:");
		return;
	}
	printf("%s %s", e->link.name, sfam_link_change_name(e->change));
	if (e->change == SFAM_LINK_RENAMED)
		printf(" from %s", e->old_name);
	if (state)
		printf(" %s", state);
	putchar('\n');
}

/* All that is there: only then is the descriptor worth waiting for. */
static int print_events(struct sfam_link_watch *watch)
{
	struct sfam_link_event event;
	int r;

	while ((r = sfam_link_watch_next(watch, &event, 0)) == 0)
		print(&event);
	return r == -ETIMEDOUT ? 0 : r;
}

/* A program that has other descriptors to wait for adds them to the poll. */
static int run(struct sfam_link_watch *watch)
{
	struct pollfd p = {
		.fd = sfam_link_watch_fd(watch),
		.events = POLLIN,
	};
	int r;

	while ((r = print_events(watch)) == 0)
		if (poll(&p, 1, -1) < 0 && errno != EINTR)
			return -errno;
	return r;
}

int main(void)
{
	struct sfam_link_watch *watch;
	int r = sfam_link_watch_new(&watch, 0);

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (r == 0) {
		r = run(watch);
		sfam_link_watch_free(watch);
	}
	fprintf(stderr, "watch-links: %s\n", strerror(-r));
	return 1;
}
