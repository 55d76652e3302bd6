/* SPDX-License-Identifier: MIT */
/* What the files of this folder share. */
#ifndef SFAM_ALG_ALG_H
#define SFAM_ALG_ALG_H

#include <limits.h>
#include <sys/socket.h>

#include "base/sys.h"

#include <sockfam/alg.h>

/* The kernel's longest is 32 (adiantum, hctr2). */
#define SFAM__ALG_IV_MAX 64
/* The kernel's HASH_MAX_DIGESTSIZE is 64. */
#define SFAM__ALG_DIGEST_MAX 256

/* Of a result; more need a look at optmem_max (room.c). */
#define SFAM__ALG_FEW_PIECES 8

/*
 * Of an AEAD's result that is more than one piece: each further one costs
 * the kernel 900 to 1200 instructions (a struct af_alg_rsgl), to copy this
 * much 400.
 */
#define SFAM__ALG_STAGE_MAX 4352

/* Nonces that encrypted; see nonce.c. */
struct sfam__alg_nonces {
	uint32_t lock;
	bool fell;		/* they did not only rise */
	uint64_t count;
	uint64_t top[2];	/* the highest, its first and last 8 bytes */
	uint8_t last[SFAM_ALG_NONCES][SFAM__ALG_IV_MAX];
};

struct sfam_alg {
	const struct sfam__alg_engine *engine;
	int fd;
	size_t aad_max;
	size_t tag_size;
	/* Bits that a length must not have; all, where that does not tell. */
	size_t block_mask;
	bool echoes;		/* the AAD, to the caller */
	bool counts_in_iv;	/* ccm; see nonce.c */
	bool short_iv;		/* 8 to 16 bytes: two numbers hold it */
	struct sfam_alg_info info;
	struct sfam__alg_nonces nonces;
};

enum sfam__alg_state {
	SFAM__ALG_IDLE,
	SFAM__ALG_HASHING,
	SFAM__ALG_STREAMING,
};

/* What goes before the data of a message; NULL continues the last one. */
struct sfam__alg_head {
	enum sfam_alg_direction dir;
	const void *iv;
	size_t aad_len;
};

/* Two halves of 8 bytes, which may overlap, are all of it. */
static inline bool sfam__alg_is_short(size_t iv_len)
{
	return __builtin_expect(iv_len - 8 <= 8, 1);
}

static inline void sfam__alg_copy_iv(void *to, const void *from, size_t len)
{
	uint64_t begin, end;

	if (!sfam__alg_is_short(len)) {
		if (len > 0)
			memcpy(to, from, len);
		return;
	}
	memcpy(&begin, from, 8);
	memcpy(&end, (const char *)from + len - 8, 8);
	memcpy(to, &begin, 8);
	memcpy((char *)to + len - 8, &end, 8);
}

struct sfam_alg_op {
	struct sfam_alg *alg;
	int fd;			/* O_NONBLOCK; -1: to be opened again */
	enum sfam__alg_state state;
	/* Bytes that one message, and its result, may have. */
	size_t send_room;
	size_t recv_room;
	/* Of a stream. */
	enum sfam_alg_direction dir;
	bool fresh;		/* nothing was sent yet */
	size_t staged;		/* in the kernel, not yet put out */
	uint8_t iv[SFAM__ALG_IV_MAX];
	/* Of the kernel engine: a message and its control data, made once. */
	struct msghdr msg;
	size_t control_len;
	char control[2 * CMSG_SPACE(4) + CMSG_SPACE(4 + SFAM__ALG_IV_MAX)]
		__attribute__((aligned(8)));
	/* aad_max bytes for the AAD's echo, and SFAM__ALG_STAGE_MAX. */
	char scratch[];
};

/* A whole message of more than one piece, and its result. */
struct sfam__alg_exchange {
	struct sfam__alg_head head;
	const struct iovec *in;
	size_t in_count;
	struct sfam__answer out;
};

/*
 * Where the work is done. There is one, the kernel; a software engine would
 * be another const struct. Sizes and states are the callers' care.
 */
struct sfam__alg_engine {
	int (*open)(struct sfam_alg *alg);
	void (*close)(struct sfam_alg *alg);
	int (*set_key)(struct sfam_alg *alg, const void *key, size_t len);
	int (*set_key_serial)(struct sfam_alg *alg, int32_t serial);
	int (*set_tag_size)(struct sfam_alg *alg, size_t size);
	int (*op_open)(struct sfam_alg_op *op);
	/* With what was fed to from. */
	int (*op_clone)(struct sfam_alg_op *op, const struct sfam_alg_op *from);
	void (*op_close)(struct sfam_alg_op *op);
	/* Rooms of at least these, or -EMSGSIZE; pieces: of the result. */
	int (*make_room)(struct sfam_alg_op *op, size_t in, size_t out,
			 size_t pieces);
	/* Returns 0: all of it was taken. more: the message goes on. */
	int (*feed)(struct sfam_alg_op *op, const void *data, size_t len,
		    bool more);
	int (*feedv)(struct sfam_alg_op *op, const struct sfam__alg_head *head,
		     const struct iovec *iov, size_t count, size_t len,
		     bool more);
	/* A whole message, and its result: what take returns. */
	ssize_t (*hash)(struct sfam_alg_op *op, const void *data, size_t len,
			void *digest, size_t size);
	ssize_t (*exchange)(struct sfam_alg_op *op,
			    const struct sfam__alg_exchange *x);
	/* What sendfile(2) returns; the message goes on. */
	ssize_t (*feed_file)(struct sfam_alg_op *op, int fd, size_t n);
	ssize_t (*take)(struct sfam_alg_op *op, void *buf, size_t size);
	ssize_t (*takev)(struct sfam_alg_op *op, const struct iovec *iov,
			 size_t count);
};

