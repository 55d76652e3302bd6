/* SPDX-License-Identifier: MIT */
/*
 * The kernel's cryptography (AF_ALG): hashes, ciphers, AEAD, random
 * numbers. Linux has no public key interface here (akcipher and kpp never
 * were in mainline).
 *
 * Two objects. A transform (struct sfam_alg) is an algorithm and its key;
 * any number of threads share it. An operation (struct sfam_alg_op) is one
 * thread's work with it: one thread at a time. Free operations before
 * their transform. One descriptor each, close-on-exec.
 *
 *	sfam_alg_new(&alg, SFAM_ALG_AEAD, "gcm(aes)", NULL);
 *	sfam_alg_set_key(alg, key, 32);
 *	sfam_alg_op_new(&op, alg);
 *	sfam_alg_seal(op, &msg);
 *
 * A result is right or it is an error; its length is computed before the
 * kernel is asked. Nothing here waits, except sfam_alg_hash_fd() for the
 * descriptor that it reads. After a failure an operation is as new (what
 * had begun is dropped), unless the function says otherwise; outputs that
 * a failed decryption may have written are wiped.
 *
 * Codes that any call may return, whatever it lists: -ENOKEY: the
 * algorithm has a key, and none is set. -ENOMEM. -EMFILE, -ENFILE (an
 * operation is renewed after a failure). -EOPNOTSUPP: a function of
 * another type of algorithm. sfam_alg_explain() has words for all.
 */
#ifndef SOCKFAM_ALG_H
#define SOCKFAM_ALG_H

#include <sys/uio.h>

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sfam_alg;
struct sfam_alg_op;

enum sfam_alg_type {
	SFAM_ALG_HASH,
	SFAM_ALG_SKCIPHER,
	SFAM_ALG_AEAD,
	SFAM_ALG_RNG,
};

/* "hash", "skcipher", "aead", "rng"; NULL for another number. Static. */
const char *sfam_alg_type_name(enum sfam_alg_type type);
/* The inverse. -EINVAL: no such type. */
int sfam_alg_type_by_name(enum sfam_alg_type *ret, const char *name)
	SFAM_MUST_CHECK;

/* Facts ********************************************************************/

/* Bits of struct sfam_alg_info.flags. */
#define SFAM_ALG_INFO_CHAINS	(1u << 0) /* cipher: can be streamed */
#define SFAM_ALG_INFO_UNTESTED	(1u << 1) /* self-test not passed (yet) */
#define SFAM_ALG_INFO_KEY_ANY	(1u << 2) /* a key of any size (hmac) */

/* What is known of an algorithm. Sizes in bytes; 0 where there is none. */
struct sfam_alg_info {
	uint32_t type;		/* enum sfam_alg_type */
	uint32_t flags;		/* SFAM_ALG_INFO_... */
	int32_t priority;	/* of the driver; 0: not known */
	uint32_t block_size;	/* messages are multiples of it (ciphers) */
	uint32_t len_min;	/* shortest message (ciphers; xts: 16) */
	uint32_t chunk_size;	/* streams advance by it (ciphers) */
	uint32_t digest_size;	/* hash */
	uint32_t iv_size;	/* skcipher, aead */
	uint32_t key_min;
	uint32_t key_max;	/* 0: no key, unless INFO_KEY_ANY */
	uint32_t key_step;	/* from min to max; 0: not known */
	uint32_t tag_max;	/* aead */
	uint32_t seed_size;	/* rng; 0: any */
	char name[128];		/* "cbc(aes)" */
	char driver[128];	/* "cbc-aes-aesni"; empty: not known */
	char module[64];	/* "aesni_intel", "kernel"; empty: not known */
};

/*
 * Calls each() for every algorithm of the four types that the kernel has
 * loaded now (/proc/crypto), in its order: newest first, a name once per
 * driver. Stops where each() returns other than 0, and returns that.
 * info is valid during the call only. Not listed, though usable: what a
 * module or a template would make on demand.
 * 0: all seen. -ENOENT: no /proc/crypto. Others: open(2), read(2).
 */
int sfam_alg_list(int (*each)(const struct sfam_alg_info *info, void *arg),
		  void *arg) SFAM_MUST_CHECK;

/*
 * The key sizes in words: "16, 24 or 32 bytes", "any size", "no key"; "not
 * known" for a keyed hash that only /proc/crypto has.
 * Returns the length without NUL; -ENOSPC (SFAM_ALG_SIZES_STRLEN fits).
 */
