/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

#define SECOND INT64_C(1000000000)
#define LINE_MAX 100

int64_t progress_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

static int terminal_width(void)
{
	struct winsize w = { .ws_col = 0 };

	if (!isatty(STDERR_FILENO))
		return 0;
	ioctl(STDERR_FILENO, TIOCGWINSZ, &w);
	return w.ws_col ? w.ws_col : 80;
}

void progress_begin(struct progress *p, const char *name, int fd)
{
	struct stat st;
	off_t pos = lseek(fd, 0, SEEK_CUR);

	*p = (struct progress){ .name = name, .total = -1,
				.width = terminal_width() };
	if (p->width)
		p->begun_ns = progress_now_ns();
	if (pos >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		p->total = st.st_size - pos;
}

/* The name is cut at the front: its end says more. */
static void show(const struct progress *p, int64_t now)
{
	const char *name = p->name;
	char line[LINE_MAX], shown[LINE_MAX];
	double mb = (double)p->done / 1e6;
	double speed = mb * 1e9 / (double)(now - p->begun_ns);
	size_t i, room;
	int n;

	if (p->total > 0)
		n = snprintf(line, sizeof(line), "%3d%% of %.0f MB, %.0f MB/s",
			     (int)((double)p->done * 100 / (double)p->total),
			     (double)p->total / 1e6, speed);
	else
		n = snprintf(line, sizeof(line), "%.0f MB, %.0f MB/s", mb,
			     speed);
	room = p->width > n + 3 ? (size_t)(p->width - n - 3) : 0;
	if (room > sizeof(shown) - 1)
		room = sizeof(shown) - 1;
	if (strlen(name) > room)
		name += strlen(name) - room;
	for (i = 0; name[i] && i < room; i++)
		shown[i] = isprint((unsigned char)name[i]) ? name[i] : '?';
	shown[i] = '\0';
	fprintf(stderr, "\r%s: %s\033[K", shown, line);
	fflush(stderr);
}

void progress_add(struct progress *p, size_t n)
{
	int64_t now;

	p->done += (int64_t)n;
	if (!p->width)
		return;
	now = progress_now_ns();
	if (now - p->begun_ns < SECOND || now - p->shown_ns < SECOND / 4)
		return;
	p->shown_ns = now;
	show(p, now);
}

void progress_end(struct progress *p)
{
	if (p->shown_ns)
		fputs("\r\033[K", stderr);
	p->shown_ns = 0;
}
