/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "test-api.h"

static int echo(void *arg, struct sfam_service_client *client,
		const void *buf, size_t len)
{
	sfam_service_stop(*(struct sfam_service **)arg, SFAM_FOREVER);
	if (len == 0)
		return 0;
	EXPECT(sfam_service_send(client, buf, len) == 0);
	sfam_service_end(client, 0);
	return 0;
}

void api_service(void)
{
	struct sfam_service_opts opts = SFAM_SERVICE_OPTS_INIT;
	struct sfam_service *service = NULL;
	struct sfam_redial redial;
	struct sfam_addr addr;
	char got[8];
	int fd = sfam_open_text("unix:", 5, SFAM_OPEN_LISTEN, NULL, NULL);

	opts.arg = &service;
	opts.received = echo;
	EXPECT(sfam_service_new(&service, &fd, 1, &opts) == 0);
	EXPECT(sfam_addr_local(&addr, fd) == 0);
	EXPECT(sfam_redial_init(&redial, &addr, 0) == 0);
	EXPECT(sfam_redial_step(&redial, 0) == 1);
	EXPECT(sfam_message_send(redial.fd, "hello", 5, -1) == 0);
	EXPECT(sfam_service_run(service, 0) == -ETIMEDOUT);
	EXPECT(sfam_service_run(service, 0) == -ETIMEDOUT);
	EXPECT(sfam_message_recv(redial.fd, got, sizeof(got), -1) == 5);
	sfam_redial_lost(&redial, -EPIPE, 0);
	EXPECT(redial.error == -EPIPE);
	sfam_redial_done(&redial);
	EXPECT(sfam_service_run(service, -1) == 0);
	sfam_service_free(service);
	close(fd);
}
