/* SPDX-License-Identifier: MIT */
/* Prints the frames of a CAN interface: can-sniff can:vcan0 */
#include <stdio.h>
#include <string.h>

#include <sockfam/sockfam.h>

int main(int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : "can:";
	struct sfam_can_receiver *receiver = sfam_can_receiver_new(64, 0);
	const struct sfam_can_record *rec;
	char line[SFAM_CAN_TEXT_STRLEN], why[SFAM_DIAG_STRLEN];
	struct sfam_diag diag = { 0 };
	ssize_t n = 0, i;
	int fd = sfam_open_text(text, strlen(text), SFAM_OPEN_BIND, NULL,
				&diag);

	if (fd < 0 && sfam_diag_format(&diag, why, sizeof(why)) > 0)
		fprintf(stderr, "%s: %s (%s)\n", text, strerror(-fd), why);
	if (fd < 0 || !receiver || sfam_can_set_options(fd, SFAM_CAN_OPT_FD |
							SFAM_CAN_OPT_DROPS, 0))
		return 1;
	while (n >= 0) {
		n = sfam_can_receive(fd, receiver, &rec, SFAM_FOREVER);
		for (i = 0; i < n; i++)
			if (sfam_can_text_format(line, sizeof(line),
						 rec[i].frame, rec[i].size) > 0)
				printf("%s  (%u lost before)\n", line,
				       rec[i].drops);
		fflush(stdout);
	}
	fprintf(stderr, "%s: %s\n", text, strerror((int)-n));
	return 1;
}
