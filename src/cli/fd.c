/* SPDX-License-Identifier: MIT */
/*
 * Open files from process to process. One message carries all descriptors
 * and, as its payload, their names with newlines between: labels, which
 * the receiver shows and trusts in nothing.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli.h"

#define FIRST_FD 3		/* of those a command gets */
/*
 * A stream is cut into pieces, and only the first has the descriptors: the
 * names must fit in one (net/unix/af_unix.c: at least 32768 bytes of data).
 */
#define NAMES_MAX 32768

struct bundle {
	int fds[SFAM_FDPASS_MAX];
	size_t n;
	char names[NAMES_MAX + 1];
	size_t len;
};

static void close_bundle(struct bundle *b)
{
	while (b->n)
		if (b->fds[--b->n] != STDIN_FILENO)
			close(b->fds[b->n]);
}

/* -------------------------------------------------------------- send -- */

/* A newline would end the name: it goes as "?". */
static int add_name(struct bundle *b, const char *name)
{
	size_t n = strlen(name);
	size_t i;

	if (n + 1 > NAMES_MAX - b->len)
		return cli_error("names of more than %d bytes in all; try: "
				 "fewer files, or from their folder",
				 NAMES_MAX);
	if (b->n)
		b->names[b->len++] = '\n';
	for (i = 0; i < n; i++)
		b->names[b->len++] = name[i] == '\n' ? '?' : name[i];
	return CLI_OK;
}

static int add_file(struct bundle *b, const char *name)
{
	int fd = STDIN_FILENO;

	if (add_name(b, name) != CLI_OK)
		return CLI_FAILED;
	if (strcmp(name, "-") != 0)
		fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return cli_bad_call(name, -errno);
	b->fds[b->n++] = fd;
	return CLI_OK;
}

static int send_bundle(int sock, const struct bundle *b)
{
	ssize_t n = sfam_fdpass_send(sock, b->fds, b->n, b->names, b->len,
				     SFAM_FOREVER);
	int r = (int)n;

	if (n >= 0 && (size_t)n < b->len)
		r = sfam_send_all(sock, b->names + n, b->len - (size_t)n, 0,
				  SFAM_FOREVER, NULL);
	return r < 0 ? cli_bad_call("send", r) : CLI_OK;
}

static int send_files(const char *where, int argc, char **argv)
{
	struct bundle b = { .n = 0, .len = 0 };
	struct sfam_addr addr;
	int status = CLI_OK;
	int sock;
	int i;

	if (cli_parse_addr("unix", where, &addr) != 0)
		return CLI_FAILED;
	for (i = 0; status == CLI_OK && i < argc; i++)
		status = add_file(&b, argv[i]);
	if (status == CLI_OK) {
		sock = cli_open(&addr, SFAM_OPEN_CONNECT, NULL);
		status = sock < 0 ? CLI_FAILED : send_bundle(sock, &b);
		if (sock >= 0)
			close(sock);
	}
	close_bundle(&b);
	return status;
}

static int run_send(const struct cli_verb *self, int argc, char **argv)
{
	int n;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	n = argc - optind;
	if (n < 2)
		return cli_usage(self, n == 0 ? "which address?" :
				 "which files?");
	if (n - 1 > SFAM_FDPASS_MAX)
		return cli_usage(self, "at most %d files go in a message",
				 SFAM_FDPASS_MAX);
	return send_files(argv[optind], n - 1, argv + optind + 1);
}

/* ---------------------------------------------------- what was received -- */

static void print_kind(int fd)
{
	char words[SFAM_ERROR_STRLEN];
	struct stat st;

	if (fstat(fd, &st) < 0)
		fprintf(stderr, "unknown (%s)",
			cli_words(-errno, words, sizeof(words)));
	else if (S_ISREG(st.st_mode))
		fprintf(stderr, "regular file, %lld bytes",
			(long long)st.st_size);
	else
		fputs(S_ISDIR(st.st_mode) ? "directory" :
		      S_ISCHR(st.st_mode) ? "character device" :
		      S_ISBLK(st.st_mode) ? "block device" :
		      S_ISFIFO(st.st_mode) ? "pipe" :
		      S_ISSOCK(st.st_mode) ? "socket" :
		      S_ISLNK(st.st_mode) ? "symbolic link" :
		      "no file (eventfd, epoll ...)", stderr);
}

