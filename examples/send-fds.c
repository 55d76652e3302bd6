/* SPDX-License-Identifier: MIT */
/*
 * Opens files and sends their descriptors to another process, with a
 * message:  send-fds unix:ADDR FILE...   (see recv-fds.c)
 */
#include <errno.h>
#include <fcntl.h>
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
	int fd;

	opts.timeout_ns = PATIENCE_NS;
	fd = sfam_open_text(text, strlen(text), SFAM_OPEN_CONNECT, &opts,
			    &diag);
	if (fd < 0)
		fprintf(stderr, "%s: %s%s%s\n", text, strerror(-fd),
			*diag.expected ? ", expected " : "", diag.expected);
	return fd;
}

static int send_files(int sock, const int *fds, size_t n)
{
	char message[32];
	ssize_t sent;

	snprintf(message, sizeof(message), "%zu files", n);
	sent = sfam_fdpass_send(sock, fds, n, message, strlen(message),
				PATIENCE_NS);
	return sent < 0 ? fail("send", (int)sent) :
	       sent < (ssize_t)strlen(message) ? fail("send", -EIO) : 0;
}

int main(int argc, char **argv)
{
	int fds[SFAM_FDPASS_MAX];
	int n = 0, sock, status = 1;

	if (argc < 3 || argc > 2 + SFAM_FDPASS_MAX) {
		fprintf(stderr, "usage: send-fds unix:ADDR FILE...\n");
		return 2;
	}
	sock = connect_to(argv[1]);
	while (sock >= 0 && n < argc - 2) {
		fds[n] = open(argv[2 + n], O_RDONLY | O_CLOEXEC);
		if (fds[n] < 0) {
			fail(argv[2 + n], -errno);
			break;
		}
		n++;
	}
	if (n == argc - 2)
		status = send_files(sock, fds, (size_t)n);
	while (n > 0)	/* the receiver has descriptors of its own */
		close(fds[--n]);
	if (sock >= 0)
		close(sock);
	return status;
}
