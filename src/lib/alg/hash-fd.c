/* SPDX-License-Identifier: MIT */
/*
 * A descriptor's content into a hash. sendfile(2) clears MSG_MORE, which
 * ends the message, when it has moved all that it was asked for
 * (splice_direct_to_actor of fs/splice.c). So it is asked only for the rest
 * of a file, and for more than that; what is before is read.
 */
#include "alg/alg.h"

#define SENDFILE_MAX INT64_C(0x7ffff000)	/* MAX_RW_COUNT */
#define CHUNK 32768

struct source {
	int fd;
	uint64_t left;		/* of what the caller wants */
	uint64_t done;
	struct sfam__deadline deadline;
};

static int feed_by_read(struct sfam_alg_op *op, struct source *s,
			uint64_t want)
{
	char buf[CHUNK];
	uint64_t end = s->done + want;
	ssize_t n;
	int r;

	while (s->done < end) {
		n = sfam__sys_read_by(s->fd, buf, end - s->done < CHUNK ?
				      (size_t)(end - s->done) : CHUNK,
				      s->deadline);
		if (n <= 0)
			return (int)n;
		r = sfam_alg_hash_update(op, buf, (size_t)n);
		if (r < 0)
			return r;
		s->done += (uint64_t)n;
	}
	return 0;
}

/* 0 also where this file cannot be sent so: it will be read. */
static int feed_by_sendfile(struct sfam_alg_op *op, struct source *s)
{
	ssize_t n = op->alg->engine->feed_file(op, s->fd,
					       (size_t)SENDFILE_MAX);

	if (n == SENDFILE_MAX)	/* it grew by 2 GiB under our hands */
		return sfam__alg_fail(op, -EIO);
	if (n == -ENOKEY || n == -ENOMEM)
		return sfam__alg_fail(op, (int)n);
	if (n <= 0)
		return 0;
	op->state = SFAM__ALG_HASHING;
	s->done += (uint64_t)n;
	return 0;
}

static int feed(struct sfam_alg_op *op, struct source *s)
{
	int64_t left = sfam__sys_file_left(s->fd);
	int r = 0;

	if (left == -EBADF)	/* poll(2) would wait for such a one */
		return -EBADF;
	if (left > 0 && (uint64_t)left <= s->left) {
		if (left >= SENDFILE_MAX)
			r = feed_by_read(op, s, (uint64_t)(left -
							   SENDFILE_MAX + 1));
		if (r == 0)
			r = feed_by_sendfile(op, s);
	}
	/* What sendfile cannot, or what came since. */
	return r < 0 ? r : feed_by_read(op, s, s->left - s->done);
}

SFAM_PUBLIC int sfam_alg_hash_fd(struct sfam_alg_op *op, int fd, uint64_t max,
				 int64_t timeout_ns, uint64_t *ret_len)
{
	struct source s = { fd, max, 0, sfam__deadline_in(timeout_ns) };
	int r = sfam__alg_ready(op, SFAM_ALG_HASH);

	if (r == 0)
		r = feed(op, &s);
	if (ret_len)
		*ret_len = s.done;
	return r;
}
