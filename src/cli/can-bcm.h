/* SPDX-License-Identifier: MIT */
/* What the verbs on the kernel's broadcast manager share. */
#ifndef SFAM_CLI_CAN_BCM_H
#define SFAM_CLI_CAN_BCM_H

#include <net/if.h>

#include "can-cli.h"

/*
 * A connected socket of the interface, "any" if ret_name is NULL; else its
 * name goes there (IFNAMSIZ bytes). -1 after printing.
 */
int can_bcm_open(const char *arg, char *ret_name);

/* Seconds as the kernel takes them: 0.000001 to 400 days; 0 or -1. */
int can_bcm_seconds(const char *text, int64_t *ret_ns);

/* What sfam_bcm_recv() and the others say of an interface. CLI_FAILED. */
int can_bcm_failed(const char *name, int error);

#endif
