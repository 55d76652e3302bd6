/* SPDX-License-Identifier: MIT */
/* Prints the frames of a CAN interface: can-sniff can:vcan0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

/* Never returns 0: -errno is why it ended. */
static ssize_t sniff(int fd, struct sfam_can_receiver *receiver)
{
	const struct sfam_can_record *rec;
	char line[SFAM_CAN_TEXT_STRLEN];
	ssize_t n = sfam_can_set_options(fd, SFAM_CAN_OPT_FD |
					 SFAM_CAN_OPT_DROPS, 0);
	ssize_t i;

	while (n >= 0) {
		n = sfam_can_receive(fd, receiver, &rec, SFAM_FOREVER);
		for (i = 0; i < n; i++)
			if (sfam_can_text_format(line, sizeof(line),
						 rec[i].frame, rec[i].size) > 0)
				printf("%s  (%u lost before)\n", line,
				       rec[i].drops);
		fflush(stdout);
	}
	return n;
}

int main(int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : "can:";
	struct sfam_can_receiver *receiver = sfam_can_receiver_new(64, 0);
	char why[SFAM_DIAG_STRLEN] = "", words[SFAM_ERROR_STRLEN] = "";
	struct sfam_diag diag = { 0 };
	ssize_t r = -ENOMEM;
	int fd = sfam_open_text(text, strlen(text), SFAM_OPEN_BIND, NULL,
				&diag);

	if (fd < 0)
		r = fd;
	else if (receiver)
		r = sniff(fd, receiver);
	if (diag.expected[0] && sfam_diag_format(&diag, why, sizeof(why)) < 0)
		why[0] = '\0';
	if (sfam_error_format((int)r, words, sizeof(words)) > 0)
		fprintf(stderr, "%s: %s %s\n", text, words, why);
	sfam_can_receiver_free(receiver);
	if (fd >= 0)
		close(fd);
	return 1;
}
