/* SPDX-License-Identifier: MIT */
/*
 * The kernel's cryptography: the bare two system calls on a descriptor that
 * is there already, ours, and libkcapi with a handle that is.
 */
#include "bench.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/if_alg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <sockfam/alg.h>

#define CALLS 201
#define LONG_CALLS 61		/* of 64 KiB */
#define AAD_LEN 13
/*
 * The aim is 1.01 of the bare calls, no more than libkcapi, and half of it
 * for a lone operation. What is above that stands in the table of kinds: a
 * short AEAD message costs 230 instructions of checks, layout and the look
 * at its nonce, which is more than 1.01 of so short a call; and a key and a
 * second descriptor cost so much in the kernel that the bare calls alone are
 * half of libkcapi's already.
 */
#define FLOOR_MAX 1.01
#define PEER_MAX 1.005	/* as cheap: long ones are the kernel's work alone */
#define SHORT 256

/* What libkcapi's header declares; loaded if it is there. */
struct kcapi_handle;
static struct {
	int (*md_init)(struct kcapi_handle **, const char *, uint32_t);
	ssize_t (*md_digest)(struct kcapi_handle *, const uint8_t *, size_t,
			     uint8_t *, size_t);
	int (*md_setkey)(struct kcapi_handle *, const uint8_t *, uint32_t);
	void (*md_destroy)(struct kcapi_handle *);
	int (*cipher_init)(struct kcapi_handle **, const char *, uint32_t);
	int (*cipher_setkey)(struct kcapi_handle *, const uint8_t *, uint32_t);
	ssize_t (*cipher_encrypt)(struct kcapi_handle *, const uint8_t *,
				  size_t, const uint8_t *, uint8_t *, size_t,
				  int);
	void (*cipher_destroy)(struct kcapi_handle *);
	int (*aead_init)(struct kcapi_handle **, const char *, uint32_t);
	int (*aead_setkey)(struct kcapi_handle *, const uint8_t *, uint32_t);
	int (*aead_settaglen)(struct kcapi_handle *, uint32_t);
	void (*aead_setassoclen)(struct kcapi_handle *, size_t);
	ssize_t (*aead_encrypt)(struct kcapi_handle *, const uint8_t *, size_t,
				const uint8_t *, uint8_t *, size_t, int);
	void (*aead_destroy)(struct kcapi_handle *);
} kcapi;
static int has_peer;
static int peer_access;		/* 0: as it thinks best; 1: vmsplice; 2: not */

/* Each AEAD in the three shapes that callers have. */
enum shape {
	PLAIN,		/* no AAD, the tag behind the text */
	ROW,		/* all in a row on both sides, as libkcapi wants it */
	PIECES,		/* AAD, text and tag in places of their own */
};

static const struct kind {
	const char *title;
	const char *name;
	enum sfam_alg_type type;
	enum shape shape;
	uint32_t key_len;
	uint32_t iv_len;
	double short_max;	/* of the floor, up to SHORT bytes */
	double one_shot_max;	/* of the peer */
} kinds[] = {
	{ "sha256", "sha256", SFAM_ALG_HASH, PLAIN, 0, 0, FLOOR_MAX, 0.5 },
	{ "hmac(sha256)", "hmac(sha256)", SFAM_ALG_HASH, PLAIN, 32, 0,
	  FLOOR_MAX, 0.6 },
	{ "cbc(aes)", "cbc(aes)", SFAM_ALG_SKCIPHER, PLAIN, 32, 16,
	  FLOOR_MAX, 0.6 },
	{ "ctr(aes)", "ctr(aes)", SFAM_ALG_SKCIPHER, PLAIN, 32, 16,
	  FLOOR_MAX, 0.6 },
	{ "xts(aes)", "xts(aes)", SFAM_ALG_SKCIPHER, PLAIN, 64, 16,
	  FLOOR_MAX, 0.6 },
	{ "gcm(aes)", "gcm(aes)", SFAM_ALG_AEAD, PLAIN, 32, 12, 1.02, 0.72 },
	{ "gcm, AAD in a row", "gcm(aes)", SFAM_ALG_AEAD, ROW, 32, 12, 1.02,
	  0.72 },
	{ "gcm, AAD in pieces", "gcm(aes)", SFAM_ALG_AEAD, PIECES, 32, 12,
	  FLOOR_MAX, 0.72 },
	{ "ccm(aes)", "ccm(aes)", SFAM_ALG_AEAD, PLAIN, 32, 16, 1.02, 0.74 },
};

