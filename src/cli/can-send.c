/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "can-bus.h"

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

static int send_frames(const char *name, const struct frames *f, int fd,
		       char **texts)
{
	size_t sent = 0;
	ssize_t n = 0;

	while (sent < f->n && n >= 0) {
		n = sfam_can_send(fd, f->iov + sent, f->n - sent, NULL,
				  TIMEOUT_NS);
		if (n > 0)
			sent += (size_t)n;
	}
	return n < 0 ? can_bus_send_failed(name, texts[sent], fd, f->largest,
					   (int)n) : CLI_OK;
}

/* confirm_ns: how long they may take until they are on the bus; -1: any. */
static int run(const char *name, const struct frames *f, char **texts,
	       int64_t confirm_ns)
{
	int fd = can_bus_open(name, f->largest,
			      confirm_ns < 0 ? 0 : SFAM_CAN_OPT_OWN,
			      NULL);
	int status;

	if (fd < 0)
		return CLI_FAILED;
	if (confirm_ns < 0)
		status = send_frames(name, f, fd, texts);
	else
		status = can_confirm_send(name, fd, f->iov, f->n, texts,
					  f->largest, confirm_ns);
	close(fd);
	return status;
}

int can_send_run(const struct cli_verb *self, int argc, char **argv)
{
	struct frames f = { NULL, 0, 0 };
	int64_t confirm_ns = -1;
	int status = CLI_OK;
	int i, o;

	while ((o = cli_getopt(self, argc, argv, "+:c:")) != -1) {
		if (o != 'c')
			return CLI_USAGE;
		if (cli_seconds(optarg, &confirm_ns) < 0)
			return cli_usage(self, "-c takes seconds");
	}
	if (argc - optind < 2)
		return cli_usage(self, "which interface and which frames?");
	f.iov = calloc((size_t)argc, sizeof(*f.iov));
	if (!f.iov)
		return cli_bad_call("send", -ENOMEM);
	for (i = optind + 1; i < argc && status == CLI_OK; i++)
		status = read_frame(&f, argv[i]);
	if (status == CLI_OK)
		status = run(argv[optind], &f, argv + optind + 1,
			     confirm_ns);
	while (f.n)
		free(f.iov[--f.n].iov_base);
	free(f.iov);
	return status;
}
