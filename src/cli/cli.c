/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define NS_PER_S INT64_C(1000000000)

char cli_path[64];

int cli_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("sockfam: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	return CLI_FAILED;
}

int cli_usage(const struct cli_verb *self, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "sockfam: %s: ", cli_path);
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\nusage: sockfam %s %s\n", cli_path, self->args);
	va_end(ap);
	return CLI_USAGE;
}

int cli_bad_text(const char *what, int error, const struct sfam_diag *diag)
{
	char words[SFAM_DIAG_STRLEN];

	if (error != -EINVAL && error != -ENODEV)
		return cli_bad_call(what, error);
	if (sfam_diag_format(diag, words, sizeof(words)) < 0)
		return cli_bad_call(what, error);
	return cli_error("%s: %s", what, words);
}

int cli_bad_call(const char *what, int error)
{
	char words[SFAM_ERROR_STRLEN];

	return cli_error("%s: %s", what,
			 cli_words(error, words, sizeof(words)));
}

const char *cli_words(int error, char *buf, size_t size)
{
	return sfam_error_format(error, buf, size) < 0 ? "failed" : buf;
}

int cli_getopt(const struct cli_verb *self, int argc, char **argv,
	       const char *options)
{
	int c = getopt(argc, argv, options);

	if (c == ':')
		cli_usage(self, "-%c wants a value", optopt);
	else if (c == '?')
		cli_usage(self, "no such option: -%c", optopt);
	return c == ':' ? '?' : c;
}

const struct option cli_json[] = {
	{ "json", no_argument, NULL, 'j' }, { 0 },
};

int cli_getopt_long(const struct cli_verb *self, int argc, char **argv,
		    const char *options, const struct option *longs)
{
	int c = getopt_long(argc, argv, options, longs, NULL);

	if (c == ':')
		cli_usage(self, "-%c wants a value", optopt);
	else if (c == '?' && strncmp(argv[optind - 1], "--", 2) == 0)
		cli_usage(self, "no such option: %s", argv[optind - 1]);
	else if (c == '?')
		cli_usage(self, "no such option: -%c", optopt);
	return c == ':' ? '?' : c;
}

int cli_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;
	const char *p;

	for (p = text; *p >= '0' && *p <= '9'; p++) {
		if (v > (UINT64_MAX - 9) / 10)
			return -1;
		v = v * 10 + (uint64_t)(*p - '0');
	}
	if (p == text || *p || v < min || v > max)
		return -1;
	*ret = v;
	return 0;
}

int cli_seconds(const char *text, int64_t *ret_ns)
{
	int64_t unit = 1000000000;
	int64_t ns = 0;
	const char *p;
	int digits = 0;

	for (p = text; *p >= '0' && *p <= '9'; p++, digits++) {
		if (ns > 900000000)	/* or it would not fit as ns */
			return -1;
		ns = ns * 10 + (*p - '0');
	}
	ns *= unit;
	if (*p == '.')
		for (p++; *p >= '0' && *p <= '9'; p++, digits++) {
			unit /= 10;
			ns += (*p - '0') * unit;
		}
	if (*p || digits == 0)
		return -1;
	*ret_ns = ns;
	return 0;
}

int cli_parse_addr(const char *scheme, const char *text,
		   struct sfam_addr *ret)
{
	struct sfam_diag diag;
	char full[1024];
	size_t n = strlen(scheme);
	int whole = strncmp(text, scheme, n) == 0 && text[n] == ':';
	int len;
	int r;

	len = whole ? snprintf(full, sizeof(full), "%s", text) :
		      snprintf(full, sizeof(full), "%s:%s", scheme, text);
	if (len < 0 || (size_t)len >= sizeof(full))
		return cli_error("%.32s...: longer than any address", text);
	r = sfam_addr_parse(ret, full, (size_t)len, &diag);
	return r < 0 ? cli_bad_text(full, r, &diag) : 0;
}

const char *cli_addr_text(const struct sfam_addr *addr, char *buf, size_t size)
{
	return sfam_addr_format(addr, buf, size) < 0 ? "-" : buf;
}

/* What the families call it when nobody is at the other end. */
static int means_nobody(int error)
{
	return error == -ECONNREFUSED || error == -ECONNRESET ||
	       error == -EHOSTUNREACH;
}

/* Why there is no socket: the probe knows more than an errno. */
static void explain_open(const struct sfam_addr *addr,
			 enum sfam_open_how how, int error)
{
	char text[SFAM_ADDR_STRLEN], words[SFAM_ERROR_STRLEN];
	struct sfam_caps caps = SFAM_CAPS_INIT;

	cli_addr_text(addr, text, sizeof(text));
	if (sfam_family_probe(addr->family, &caps) != 1 && caps.reason[0])
		cli_error("%s: %s; try: %s", text, caps.reason, caps.remedy);
	else if (how == SFAM_OPEN_CONNECT && means_nobody(error))
		cli_error("%s: nobody listens there (%s)", text,
			  cli_words(error, words, sizeof(words)));
	else
		cli_bad_call(text, error);
}

int cli_open(const struct sfam_addr *addr, enum sfam_open_how how,
	     const struct sfam_open_opts *opts)
{
	int fd = sfam_open(addr, how, opts);

	if (fd < 0) {
		explain_open(addr, how, fd);
		return -1;
	}
	return fd;
}

int cli_write(int fd, const void *buf, size_t len)
{
	const char *p = buf;
	ssize_t n;

	while (len) {
		n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {	/* another's O_NONBLOCK */
			poll(&(struct pollfd){ fd, POLLOUT, 0 }, 1, -1);
			continue;
		}
		if (n < 0) {
			if (errno != EPIPE)
				cli_bad_call("write", -errno);
			return -1;
		}
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int cli_signal_fd(void)
{
	return cli_signal_fd_with(SIGINT);
}

int cli_signal_fd_with(int another)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, another);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		cli_bad_call("signalfd", -errno);
	return fd;
}

int cli_wait_input(int fd, int signals, int64_t timeout_ns)
{
	const struct timespec ts = { timeout_ns / NS_PER_S,
				     timeout_ns % NS_PER_S };
	struct pollfd polls[] = {
		{ fd, POLLIN, 0 },
		{ signals, POLLIN, 0 },
	};
	int r = ppoll(polls, 2, timeout_ns < 0 ? NULL : &ts, NULL);

	if (r < 0)
		return errno == EINTR ? 0 : -errno;
	return r == 0 ? -ETIMEDOUT : polls[1].revents != 0;
}
