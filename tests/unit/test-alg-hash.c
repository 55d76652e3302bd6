/* SPDX-License-Identifier: MIT */
/* Hashes of the kernel: in parts, cloned, of files and pipes. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alg-common.h"

static const unsigned char key32[32] = "0123456789abcdef0123456789abcdef";

START_TEST(every_split)
{
	struct session s = session_open(SFAM_ALG_HASH, "sha256", NULL, 0, 0);
	unsigned char data[300], want[32], got[32];
	uint64_t seed = test_seed();
	struct iovec iov[4];
	size_t i;

	fill_random(&seed, data, sizeof(data));
	ck_assert_int_eq(sfam_alg_hash(s.op, data, 300, want, 32), 32);
	for (i = 0; i <= 300; i++) {
		ck_assert_ok(sfam_alg_hash_update(s.op, data, i));
		ck_assert_ok(sfam_alg_hash_update(s.op, data + i, 300 - i));
		ck_assert_int_eq(sfam_alg_hash_final(s.op, got, 32), 32);
		ck_assert_mem_eq(got, want, 32);
		iov[0] = (struct iovec){ data, i / 2 };
		iov[1] = (struct iovec){ data + i / 2, 0 };
		iov[2] = (struct iovec){ data + i / 2, i - i / 2 };
		iov[3] = (struct iovec){ data + i, 300 - i };
		ck_assert_ok(sfam_alg_hash_updatev(s.op, iov, 4));
		ck_assert_int_eq(sfam_alg_hash_final(s.op, got, 32), 32);
		ck_assert_mem_eq(got, want, 32);
	}
	session_close(&s);
}
END_TEST

START_TEST(bytewise)
{
	struct session s = session_open(SFAM_ALG_HASH, "hmac(sha256)", key32,
					32, 0);
	unsigned char data[300], want[32], got[32];
	uint64_t seed = test_seed();
	size_t i;

	fill_random(&seed, data, sizeof(data));
	ck_assert_int_eq(sfam_alg_hash(s.op, data, 300, want, 32), 32);
	for (i = 0; i < 300; i++)
		ck_assert_ok(sfam_alg_hash_update(s.op, data + i, 1));
	ck_assert_int_eq(sfam_alg_hash_final(s.op, got, 32), 32);
	ck_assert_mem_eq(got, want, 32);
	session_close(&s);
}
END_TEST

START_TEST(clone_and_reset)
{
	struct session s = session_open(SFAM_ALG_HASH, "sha256", NULL, 0, 0);
	unsigned char ab[32], ac[32], got[32], none[32];
	struct sfam_alg_op *copy;
	int fd = sfam_alg_op_fd(s.op);

	ck_assert_int_eq(sfam_alg_hash(s.op, "ab", 2, ab, 32), 32);
	ck_assert_int_eq(sfam_alg_hash(s.op, "ac", 2, ac, 32), 32);
	ck_assert_int_eq(sfam_alg_hash(s.op, "", 0, none, 32), 32);
	ck_assert_ok(sfam_alg_hash_update(s.op, "a", 1));
	ck_assert_ok(sfam_alg_hash_clone(&copy, s.op));
	/* It has begun, as the one it comes from. */
	ck_assert_err(sfam_alg_hash(copy, "ab", 2, got, 32), EBUSY);
	ck_assert_ok(sfam_alg_hash_update(copy, "c", 1));
	ck_assert_ok(sfam_alg_hash_update(s.op, "b", 1));
	ck_assert_int_eq(sfam_alg_hash_final(copy, got, 32), 32);
	ck_assert_mem_eq(got, ac, 32);
	ck_assert_int_eq(sfam_alg_hash_final(s.op, got, 32), 32);
	ck_assert_mem_eq(got, ab, 32);
	sfam_alg_op_free(copy);
	/* Of what has not begun, too. */
	ck_assert_ok(sfam_alg_hash_clone(&copy, s.op));
	ck_assert_int_eq(sfam_alg_hash_final(copy, got, 32), 32);
	ck_assert_mem_eq(got, none, 32);
	sfam_alg_op_free(copy);
	ck_assert_ok(sfam_alg_hash_update(s.op, "xyz", 3));
	ck_assert_err(sfam_alg_hash(s.op, "ab", 2, got, 32), EBUSY);
	ck_assert_ok(sfam_alg_op_reset(s.op));
	ck_assert_int_eq(sfam_alg_hash(s.op, "ab", 2, got, 32), 32);
	ck_assert_mem_eq(got, ab, 32);
	/* No new socket. */
	ck_assert_int_eq(sfam_alg_op_fd(s.op), fd);
	session_close(&s);
}
END_TEST