#define SFAM_ALG_SIZES_STRLEN 64
ssize_t sfam_alg_key_sizes(const struct sfam_alg_info *info, char *buf,
			   size_t size);

/* Transforms ***************************************************************/

/* NULL means SFAM_ALG_OPTS_INIT. Tails unknown here must be zero. */
struct sfam_alg_opts {
	size_t size;		/* sizeof(struct sfam_alg_opts) */
	size_t aad_max;		/* longest associated data of a message */
	uint32_t flags;		/* SFAM_ALG_OPTS_... */
};
#define SFAM_ALG_OPTS_INIT { sizeof(struct sfam_alg_opts), 4096, 0 }
/* AEAD: out has the AAD too, before the text; see struct sfam_alg_msg. */
#define SFAM_ALG_OPTS_ECHO	(1u << 0)

/*
 * A transform for the algorithm of that name ("sha256", "hmac(sha256)",
 * "xts(aes)") or driver ("cbc-aes-aesni"). Its sizes come from a table of
 * well-known names, else from /proc/crypto. A random number generator is
 * seeded by the kernel here. Free it with sfam_alg_free().
 * -ENOENT: no such algorithm of that type, or not allowed to this process
 * (the kernel does not tell which; sfam_alg_explain() tries). -EAFNOSUPPORT:
 * no AF_ALG. -EPERM, -EACCES: a security policy. -ELIBBAD: its self-test
 * failed, or FIPS mode forbids it. -EINVAL: no such type, or a template
 * around what it cannot use, as -ENOENT. -ENAMETOOLONG: a name of more
 * than 103 bytes. -ENODATA: it is there, but its sizes are in
 * no table and /proc/crypto cannot be read. -E2BIG: unknown options.
 * Others: socket(2), bind(2).
 */
int sfam_alg_new(struct sfam_alg **ret, enum sfam_alg_type type,
		 const char *name, const struct sfam_alg_opts *opts)
	SFAM_MUST_CHECK;
/* NULL is fine. Returns NULL. */
struct sfam_alg *sfam_alg_free(struct sfam_alg *alg);

/* Borrowed until sfam_alg_free(). */
const struct sfam_alg_info *sfam_alg_info(const struct sfam_alg *alg);
/* The bound socket; stays ours. */
int sfam_alg_fd(const struct sfam_alg *alg);

/*
 * Sets the key; no copy of it is kept. Order: key (and tag size), then
 * operations. For a new key free them first, or use sfam_alg_op_set_key().
 * -EKEYREJECTED: wrong size (sfam_alg_key_sizes()), or refused by the
 * algorithm (weak; under FIPS hmac keys below 14 bytes). -EBUSY: there are
 * operations. -EOPNOTSUPP: the algorithm has no key.
 */
int sfam_alg_set_key(struct sfam_alg *alg, const void *key, size_t len)
	SFAM_MUST_CHECK;

/*
 * The same with a key of the kernel's keyring (types user, logon,
 * encrypted, trusted): its bytes do not pass through this process.
 * -EOPNOTSUPP: the algorithm has no key; -ENOPROTOOPT: kernel before 6.2,
 * or without CONFIG_KEYS. -ENOKEY, -EACCES, -EKEYEXPIRED, -EKEYREVOKED:
 * of that serial. Others as above.
 */
int sfam_alg_set_key_serial(struct sfam_alg *alg, int32_t serial)
	SFAM_MUST_CHECK;

/*
 * AEAD: length of the tag; without this call the longest (tag_max).
 * -EINVAL: the algorithm has no such tag (gcm: 4, 8, 12 to 16; ccm: even,
 * 4 to 16). -EBUSY: there are operations.
 */
int sfam_alg_set_tag_size(struct sfam_alg *alg, size_t size) SFAM_MUST_CHECK;
size_t sfam_alg_tag_size(const struct sfam_alg *alg);

/*
 * The key of authenc(hmac(sha256),cbc(aes)) and its like, made of its two.
 * Returns its length, 8 + both; wipe it after use. -ENOSPC: size too small.
 * rfc4106(gcm(aes)), rfc4309(ccm(aes)), rfc3686(ctr(aes)): no blob, the
 * salt (4, 3, 4 bytes) stands behind the key; their IV is 8 bytes. For
 * both AEAD ones the AAD ends with those same 8 bytes.
 */
ssize_t sfam_alg_authenc_key(void *buf, size_t size, const void *auth_key,
			     size_t auth_len, const void *enc_key,
			     size_t enc_len) SFAM_MUST_CHECK;

