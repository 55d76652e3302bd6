/* SPDX-License-Identifier: MIT */
/*
 * Waves back to a server that waves, and connects anew when it is gone:
 *     reconnect-client [ADDR [WAVES]]     inet:127.0.0.1:25000, 10 waves
 * What broke is not mended, each try is a new socket. It gives up after 8
 * tries in a row without a wave.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#define PATIENCE_NS (INT64_C(300) * 1000000000)	/* with a silent server */
#define TRIES 8
#define FIRST_MS 100		/* of rest, doubled after each try, ... */
#define LONGEST_MS 1000		/* ... but no longer than this */

/* Until none is left, or for -errno. */
static int wave(int fd, int *left)
{
	char hello[11];		/* "Server wave" */
	int r = 0;

	while (r == 0 && *left > 0) {
		r = sfam_recv_exact(fd, hello, sizeof(hello), PATIENCE_NS,
				    NULL);
		if (r == 0)
			r = sfam_send_all(fd, "Client wave", 11, 0,
					  PATIENCE_NS, NULL);
		if (r == 0)
			printf("%.11s, %d to go\n", hello, --*left);
	}
	return r;
}

static int connect_and_wave(const char *text, int *left)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	int fd, r;

	opts.timeout_ns = PATIENCE_NS;
	fd = sfam_open_text(text, strlen(text), SFAM_OPEN_CONNECT, &opts,
			    NULL);
	if (fd < 0)
		return fd;
	r = wave(fd, left);
	close(fd);
	return r;
}

int main(int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : "inet:127.0.0.1:25000";
	int left = argc > 2 ? atoi(argv[2]) : 10;
	int tries = 0, before, r, ms = FIRST_MS;
	char why[SFAM_ERROR_STRLEN] = "";

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (left <= 0)
		fputs("how many waves? at least 1\n", stderr);
	while (left > 0 && tries < TRIES) {
		before = left;
		r = connect_and_wave(text, &left);
		if (r == 0)
			return 0;
		if (left < before)	/* it has worked: begin again */
			tries = 0, ms = FIRST_MS;
		tries = r == -EINVAL ? TRIES : tries + 1; /* no address */
		sfam_error_format(r, why, sizeof(why));
		fprintf(stderr, tries < TRIES ? "%s: %s; again in %d ms\n" :
			"%s: %s; given up\n", text, why, ms);
		if (tries < TRIES)
			usleep((useconds_t)ms * 1000);
		ms = 2 * ms < LONGEST_MS ? 2 * ms : LONGEST_MS;
	}
	return 1;
}
