/* SPDX-License-Identifier: MIT */
/*
 * Prints the frames of a CAN interface, sends each of them back, and after
 * it one of its own, 001#010203:  can-echo [can:IF]  (can:vcan0)
 * One such program is enough for a bus: two would never end.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sockfam/sockfam.h>

#define PATIENCE_NS (INT64_C(1) * 1000000000)	/* with a busy bus */

static int fail(const char *what, ssize_t error)
{
	fprintf(stderr, "%s: %s\n", what, strerror((int)-error));
	return 1;
}

static int open_can(const char *text)
{
	struct sfam_diag diag = { 0 };
	int fd = sfam_open_text(text, strlen(text), SFAM_OPEN_BIND, NULL,
				&diag);

	if (fd < 0)
		fprintf(stderr, "%s: %s%s%s\n", text, strerror(-fd),
			*diag.expected ? ", expected " : "", diag.expected);
	return fd;
}

/* What does not go is told; the next one may. */
static void send_frame(int fd, const void *frame, size_t size)
{
	struct iovec iov = { (void *)(uintptr_t)frame, size };
	ssize_t n = sfam_can_send(fd, &iov, 1, NULL, PATIENCE_NS);

	if (n < 0)
		fail("send", n);
}

static void answer(int fd, const struct sfam_can_record *rec)
{
	static const uint8_t data[] = { 1, 2, 3 };
	struct sfam_can_fields fields = { .id = 1, .len = 3, .data = data };
	struct can_frame own;
	char line[SFAM_CAN_TEXT_STRLEN];
	ssize_t n = sfam_can_pack(&own, sizeof(own), &fields);

	if (rec->drops)
		fprintf(stderr, "%u frames lost before this\n", rec->drops);
	if (sfam_can_text_format(line, sizeof(line), rec->frame,
				 rec->size) > 0)
		puts(line);
	send_frame(fd, rec->frame, rec->size);
	if (n > 0)
		send_frame(fd, &own, (size_t)n);
}

int main(int argc, char **argv)
{
	struct sfam_can_receiver *receiver = sfam_can_receiver_new(64, 0);
	int fd = open_can(argc > 1 ? argv[1] : "can:vcan0");
	const struct sfam_can_record *rec;
	ssize_t n = receiver ? fd : -ENOMEM, i;

	if (n >= 0)
		n = sfam_can_set_options(fd, SFAM_CAN_OPT_FD |
					     SFAM_CAN_OPT_DROPS, 0);
	while (n >= 0) {
		n = sfam_can_receive(fd, receiver, &rec, SFAM_FOREVER);
		for (i = 0; i < n; i++)
			answer(fd, rec + i);
		fflush(stdout);
	}
	sfam_can_receiver_free(receiver);
	return fd < 0 ? 1 : fail("receive", n);
}
