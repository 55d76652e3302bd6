/* SPDX-License-Identifier: MIT */
/* What the files of test-api share. */
#ifndef SFAM_TEST_API_H
#define SFAM_TEST_API_H

void expect(int holds, const char *what);
#define EXPECT(condition) expect(condition, #condition)

void can_bcm(void);

#endif
