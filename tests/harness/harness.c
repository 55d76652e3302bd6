/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "harness.h"
#include "need.h"

/*
 * No time limit on behaviour, however slow the machine: this only ends what
 * would hang for ever.
 */
#define HANG_S 7200

static int strict(void)
{
	const char *require = getenv("SFAM_REQUIRE");

	return require && strcmp(require, "all") == 0;
}

int open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = -1;		/* the one that reads the directory */

	if (!dir)
		return -1;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;		/* . and .. */
}

static int fds_before;

static void count_before(void)
{
	fds_before = open_fds();
}

static void count_after(void)
{
	ck_assert_msg(open_fds() == fds_before,
		      "%d descriptors open before the test, %d after it",
		      fds_before, open_fds());
}

/* The first word that is not met, or NULL. */
static const char *unmet(const char *needs, const char **ret_why)
{
	static char word[32];
	size_t n;

	for (; needs && *needs; needs += n + strspn(needs + n, " ")) {
		n = strcspn(needs, " ");
		if (n >= sizeof(word))
			abort();
		memcpy(word, needs, n);
		word[n] = '\0';
		if (!need_met(word, ret_why))
			return word;
	}
	return NULL;
}

static void add_test(Suite *suite, const struct harness_test *t)
{
	TCase *tc = tcase_create(t->test->name);

	need_add_fixtures(tc, t->needs);
	tcase_add_checked_fixture(tc, count_before, count_after);
	tcase_set_timeout(tc, HANG_S);
	tcase_add_test(tc, t->test);
	suite_add_tcase(suite, tc);
}

int harness_run(const char *name, const struct harness_test *tests, size_t n)
{
	Suite *suite = suite_create(name);
	SRunner *runner;
	const char *only = getenv("SFAM_ONLY");
	const char *word, *why = "";
	int failed = 0, skipped = 0, run = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (only && strcmp(only, tests[i].test->name) != 0)
			continue;
		word = unmet(tests[i].needs, &why);
		if (!word) {
			add_test(suite, &tests[i]);
			run++;
			continue;
		}
		printf("%s %s: %s: needs %s: %s\n", strict() ? "FAIL" : "SKIP",
		       name, tests[i].test->name, word, why);
		if (strict())
			failed++;
		else
			skipped++;
	}
	fflush(stdout);
	runner = srunner_create(suite);
	if (run)
		srunner_run_all(runner, CK_SILENT);
	srunner_print(runner, CK_NORMAL);
	run -= srunner_ntests_failed(runner);
	failed += srunner_ntests_failed(runner);
	printf("%s: %d passed, %d failed, %d skipped\n", name, run, failed,
	       skipped);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

uint64_t test_seed(void)
{
	const char *text = getenv("SFAM_SEED");
	uint64_t seed = text ? strtoull(text, NULL, 0) : 1;

	printf("SFAM_SEED=%" PRIu64 "\n", seed);
	fflush(stdout);
	return seed;
}

uint64_t test_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}