/* The sender chose it: nothing of it may reach a terminal as it is. */
static void print_quoted(const char *s, size_t n)
{
	size_t i;

	fputs(", \"", stderr);
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '"' || c == '\\')
			fprintf(stderr, "\\%c", c);
		else if (c >= ' ' && c < 0x7f)
			fputc(c, stderr);
		else
			fprintf(stderr, "\\x%02x", c);
	}
	fputc('"', stderr);
}

static void print_bundle(const struct bundle *b)
{
	const char *p = b->names;
	const char *end = p + b->len;
	const char *eol;
	size_t i;

	for (i = 0; i < b->n; i++) {
		fprintf(stderr, "fd %zu: ", FIRST_FD + i);
		print_kind(b->fds[i]);
		if (p < end) {
			eol = memchr(p, '\n', (size_t)(end - p));
			if (!eol)
				eol = end;
			print_quoted(p, (size_t)(eol - p));
			p = eol + 1;
		}
		fputc('\n', stderr);
	}
}

/* ----------------------------------------------------------- receive -- */

/* What to do about a name that is taken: nobody can tell from here. */
static int explain_taken(const struct sfam_addr *addr, const char *text)
{
	const struct sockaddr_un *un = (const void *)&addr->storage;
	struct stat st;
	char path[sizeof(un->sun_path) + 1] = "";

	memcpy(path, un->sun_path, sizeof(un->sun_path));
	if (path[0] == '\0')
		return cli_error("%s: another process has this name", text);
	if (lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return cli_error("%s: there is a file of this name, and it "
				 "is no socket", text);
	return cli_error("%s: another process listens there, or has left "
			 "its socket behind; try: rm it, if nobody listens",
			 text);
}

static int listen_at(const struct sfam_addr *addr, const char *text)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	int fd;

	/* accept(2) has no flag not to wait (sockfam/socket.h) */
	opts.flags = SFAM_OPEN_NONBLOCK;
	opts.backlog = 1;
	fd = sfam_open(addr, SFAM_OPEN_LISTEN, &opts);
	if (fd == -EADDRINUSE)
		explain_taken(addr, text);
	else if (fd < 0)
		cli_bad_call(text, fd);
	return fd;
}

/* Only what bind(2) made, and only if it is a path. */
static void remove_path(const struct sfam_addr *addr)
{
	const struct sockaddr_un *un = (const void *)&addr->storage;
	char path[sizeof(un->sun_path) + 1] = "";

	memcpy(path, un->sun_path, sizeof(un->sun_path));
	if (path[0])
		unlink(path);
}

/* Waits until fd is readable; 0 after printing why it should not be read. */
static int may_go_on(int fd, int signals)
{
	struct pollfd fds[2] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};

	while (poll(fds, 2, -1) < 0) {
		if (errno == EINTR)
			continue;
		cli_bad_call("poll", -errno);
		return 0;
	}
	if (fds[0].revents)
		cli_error("ended by a signal; nothing was received");
	return !fds[0].revents;
}

static int receive_from(int sock, struct bundle *b)
{
	ssize_t n = sfam_fdpass_recv(sock, b->fds, SFAM_FDPASS_MAX, &b->n,
				     b->names, sizeof(b->names), SFAM_FOREVER);

	if (n == -EMFILE)
		return cli_error("receive: more descriptors than this process "
				 "may have; try: ulimit -n 1024");
	if (n < 0)
		return cli_bad_call("receive", (int)n);
	b->len = (size_t)n;
	if (b->n == 0)
		return cli_error(n ? "the sender sent bytes but no descriptor" :
				 "the sender sent nothing");
	return CLI_OK;
}

static int accept_bundle(int listener, int signals, struct bundle *b)
{
	int status = CLI_FAILED;
	int sock;

	if (!may_go_on(listener, signals))
		return CLI_FAILED;
	sock = sfam_accept(listener, 0, SFAM_FOREVER, NULL);
	if (sock < 0)
		return cli_bad_call("accept", sock);
	if (may_go_on(sock, signals))
		status = receive_from(sock, b);
	close(sock);
	return status;
}

