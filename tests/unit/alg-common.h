/* SPDX-License-Identifier: MIT */
/* What the tests of sfam_alg share. */
#ifndef TEST_ALG_COMMON_H
#define TEST_ALG_COMMON_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockfam/sockfam.h>

#include "harness.h"

/* One transform and one operation. */
struct session {
	struct sfam_alg *alg;
	struct sfam_alg_op *op;
};

/* key_len 0: none is set. tag_size 0: the longest. */
static inline struct session session_open(enum sfam_alg_type type,
					  const char *name, const void *key,
					  size_t key_len, size_t tag_size)
{
	struct session s = { NULL, NULL };
	int r = sfam_alg_new(&s.alg, type, name, NULL);

	ck_assert_msg(r == 0, "%s: %d", name, r);
	if (key_len > 0) {
		r = sfam_alg_set_key(s.alg, key, key_len);
		ck_assert_msg(r == 0, "%s: key: %d", name, r);
	}
	if (tag_size > 0) {
		r = sfam_alg_set_tag_size(s.alg, tag_size);
		ck_assert_msg(r == 0, "%s: tag size: %d", name, r);
	}
	ck_assert_ok(sfam_alg_op_new(&s.op, s.alg));
	return s;
}

static inline void session_close(struct session *s)
{
	s->op = sfam_alg_op_free(s->op);
	s->alg = sfam_alg_free(s->alg);
}

/* A message of flat buffers. */
struct flat {
	struct sfam_alg_msg msg;
	struct iovec aad, in, out;
};

static inline struct sfam_alg_msg *flat_msg(struct flat *f, const void *iv,
					    size_t iv_len, const void *aad,
					    size_t aad_len, const void *in,
					    void *out, size_t len, void *tag,
					    size_t tag_len)
{
	f->aad = (struct iovec){ (void *)(uintptr_t)aad, aad_len };
	f->in = (struct iovec){ (void *)(uintptr_t)in, len };
	f->out = (struct iovec){ out, len };
	f->msg = (struct sfam_alg_msg){ iv, iv_len, &f->aad, 1, &f->in, 1,
					&f->out, 1, tag, tag_len };
	return &f->msg;
}

static inline void fill_random(uint64_t *state, void *buf, size_t len)
{
	unsigned char *p = buf;
	size_t i;

	for (i = 0; i < len; i++)
		p[i] = (unsigned char)test_random(state);
}

static inline int all_zero(const void *buf, size_t len)
{
	const unsigned char *p = buf;

	while (len > 0)
		if (p[--len])
			return 0;
	return 1;
}

#endif
