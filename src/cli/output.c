/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "output.h"

#define TRIES 100		/* of random names, until one is free */

/* The named temporary file of this process, for its signal handler. */
static const char *volatile doomed;

static int fail(const struct output *o, int error)
{
	cli_bad_call(o->name, -error);
	return -1;
}

/* ---------------------------------------------------------- signals -- */

/* Ends the process as the signal would have. SA_RESETHAND: next is that. */
static void on_signal(int signo)
{
	if (doomed)
		unlink(doomed);
	raise(signo);
}

static void watch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction old, sa = { .sa_handler = on_signal,
				     .sa_flags = (int)SA_RESETHAND };
	size_t i;

	for (i = 0; i < CLI_ARRAY_LEN(signals); i++)
		if (sigaction(signals[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL)
			sigaction(signals[i], &sa, NULL);
}

/* ------------------------------------------------------------ names -- */

/* A name in the folder of path that nothing has, as far as chance can. */
static char *random_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	unsigned long long r = 0;
	char *name = NULL;

	if (getrandom(&r, sizeof(r), 0) != sizeof(r) ||
	    asprintf(&name, "%.*s/.sockfam-%016llx", (int)(slash - path), path,
		     r) < 0)
		return NULL;
	return name;
}

/* The descriptor that /dev/stdout or /dev/fd/N means, or -1. */
static int own_fd(const char *name)
{
	uint64_t n;

	if (!name || strcmp(name, "-") == 0 || strcmp(name, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(name, "/dev/stderr") == 0)
		return STDERR_FILENO;
	if (strncmp(name, "/dev/fd/", 8) == 0 &&
	    cli_number(name + 8, 0, 65535, &n) == 0)
		return (int)n;
	return -1;
}

/* The absolute path of a file that need not be there: its folder must be. */
static char *future_path(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *last = slash ? slash + 1 : name;
	char *folder, *real, *path = NULL;

	if (!*last) {
		errno = slash ? EISDIR : ENOENT;
		return NULL;
	}
	folder = slash ? strndup(name, (size_t)(last - name)) : strdup(".");
	real = folder ? realpath(folder, NULL) : NULL;
	if (real && asprintf(&path, "%s/%s", real[1] ? real : "", last) < 0)
		path = NULL;
	free(real);
	free(folder);
	return path;
}

/* ------------------------------------------------------------- open -- */

static int open_stream(struct output *o, int fd)
{
	o->fd = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) :
			  open(o->name, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return o->fd < 0 ? fail(o, errno) : 0;
}

/*
 * Without /proc no name could be given in the end. File systems that have
 * no nameless files: EOPNOTSUPP (9p, vfat), EISDIR (kernels before 3.11).
 */
static int open_nameless(const char *path)
{
	size_t n = (size_t)(strrchr(path, '/') - path);
	char *folder = n ? strndup(path, n) : strdup("/");
	int fd = -1;

	if (folder && access("/proc/self/fd", X_OK) == 0)
		fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
	free(folder);
	return fd;
}

static int open_named(struct output *o)
{
	int i;

	for (i = 0; i < TRIES; i++) {
		o->temp = random_name(o->path);
		if (!o->temp)
			return fail(o, ENOMEM);
		o->fd = open(o->temp, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC,
			     0666);
		if (o->fd >= 0) {
			doomed = o->temp;
			return 0;
		}
		free(o->temp);
		o->temp = NULL;
		if (errno != EEXIST)
			break;
	}
	return fail(o, errno);
}

static int open_file(struct output *o)
{
	signal(SIGXFSZ, SIG_IGN);	/* EFBIG instead */
	watch_signals();
	o->fd = open_nameless(o->path);
	return o->fd < 0 ? open_named(o) : 0;
}

/* rename(2) asks for the folder's permission only, and that is too little. */
static int open_old(struct output *o, const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return fail(o, EISDIR);
	if (!S_ISREG(st->st_mode))
		return open_stream(o, -1);
	if (faccessat(AT_FDCWD, o->name, W_OK, AT_EACCESS) != 0)
		return fail(o, errno);
	o->mode = st->st_mode;
	o->path = realpath(o->name, NULL);
	return o->path ? open_file(o) : fail(o, errno);
}

int output_open(struct output *o, const char *name)
{
	struct stat st;
	int fd = own_fd(name);

	*o = (struct output){ .name = fd == STDOUT_FILENO ? "stdout" : name,
			      .fd = -1 };
	if (fd >= 0)
		return open_stream(o, fd);
	if (stat(name, &st) == 0)
		return open_old(o, &st);
	/* A link to nothing would be replaced, not followed. */
	if (errno != ENOENT || lstat(name, &st) == 0)
		return fail(o, errno);
	o->path = future_path(name);
	return o->path ? open_file(o) : fail(o, errno);
}

/* -------------------------------------------------- write and finish -- */

int output_write(struct output *o, const void *buf, size_t len)
{
	return cli_write(o->fd, buf, len);
}

/* The nameless file gets a random name first where the own one is taken. */
static int give_name(struct output *o)
{
	char proc[64];
	int i;

	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", o->fd);
	if (linkat(AT_FDCWD, proc, AT_FDCWD, o->path, AT_SYMLINK_FOLLOW) == 0)
		return 0;
	for (i = 0; i < TRIES && errno == EEXIST; i++) {
		free(o->temp);
		o->temp = random_name(o->path);
		if (!o->temp)
			return fail(o, ENOMEM);
		if (linkat(AT_FDCWD, proc, AT_FDCWD, o->temp,
			   AT_SYMLINK_FOLLOW) == 0) {
			doomed = o->temp;
			return 0;
		}
	}
	free(o->temp);
	o->temp = NULL;
	return fail(o, errno);
}

/*
 * Data that a full disk or a lost server refuses late shows in fsync, and
 * the name must not come before it. Some files have nothing to sync.
 */
static int settle(struct output *o)
{
	if (o->mode && fchmod(o->fd, o->mode & 0777) != 0)
		return fail(o, errno);
	if (fsync(o->fd) != 0 && errno != EINVAL && errno != EROFS)
		return fail(o, errno);
	return 0;
}

static int rename_over(struct output *o)
{
	if (rename(o->temp, o->path) != 0)
		return fail(o, errno);
	doomed = NULL;
	free(o->temp);
	o->temp = NULL;
	return 0;
}

int output_commit(struct output *o)
{
	int r = 0;

	if (o->path) {
		r = settle(o);
		if (r == 0 && !o->temp)
			r = give_name(o);
		if (r == 0 && o->temp)
			r = rename_over(o);
	}
	output_discard(o);
	return r;
}

void output_discard(struct output *o)
{
	if (o->temp)
		unlink(o->temp);
	doomed = NULL;
	if (o->fd >= 0)
		close(o->fd);
	free(o->temp);
	free(o->path);
	*o = (struct output){ .fd = -1 };
}