extern const struct sfam__alg_engine sfam__alg_kernel;
/* room.c, of that engine. */
int sfam__alg_kernel_room(struct sfam_alg_op *op, size_t in, size_t out,
			  size_t pieces);

/* session.c */
/* 0 if op is open and alg of that type. */
int sfam__alg_renew(struct sfam_alg_op *op);
static inline int sfam__alg_ready(struct sfam_alg_op *op,
				  enum sfam_alg_type type)
{
	if (__builtin_expect(op->alg->info.type != type, 0))
		return -EOPNOTSUPP;
	return __builtin_expect(op->fd < 0, 0) ? sfam__alg_renew(op) : 0;
}
/* Opens op anew, since what the kernel still holds of it is not known. */
int sfam__alg_fail(struct sfam_alg_op *op, int error);

static inline int sfam__alg_room(struct sfam_alg_op *op, size_t in, size_t out,
				 size_t pieces)
{
	if (__builtin_expect(in <= op->send_room && out <= op->recv_room &&
			     pieces <= SFAM__ALG_FEW_PIECES, 1))
		return 0;
	return op->alg->engine->make_room(op, in, out, pieces);
}

/* skcipher.c: the largest part that the buffers hold; 0: none. */
size_t sfam__alg_part_size(struct sfam_alg_op *op);

/* pieces.c: gathered memory. */
struct sfam__alg_cursor {
	const struct iovec *iov;
	size_t count;
	size_t offset;		/* in the first */
};

/* One that goes on where the last one ends costs the kernel less. */
static inline struct iovec *sfam__alg_add_piece(struct iovec *to,
						const struct iovec *first,
						void *base, size_t len)
{
	if (len == 0)
		return to;
	if (to > first && (char *)to[-1].iov_base + to[-1].iov_len ==
			  (char *)base) {
		to[-1].iov_len += len;
		return to;
	}
	*to = (struct iovec){ base, len };
	return to + 1;
}

/* -EINVAL: the sum does not fit. */
static inline int sfam__alg_sum(const struct iovec *iov, size_t count,
				size_t *ret)
{
	size_t sum = 0;

	for (; count > 0; count--, iov++) {
		if (iov->iov_len > SSIZE_MAX - sum)
			return -EINVAL;
		sum += iov->iov_len;
	}
	*ret = sum;
	return 0;
}
/* Up to want bytes as up to max pieces; *ret_count is how many. */
size_t sfam__alg_slice(const struct sfam__alg_cursor *c, size_t want,
		       struct iovec *ret, size_t max, size_t *ret_count);
void sfam__alg_advance(struct sfam__alg_cursor *c, size_t n);
void sfam__alg_wipe_pieces(const struct iovec *iov, size_t count, size_t len);

/* aead.c. No look at the nonce; *ret_asked: the kernel has seen it. */
int sfam__alg_seal(struct sfam_alg_op *op, const struct sfam_alg_msg *msg,
		   const void *iv, bool *ret_asked);
int sfam__alg_unseal(struct sfam_alg_op *op, const struct sfam_alg_msg *msg,
		     const void *iv);
/* Wipes; n is what exchange returned. */
int sfam__alg_aead_fail(struct sfam_alg_op *op, const struct sfam_alg_msg *msg,
			const struct sfam__alg_exchange *x, size_t text_len,
			ssize_t n);

/* aead-pieces.c: any message. */
int sfam__alg_aead_pieces(struct sfam_alg_op *op,
			  const struct sfam_alg_msg *msg,
			  enum sfam_alg_direction dir, const void *iv,
			  bool *ret_asked);

/* nonce.c. iv: as long as the algorithm's. -ENOTUNIQ. */
void sfam__alg_nonce_init(struct sfam_alg *alg);
int sfam__alg_nonce_use(struct sfam_alg *alg, const void *iv);

/* 0: the kernel may be asked. ret_asked as above; NULL: look at the nonce. */
static inline int sfam__alg_aead_approve(struct sfam_alg_op *op,
					 enum sfam_alg_direction dir,
					 const void *iv, bool *ret_asked)
{
	if (ret_asked)
		*ret_asked = true;
	else if (dir == SFAM_ALG_ENCRYPT)
		return sfam__alg_nonce_use(op->alg, iv);
	return 0;
}

/* facts.c: true if the table knows the name. */
bool sfam__alg_facts(struct sfam_alg_info *ret, enum sfam_alg_type type,
		     const char *name);
/* Modes and key sizes to what /proc/crypto says. */
void sfam__alg_add_rules(struct sfam_alg_info *info);

/* proc.c: by name or driver; -ENOENT: not there, or no such file. */
int sfam__alg_proc_find(struct sfam_alg_info *ret, enum sfam_alg_type type,
			const char *name);
/* The first number in a file of /proc/sys; -errno. */
int64_t sfam__alg_proc_number(const char *path);

#endif
