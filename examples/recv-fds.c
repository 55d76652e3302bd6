/* SPDX-License-Identifier: MIT */
/*
 * Waits for a process that sends descriptors, and prints its message and
 * what is in the files:  recv-fds [unix:ADDR]   (see send-fds.c)
 * Any process may connect to a name with @; a path has permissions.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#define PATIENCE_NS (INT64_C(300) * 1000000000)
#define MAX_FDS 16

static int fail(const char *what, ssize_t error)
{
	fprintf(stderr, "%s: %s\n", what, strerror((int)-error));
	return 1;
}

/* The one client of a socket that is gone, path and all, afterwards. */
static int wait_for_client(const struct sfam_addr *addr)
{
	const struct sockaddr_un *un =
		(const struct sockaddr_un *)sfam_addr_sockaddr(addr);
	int listener = sfam_open(addr, SFAM_OPEN_LISTEN, NULL);
	int client;

	if (listener < 0)
		return listener;
	fputs("listening\n", stderr);
	client = sfam_accept(listener, 0, SFAM_FOREVER, NULL);
	close(listener);
	if (un->sun_family == AF_UNIX && un->sun_path[0])
		unlink(un->sun_path);
	return client;
}

static int print_file(int fd)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, (size_t)n, stdout);
	return n < 0 ? fail("read", -errno) : 0;
}

int main(int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : "unix:@sockfam-fds";
	struct sfam_diag diag = { 0 };
	struct sfam_addr addr;
	int fds[MAX_FDS], client, status = 0;
	size_t n_fds = 0, i;
	char message[1024];
	ssize_t n = sfam_addr_parse(&addr, text, strlen(text), &diag);

	if (n < 0) {
		fprintf(stderr, "%s: expected %s\n", text, diag.expected);
		return 1;
	}
	client = wait_for_client(&addr);
	if (client < 0)
		return fail(text, client);
	n = sfam_fdpass_recv(client, fds, MAX_FDS, &n_fds, message,
			     sizeof(message), PATIENCE_NS);
	close(client);
	if (n < 0 || n_fds == 0)
		return fail("receive", n < 0 ? n : -ENODATA);
	printf("%.*s\n", (int)n, message);
	for (i = 0; i < n_fds; i++) {
		status |= print_file(fds[i]);
		close(fds[i]);
	}
	return fflush(stdout) == EOF ? fail("stdout", -errno) : status;
}
