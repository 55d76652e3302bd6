/* SPDX-License-Identifier: MIT */
#ifndef SFAM_SOCKET_RESOLVE_H
#define SFAM_SOCKET_RESOLVE_H

#include "family/shorthand.h"

#include <sockfam/resolve.h>

/*
 * sfam_resolve(); ret_name has what the text said, or shorthand is NULL
 * where it was an ordinary address.
 */
int sfam__resolve(const char *text, size_t text_len, uint32_t flags,
		  struct sfam_addr *ret, size_t max, size_t *ret_n,
		  struct sfam__name_addr *ret_name, struct sfam_diag *diag);

#endif
