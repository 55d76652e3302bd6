/* SPDX-License-Identifier: MIT */
/*
 * What every header of libsockfam shares.
 *
 * Conventions of the whole library:
 * - Functions return 0 or a count on success and -errno on failure; errno
 *   itself is unspecified. Results (ret_...) are untouched on failure.
 * - Times are int64_t nanoseconds: negative waits for ever, 0 does not wait.
 *   A timeout is a total for the whole call, whatever it does inside, and
 *   its end is -ETIMEDOUT. Signals (EINTR) do not end a call.
 * - Every descriptor made here is close-on-exec from birth. The O_NONBLOCK
 *   flag of a descriptor you pass in is never changed.
 * - No function prints, exits, or keeps mutable static state: any function
 *   may run in any thread on different objects.
 */
#ifndef SOCKFAM_BASE_H
#define SOCKFAM_BASE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SFAM_MUST_CHECK __attribute__((warn_unused_result))
#else
#define SFAM_MUST_CHECK
#endif

/* Wait for ever, as a timeout_ns. */
#define SFAM_FOREVER ((int64_t)-1)

/*
 * Why a text was refused. Filled only when a function that takes one fails;
 * pass NULL where the words are not wanted.
 */
struct sfam_diag {
	size_t offset;		/* first byte at fault, counted from 0 */
	char found[32];		/* what stands there, printable, cut to fit */
	char expected[96];	/* what should stand there */
};

/*
 * One line without its end: `at 5: expected a port number, found "x"`.
 * Returns the length without NUL; -ENOSPC if size is too small
 * (SFAM_DIAG_STRLEN always fits). The caller owns buf.
 */
#define SFAM_DIAG_STRLEN 192
ssize_t sfam_diag_format(const struct sfam_diag *diag, char *buf, size_t size);

/* "MAJOR.MINOR.PATCH" of the library that runs; static storage. */
const char *sfam_version(void);

#ifdef __cplusplus
}
#endif

#endif
