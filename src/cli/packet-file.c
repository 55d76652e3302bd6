/* SPDX-License-Identifier: MIT */
/* Capture files that are read, compressed ones too. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "packet-cli.h"

#define CHUNK 65536

static int open_gzip(struct packet_file *f)
{
	int r = gzip_open(&f->gzip, f->fd);

	if (r == -ENOSYS)
		return cli_error("%s: it is compressed, and sockfam was built "
				 "without zlib; try: zcat %s | sockfam ... -",
				 f->name, f->name);
	return r < 0 ? cli_bad_call(f->name, r) : CLI_OK;
}

static int open_reader(struct packet_file *f)
{
	int r;

	if (gzip_is_file(f->fd) && open_gzip(f) != CLI_OK)
		return CLI_FAILED;
	r = sfam_capture_reader_new(&f->reader, f->gzip.stream ? -1 : f->fd);
	return r < 0 ? cli_bad_call(f->name, r) : CLI_OK;
}

int packet_file_open(struct packet_file *f, const char *name)
{
	memset(f, 0, sizeof(*f));
	f->name = name;
	f->fd = strcmp(name, "-") == 0 ? dup(STDIN_FILENO) :
					 open(name, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0)
		return cli_bad_call(name, -errno);
	if (open_reader(f) == CLI_OK)
		return CLI_OK;
	packet_file_close(f);
	return CLI_FAILED;
}

void packet_file_close(struct packet_file *f)
{
	f->reader = sfam_capture_reader_free(f->reader);
	if (f->gzip.stream)
		gzip_close(&f->gzip);
	else
		close(f->fd);
}

static int bad_packet(const struct packet_file *f, int error,
		      const struct sfam_diag *diag)
{
	char words[SFAM_DIAG_STRLEN];

	if (!diag->expected[0] ||
	    sfam_diag_format(diag, words, sizeof(words)) < 0)
		return cli_bad_call(f->name, error);
	return cli_error("%s: %s", f->name, words);
}

static int bad_gzip(const struct packet_file *f, int error)
{
	if (error != -EBADMSG && error != -ENODATA)
		return cli_bad_call(f->name, error);
	return cli_error("%s: at %lld: the compressed data %s", f->name,
			 gzip_offset(&f->gzip),
			 error == -ENODATA ? "ends too early" : "is damaged");
}

/* CLI_OK, or prints. */
static int feed(struct packet_file *f)
{
	unsigned char buf[CHUNK];
	ssize_t n = gzip_read(&f->gzip, buf, sizeof(buf));
	ssize_t fed;

	if (n < 0)
		return bad_gzip(f, (int)n);
	fed = sfam_capture_feed(f->reader, buf, (size_t)n);
	return fed == n ? CLI_OK : cli_bad_call(f->name, -ENOBUFS);
}

int packet_file_read(struct packet_file *f, struct sfam_capture_item *ret)
{
	struct sfam_diag diag = { .offset = 0 };
	int kind;

	while ((kind = sfam_capture_read(f->reader, ret, &diag)) == -EAGAIN &&
	       f->gzip.stream)
		if (feed(f) != CLI_OK)
			return -1;
	if (kind >= 0)
		return kind;
	bad_packet(f, kind, &diag);
	return -1;
}
