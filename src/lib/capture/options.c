/* SPDX-License-Identifier: MIT */
/* Which option of pcapng stands for which member; in the order written. */
#include "capture/layout.h"

const struct sfam__capture_option sfam__capture_section_texts[] = {
	{ SFAM__OPT_COMMENT, offsetof(struct sfam_capture_section, comment) },
	{ 2, offsetof(struct sfam_capture_section, hardware) },
	{ 3, offsetof(struct sfam_capture_section, os) },
	{ 4, offsetof(struct sfam_capture_section, application) },
	{ 0, 0 },
};

const struct sfam__capture_option sfam__capture_interface_texts[] = {
	{ SFAM__OPT_COMMENT, offsetof(struct sfam_capture_interface, comment) },
	{ 2, offsetof(struct sfam_capture_interface, name) },
	{ 3, offsetof(struct sfam_capture_interface, description) },
	{ SFAM__OPT_FILTER, offsetof(struct sfam_capture_interface, filter) },
	{ 12, offsetof(struct sfam_capture_interface, os) },
	{ 0, 0 },
};

const struct sfam__capture_option sfam__capture_stats_texts[] = {
	{ SFAM__OPT_COMMENT, offsetof(struct sfam_capture_stats, comment) },
	{ 0, 0 },
};

const struct sfam__capture_option sfam__capture_stats_times[] = {
	{ 2, offsetof(struct sfam_capture_stats, start_ns) },
	{ 3, offsetof(struct sfam_capture_stats, end_ns) },
	{ 0, 0 },
};

const struct sfam__capture_option sfam__capture_stats_counts[] = {
	{ 4, offsetof(struct sfam_capture_stats, received) },
	{ 5, offsetof(struct sfam_capture_stats, if_drops) },
	{ 6, offsetof(struct sfam_capture_stats, accepted) },
	{ 7, offsetof(struct sfam_capture_stats, os_drops) },
	{ 8, offsetof(struct sfam_capture_stats, delivered) },
	{ 0, 0 },
};