static const struct kind *kind;
static struct sfam_alg *alg;
static struct sfam_alg_op *op;
static struct kcapi_handle *handle;
static uint8_t in[65536 + 64], out[65536 + 64];
static uint8_t row_in[65536 + 64], row_out[65536 + 64];
static uint8_t aad[AAD_LEN], tag[16];
static uint8_t key[64];
static uint8_t iv[16] = { 3 };	/* ccm: 4 bytes for its counter */
static size_t size;
static int bare_fd;

static void need(int holds, const char *what)
{
	errno = 0;
	if (!holds)
		die(what);
}

static void load_peer(void)
{
	static const struct {
		const char *name;
		void *to;
	} symbols[] = {
		{ "kcapi_md_init", &kcapi.md_init },
		{ "kcapi_md_digest", &kcapi.md_digest },
		{ "kcapi_md_setkey", &kcapi.md_setkey },
		{ "kcapi_md_destroy", &kcapi.md_destroy },
		{ "kcapi_cipher_init", &kcapi.cipher_init },
		{ "kcapi_cipher_setkey", &kcapi.cipher_setkey },
		{ "kcapi_cipher_encrypt", &kcapi.cipher_encrypt },
		{ "kcapi_cipher_destroy", &kcapi.cipher_destroy },
		{ "kcapi_aead_init", &kcapi.aead_init },
		{ "kcapi_aead_setkey", &kcapi.aead_setkey },
		{ "kcapi_aead_settaglen", &kcapi.aead_settaglen },
		{ "kcapi_aead_setassoclen", &kcapi.aead_setassoclen },
		{ "kcapi_aead_encrypt", &kcapi.aead_encrypt },
		{ "kcapi_aead_destroy", &kcapi.aead_destroy },
	};
	void *lib = dlopen("libkcapi.so.1", RTLD_NOW);
	size_t i;
	void *p;

	has_peer = lib != NULL;
	for (i = 0; has_peer && i < sizeof(symbols) / sizeof(symbols[0]);
	     i++) {
		p = dlsym(lib, symbols[i].name);
		if (!p)
			has_peer = 0;
		memcpy(symbols[i].to, &p, sizeof(p));
	}
}

static void nothing(size_t i)
{
	(void)i;
}

/* ------------------------------------------------------------- hash -- */

static void bare_hash(size_t i)
{
	int fd = bare_fd;

	(void)i;
	if (send(fd, in, size, 0) != (ssize_t)size || read(fd, out, 32) != 32)
		die("bare hash");
}

static void our_hash(size_t i)
{
	(void)i;
	if (sfam_alg_hash(op, in, size, out, 32) != 32)
		die("our hash");
}

static void peer_hash(size_t i)
{
	(void)i;
	if (kcapi.md_digest(handle, in, size, out, 32) != 32)
		die("peer's hash");
}

/* ------------------------------------------------- ciphers and AEAD -- */

struct control {
	char buf[CMSG_SPACE(4) * 2 + CMSG_SPACE(4 + 16)]
		__attribute__((aligned(8)));
	size_t len;
};

static void add_control(struct control *c, int type, const void *data,
			size_t len)
{
	struct cmsghdr *h = (void *)(c->buf + c->len);

	h->cmsg_level = SOL_ALG;
	h->cmsg_type = type;
	h->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(h), data, len);
	c->len += CMSG_SPACE(len);
}