/*
 * RNG: seeds anew with data added (for the drbg: its personalization
 * string; entropy is the kernel's own). len 0 is allowed. Additional input
 * per request (ALG_SET_DRBG_ENTROPY) is for certification kernels only
 * (CONFIG_CRYPTO_USER_API_RNG_CAVP) and not offered.
 * -EINVAL: the algorithm wants another size (seed_size). -EBUSY: there are
 * operations.
 */
int sfam_alg_seed(struct sfam_alg *alg, const void *data, size_t len)
	SFAM_MUST_CHECK;

/* Operations ***************************************************************/

/* An operation of alg, for one thread. Free it before alg. accept4(2). */
int sfam_alg_op_new(struct sfam_alg_op **ret, struct sfam_alg *alg)
	SFAM_MUST_CHECK;
/* NULL is fine. Returns NULL. */
struct sfam_alg_op *sfam_alg_op_free(struct sfam_alg_op *op);

/* The operation's descriptor (-1 after a failed renewal); stays ours. */
int sfam_alg_op_fd(const struct sfam_alg_op *op);

/* Drops a hash or stream that has begun. */
int sfam_alg_op_reset(struct sfam_alg_op *op) SFAM_MUST_CHECK;

/*
 * A new key for the transform, by its only operation: closes that, sets
 * the key, opens it again. What had begun is dropped; used nonces are
 * forgotten. -EBUSY: the transform has other operations. Others as
 * sfam_alg_set_key(): the old key is gone or not as the kernel decides.
 */
int sfam_alg_op_set_key(struct sfam_alg_op *op, const void *key, size_t len)
	SFAM_MUST_CHECK;

/* Hash and keyed hash ******************************************************/

/*
 * The digest of data. Returns its length (digest_size of the info).
 * -ENOSPC: size is too small. -EBUSY: a hash has begun; it goes on.
 */
ssize_t sfam_alg_hash(struct sfam_alg_op *op, const void *data, size_t len,
		      void *digest, size_t size) SFAM_MUST_CHECK;

/* One message of many. */
struct sfam_alg_hash_job {
	const void *data;
	size_t len;
	void *digest;		/* digest_size bytes */
};

/* Hashes n messages. Returns how many; -errno only if the first failed. */
ssize_t sfam_alg_hash_batch(struct sfam_alg_op *op,
			    const struct sfam_alg_hash_job *jobs, size_t n)
	SFAM_MUST_CHECK;

/* Adds to the hash, and begins one if none has. Any size, 0 too. */
int sfam_alg_hash_update(struct sfam_alg_op *op, const void *data, size_t len)
	SFAM_MUST_CHECK;
int sfam_alg_hash_updatev(struct sfam_alg_op *op, const struct iovec *iov,
			  size_t count) SFAM_MUST_CHECK;

/*
 * Adds up to max bytes that fd gives from where it stands (UINT64_MAX: to
 * its end): sendfile(2) where fd can, else read(2). Returns 0; ret_len,
 * which may be NULL, is how many, set on success and on failure alike.
 * timeout_ns is for fd, in all; a regular file never waits. The hash goes
 * on after -ETIMEDOUT and the errors of fd's read(2), with *ret_len bytes
 * more: call again. It is dropped after -ENOKEY, -ENOMEM, and -EIO: fewer
 * bytes came to the hash than fd gave (or fd's disk failed).
 */
int sfam_alg_hash_fd(struct sfam_alg_op *op, int fd, uint64_t max,
		     int64_t timeout_ns, uint64_t *ret_len) SFAM_MUST_CHECK;

/*
 * Ends the hash (of nothing, if none has begun); the next update begins
 * another. Returns the digest's length. -ENOSPC: size is too small; the
 * hash goes on.
 */
ssize_t sfam_alg_hash_final(struct sfam_alg_op *op, void *digest, size_t size)
	SFAM_MUST_CHECK;

/* A second operation with all that was added so far. Free it as any. */
int sfam_alg_hash_clone(struct sfam_alg_op **ret, struct sfam_alg_op *op)
	SFAM_MUST_CHECK;

/* Ciphers ******************************************************************/

enum sfam_alg_direction {
	SFAM_ALG_ENCRYPT,
	SFAM_ALG_DECRYPT,
};

/*
 * The whole of a message. in and out may be the same memory (in place);
 * otherwise they must not overlap. iv_len is iv_size (0 for ecb). Longer
 * than the socket's buffers: in pieces, where the mode chains.
 * -EINVAL: iv_len, or len is no multiple of block_size or below len_min.
 * -EMSGSIZE: the mode does not chain (xts, cts, chacha20 ...) and the
 * kernel does not give buffers for this length; nothing was sent. -EBUSY:
 * a stream has begun. 0 bytes are no work, and no error.
 */
