/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

/*
 * The kernel ends a message (clears MSG_MORE) when sendfile(2) has moved
 * all that it was asked for, and a later one would begin a new hash. So it
 * is always asked for more than there is: the most it moves in one call
 * (MAX_RW_COUNT), and longer files are read.
 */
#define SENDFILE_MAX INT64_C(0x7ffff000)
#define DIGEST_MAX 256		/* the longest of the kernel's is 64 */

static int bad_file(const char *name, int error)
{
	return cli_bad_call(name, error);
}

/* -ENOENT has two causes; one line names the remedy of both. */
static int open_transform(const struct sfam_addr *addr, const char *alg)
{
	int fd = sfam_open(addr, SFAM_OPEN_BIND, NULL);

	if (fd == -ENOENT) {
		cli_error("%s: no such hash in this kernel, or not allowed "
			  "here; try: modprobe -a algif_hash crypto-%s; "
			  "/proc/crypto lists what is loaded", alg, alg);
		return -1;
	}
	if (fd < 0)
		return cli_open(addr, SFAM_OPEN_BIND, NULL); /* its words */
	return fd;
}

/* The transform (algorithm) gives an operation, which keeps it alive. */
static int open_operation(const char *alg)
{
	struct sfam_addr addr;
	char text[1024];
	int transform;
	int op;
	int n;

	n = snprintf(text, sizeof(text), "hash:%s", alg);
	if (n < 0 || (size_t)n >= sizeof(text)) {
		cli_error("%.32s...: longer than any algorithm's name", alg);
		return -1;
	}
	if (cli_parse_addr("alg", text, &addr) != 0)
		return -1;
	transform = open_transform(&addr, alg);
	if (transform < 0)
		return -1;
	op = sfam_accept(transform, 0, SFAM_FOREVER, NULL);
	close(transform);
	if (op < 0)
		cli_bad_call(alg, op);
	return op;
}

static int send_by_read(int op, int file)
{
	char buf[65536];
	ssize_t n;
	int r;

	for (;;) {
		n = read(file, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		r = sfam_send_all(op, buf, (size_t)n, MSG_MORE, SFAM_FOREVER,
				  NULL);
		if (r < 0)
			return r;
	}
}

static int fits_sendfile(int file)
{
	struct stat st;
	off_t pos = lseek(file, 0, SEEK_CUR);

	return pos >= 0 && fstat(file, &st) == 0 && S_ISREG(st.st_mode) &&
	       st.st_size - pos < SENDFILE_MAX;
}

/* The file offset moves along, so reading takes over where this ends. */
static int send_file(int op, int file)
{
	ssize_t n;

	if (!fits_sendfile(file))
		return send_by_read(op, file);
	do {
		n = sendfile(op, file, NULL, (size_t)SENDFILE_MAX);
		if (n == SENDFILE_MAX)
			return -EFBIG;	/* grew by 2 GiB under our hands */
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0 && errno != EINVAL && errno != ENOSYS)
		return -errno;
	/* No sendfile for this file (some of /proc), or all is sent. */
	return send_by_read(op, file);
}

static int finish(int op, unsigned char *digest, size_t size)
{
	ssize_t n = sfam_recv(op, digest, size, SFAM_FOREVER, NULL);

	return n == 0 ? -EIO : (int)n;
}

/* Names as coreutils has them: a backslash first if one is escaped. */
static void print_name(const char *name)
{
	for (; *name; name++) {
		if (*name == '\n')
			fputs("\\n", stdout);
		else if (*name == '\r')
			fputs("\\r", stdout);
		else if (*name == '\\')
			fputs("\\\\", stdout);
		else
			putchar(*name);
	}
	putchar('\n');
}

static int print_digest(const unsigned char *digest, int n, const char *name)
{
	int i;

	if (strpbrk(name, "\\\n\r"))
		putchar('\\');
	for (i = 0; i < n; i++)
		printf("%02x", digest[i]);
	fputs("  ", stdout);
	print_name(name);
	return fflush(stdout) == EOF ? cli_bad_call("stdout", -errno) : CLI_OK;
}

static int hash_fd(int op, int file, const char *name)
{
	unsigned char digest[DIGEST_MAX];
	int r = send_file(op, file);
	int n = finish(op, digest, sizeof(digest));

	/* After a failure too: it ends the half-done hash. */
	if (r < 0 || n < 0)
		return bad_file(name, r < 0 ? r : n);
	return print_digest(digest, n, name);
}

static int hash_file(int op, const char *name)
{
	int status;
	int file;

	if (strcmp(name, "-") == 0)
		return hash_fd(op, STDIN_FILENO, name);
	file = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (file < 0)
		return bad_file(name, -errno);
	status = hash_fd(op, file, name);
	close(file);
	return status;
}

static int hash_all(int op, int argc, char **argv)
{
	int status = CLI_OK;
	int i;

	if (argc == 0)
		return hash_file(op, "-");
	for (i = 0; i < argc; i++)
		if (hash_file(op, argv[i]) != CLI_OK)
			status = CLI_FAILED;
	return status;
}

static int run_hash(const struct cli_verb *self, int argc, char **argv)
{
	const char *alg = "sha256";
	int status;
	int op;
	int c;

	while ((c = cli_getopt(self, argc, argv, "+:a:")) != -1) {
		if (c != 'a')
			return CLI_USAGE;
		alg = optarg;
	}
	op = open_operation(alg);
	if (op < 0)
		return CLI_FAILED;
	status = hash_all(op, argc - optind, argv + optind);
	close(op);
	return status;
}

static const struct cli_verb below[] = {
	{
		.name = "hash",
		.args = "[-a ALG] [FILE...]",
		.help = "hash files in the kernel; prints what sha256sum does",
		.details =
"  -a ALG  sha256 (default), sha512, blake2b-512, ...: /proc/crypto has\n"
"          more, by name or by driver\n"
"Without FILE, or with -, hashes stdin.\n",
		.run = run_hash,
	},
	{ .name = NULL },
};

const struct cli_verb cli_alg = {
	.name = "alg",
	.args = "VERB ...",
	.help = "the kernel's cryptography",
	.below = below,
};
