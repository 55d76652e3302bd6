/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "alg-key.h"
#include "cli.h"
#include "hex.h"

static int fail(const char *where, const char *why)
{
	cli_error("key %.64s: %s", where, why);
	return -1;
}

/* One byte more than fits tells a long file from one that just fits. */
static int from_fd(const char *where, int fd, struct alg_key *ret)
{
	unsigned char over;
	ssize_t n;

	for (;;) {
		n = ret->len < ALG_KEY_MAX ?
			    read(fd, ret->bytes + ret->len,
				 ALG_KEY_MAX - ret->len) :
			    read(fd, &over, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(where, strerror(errno));
		if (n == 0)
			return ret->len ? 0 : fail(where, "nothing in it");
		if (ret->len == ALG_KEY_MAX)
			return fail(where, "longer than any key");
		ret->len += (size_t)n;
	}
}

static int from_file(const char *where, struct alg_key *ret)
{
	int fd = open(where, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int r;

	if (fd < 0)
		return fail(where, strerror(errno));
	r = from_fd(where, fd, ret);
	close(fd);
	return r;
}

/* The digits are overwritten: ps(1) has shown them long enough. */
static int from_hex(char *digits, struct alg_key *ret)
{
	int n = hex_read(digits, ret->bytes, ALG_KEY_MAX);

	explicit_bzero(digits, strlen(digits));
	if (n <= 0)
		return fail("hex:...", "expected hex digits, two a byte");
	ret->len = (size_t)n;
	cli_error("warning: a key on the command line is seen by every user "
		  "of this machine; try: -k FILE");
	return 0;
}

int alg_key_read(char *where, struct alg_key *ret)
{
	uint64_t n;

	ret->len = 0;
	ret->serial = 0;
	if (strncmp(where, "hex:", 4) == 0)
		return from_hex(where + 4, ret);
	if (strncmp(where, "fd:", 3) == 0) {
		if (cli_number(where + 3, 0, INT32_MAX, &n) != 0)
			return fail(where, "expected fd:NUMBER");
		return from_fd(where, (int)n, ret);
	}
	if (strncmp(where, "key:", 4) != 0)
		return from_file(where, ret);
	if (cli_number(where + 4, 1, INT32_MAX, &n) != 0)
		return fail(where, "expected key:SERIAL");
	ret->serial = (int32_t)n;
	return 0;
}

void alg_key_wipe(struct alg_key *key)
{
	explicit_bzero(key, sizeof(*key));
}

int alg_equal(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;
	unsigned char differs = 0;

	while (n--)
		differs |= (unsigned char)(*p++ ^ *q++);
	return !differs;
}