/* Where the IV stands in it. */
#define IV_AT (CMSG_SPACE(4) + CMSG_LEN(4))

static struct control control;

static void make_control(void)
{
	uint32_t iv_len = kind->iv_len;
	uint32_t assoc = kind->shape == PLAIN ? 0 : AAD_LEN;
	uint32_t encrypt = ALG_OP_ENCRYPT;
	char iv_data[4 + 16];

	memset(&control, 0, sizeof(control));
	memcpy(iv_data, &iv_len, 4);
	memcpy(iv_data + 4, iv, iv_len);
	add_control(&control, ALG_SET_OP, &encrypt, 4);
	add_control(&control, ALG_SET_IV, iv_data, 4 + iv_len);
	if (assoc > 0)
		add_control(&control, ALG_SET_AEAD_ASSOCLEN, &assoc, 4);
}

static void bare_cipher(size_t i)
{
	struct iovec iov = { in, size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control.buf,
			      .msg_controllen = control.len };
	int fd = bare_fd;

	(void)i;
	/* Each message has an IV of its own. */
	memcpy(control.buf + IV_AT, iv, 16);
	if (sendmsg(fd, &msg, 0) != (ssize_t)size ||
	    read(fd, out, size) != (ssize_t)size)
		die("bare cipher");
}

static void our_cipher(size_t i)
{
	(void)i;
	if (sfam_alg_crypt(op, SFAM_ALG_ENCRYPT, iv, 16, in, out, size) < 0)
		die("our cipher");
}

static void peer_cipher(size_t i)
{
	(void)i;
	if (kcapi.cipher_encrypt(handle, in, size, iv, out, size,
				 peer_access) != (ssize_t)size)
		die("peer's cipher");
}

/* A nonce that was not: in the bytes that are nonce in gcm and ccm. */
static void count_nonce(void *nonce)
{
	static uint64_t count;
	uint64_t n = __builtin_bswap64(++count);

	memcpy((char *)nonce + 4, &n, sizeof(n));
}

static void bare_row(size_t i)
{
	size_t aad_len = kind->shape == ROW ? AAD_LEN : 0;
	struct iovec iov = { row_in, aad_len + size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control.buf,
			      .msg_controllen = control.len };
	int fd = bare_fd;
	ssize_t n;

	(void)i;
	count_nonce(control.buf + IV_AT);
	n = sendmsg(fd, &msg, 0);
	if (n != (ssize_t)iov.iov_len || read(fd, row_out, iov.iov_len + 16) !=
	    n + 16)
		die("bare AEAD");
}

static void bare_pieces(size_t i)
{
	uint8_t echo[AAD_LEN];
	struct iovec from[2] = { { aad, AAD_LEN }, { in, size } };
	struct iovec to[3] = { { echo, AAD_LEN }, { out, size }, { tag, 16 } };
	struct msghdr msg = { .msg_iov = from, .msg_iovlen = 2,
			      .msg_control = control.buf,
			      .msg_controllen = control.len };
	int fd = bare_fd;

	(void)i;
	count_nonce(control.buf + IV_AT);
	if (sendmsg(fd, &msg, 0) != (ssize_t)size + AAD_LEN ||
	    readv(fd, to, 3) != (ssize_t)size + AAD_LEN + 16)
		die("bare AEAD in pieces");
}

static void our_row(size_t i)
{
	size_t aad_len = kind->shape == ROW ? AAD_LEN : 0;
	const struct iovec head = { row_in, AAD_LEN };
	const struct iovec from = { row_in + aad_len, size };
	const struct iovec to = { row_out, aad_len + size };
	const struct sfam_alg_msg msg = { iv, kind->iv_len,
					  &head, aad_len > 0, &from, 1, &to, 1,
					  row_out + aad_len + size, 16 };

	(void)i;
	count_nonce(iv);
	if (sfam_alg_seal(op, &msg) < 0)
		die("our AEAD");
}

