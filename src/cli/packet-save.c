/* SPDX-License-Identifier: MIT */
/* sniff -w: one file after the other, each with all interfaces. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "packet-cli.h"

enum sfam_capture_format packet_save_format(const char *name)
{
	const size_t len = gzip_stem(name);

	return len > 5 && strncmp(name + len - 5, ".pcap", 5) == 0 ?
	       SFAM_CAPTURE_PCAP_NS : SFAM_CAPTURE_PCAPNG;
}

int packet_save_interface(struct packet_save *s,
			  const struct sfam_capture_interface *interface)
{
	int r = sfam_capture_add_interface(s->writer, interface);

	if (r == -EUSERS)
		return cli_error("%s: a pcap file has one interface; try: "
				 "another name than .pcap", s->rotate.name);
	return r < 0 ? cli_bad_call(s->rotate.name, r) : CLI_OK;
}

static int add_interfaces(struct packet_save *s)
{
	uint32_t i;

	for (i = 0; i < s->n_interfaces; i++)
		if (packet_save_interface(s, &s->interfaces[i]) != CLI_OK)
			return CLI_FAILED;
	return CLI_OK;
}

/* A descriptor, or -errno. */
static int create(struct packet_save *s, const char *name)
{
	int fd;

	if (strcmp(s->rotate.name, "-") == 0)
		return STDOUT_FILENO;
	if (gzip_stem(name) < strlen(name))
		return gzip_create(&s->gzip, name);
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return fd < 0 ? -errno : fd;
}

static int open_file(struct packet_save *s)
{
	const struct sfam_capture_section section = {
		.application = "sockfam",
		.os = "Linux",
	};
	char name[PATH_MAX];
	int r = capture_rotate_name(&s->rotate, name, sizeof(name));

	if (r < 0)
		return cli_bad_call(s->rotate.name, r);
	s->fd = create(s, name);
	if (s->fd == -ENOSYS)
		return cli_error("%s: sockfam was built without zlib; try: "
				 "-w - ... | gzip", name);
	if (s->fd < 0)
		return cli_bad_call(name, s->fd);
	r = sfam_capture_writer_new(&s->writer, s->fd,
				    packet_save_format(s->rotate.name),
				    &section);
	return r < 0 ? cli_bad_call(name, r) : add_interfaces(s);
}

static int close_file(struct packet_save *s)
{
	const int fd = s->fd;

	s->fd = -1;
	if (s->gzip.stream)
		return gzip_end(&s->gzip);
	return fd >= 0 && close(fd) < 0 ? -errno : 0;
}

int packet_save_end(struct packet_save *s)
{
	struct sfam_capture_written written;
	int r;

	if (s->writer) {
		sfam_capture_written(s->writer, &written);
		s->packets += written.packets;
		s->writer = sfam_capture_writer_free(s->writer);
	}
	r = close_file(s);
	return r < 0 ? cli_bad_call(s->rotate.name, r) : CLI_OK;
}

int packet_save_begin(struct packet_save *s)
{
	s->fd = -1;
	s->rotate.since = time(NULL);
	return open_file(s);
}

static int turn_over(struct packet_save *s)
{
	struct sfam_capture_written written;
	enum capture_rotate_step step;

	sfam_capture_written(s->writer, &written);
	step = capture_rotate_step(&s->rotate, time(NULL), &written);
	s->is_done = step == CAPTURE_ROTATE_DONE;
	if (step != CAPTURE_ROTATE_NEXT)
		return CLI_OK;
	return packet_save_end(s) == CLI_OK ? open_file(s) : CLI_FAILED;
}

int packet_save_write(struct packet_save *s,
		      const struct sfam_capture_record *records, size_t n)
{
	size_t some;
	int r;

	while (n) {
		if (turn_over(s) != CLI_OK)
			return CLI_FAILED;
		if (s->is_done)
			return CLI_OK;
		some = capture_rotate_room(&s->rotate, s->writer, records, n);
		r = sfam_capture_write(s->writer, records, some);
		if (r == 0 && s->gzip.stream)
			r = gzip_flush(&s->gzip);
		if (r == -EPIPE && s->fd == STDOUT_FILENO)
			return CLI_FAILED;
		if (r < 0)
			return cli_bad_call(s->rotate.name, r);
		records += some;
		n -= some;
	}
	return CLI_OK;
}

int packet_save_stats(struct packet_save *s,
		      const struct sfam_capture_stats *stats)
{
	int r = sfam_capture_write_stats(s->writer, stats);

	return r < 0 && r != -EOPNOTSUPP ? cli_bad_call(s->rotate.name, r) :
					   CLI_OK;
}
