/* SPDX-License-Identifier: MIT */
/* A file's hash: bare sendfile(2), ours, and kcapi-dgst. */
#include "bench.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <sockfam/alg.h>

#define KIB ((size_t)64 << 10)	/* of the file */
#define FILE_SIZE (KIB << 10)

static const char path[] = "alg-file";
static struct sfam_alg_op *op;
static uint8_t sum[32];

static int make_file(void)
{
	static const char bytes[65536];
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t n;

	for (n = 0; n < FILE_SIZE; n += sizeof(bytes))
		if (fd < 0 || write(fd, bytes, sizeof(bytes)) !=
			      (ssize_t)sizeof(bytes))
			die(path);
	return fd;
}

/* From its beginning. */
static int file_of(const void *arg)
{
	const int fd = *(const int *)arg;

	lseek(fd, 0, SEEK_SET);
	return fd;
}

static int64_t bare_file(const void *arg, size_t size)
{
	int fd = file_of(arg);
	int64_t start = cpu_ns();

	if (sendfile(sfam_alg_op_fd(op), fd, NULL, size + 1) !=
	    (ssize_t)size || read(sfam_alg_op_fd(op), sum, 32) != 32)
		die("bare sendfile");
	return cpu_ns() - start;
}

static int64_t our_file(const void *arg, size_t size)
{
	int fd = file_of(arg);
	int64_t start = cpu_ns();

	(void)size;
	if (sfam_alg_hash_fd(op, fd, UINT64_MAX, SFAM_FOREVER, NULL) < 0 ||
	    sfam_alg_hash_final(op, sum, 32) != 32)
		die("our file");
	return cpu_ns() - start;
}

static int64_t peer_file(const void *arg, size_t size)
{
	const char *const argv[] = { "kcapi-dgst", "-c", "sha256", "-i", path,
				     "--hex", NULL };

	(void)arg;
	(void)size;
	return reap(start_program(argv, "alg-out"), argv[0]);
}

static double per_kib(int64_t (*run)(const void *fd, size_t size), int fd)
{
	return (double)least_of_runs(run, &fd, FILE_SIZE) / KIB;
}

void bench_alg_file(void)
{
	struct row row = { "sha256 of a file, per KiB", NONE, NONE, NONE };
	struct sfam_alg *alg;
	int fd = make_file();

	if (sfam_alg_new(&alg, SFAM_ALG_HASH, "sha256", NULL) < 0 ||
	    sfam_alg_op_new(&op, alg) < 0)
		die("sha256");
	row.floor = per_kib(bare_file, fd);
	row.ours = per_kib(our_file, fd);
	if (have_program("kcapi-dgst"))
		row.peer = per_kib(peer_file, fd);
	sfam_alg_op_free(op);
	sfam_alg_free(alg);
	close(fd);
	unlink(path);
	show_row(&row);
	set_limit(row.item, "ours/floor", row.ours / row.floor, 1.01);
	set_limit(row.item, "ours/peer", row.ours / row.peer, 1.005);
}