static void our_pieces(size_t i)
{
	const struct iovec head = { aad, AAD_LEN };
	const struct iovec from = { in, size }, to = { out, size };
	const struct sfam_alg_msg msg = { iv, kind->iv_len, &head, 1,
					  &from, 1, &to, 1, tag, 16 };

	(void)i;
	count_nonce(iv);
	if (sfam_alg_seal(op, &msg) < 0)
		die("our AEAD in pieces");
}

static void peer_row(size_t i)
{
	size_t len = size + (kind->shape == PLAIN ? 0 : AAD_LEN);

	(void)i;
	count_nonce(iv);
	if (kcapi.aead_encrypt(handle, row_in, len, iv, row_out, len + 16,
			       peer_access) < 0)
		die("peer's AEAD");
}

/* It wants them in a row, so they are copied there. */
static void peer_pieces(size_t i)
{
	memcpy(row_in, aad, AAD_LEN);
	memcpy(row_in + AAD_LEN, in, size);
	peer_row(i);
	memcpy(out, row_out + AAD_LEN, size);
	memcpy(tag, row_out + AAD_LEN + size, 16);
}

/* ------------------------------------------------------------ tables -- */

static void need_ours(int r)
{
	errno = -r;
	if (r < 0)
		die(kind->name);
}

static void open_ours(void)
{
	struct sfam_alg_opts opts = SFAM_ALG_OPTS_INIT;

	if (kind->shape == ROW)
		opts.flags = SFAM_ALG_OPTS_ECHO;
	need_ours(sfam_alg_new(&alg, kind->type, kind->name, &opts));
	if (kind->key_len > 0)
		need_ours(sfam_alg_set_key(alg, key, kind->key_len));
	need_ours(sfam_alg_op_new(&op, alg));
}

static void close_ours(void)
{
	op = sfam_alg_op_free(op);
	alg = sfam_alg_free(alg);
}

static void open_peer_aead(void)
{
	need(kcapi.aead_init(&handle, kind->name, 0) == 0 &&
	     kcapi.aead_setkey(handle, key, kind->key_len) == 0 &&
	     kcapi.aead_settaglen(handle, 16) == 0, "aead_init");
	kcapi.aead_setassoclen(handle, kind->shape == PLAIN ? 0 : AAD_LEN);
}

static void open_peer(void)
{
	if (kind->type == SFAM_ALG_AEAD)
		open_peer_aead();
	else if (kind->type == SFAM_ALG_SKCIPHER)
		need(kcapi.cipher_init(&handle, kind->name, 0) == 0 &&
		     kcapi.cipher_setkey(handle, key, kind->key_len) == 0,
		     "cipher_init");
	else
		need(kcapi.md_init(&handle, kind->name, 0) == 0 &&
		     (kind->key_len == 0 ||
		      kcapi.md_setkey(handle, key, kind->key_len) == 0),
		     "md_init");
}

static void close_peer(void)
{
	if (kind->type == SFAM_ALG_AEAD)
		kcapi.aead_destroy(handle);
	else if (kind->type == SFAM_ALG_SKCIPHER)
		kcapi.cipher_destroy(handle);
	else
		kcapi.md_destroy(handle);
}

typedef void work(size_t i);

/* Ours, bare and the peer's. */
static work *const works[][3] = {
	[SFAM_ALG_HASH] = { our_hash, bare_hash, peer_hash },
	[SFAM_ALG_SKCIPHER] = { our_cipher, bare_cipher, peer_cipher },
	[SFAM_ALG_AEAD] = { our_row, bare_row, peer_row },
};
static work *const in_pieces[3] = { our_pieces, bare_pieces, peer_pieces };

static work *const *works_of_kind(void)
{
	return kind->shape == PIECES ? in_pieces : works[kind->type];
}

