/* SPDX-License-Identifier: MIT */
/* sockfam link set: a CAN controller, in the words of ip(8). */
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <sockfam/ctl.h>

#include "can-cli.h"

enum kind { RATE, POINT, NUMBER, TDC };

/* "bitrate 500000": a word and where its value goes. */
static const struct word {
	const char *name;
	enum kind kind;
	size_t at;		/* in struct sfam_can_config */
	uint32_t bit;		/* TDC */
} words[] = {
#define AT(field) offsetof(struct sfam_can_config, field)
	{ "bitrate", RATE, AT(timing.bitrate), 0 },
	{ "sample-point", POINT, AT(timing.sample_point_permille), 0 },
	{ "tq", RATE, AT(timing.tq_ns), 0 },
	{ "prop-seg", RATE, AT(timing.prop_seg), 0 },
	{ "phase-seg1", RATE, AT(timing.phase_seg1), 0 },
	{ "phase-seg2", RATE, AT(timing.phase_seg2), 0 },
	{ "sjw", RATE, AT(timing.sjw), 0 },
	{ "dbitrate", RATE, AT(data.bitrate), 0 },
	{ "dsample-point", POINT, AT(data.sample_point_permille), 0 },
	{ "dtq", RATE, AT(data.tq_ns), 0 },
	{ "dprop-seg", RATE, AT(data.prop_seg), 0 },
	{ "dphase-seg1", RATE, AT(data.phase_seg1), 0 },
	{ "dphase-seg2", RATE, AT(data.phase_seg2), 0 },
	{ "dsjw", RATE, AT(data.sjw), 0 },
	{ "tdcv", TDC, AT(tdc.tdcv), SFAM_CAN_TDC_V },
	{ "tdco", TDC, AT(tdc.tdco), SFAM_CAN_TDC_O },
	{ "tdcf", TDC, AT(tdc.tdcf), SFAM_CAN_TDC_F },
	{ "restart-ms", NUMBER, AT(restart_ms), 0 },
	{ "termination", NUMBER, AT(termination_ohm), 0 },
#undef AT
};

static const struct word *find_word(const char *name)
{
	size_t i;

	for (i = 0; i < CLI_ARRAY_LEN(words); i++)
		if (strcmp(words[i].name, name) == 0)
			return &words[i];
	return NULL;
}

static int set_word(const struct word *w, const char *value,
		    struct sfam_can_config *config)
{
	uint32_t number;
	uint64_t n;

	if (w->kind == POINT) {
		if (can_cli_permille(value, &number) < 0)
			return -1;
	} else {
		if (cli_number(value, w->kind == RATE, INT32_MAX, &n) < 0)
			return -1;
		number = (uint32_t)n;
	}
	config->tdc.have |= w->bit;
	memcpy((char *)config + w->at, &number, sizeof(number));
	return 0;
}

/* "fd on", "listen-only off": ip(8)'s words are the names in small letters. */
static int set_mode(const char *name, const char *value,
		    struct sfam_can_config *config)
{
	const char *mode;
	uint32_t bit;

	for (bit = 1; bit; bit <<= 1) {
		mode = sfam_can_mode_name(bit);
		if (mode && strcasecmp(mode, name) == 0)
			break;
	}
	if (bit == 0)
		return -1;
	config->mode_mask |= bit;
	if (strcmp(value, "on") == 0)
		config->modes |= bit;
	else if (strcmp(value, "off") == 0)
		config->modes &= ~bit;
	else
		return -1;
	return 0;
}

/* "up", "down": with settings between them, down first and up last. */
static uint32_t link_flag(const char *word)
{
	return strcmp(word, "up") == 0 ? SFAM_CAN_CONFIG_UP :
	       strcmp(word, "down") == 0 ? SFAM_CAN_CONFIG_DOWN : 0;
}

static int parse(const struct cli_verb *self, char **words_left,
		 struct sfam_can_config *config)
{
	const struct word *w;

	for (; *words_left; words_left++) {
		config->flags |= link_flag(*words_left);
		if (link_flag(*words_left))
			continue;
		if (!words_left[1])
			return cli_usage(self, "%s: no such word, or its "
					 "value is missing", *words_left);
		w = find_word(*words_left);
		if (w ? set_word(w, words_left[1], config) < 0 :
			set_mode(*words_left, words_left[1], config) < 0)
			return cli_usage(self, "not a setting: %s %s",
					 words_left[0], words_left[1]);
		words_left++;
	}
	return CLI_OK;
}

/* No settings: any interface will do. */
static int up_or_down(const char *ifname, uint32_t flags)
{
	int r = flags & SFAM_CAN_CONFIG_DOWN ? sfam_link_down(ifname) : 0;

	if (r == 0 && flags & SFAM_CAN_CONFIG_UP)
		r = sfam_link_up(ifname);
	return link_report(ifname, r);
}

int link_set_run(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_can_config config = SFAM_CAN_CONFIG_INIT;
	struct sfam_can_config nothing = SFAM_CAN_CONFIG_INIT;
	struct sfam_ctl_diag diag = { "" };
	const char *ifname;
	int r;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (argc - optind < 2)
		return cli_usage(self, "which interface, and what to set?");
	ifname = argv[optind];
	if (argc - optind == 2 && strcmp(argv[optind + 1], "restart") == 0) {
		r = sfam_can_restart(ifname, &diag);
		return r < 0 ? can_cli_bad_ctl(ifname, r, &diag) : CLI_OK;
	}
	r = parse(self, argv + optind + 1, &config);
	if (r != CLI_OK)
		return r;
	nothing.flags = config.flags;
	if (memcmp(&config, &nothing, sizeof(config)) == 0)
		return up_or_down(ifname, config.flags);
	r = sfam_can_configure(ifname, &config, &diag);
	return r < 0 ? can_cli_bad_ctl(ifname, r, &diag) : CLI_OK;
}
