/* SPDX-License-Identifier: MIT */
/*
 * Sends back what it receives, one client after the other, for ever:
 *     echo-server [ADDR]
 * ADDR: any stream address, as tcp::50007 for IPv6 and IPv4 at once;
 * inet:127.0.0.1:50007 unless told.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#define PATIENCE_NS (INT64_C(300) * 1000000000)	/* with a silent client */

static void say(const char *what, const struct sfam_addr *addr)
{
	char text[SFAM_ADDR_STRLEN];

	if (sfam_addr_format(addr, text, sizeof(text)) > 0)
		fprintf(stderr, "%s %s\n", what, text);
}

static int listen_at(const char *text)
{
	struct sfam_diag diag = { 0 };
	char why[SFAM_ERROR_STRLEN];
	struct sfam_addr local;
	int fd = sfam_open_text(text, strlen(text), SFAM_OPEN_LISTEN, NULL,
				&diag);

	if (fd < 0 && sfam_error_format(fd, why, sizeof(why)) > 0)
		fprintf(stderr, "%s: %s%s%s\n", text, why,
			*diag.expected ? ", expected " : "", diag.expected);
	if (fd >= 0 && sfam_addr_local(&local, fd) == 0)
		say("listening on", &local); /* with the port, if it was 0 */
	return fd;
}

/* Until the client ends its stream; 0 or -errno. */
static int echo(int client)
{
	char buf[4096];
	ssize_t n;
	int r = 0;

	while (r == 0) {
		n = sfam_recv(client, buf, sizeof(buf), PATIENCE_NS, NULL);
		if (n <= 0)
			return (int)n;
		r = sfam_send_all(client, buf, (size_t)n, 0, PATIENCE_NS,
				  NULL);
	}
	return r;
}

int main(int argc, char **argv)
{
	int listener = listen_at(argc > 1 ? argv[1] : "inet:127.0.0.1:50007");
	struct sfam_addr peer;
	int client = 0, r;

	/* -ECONNABORTED: gone before its turn came; the others are there. */
	while (listener >= 0 && (client >= 0 || client == -ECONNABORTED)) {
		client = sfam_accept(listener, 0, SFAM_FOREVER, &peer);
		if (client < 0)
			continue;
		say("connected by", &peer);
		r = echo(client);
		if (r < 0)
			fprintf(stderr, "client: %s\n", strerror(-r));
		close(client);
	}
	if (client < 0)
		fprintf(stderr, "accept: %s\n", strerror(-client));
	return 1;
}
