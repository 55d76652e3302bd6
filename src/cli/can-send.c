/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "can-cli.h"

#define TIMEOUT_NS INT64_C(10000000000)

/* Frames to send, each in its own allocation. */
struct frames {
	struct iovec *iov;
	size_t n;
	size_t largest;
};

static int read_frame(struct frames *f, const char *text)
{
	char frame[SFAM_CANXL_MTU] __attribute__((aligned(8)));
	struct sfam_diag diag;
	ssize_t n = sfam_can_text_parse(frame, sizeof(frame), text,
					strlen(text), 0, &diag);

	if (n < 0)
		return cli_bad_text(text, (int)n, &diag);
	f->iov[f->n].iov_base = malloc((size_t)n);
	if (!f->iov[f->n].iov_base)
		return cli_bad_call(text, -ENOMEM);
	memcpy(f->iov[f->n].iov_base, frame, (size_t)n);
	f->iov[f->n++].iov_len = (size_t)n;
	/* An XL frame of 4 or 60 bytes has the size of another kind. */
	if (((unsigned char *)frame)[4] & 0x80)
		n = SFAM_CANXL_MTU;
	if ((size_t)n > f->largest)
		f->largest = (size_t)n;
	return 0;
}

static int open_bus(const char *name, size_t largest)
{
	struct sfam_addr addr;
	uint32_t on = 0;
	int index, fd, r;

	if (can_cli_addr(name, strlen(name), &addr, &index))
		return -1;
	if (index == 0) {
		cli_error("%s: frames are sent to one interface", name);
		return -1;
	}
	fd = cli_open(&addr, SFAM_OPEN_BIND, NULL);
	if (fd < 0)
		return -1;
	if (largest > CAN_MTU)
		on |= SFAM_CAN_OPT_FD;
	if (largest > CANFD_MTU)
		on |= SFAM_CAN_OPT_XL;
	r = sfam_can_set_options(fd, on, 0);
	if (r == -ENOPROTOOPT)
		cli_error("%s: this kernel has no CAN XL; try: Linux 6.2 or "
			  "later", name);
	else if (r < 0)
		cli_bad_call(name, r);
	if (r < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int explain(const char *name, const char *text, int fd, size_t largest,
		   int error)
{
	int mtu = can_cli_mtu(fd, name);
	char words[SFAM_ERROR_STRLEN];

	if (error == -EINVAL && mtu > 0 && mtu < (int)largest)
		return cli_error("%s: %s: its MTU of %d takes no such frame; "
				 "try: ip link set %s mtu %zu", name, text,
				 mtu, name, largest);
	if (error == -ENOBUFS)
		return cli_error("%s: %s: its queue stayed full; try: ip link "
				 "set %s txqueuelen 1000", name, text, name);
	if (error == -ENETDOWN)
		return cli_error("%s: %s: the interface is down; try: ip link "
				 "set %s up", name, text, name);
	return cli_error("%s: %s: %s", name, text,
			 cli_words(error, words, sizeof(words)));
}

static int send_frames(const char *name, const struct frames *f, char **texts)
{
	int fd = open_bus(name, f->largest);
	size_t sent = 0;
	ssize_t n = 0;
	int status = CLI_OK;

	if (fd < 0)
		return CLI_FAILED;
	while (sent < f->n && n >= 0) {
		n = sfam_can_send(fd, f->iov + sent, f->n - sent, NULL,
				  TIMEOUT_NS);
		if (n > 0)
			sent += (size_t)n;
	}
	if (n < 0)
		status = explain(name, texts[sent], fd, f->largest, (int)n);
	close(fd);
	return status;
}

int can_send_run(const struct cli_verb *self, int argc, char **argv)
{
	struct frames f = { NULL, 0, 0 };
	int status = CLI_OK;
	int i;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (argc - optind < 2)
		return cli_usage(self, "which interface and which frames?");
	f.iov = calloc((size_t)argc, sizeof(*f.iov));
	if (!f.iov)
		return cli_bad_call("send", -ENOMEM);
	for (i = optind + 1; i < argc && status == CLI_OK; i++)
		status = read_frame(&f, argv[i]);
	if (status == CLI_OK)
		status = send_frames(argv[optind], &f, argv + optind + 1);
	while (f.n)
		free(f.iov[--f.n].iov_base);
	free(f.iov);
	return status;
}