static double of_peer(work *body, size_t n)
{
	double vmsplice, copy;

	if (!has_peer)
		return NONE;
	peer_access = 1;
	vmsplice = count_median(body, nothing, n);
	peer_access = 2;
	copy = count_median(body, nothing, n);
	return vmsplice < copy ? vmsplice : copy;
}

static void show_size(void)
{
	work *const *w = works_of_kind();
	size_t n = size > 4096 ? LONG_CALLS : CALLS;
	struct row row;
	char item[48];

	snprintf(item, sizeof(item), "%s, %zu bytes", kind->title, size);
	/* The first call sizes the socket's buffers. */
	w[0](0);
	row = (struct row){ item, count_median(w[1], nothing, n),
			    count_median(w[0], nothing, n),
			    of_peer(w[2], n) };
	show_row(&row);
	set_limit(item, "ours/floor", row.ours / row.floor,
		  size <= SHORT ? kind->short_max : FLOOR_MAX);
	/*
	 * The peer has copied its pieces by a memcpy of the compiler's; and
	 * 500 instructions more where ours lie across a page, by chance.
	 */
	set_limit(item, "ours/peer", row.ours / row.peer,
		  kind->shape == PIECES ? 1.05 : PEER_MAX);
}

static void our_one_shot(size_t i)
{
	open_ours();
	works_of_kind()[0](i);
	close_ours();
}

static void peer_one_shot(size_t i)
{
	open_peer();
	works_of_kind()[2](i);
	close_peer();
}

/* What each of them cannot do without. */
static void bare_one_shot(size_t i)
{
	struct sockaddr_alg sa = { .salg_family = AF_ALG };
	int fd = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	strcpy((char *)sa.salg_type, sfam_alg_type_name(kind->type));
	strcpy((char *)sa.salg_name, kind->name);
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		die("bind");
	if (kind->key_len > 0 && setsockopt(fd, SOL_ALG, ALG_SET_KEY, key,
					    kind->key_len) < 0)
		die("ALG_SET_KEY");
	if (kind->type == SFAM_ALG_AEAD &&
	    setsockopt(fd, SOL_ALG, ALG_SET_AEAD_AUTHSIZE, NULL, 16) < 0)
		die("ALG_SET_AEAD_AUTHSIZE");
	bare_fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	works_of_kind()[1](i);
	close(bare_fd);
	close(fd);
}

static void show_one_shot(void)
{
	struct row row = { NULL, NONE, 0, NONE };
	char item[48];

	snprintf(item, sizeof(item), "%s 16, open to close", kind->title);
	size = 16;
	make_control();
	row.item = item;
	row.floor = count_median(bare_one_shot, nothing, CALLS / 4);
	row.ours = count_median(our_one_shot, nothing, CALLS / 4);
	if (has_peer)
		row.peer = of_peer(peer_one_shot, CALLS / 4);
	show_row(&row);
	set_limit(item, "ours/peer", row.ours / row.peer,
		  kind->one_shot_max);
}

static void show_kind(void)
{
	static const size_t sizes[] = { 16, 256, 4096, 65536 };
	size_t i;

	open_ours();
	if (has_peer)
		open_peer();
	bare_fd = sfam_alg_op_fd(op);
	make_control();
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size = sizes[i];
		show_size();
	}
	close_ours();
	if (has_peer)
		close_peer();
}

void bench_alg(void)
{
	const struct kind *end = kinds + sizeof(kinds) / sizeof(kinds[0]);

	/* xts refuses two halves that are the same. */
	key[0] = 1;
	load_peer();
	show_heading("AF_ALG on a reused handle; peer: libkcapi, its faster "
		     "way");
	for (kind = kinds; kind < end; kind++)
		show_kind();
	for (kind = kinds; kind < end; kind++)
		show_one_shot();
	bench_alg_file();
}
