/* SPDX-License-Identifier: MIT */
/*
 * A server that the next one replaces without losing a connection:
 * handover CONTROL-PATH ADDRESS, as often as you like. It answers each
 * client's byte with its process id.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#define PATIENCE INT64_C(300000000000) /* ns */

static int open_as(const char *text, enum sfam_open_how how)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	int fd;

	if (how == SFAM_OPEN_LISTEN)
		opts.flags = SFAM_OPEN_NONBLOCK | SFAM_OPEN_REUSEADDR;
	fd = sfam_open_text(text, strlen(text), how, &opts, NULL);
	if (fd < 0 && how == SFAM_OPEN_LISTEN)
		fprintf(stderr, "%s: %s\n", text, strerror(-fd));
	return fd;
}

static void serve(int client)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%d\n", getpid());

	if (sfam_recv_exact(client, text + n, 1, PATIENCE, NULL) == 0)
		n = sfam_send_all(client, text, (size_t)n, 0, PATIENCE, NULL);
	close(client);
}

/* Until somebody else serves. */
static void run(int control, int listener)
{
	struct pollfd p[] = { { listener, POLLIN, 0 }, { control, POLLIN, 0 } };
	int fd, r = -EAGAIN;

	while (r < 0 && (poll(p, 2, -1) >= 0 || errno == EINTR)) {
		fd = sfam_accept(listener, 0, 0, NULL);
		if (fd >= 0)
			serve(fd);
		fd = sfam_accept(control, 0, 0, NULL);
		if (fd < 0)
			continue;
		r = sfam_handover_give(fd, &listener, 1, "echo", PATIENCE);
		close(fd);
	}
}

int main(int argc, char **argv)
{
	char text[128], names[16];
	int old, control, listener;
	ssize_t n = 1;

	if (argc != 3)
		return 2;
	snprintf(text, sizeof(text), "unix:%s", argv[1]);
	old = open_as(text, SFAM_OPEN_CONNECT);
	if (old >= 0)
		n = sfam_handover_take(old, &listener, 1, names, sizeof(names),
				       PATIENCE);
	else
		listener = open_as(argv[2], SFAM_OPEN_LISTEN);
	unlink(argv[1]);
	control = open_as(text, SFAM_OPEN_LISTEN);
	if (n != 1 || listener < 0 || control < 0 ||
	    (old >= 0 && sfam_handover_ready(old, PATIENCE) < 0))
		return 1;
	run(control, listener);
	return 0;
}
