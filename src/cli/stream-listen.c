/* SPDX-License-Identifier: MIT */
/* Clients to stdin and stdout, one after another. */
#include <errno.h>
#include <unistd.h>

#include "stream.h"

/* The next one, or -1 after printing. */
static int next_client(int listener,
		       int (*allows)(void *arg, const struct sfam_addr *peer),
		       void *arg)
{
	char text[SFAM_ADDR_STRLEN];
	struct sfam_addr peer;
	int fd;

	for (;;) {
		fd = sfam_accept(listener, 0, SFAM_FOREVER, &peer);
		if (fd == -ECONNABORTED)
			continue;
		if (fd < 0) {
			cli_bad_call("accept", fd);
			return -1;
		}
		if (!allows || allows(arg, &peer))
			return fd;
		close(fd);
		cli_error("refused %s",
			  cli_addr_text(&peer, text, sizeof(text)));
	}
}

int stream_serve_pipe(int listener, const struct sfam_addr *addr,
		      uint64_t clients, int (*pipe)(int sock),
		      int (*allows)(void *arg, const struct sfam_addr *peer),
		      void *arg)
{
	uint64_t left = clients ? clients : UINT64_MAX;
	int status = CLI_OK;
	int fd;

	stream_say_listening(listener, addr);
	for (; left; left--) {
		fd = next_client(listener, allows, arg);
		if (fd < 0)
			return CLI_FAILED;
		if (pipe(fd) != CLI_OK)
			status = CLI_FAILED;
		close(fd);
	}
	return status;
}