int sfam_alg_crypt(struct sfam_alg_op *op, enum sfam_alg_direction dir,
		   const void *iv, size_t iv_len, const void *in, void *out,
		   size_t len) SFAM_MUST_CHECK;

/*
 * The same with gathered input and scattered output; in place is each byte
 * to where it came from. The output may be longer than the input; -ENOSPC:
 * it is shorter. -EINVAL also: more than SFAM_ALG_IOV_MAX pieces in a mode
 * that does not chain.
 */
int sfam_alg_cryptv(struct sfam_alg_op *op, enum sfam_alg_direction dir,
		    const void *iv, size_t iv_len, const struct iovec *in,
		    size_t in_count, const struct iovec *out,
		    size_t out_count) SFAM_MUST_CHECK;

/*
 * A stream is one message in parts. _begin starts a new message (any that
 * had begun is dropped), _update continues it, _end has the last part
 * (len 0 is allowed). Parts have any size; output comes in multiples of
 * chunk_size, the rest with _end: sfam_alg_stream_size() bytes, at most
 * len + chunk_size - 1. in and out must not overlap unless every part is a
 * multiple of chunk_size.
 * _update and _end return the number of bytes written to out.
 * -EOPNOTSUPP: the mode does not chain (flag SFAM_ALG_INFO_CHAINS).
 * -ENOSPC: size is less than what would come; nothing was done, the stream
 * goes on. -EINVAL from _begin: iv_len; from the others: none has begun;
 * from _end: the message is no multiple of block_size (the stream goes on).
 */
int sfam_alg_stream_begin(struct sfam_alg_op *op,
			  enum sfam_alg_direction dir, const void *iv,
			  size_t iv_len) SFAM_MUST_CHECK;
ssize_t sfam_alg_stream_update(struct sfam_alg_op *op, const void *in,
			       size_t len, void *out, size_t size)
	SFAM_MUST_CHECK;
ssize_t sfam_alg_stream_end(struct sfam_alg_op *op, const void *in,
			    size_t len, void *out, size_t size)
	SFAM_MUST_CHECK;
/* What the next _update (or with last = 1 _end) of len bytes would give. */
size_t sfam_alg_stream_size(const struct sfam_alg_op *op, size_t len,
			    int last);

/* AEAD *********************************************************************/

/*
 * One message, all in pieces of the caller's. in and out: text only; out
 * has room for as much as in has. in_count + out_count + aad_count: each
 * up to SFAM_ALG_IOV_MAX. tag_len is the transform's tag size.
 *
 * In place is allowed, and any overlap: aad, in and (to open) the tag are
 * read before anything is written. Only what is written, the pieces of out
 * and (by sealing) the tag, must not overlap each other.
 *
 * With SFAM_ALG_OPTS_ECHO out has room for the AAD before the text, which
 * is written there, as on a wire: of out { buf, aad + text } and the tag at
 * its end comes a whole packet. It saves the most where those are in a row.
 */
#define SFAM_ALG_IOV_MAX 64
struct sfam_alg_msg {
	const void *iv;			/* the nonce: mandatory */
	size_t iv_len;			/* iv_size of the info */
	const struct iovec *aad;	/* associated data; may be NULL */
	size_t aad_count;
	const struct iovec *in;
	size_t in_count;
	const struct iovec *out;
	size_t out_count;
	void *tag;			/* seal writes it, unseal reads it */
	size_t tag_len;
};

/*
 * Encrypts and authenticates. A nonce that was used under this key by this
 * transform (whichever operation) is refused: always, as long as nonces
 * only rose (as big-endian numbers), whatever their count; once they have
 * not (random ones), the last SFAM_ALG_NONCES are remembered.
 * -ENOTUNIQ: this nonce was used, or in a rising series is lower than the
 * last and too old to tell. -EINVAL: iv_len, tag_len, more pieces than
 * SFAM_ALG_IOV_MAX, or (authenc with cbc) no block multiple. -ENOSPC: out
 * is shorter than in. -EMSGSIZE: AAD longer than aad_max, or longer in all
 * than the kernel gives buffers for; nothing was sent.
 */
#define SFAM_ALG_NONCES 32
int sfam_alg_seal(struct sfam_alg_op *op, const struct sfam_alg_msg *msg)
	SFAM_MUST_CHECK;

