/* SPDX-License-Identifier: MIT */
/* sockfam fd send and serve: files go out. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fd.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008u	/* Linux 6.3 */
#endif

/*
 * A stream is cut into pieces, and only the first has the descriptors: the
 * names must fit in one (net/unix/af_unix.c: at least 32768 bytes of data).
 */
#define PLAIN_NAMES_MAX 32768
/* So begins a frame, and so the receiver tells one. */
#define FRAME_START "sfd1"
/* --------------------------------------------------------------- files -- */

/* A newline would end the name: it goes as "?". */
static int add_name(struct fd_bundle *b, const char *name)
{
	size_t n = strlen(name);
	size_t i;

	if (n + 1 > FD_NAMES_MAX - b->len)
		return cli_error("names of more than %d bytes in all; try: "
				 "fewer files, or from their folder",
				 FD_NAMES_MAX);
	if (b->n)
		b->names[b->len++] = '\n';
	for (i = 0; i < n; i++)
		b->names[b->len++] = name[i] == '\n' ? '?' : name[i];
	return CLI_OK;
}

/*
 * /dev/fd/N is not opened: that would be another open file with its own
 * offset, and sockets cannot be opened at all (ENXIO).
 */
static int open_file(const char *file)
{
	static const char dev[] = "/dev/fd/";
	uint64_t number = STDIN_FILENO;

	if (strcmp(file, "-") != 0 &&
	    (strncmp(file, dev, sizeof(dev) - 1) != 0 ||
	     cli_number(file + sizeof(dev) - 1, 0, INT32_MAX, &number) < 0))
		return open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return fcntl((int)number, F_DUPFD_CLOEXEC, 0);
}

/* Without NOEXEC_SEAL newer kernels grumble, older ones do not know it. */
static int new_memfd(void)
{
	const unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create("sockfam", flags | MFD_NOEXEC_SEAL);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("sockfam", flags);
	if (fd < 0)
		cli_bad_call("memfd", -errno);
	return fd;
}

/* Closes `from`; the copy's descriptor, or -1 after printing. */
static int sealed_copy(int from, const char *file)
{
	int fd = new_memfd();
	int r = -1;

	if (fd >= 0 && fd_copy(from, fd, file) == CLI_OK) {
		lseek(fd, 0, SEEK_SET);
		r = sfam_memfd_seal(fd);
		if (r < 0)
			cli_bad_call("seal", r);
	}
	close(from);
	if (r == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int add_file(const struct fd_outgoing *o, const char *file)
{
	struct fd_bundle *b = o->files;
	char name[SFAM_FDNAME_MAX + 1] = "";
	int fd;

	if (o->names && sfam_fdnames_get(o->names, b->n, name,
					 sizeof(name)) < 0)
		return CLI_FAILED;	/* fd_check_names() has seen them */
	if (add_name(b, o->names ? name : file) != CLI_OK)
		return CLI_FAILED;
	fd = open_file(file);
	if (fd < 0)
		return cli_bad_call(file, -errno);
	if (o->seal)
		fd = sealed_copy(fd, file);
	if (fd < 0)
		return CLI_FAILED;
	b->fds[b->n++] = fd;
	return CLI_OK;
}

/* ---------------------------------------------------------------- send -- */

static int explain_send(const char *to, int error)
{
	if (error == -ETOOMANYREFS)
		return cli_error("%s: more descriptors are on their way than "
				 "ulimit -n allows", to);
	if (error == -E2BIG)
		return cli_error("%s: at most %d descriptors go by datagrams",
				 to, SFAM_FDPASS_MAX);
	return cli_bad_call(to, error);
}

int fd_send_files(int sock, const int *fds, const struct fd_bundle *b,
		  int64_t timeout_ns, const char *to)
{
	struct sfam_fdpass_opts opts = SFAM_FDPASS_OPTS_INIT;
	int r;

	opts.timeout_ns = timeout_ns;
	if (b->n > SFAM_FDPASS_MAX || b->len > PLAIN_NAMES_MAX ||
	    strncmp(b->names, FRAME_START, sizeof(FRAME_START) - 1) == 0)
		opts.flags = SFAM_FDPASS_FRAMED | SFAM_FDPASS_SPLIT;
	r = sfam_fdpass_send_message(sock, fds, b->n, b->names, b->len, &opts);
	return r < 0 ? explain_send(to, r) : CLI_OK;
}

static int send_once(const struct fd_outgoing *o)
{
	int sock = cli_open(&o->addr, SFAM_OPEN_CONNECT, NULL);
	int status;

	if (sock < 0)
		return CLI_FAILED;
	status = fd_send_files(sock, o->files->fds, o->files, SFAM_FOREVER,
			    "send");
	close(sock);
	return status;
}

/* ------------------------------------------------------------- options -- */

static int read_options(struct fd_outgoing *o, int argc, char **argv,
			const char *options)
{
	int status = CLI_OK;
	int c;

	while ((c = cli_getopt(o->self, argc, argv, options)) != -1) {
		if (c == '?')
			return CLI_USAGE;
		if (c == 'n')
			o->names = optarg;
		else if (c == 's')
			o->seal = 1;
		else
			status = fd_rule_set(o->self, &o->rule, c, optarg);
		if (status != CLI_OK)
			return status;
	}
	return CLI_OK;
}

static int read_operands(struct fd_outgoing *o, int argc, char **argv)
{
	int n = argc - 1;
	int status;

	if (n < 1)
		return cli_usage(o->self, n ? "which address?" :
				 "which files?");
	if (n > SFAM_FDPASS_SPLIT_MAX)
		return cli_usage(o->self, "at most %d files",
				 SFAM_FDPASS_SPLIT_MAX);
	status = fd_check_names(o->self, o->names, (size_t)n);
	o->text = argv[0];
	if (status == CLI_OK && cli_parse_addr("unix", o->text, &o->addr) != 0)
		status = CLI_FAILED;
	for (; status == CLI_OK && *++argv;)
		status = add_file(o, *argv);
	return status;
}

int fd_send_with(struct fd_outgoing *o, int argc, char **argv,
		 const char *options, int (*use)(const struct fd_outgoing *o))
{
	int status = read_options(o, argc, argv, options);

	if (status != CLI_OK)
		return status;
	fd_raise_limit();
	o->files = fd_bundle_new();
	if (!o->files)
		return CLI_FAILED;
	status = read_operands(o, argc - optind, argv + optind);
	if (status == CLI_OK)
		status = use(o);
	fd_bundle_free(o->files);
	return status;
}

int fd_send_run(const struct cli_verb *self, int argc, char **argv)
{
	struct fd_outgoing o = { .self = self };

	return fd_send_with(&o, argc, argv, "+:n:s", send_once);
}
