/* SPDX-License-Identifier: MIT */
/* sockfam link monitor: what happens to interfaces, a line for each event. */
#include <stdio.h>

#include "link-cli.h"

static const char *state_text(uint32_t state)
{
	const char *name = sfam_can_state_name(state);

	return name ? name : "?";
}

static int has_state(const struct sfam_link_event *e)
{
	return e->change == SFAM_LINK_CAN_STATE ||
	       e->change == SFAM_LINK_BUS_OFF ||
	       e->change == SFAM_LINK_RESTARTED;
}

static void print_event(const struct sfam_link_event *e)
{
	if (e->change == SFAM_LINK_RESYNC) {
		puts("resync: more happened than could be told; as it is now:");
		return;
	}
	printf("%s: %s", e->link.name, sfam_link_change_name(e->change));
	if (e->change == SFAM_LINK_RENAMED)
		printf(" from %s", e->old_name);
	if (has_state(e))
		printf(": %s, was %s", state_text(e->state),
		       state_text(e->old_state));
	if (e->times > 1)
		printf(" (%u times)", e->times);
	if (e->change == SFAM_LINK_PRESENT || e->change == SFAM_LINK_ADDED ||
	    e->change == SFAM_LINK_CHANGED) {
		fputs(": ", stdout);
		link_print_state(&e->link);
	}
	putchar('\n');
}

static void json_event(const struct sfam_link_event *e)
{
	struct json j = JSON_INIT(stdout);

	json_object(&j, NULL);
	json_text(&j, "change", sfam_link_change_name(e->change));
	if (e->change == SFAM_LINK_RENAMED)
		json_text(&j, "old_name", e->old_name);
	if (has_state(e)) {
		link_json_state(&j, "state", e->state);
		link_json_state(&j, "old_state", e->old_state);
		json_uint(&j, "times", e->times);
	}
	if (e->change != SFAM_LINK_RESYNC)
		link_json(&j, &e->link);
	json_end(&j);
}

int link_monitor_run(const struct cli_verb *self, int argc, char **argv)
{
	void (*tell)(const struct sfam_link_event *e) = print_event;
	struct sfam_link_watch *watch;
	struct sfam_link_event event;
	int c, r;

	while ((c = cli_getopt_long(self, argc, argv, "+:", cli_json)) != -1) {
		if (c != 'j')
			return CLI_USAGE;
		tell = json_event;
	}
	if (optind != argc)
		return cli_usage(self, "not a word of this: %s", argv[optind]);
	r = sfam_link_watch_new(&watch, 0);
	if (r < 0)
		return cli_bad_call("interfaces", r);
	while ((r = sfam_link_watch_next(watch, &event, SFAM_FOREVER)) == 0) {
		tell(&event);
		if (fflush(stdout) != 0)
			break;
	}
	sfam_link_watch_free(watch);
	return r < 0 ? cli_bad_call("interfaces", r) : CLI_FAILED;
}