/* The signals wait in the descriptor, so that the path gets removed. */
static int receive_at(const struct sfam_addr *addr, const char *text,
		      struct bundle *b)
{
	int status = CLI_FAILED;
	int signals = cli_signal_fd();
	int listener = -1;

	if (signals >= 0)
		listener = listen_at(addr, text);
	if (listener >= 0) {
		fprintf(stderr, "listening on %s\n", text);
		status = accept_bundle(listener, signals, b);
		remove_path(addr);
		close(listener);
	}
	if (signals >= 0)
		close(signals);
	return status;
}

/* ------------------------------------------------- what to do with them -- */

/*
 * To 3, 4 ... without treading on one that has yet to move: first all go
 * above the last place.
 */
static int place(struct bundle *b)
{
	int above = FIRST_FD + (int)b->n;
	size_t i;
	int fd;

	for (i = 0; i < b->n; i++) {
		fd = fcntl(b->fds[i], F_DUPFD_CLOEXEC, above);
		if (fd < 0)
			return cli_bad_call("dup", -errno);
		close(b->fds[i]);
		b->fds[i] = fd;
	}
	for (i = 0; i < b->n; i++)
		if (dup2(b->fds[i], FIRST_FD + (int)i) < 0)
			return cli_bad_call("dup", -errno);
	/* Nor does it inherit what our parent left open. */
	if (close_range((unsigned int)above, ~0u, 0) < 0)
		return cli_bad_call("close_range", -errno);
	return CLI_OK;
}

static int run_command(struct bundle *b, char **argv)
{
	if (place(b) != CLI_OK)
		return CLI_FAILED;
	execvp(argv[0], argv);
	return cli_bad_call(argv[0], -errno);
}

static int copy_out(int fd, size_t number)
{
	char buf[65536];
	char name[32];
	ssize_t n;

	for (;;) {
		n = read(fd, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			return CLI_OK;
		if (n < 0)
			break;
		if (cli_write(STDOUT_FILENO, buf, (size_t)n) < 0)
			return CLI_FAILED;
	}
	snprintf(name, sizeof(name), "fd %zu", number);
	return cli_bad_call(name, -errno);
}

static int copy_all(const struct bundle *b)
{
	int status = CLI_OK;
	size_t i;

	for (i = 0; i < b->n; i++)
		if (copy_out(b->fds[i], FIRST_FD + i) != CLI_OK)
			status = CLI_FAILED;
	return status;
}

static int run_recv(const struct cli_verb *self, int argc, char **argv)
{
	struct bundle b = { .n = 0, .len = 0 };
	struct sfam_addr addr;
	sigset_t mask;
	int status;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (argc == optind)
		return cli_usage(self, "which address?");
	if (cli_parse_addr("unix", argv[optind], &addr) != 0)
		return CLI_FAILED;
	sigprocmask(SIG_BLOCK, NULL, &mask);
	status = receive_at(&addr, argv[optind], &b);
	if (status != CLI_OK)
		return status;
	/* Neither a command nor a long copy may be deaf to signals. */
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	print_bundle(&b);
	if (argc > optind + 1)
		return run_command(&b, argv + optind + 1);
	status = copy_all(&b);
	close_bundle(&b);
	return status;
}

static const struct cli_verb below[] = {
	{
		.name = "send",
		.args = "ADDR FILE...",
		.help = "open files and pass them to another process",
		.details =
"ADDR is [unix:]/PATH or [unix:]@ABSTRACT, where 'sockfam fd recv' or the\n"
"like listens. Files are opened for reading; - is stdin. All descriptors\n"
"go in one message, 253 at most; its payload is their names, with\n"
"newlines between.\n",
		.run = run_send,
	}, {
		.name = "recv",
		.args = "ADDR [CMD [ARG...]]",
		.help = "receive open files; print them, or run CMD on them",
		.details =
"Listens at ADDR, [unix:]/PATH or [unix:]@ABSTRACT, for one message of one\n"
"sender, and tells on stderr what came. Then runs CMD with the descriptors\n"
"as 3, 4, ... and no others, or copies what they hold to stdout, in order.\n"
"Prints 'listening on ADDR' on stderr when a sender may come.\n",
		.run = run_recv,
	},
	{ .name = NULL },
};

const struct cli_verb cli_fd = {
	.name = "fd",
	.args = "VERB ...",
	.help = "open files from process to process",
	.below = below,
};
