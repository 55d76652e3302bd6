/* SPDX-License-Identifier: MIT */
/* What every source file of the library includes first. */
#ifndef SFAM_BASE_COMMON_H
#define SFAM_BASE_COMMON_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <sockfam/base.h>

/* On the definition of each function that the version map exports. */
#define SFAM_PUBLIC __attribute__((visibility("default")))

#define SFAM_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/*
 * Over the defaults at ret, of size bytes, what the caller's headers knew of
 * an option struct; opts may be NULL. -E2BIG: it asks for what is not known
 * here. -EINVAL: no size.
 */
int sfam__opts_read(void *ret, size_t size, const void *opts);

#endif
