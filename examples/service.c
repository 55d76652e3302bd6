/* SPDX-License-Identifier: MIT */
/*
 * Answers each message with the number of its bytes, for many clients:
 *     service [ADDR]       unix:@count; vsock:any:5000, inet:127.0.0.1:0 ...
 * or started by a service manager that has the socket (systemd's
 * Accept=no). SIGTERM and SIGINT end it: who is there has five seconds.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#define SECOND INT64_C(1000000000)

static struct sfam_service *service;

static void on_signal(int number)
{
	(void)number;
	sfam_service_stop(service, 5 * SECOND);
}

static int on_message(void *arg, struct sfam_service_client *client,
		      const void *buf, size_t len)
{
	char text[32];

	(void)arg, (void)buf;
	if (len == 0)		/* it has no more questions */
		return 0;
	return sfam_service_send(client, text, (size_t)
				 snprintf(text, sizeof(text), "%zu", len));
}

static int say(const char *what, int r)
{
	char why[SFAM_ERROR_STRLEN] = "";

	sfam_error_format(r, why, sizeof(why));
	fprintf(stderr, "%s: %s\n", what, why);
	return 1;
}

static void on_closed(void *arg, struct sfam_service_client *client, int cause)
{
	char name[SFAM_ADDR_STRLEN];

	(void)arg;
	if (cause < 0 && sfam_addr_format(&client->peer, name,
					  sizeof(name)) >= 0)
		say(name, cause);
}

int main(int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : "unix:@count";
	struct sfam_service_opts opts = SFAM_SERVICE_OPTS_INIT;
	struct sigaction sa = { .sa_handler = on_signal };
	int fd = SFAM_LISTEN_FDS_START, r;

	if (sfam_listen_fds(SFAM_LISTEN_UNSET_ENV, NULL, 0) <= 0)
		fd = sfam_open_text(text, strlen(text), SFAM_OPEN_LISTEN,
				    NULL, NULL);
	if (fd < 0)
		return say(text, fd);
	opts.idle_ns = 60 * SECOND;
	opts.received = on_message;
	opts.closed = on_closed;
	r = sfam_service_new(&service, &fd, 1, &opts);
	if (r < 0)
		return say("service", r);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	r = sfam_service_run(service, SFAM_FOREVER);
	sfam_service_free(service);
	return r < 0 ? say("service", r) : 0;
}
