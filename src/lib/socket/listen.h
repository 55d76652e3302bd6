/* SPDX-License-Identifier: MIT */
#ifndef SFAM_SOCKET_LISTEN_H
#define SFAM_SOCKET_LISTEN_H

#include "base/sys.h"

#define SFAM__LISTEN_VARIABLES 4
extern const char *const sfam__listen_variables[SFAM__LISTEN_VARIABLES];

/*
 * This process's numbers into what sfam_listen_env() made; what the kernel
 * cannot tell is taken out. -EINVAL: it did not make env.
 */
int sfam__listen_write_ids(char **env);

#endif