START_TEST(batch)
{
	struct session s = session_open(SFAM_ALG_HASH, "sha1", NULL, 0, 0);
	unsigned char digests[100][20], want[20], data[100];
	struct sfam_alg_hash_job jobs[100];
	size_t i;

	memset(data, 'x', sizeof(data));
	for (i = 0; i < 100; i++)
		jobs[i] = (struct sfam_alg_hash_job){ data, i, digests[i] };
	ck_assert_int_eq(sfam_alg_hash_batch(s.op, jobs, 100), 100);
	for (i = 0; i < 100; i++) {
		ck_assert_int_eq(sfam_alg_hash(s.op, data, i, want, 20), 20);
		ck_assert_mem_eq(digests[i], want, 20);
	}
	ck_assert_int_eq(sfam_alg_hash_batch(s.op, jobs, 0), 0);
	session_close(&s);
}
END_TEST

/* What cannot be read is where a batch ends; the rest is right. */
START_TEST(batch_that_fails)
{
	struct session s = session_open(SFAM_ALG_HASH, "sha1", NULL, 0, 0);
	void *nothing = mmap(NULL, 4096, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char digests[3][20], want[20];
	struct sfam_alg_hash_job jobs[] = {
		{ "abc", 3, digests[0] }, { "abc", 3, digests[1] },
		{ nothing, 100, digests[2] },
	};

	ck_assert_ptr_ne(nothing, MAP_FAILED);
	ck_assert_int_eq(sfam_alg_hash(s.op, "abc", 3, want, 20), 20);
	ck_assert_int_eq(sfam_alg_hash_batch(s.op, jobs, 3), 2);
	ck_assert_mem_eq(digests[1], want, 20);
	ck_assert_err(sfam_alg_hash_batch(s.op, jobs + 2, 1), EFAULT);
	/* Nothing of it is left in the operation. */
	ck_assert_int_eq(sfam_alg_hash_batch(s.op, jobs, 1), 1);
	ck_assert_mem_eq(digests[0], want, 20);
	ck_assert_ok(sfam_alg_hash_update(s.op, "ab", 2));
	ck_assert_err(sfam_alg_hash_update(s.op, nothing, 10), EFAULT);
	ck_assert_int_eq(sfam_alg_hash(s.op, "abc", 3, digests[1], 20), 20);
	ck_assert_mem_eq(digests[1], want, 20);
	munmap(nothing, 4096);
	session_close(&s);
}
END_TEST

#define MANY 3000

/* More pieces than a system call takes. */
START_TEST(many_pieces)
{
	struct session s = session_open(SFAM_ALG_HASH, "sha256", NULL, 0, 0);
	unsigned char data[MANY], want[32], got[32];
	uint64_t seed = test_seed();
	struct iovec iov[MANY];
	size_t i;

	fill_random(&seed, data, sizeof(data));
	for (i = 0; i < MANY; i++)
		iov[i] = (struct iovec){ data + i, 1 };
	ck_assert_ok(sfam_alg_hash_updatev(s.op, iov, MANY));
	ck_assert_int_eq(sfam_alg_hash_final(s.op, got, 32), 32);
	ck_assert_int_eq(sfam_alg_hash(s.op, data, MANY, want, 32), 32);
	ck_assert_mem_eq(got, want, 32);
	session_close(&s);
}
END_TEST

#define FILE_SIZE 300001

static int make_file(const unsigned char *data, size_t len)
{
	int fd = memfd_create("alg", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

START_TEST(file)
{
	struct session s = session_open(SFAM_ALG_HASH, "sha256", NULL, 0, 0);
	static unsigned char data[FILE_SIZE + 2];
	unsigned char want[32], got[32];
	uint64_t seed = test_seed(), n = 0;
	int fd;

	fill_random(&seed, data, sizeof(data));
	fd = make_file(data + 1, FILE_SIZE);
	ck_assert_int_eq(sfam_alg_hash(s.op, data, sizeof(data), want, 32), 32);
	/* Between updates. */
	ck_assert_ok(sfam_alg_hash_update(s.op, data, 1));
	ck_assert_ok(sfam_alg_hash_fd(s.op, fd, UINT64_MAX, 0, &n));
	ck_assert_uint_eq(n, FILE_SIZE);
	ck_assert_ok(sfam_alg_hash_update(s.op, data + 1 + FILE_SIZE, 1));
	ck_assert_int_eq(sfam_alg_hash_final(s.op, got, 32), 32);
	ck_assert_mem_eq(got, want, 32);
	/* In parts, from where it stands. */
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	ck_assert_ok(sfam_alg_hash_update(s.op, data, 1));
	ck_assert_ok(sfam_alg_hash_fd(s.op, fd, 0, 0, &n));
	ck_assert_uint_eq(n, 0);
	ck_assert_ok(sfam_alg_hash_fd(s.op, fd, 100000, 0, &n));
	ck_assert_uint_eq(n, 100000);
	ck_assert_ok(sfam_alg_hash_fd(s.op, fd, FILE_SIZE - 100000, 0, NULL));
	ck_assert_ok(sfam_alg_hash_fd(s.op, fd, UINT64_MAX, 0, &n));
	ck_assert_uint_eq(n, 0);
	ck_assert_ok(sfam_alg_hash_update(s.op, data + 1 + FILE_SIZE, 1));
	ck_assert_int_eq(sfam_alg_hash_final(s.op, got, 32), 32);
	ck_assert_mem_eq(got, want, 32);
	ck_assert_err(sfam_alg_hash_fd(s.op, -1, UINT64_MAX, 0, &n), EBADF);
	close(fd);
	session_close(&s);
}
END_TEST

/*
 * sendfile's part must not end the message at 2 GiB. Minutes in the VM, so
 * only with SFAM_LARGE in the environment.
 */
START_TEST(large_file)
{
	struct session s = session_open(SFAM_ALG_HASH, "crc32c", NULL, 0, 0);
	/* Of 2 GiB and 5 zeros. */
	static const unsigned char want[] = { 0x8a, 0x7c, 0x2a, 0x57 };
	const uint64_t size = UINT64_C(0x80000000) + 5;
	unsigned char got[4];
	int fd = memfd_create("alg", MFD_CLOEXEC);
	void *zeros;
	uint64_t n;

	ck_assert_int_eq(ftruncate(fd, (off_t)size), 0);
	ck_assert_ok(sfam_alg_hash_fd(s.op, fd, UINT64_MAX, 0, &n));
	ck_assert_uint_eq(n, size);
	ck_assert_int_eq(sfam_alg_hash_final(s.op, got, 4), 4);
	ck_assert_mem_eq(got, want, 4);
	close(fd);
	/* The same by updates: one of more than a system call moves. */
	zeros = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
		     MAP_NORESERVE, -1, 0);
	ck_assert_ptr_ne(zeros, MAP_FAILED);
	ck_assert_ok(sfam_alg_hash_update(s.op, zeros, 3));
	ck_assert_ok(sfam_alg_hash_update(s.op, zeros, size - 3));
	ck_assert_int_eq(sfam_alg_hash_final(s.op, got, 4), 4);
	ck_assert_mem_eq(got, want, 4);
	ck_assert_int_eq(sfam_alg_hash(s.op, zeros, size, got, 4), 4);
	ck_assert_mem_eq(got, want, 4);
	munmap(zeros, size);
	session_close(&s);
}
END_TEST

START_TEST(pipe_source)
{
	struct session s = session_open(SFAM_ALG_HASH, "sha256", NULL, 0, 0);
	unsigned char want[32], got[32];
	uint64_t n = 99;
	int fds[2];

	ck_assert_int_eq(sfam_alg_hash(s.op, "abcdef", 6, want, 32), 32);
	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	ck_assert_err(sfam_alg_hash_fd(s.op, fds[0], 10, 0, &n), ETIMEDOUT);
	ck_assert_uint_eq(n, 0);
	ck_assert_int_eq(write(fds[1], "abc", 3), 3);
	ck_assert_err(sfam_alg_hash_fd(s.op, fds[0], 10, 1000000, &n),
		      ETIMEDOUT);
	ck_assert_uint_eq(n, 3);
	/* The hash goes on. */
	ck_assert_int_eq(write(fds[1], "def", 3), 3);
	close(fds[1]);
	ck_assert_ok(sfam_alg_hash_fd(s.op, fds[0], UINT64_MAX, SFAM_FOREVER,
				      &n));
	ck_assert_uint_eq(n, 3);
	ck_assert_int_eq(sfam_alg_hash_final(s.op, got, 32), 32);
	ck_assert_mem_eq(got, want, 32);
	close(fds[0]);
	session_close(&s);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ every_split, "alg" },
		{ bytewise, "alg" },
		{ clone_and_reset, "alg" },
		{ batch, "alg" },
		{ batch_that_fails, "alg" },
		{ many_pieces, "alg" },
		{ file, "alg" },
		{ pipe_source, "alg" },
		{ large_file, "alg" },		/* the last */
	};

	return harness_run("alg-hash", tests, HARNESS_LEN(tests) -
			   !getenv("SFAM_LARGE"));
}