/*
 * Verifies and decrypts. -EBADMSG: not authentic; out is wiped, and in
 * place that was the only copy. Others as above; nonces are not remembered.
 */
int sfam_alg_unseal(struct sfam_alg_op *op, const struct sfam_alg_msg *msg)
	SFAM_MUST_CHECK;

/*
 * A series of messages under one key, as TLS 1.3 numbers its records
 * (RFC 8446, 5.3): the nonce is iv XOR the record's number. Lost, doubled
 * and swapped records fail as -EBADMSG; the end is the caller's to mark
 * (in the AAD, say). One series per key and iv and direction; plain data.
 */
struct sfam_alg_record {
	uint64_t next;		/* number of the next record */
	uint32_t iv_len;	/* 8 to 16 */
	uint8_t iv[16];		/* not to be told or changed */
};

/*
 * -EINVAL: iv_len is not the algorithm's, or not within 8 to 16.
 * -EOPNOTSUPP: no AEAD, or one whose IV is not all nonce (ccm, authenc).
 */
int sfam_alg_record_init(struct sfam_alg_record *ret,
			 const struct sfam_alg *alg, const void *iv,
			 size_t iv_len) SFAM_MUST_CHECK;

/*
 * sfam_alg_seal() and _unseal() of the next record; msg->iv is not read,
 * iv_len is ignored. _seal counts on even if it fails once the kernel was
 * asked, _unseal on success only. -EOVERFLOW: 2^64 - 1 records are made.
 */
int sfam_alg_record_seal(struct sfam_alg_record *rec, struct sfam_alg_op *op,
			 const struct sfam_alg_msg *msg) SFAM_MUST_CHECK;
int sfam_alg_record_unseal(struct sfam_alg_record *rec,
			   struct sfam_alg_op *op,
			   const struct sfam_alg_msg *msg) SFAM_MUST_CHECK;

/* Random numbers ***********************************************************/

/* Fills buf, any length. All operations of a transform share its state. */
int sfam_alg_random(struct sfam_alg_op *op, void *buf, size_t len)
	SFAM_MUST_CHECK;

/* Why it failed ************************************************************/

enum sfam_alg_cause {
	SFAM_ALG_CAUSE_OTHER,		/* reason may be empty: strerror(3) */
	SFAM_ALG_CAUSE_NO_AF_ALG,	/* not in this kernel; or restrict=2 */
	SFAM_ALG_CAUSE_NO_TYPE,		/* no algif_hash ... module */
	SFAM_ALG_CAUSE_UNKNOWN,		/* no such algorithm here */
	SFAM_ALG_CAUSE_WRONG_TYPE,	/* it exists, as another type */
	SFAM_ALG_CAUSE_NOT_MADE,	/* parts exist; kernel made no whole */
	SFAM_ALG_CAUSE_RESTRICTED,	/* sysctl crypto.af_alg_restrict */
	SFAM_ALG_CAUSE_POLICY,		/* seccomp filter or LSM */
	SFAM_ALG_CAUSE_FIPS,		/* not approved, or self-test failed */
	SFAM_ALG_CAUSE_KEY_SIZE,	/* reason names the legal sizes */
	SFAM_ALG_CAUSE_NO_KEY,		/* none set, or not to be had */
	SFAM_ALG_CAUSE_TOO_LONG,	/* socket buffers; remedy: sysctls */
	SFAM_ALG_CAUSE_NOT_AUTHENTIC,
	SFAM_ALG_CAUSE_NONCE,
	SFAM_ALG_CAUSE_SIZE,		/* of IV, text, tag, seed: reason */
};

struct sfam_alg_why {
	size_t size;		/* sizeof(struct sfam_alg_why), set by caller */
	uint32_t cause;		/* enum sfam_alg_cause */
	int error;		/* the -errno that was asked about */
	char reason[256];	/* why: words without a full stop */
	char remedy[256];	/* what to do about it; may be empty */
};
#define SFAM_ALG_WHY_INIT { sizeof(struct sfam_alg_why), 0, 0, "", "" }

/*
 * Puts words to an error of any function here (-errno, as it was
 * returned), for the algorithm it was about. alg is NULL if sfam_alg_new()
 * failed: that has other reasons for -EINVAL and -EACCES than a transform.
 * Reads /proc and tries socket(2) and bind(2), which may load modules.
 * Returns 0. -EINVAL: ret->size is not one this library knows, or no such
 * type.
 */
int sfam_alg_explain(struct sfam_alg_why *ret, enum sfam_alg_type type,
		     const char *name, const struct sfam_alg *alg, int error)
	SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
