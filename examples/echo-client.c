/* SPDX-License-Identifier: MIT */
/*
 * Sends a text to an echo server and prints what comes back:
 *     echo-client [ADDR [TEXT]]
 * ADDR is a stream address of any family, or a name, tcp:HOST:PORT, whose
 * IPv6 and IPv4 addresses are tried in turn; else it is inet:127.0.0.1:50007.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#define PATIENCE_NS (INT64_C(300) * 1000000000)

static int fail(const char *what, int error)
{
	fprintf(stderr, "%s: %s\n", what, strerror(-error));
	return 1;
}

static int connect_to(const char *text)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	struct sfam_diag diag = { 0 };
	char why[SFAM_ERROR_STRLEN];
	int fd;

	opts.timeout_ns = PATIENCE_NS;
	fd = sfam_open_text(text, strlen(text), SFAM_OPEN_CONNECT, &opts,
			    &diag);
	if (fd < 0 && sfam_error_format(fd, why, sizeof(why)) > 0)
		fprintf(stderr, "%s: %s%s%s\n", text, why,
			*diag.expected ? ", expected " : "", diag.expected);
	return fd;
}

/*
 * A stream has no messages: the reply may come in pieces, and what says
 * that it is whole is its length, which is known here.
 */
static int echo(int fd, const char *message)
{
	char reply[65536];
	size_t len = strlen(message);
	size_t got;
	int r;

	if (len > sizeof(reply))
		return fail("the text is too long", -EMSGSIZE);
	r = sfam_send_all(fd, message, len, 0, PATIENCE_NS, NULL);
	if (r < 0)
		return fail("send", r);
	r = sfam_recv_exact(fd, reply, len, PATIENCE_NS, &got);
	if (r < 0)
		fprintf(stderr, "%zu of %zu bytes came back: %s\n", got, len,
			r == -ENODATA ? "the server has ended" : strerror(-r));
	fwrite(reply, 1, got, stdout);
	putchar('\n');
	if (fflush(stdout) == EOF)
		return fail("stdout", -errno);
	return r < 0;
}

int main(int argc, char **argv)
{
	int fd = connect_to(argc > 1 ? argv[1] : "inet:127.0.0.1:50007");
	int status;

	if (fd < 0)
		return 1;
	status = echo(fd, argc > 2 ? argv[2] : "Hello, world");
	close(fd);
	return status;
}
