/* SPDX-License-Identifier: MIT */
#include "alg/alg.h"

size_t sfam__alg_slice(const struct sfam__alg_cursor *c, size_t want,
		       struct iovec *ret, size_t max, size_t *ret_count)
{
	size_t offset = c->offset;
	size_t got = 0, n = 0, i, len;

	for (i = 0; i < c->count && n < max && got < want; i++, offset = 0) {
		len = c->iov[i].iov_len - offset;
		if (len > want - got)
			len = want - got;
		if (len == 0)
			continue;
		ret[n].iov_base = (char *)c->iov[i].iov_base + offset;
		ret[n].iov_len = len;
		n++;
		got += len;
	}
	*ret_count = n;
	return got;
}

void sfam__alg_advance(struct sfam__alg_cursor *c, size_t n)
{
	size_t left;

	while (c->count > 0) {
		left = c->iov->iov_len - c->offset;
		if (n < left) {
			c->offset += n;
			return;
		}
		n -= left;
		c->iov++;
		c->count--;
		c->offset = 0;
	}
}

void sfam__alg_wipe_pieces(const struct iovec *iov, size_t count, size_t len)
{
	size_t i, n;

	for (i = 0; i < count && len > 0; i++, len -= n) {
		n = iov[i].iov_len < len ? iov[i].iov_len : len;
		sfam__wipe(iov[i].iov_base, n);
	}
}
