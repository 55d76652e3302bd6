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

static int64_t bare_file(int fd)
{
	int64_t start = cpu_ns();

	if (sendfile(sfam_alg_op_fd(op), fd, NULL, FILE_SIZE + 1) !=
	    (ssize_t)FILE_SIZE || read(sfam_alg_op_fd(op), sum, 32) != 32)
		die("bare sendfile");
	return cpu_ns() - start;
}

static int64_t our_file(int fd)
{
	int64_t start = cpu_ns();

	if (sfam_alg_hash_fd(op, fd, UINT64_MAX, SFAM_FOREVER, NULL) < 0 ||
	    sfam_alg_hash_final(op, sum, 32) != 32)
		die("our file");
	return cpu_ns() - start;
}

static int64_t peer_file(int fd)
{
	const char *const argv[] = { "kcapi-dgst", "-c", "sha256", "-i", path,
				     "--hex", NULL };

	(void)fd;
	return reap(start_program(argv, "alg-out"), argv[0]);
}

/* Per KiB. The least of several runs: timers and others only ever add. */
static double least_of(int64_t (*run)(int fd), int fd)
{
	int64_t least = INT64_MAX, cost;
	int i;

	for (i = 0; i < 3; i++) {
		lseek(fd, 0, SEEK_SET);
		cost = run(fd);
		if (cost < least)
			least = cost;
	}
	return (double)least / KIB;
}

void bench_alg_file(void)
{
	struct row row = { "sha256 of a file, per KiB", NONE, NONE, NONE };
	struct sfam_alg *alg;
	int fd = make_file();

	if (sfam_alg_new(&alg, SFAM_ALG_HASH, "sha256", NULL) < 0 ||
	    sfam_alg_op_new(&op, alg) < 0)
		die("sha256");
	row.floor = least_of(bare_file, fd);
	row.ours = least_of(our_file, fd);
	if (have_program("kcapi-dgst"))
		row.peer = least_of(peer_file, fd);
	sfam_alg_op_free(op);
	sfam_alg_free(alg);
	close(fd);
	unlink(path);
	show_row(&row);
	set_limit(row.item, "ours/floor", row.ours / row.floor, 1.01);
	set_limit(row.item, "ours/peer", row.ours / row.peer, 1.005);
}
