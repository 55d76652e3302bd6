/* SPDX-License-Identifier: MIT */
/* can dump -l, -f: log files, which hold whole lines whatever happens. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "can-cli.h"
#include "can-dump.h"

#define BY_TIME "candump-%Y-%m-%d_%H%M%S.log"	/* candump's names */

static int failed(const struct can_dump_file *f, int error)
{
	cli_bad_call(f->path, error);
	return -1;
}

/* ------------------------------------------------------------ opening -- */

static int is_by_time(const struct can_dump_file *f)
{
	return f->name[0] == '\0';
}

/* From now on; of -l, files of now. */
static void begin_period(struct can_dump_file *f)
{
	const time_t now = time(NULL);
	struct tm tm;

	f->rotate.since = now;
	f->rotate.name = is_by_time(f) ? BY_TIME : f->name;
	if (!is_by_time(f) || f->rotate.seconds)
		return;
	localtime_r(&now, &tm);
	strftime(f->by_time, sizeof(f->by_time), BY_TIME, &tm);
	f->rotate.name = f->by_time;
	f->rotate.number = 0;
}

/* flags: O_TRUNC, or O_APPEND. */
static int open_file(struct can_dump_file *f, int flags)
{
	struct stat st;
	int r = capture_rotate_name(&f->rotate, f->path, sizeof(f->path));

	if (r < 0) {
		cli_bad_call(f->rotate.name, r);
		return -1;
	}
	f->fd = open(f->path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0666);
	if (f->fd < 0 || fstat(f->fd, &st) < 0)
		return failed(f, -errno);
	f->written.bytes = (uint64_t)st.st_size;
	f->written.packets = 0;
	if (is_by_time(f))
		fprintf(stderr, "Enabling Logfile '%s'\n", f->path);
	return 0;
}

int can_dump_file_open(struct can_dump_file *f)
{
	begin_period(f);
	return open_file(f, O_TRUNC);
}

/* ------------------------------------------------------------ writing -- */

/* The disk is full: the file ends with the last line that is whole. */
static void cut_back(const struct can_dump_file *f, size_t done)
{
	const char *end = memrchr(f->buf, '\n', done);
	size_t kept = end ? (size_t)(end + 1 - f->buf) : 0;
	uint64_t before = f->written.bytes - f->len;

	if (kept < done && ftruncate(f->fd, (off_t)(before + kept)) < 0)
		cli_error("%s: its last line is not whole", f->path);
}

int can_dump_file_flush(struct can_dump_file *f)
{
	size_t done = 0;
	ssize_t n;
	int error;

	while (done < f->len) {
		n = write(f->fd, f->buf + done, f->len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			error = -errno;
			cut_back(f, done);
			f->len = 0;
			return failed(f, error);
		}
		done += (size_t)n;
	}
	f->len = 0;
	return 0;
}

int can_dump_file_close(struct can_dump_file *f)
{
	int r = can_dump_file_flush(f);

	if (close(f->fd) < 0 && r == 0)
		r = failed(f, -errno);
	f->fd = -1;
	return r;
}

int can_dump_file_reopen(struct can_dump_file *f)
{
	if (can_dump_file_close(f) < 0)
		return -1;
	if (is_by_time(f))
		begin_period(f);
	return open_file(f, O_APPEND);
}

int can_dump_file_add(struct can_dump_file *f, const char *line, size_t len)
{
	const int64_t now = f->rotate.seconds ? time(NULL) : 0;
	enum capture_rotate_step step;

	step = capture_rotate_step(&f->rotate, now, &f->written);
	if (step == CAPTURE_ROTATE_DONE)
		return 1;
	if (step == CAPTURE_ROTATE_NEXT &&
	    (can_dump_file_close(f) < 0 || open_file(f, O_TRUNC) < 0))
		return -1;
	if (sizeof(f->buf) - f->len < len && can_dump_file_flush(f) < 0)
		return -1;
	memcpy(f->buf + f->len, line, len);
	f->len += len;
	f->written.bytes += len;
	f->written.packets++;
	return 0;
}
