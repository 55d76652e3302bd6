/* SPDX-License-Identifier: MIT */
#ifndef SFAM_TEST_NEED_H
#define SFAM_TEST_NEED_H

#include <check.h>

/* Sets up what the needs ask for, in each test's own process. */
void need_add_fixtures(TCase *tc, const char *needs);

#endif
