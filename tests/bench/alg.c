/* SPDX-License-Identifier: MIT */
/*
 * The kernel's cryptography: the bare two system calls on a descriptor that
 * is there already, ours, and libkcapi with a handle that is.
 */
#include "bench.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_alg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <sockfam/alg.h>

#define CALLS 600
#define AAD_LEN 13
#define FILE_SIZE ((size_t)64 << 20)
/* 120 instructions of ours at 16 bytes; of AEAD (nonces, pieces) 550. */
#define FLOOR_MAX 1.015
#define AEAD_FLOOR_MAX 1.035
#define AEAD_PEER_MAX 1.02
#define PEER_MAX 1.003	/* at 64 KiB it is the crypto alone */
#define ONE_SHOT_MAX 0.5

/* What libkcapi's header declares; loaded if it is there. */
struct kcapi_handle;
static struct {
	int (*md_init)(struct kcapi_handle **, const char *, uint32_t);
	ssize_t (*md_digest)(struct kcapi_handle *, const uint8_t *, size_t,
			     uint8_t *, size_t);
	ssize_t (*md_sha256)(const uint8_t *, size_t, uint8_t *, size_t);
	int (*cipher_init)(struct kcapi_handle **, const char *, uint32_t);
	int (*cipher_setkey)(struct kcapi_handle *, const uint8_t *, uint32_t);
	ssize_t (*cipher_encrypt)(struct kcapi_handle *, const uint8_t *,
				  size_t, const uint8_t *, uint8_t *, size_t,
				  int);
	int (*aead_init)(struct kcapi_handle **, const char *, uint32_t);
	int (*aead_setkey)(struct kcapi_handle *, const uint8_t *, uint32_t);
	int (*aead_settaglen)(struct kcapi_handle *, uint32_t);
	void (*aead_setassoclen)(struct kcapi_handle *, size_t);
	ssize_t (*aead_encrypt)(struct kcapi_handle *, const uint8_t *, size_t,
				const uint8_t *, uint8_t *, size_t, int);
} kcapi;
static int has_peer;
static int peer_access;		/* 0: as it thinks best; 1: vmsplice; 2: not */

static struct sfam_alg *alg;
static struct sfam_alg_op *op;
static struct kcapi_handle *handle;
static uint8_t in[65536 + 64], out[65536 + 64];
static const uint8_t key[32], iv[16];
static size_t size;

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
		{ "kcapi_md_sha256", &kcapi.md_sha256 },
		{ "kcapi_cipher_init", &kcapi.cipher_init },
		{ "kcapi_cipher_setkey", &kcapi.cipher_setkey },
		{ "kcapi_cipher_encrypt", &kcapi.cipher_encrypt },
		{ "kcapi_aead_init", &kcapi.aead_init },
		{ "kcapi_aead_setkey", &kcapi.aead_setkey },
		{ "kcapi_aead_settaglen", &kcapi.aead_settaglen },
		{ "kcapi_aead_setassoclen", &kcapi.aead_setassoclen },
		{ "kcapi_aead_encrypt", &kcapi.aead_encrypt },
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
	int fd = sfam_alg_op_fd(op);

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

static void our_one_shot(size_t i)
{
	struct sfam_alg *a;
	struct sfam_alg_op *o;

	(void)i;
	if (sfam_alg_new(&a, SFAM_ALG_HASH, "sha256", NULL) < 0 ||
	    sfam_alg_op_new(&o, a) < 0 ||
	    sfam_alg_hash(o, in, size, out, 32) != 32)
		die("our one shot");
	sfam_alg_op_free(o);
	sfam_alg_free(a);
}

static void peer_one_shot(size_t i)
{
	(void)i;
	if (kcapi.md_sha256(in, size, out, 32) != 32)
		die("peer's one shot");
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

static void make_control(struct control *c, uint32_t iv_len, uint32_t assoc)
{
	uint32_t encrypt = ALG_OP_ENCRYPT;
	char iv_data[4 + 16];

	memset(c, 0, sizeof(*c));
	memcpy(iv_data, &iv_len, 4);
	memcpy(iv_data + 4, iv, iv_len);
	add_control(c, ALG_SET_OP, &encrypt, 4);
	add_control(c, ALG_SET_IV, iv_data, 4 + iv_len);
	if (assoc > 0)
		add_control(c, ALG_SET_AEAD_ASSOCLEN, &assoc, 4);
}

static struct control control;

static void bare_cipher(size_t i)
{
	struct iovec iov = { in, size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control.buf,
			      .msg_controllen = control.len };
	int fd = sfam_alg_op_fd(op);

	(void)i;
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

static uint8_t aad[AAD_LEN], tag[16];
static int with_aad;	/* and the tag in a place of its own */

static void bare_sealed(int fd)
{
	struct iovec iov = { in, size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control.buf,
			      .msg_controllen = control.len };

	if (sendmsg(fd, &msg, 0) != (ssize_t)size ||
	    read(fd, out, size + 16) != (ssize_t)size + 16)
		die("bare AEAD");
}

static void bare_aead(size_t i)
{
	uint8_t echo[AAD_LEN], made[16];
	struct iovec from[2] = { { aad, AAD_LEN }, { in, size } };
	struct iovec to[3] = { { echo, AAD_LEN }, { out, size },
			       { made, 16 } };
	struct msghdr msg = { .msg_iov = from, .msg_iovlen = 2,
			      .msg_control = control.buf,
			      .msg_controllen = control.len };
	int fd = sfam_alg_op_fd(op);

	(void)i;
	if (!with_aad) {
		bare_sealed(fd);
		return;
	}
	if (sendmsg(fd, &msg, 0) != (ssize_t)size + AAD_LEN ||
	    readv(fd, to, 3) != (ssize_t)size + AAD_LEN + 16)
		die("bare AEAD");
}

static void our_aead(size_t i)
{
	static uint64_t count;
	uint8_t nonce[12] = { 0 };
	struct iovec head = { aad, AAD_LEN };
	struct iovec from = { in, size }, to = { out, size };
	const struct sfam_alg_msg msg = { nonce, 12, &head,
					  (size_t)with_aad, &from, 1, &to, 1,
					  with_aad ? tag : out + size, 16 };
	uint64_t n = __builtin_bswap64(++count);

	(void)i;
	memcpy(nonce + 4, &n, sizeof(n));
	if (sfam_alg_seal(op, &msg) < 0)
		die("our AEAD");
}

static void peer_aead(size_t i)
{
	(void)i;
	if (kcapi.aead_encrypt(handle, in, size, iv, out, size + 16,
			       peer_access) < 0)
		die("peer's AEAD");
}

/* ------------------------------------------------------------ tables -- */

static void open_ours(enum sfam_alg_type type, const char *name,
		      size_t key_len)
{
	need(sfam_alg_new(&alg, type, name, NULL) == 0, name);
	if (key_len > 0)
		need(sfam_alg_set_key(alg, key, key_len) == 0, name);
	need(sfam_alg_op_new(&op, alg) == 0, name);
}

static void close_ours(void)
{
	op = sfam_alg_op_free(op);
	alg = sfam_alg_free(alg);
}

static double of_peer(void (*body)(size_t i))
{
	double vmsplice, copy;

	if (!has_peer || !body)
		return NONE;
	peer_access = 1;
	vmsplice = count_calls(body, nothing, CALLS);
	peer_access = 2;
	copy = count_calls(body, nothing, CALLS);
	return vmsplice < copy ? vmsplice : copy;
}

static void show_sizes(const char *name, void (*bare)(size_t i),
		       void (*ours)(size_t i), void (*peer)(size_t i))
{
	int aead = bare == bare_aead;
	static const size_t sizes[] = { 16, 256, 4096, 65536 };
	struct row row;
	char item[48];
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size = sizes[i];
		snprintf(item, sizeof(item), "%s, %zu bytes", name, size);
		/* The first call sizes the socket's buffers. */
		ours(0);
		row = (struct row){ item, count_calls(bare, nothing, CALLS),
				    count_calls(ours, nothing, CALLS),
				    of_peer(peer) };
		show_row(&row);
		set_limit(item, "ours/floor", row.ours / row.floor,
			  aead ? AEAD_FLOOR_MAX : FLOOR_MAX);
		if (peer)
			set_limit(item, "ours/peer", row.ours / row.peer,
				  aead ? AEAD_PEER_MAX : PEER_MAX);
	}
}

static void bench_hash(void)
{
	struct row row = { "sha256 16, open to close", NONE, 0, NONE };

	open_ours(SFAM_ALG_HASH, "sha256", 0);
	if (has_peer)
		need(kcapi.md_init(&handle, "sha256", 0) == 0, "md_init");
	show_sizes("sha256", bare_hash, our_hash, peer_hash);
	close_ours();
	size = 16;
	row.ours = count_calls(our_one_shot, nothing, CALLS / 4);
	if (has_peer)
		row.peer = count_calls(peer_one_shot, nothing, CALLS / 4);
	show_row(&row);
	set_limit(row.item, "ours/peer", row.ours / row.peer, ONE_SHOT_MAX);
}

static void bench_cipher(const char *name)
{
	open_ours(SFAM_ALG_SKCIPHER, name, 32);
	make_control(&control, 16, 0);
	if (has_peer)
		need(kcapi.cipher_init(&handle, name, 0) == 0 &&
		     kcapi.cipher_setkey(handle, key, 32) == 0, "cipher_init");
	show_sizes(name, bare_cipher, our_cipher, peer_cipher);
	close_ours();
}

static void bench_aead(void)
{
	open_ours(SFAM_ALG_AEAD, "gcm(aes)", 32);
	if (has_peer) {
		need(kcapi.aead_init(&handle, "gcm(aes)", 0) == 0 &&
		     kcapi.aead_setkey(handle, key, 32) == 0 &&
		     kcapi.aead_settaglen(handle, 16) == 0, "aead_init");
		kcapi.aead_setassoclen(handle, 0);
	}
	make_control(&control, 12, 0);
	show_sizes("gcm(aes)", bare_aead, our_aead, peer_aead);
	/* In pieces: what libkcapi cannot, it wants all in a row. */
	with_aad = 1;
	make_control(&control, 12, AAD_LEN);
	show_sizes("gcm(aes) with AAD", bare_aead, our_aead, NULL);
	close_ours();
}

/* -------------------------------------------------------------- file -- */

static int make_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t n;

	for (n = 0; n < FILE_SIZE; n += 65536)
		if (fd < 0 || write(fd, in, 65536) != 65536)
			die(path);
	return fd;
}

static int64_t bare_file(int fd)
{
	int64_t start = cpu_ns();

	if (sendfile(sfam_alg_op_fd(op), fd, NULL, FILE_SIZE + 1) !=
	    (ssize_t)FILE_SIZE || read(sfam_alg_op_fd(op), out, 32) != 32)
		die("bare sendfile");
	return cpu_ns() - start;
}

static int64_t our_file(int fd)
{
	int64_t start = cpu_ns();

	if (sfam_alg_hash_fd(op, fd, UINT64_MAX, SFAM_FOREVER, NULL) < 0 ||
	    sfam_alg_hash_final(op, out, 32) != 32)
		die("our file");
	return cpu_ns() - start;
}

static void bench_file(void)
{
	static const char path[] = "alg-file";
	const char *const peer[] = { "kcapi-dgst", "-c", "sha256", "-i", path,
				     "--hex", NULL };
	struct row row = { "sha256 of a file, per KiB", NONE, NONE, NONE };
	int fd = make_file(path);

	open_ours(SFAM_ALG_HASH, "sha256", 0);
	lseek(fd, 0, SEEK_SET);
	row.floor = (double)bare_file(fd) / (FILE_SIZE / 1024);
	lseek(fd, 0, SEEK_SET);
	row.ours = (double)our_file(fd) / (FILE_SIZE / 1024);
	if (have_program("kcapi-dgst"))
		row.peer = (double)reap(start_program(peer, "alg-out"),
					"kcapi-dgst") / (FILE_SIZE / 1024);
	close_ours();
	close(fd);
	unlink(path);
	show_row(&row);
	set_limit(row.item, "ours/floor", row.ours / row.floor, FLOOR_MAX);
	set_limit(row.item, "ours/peer", row.ours / row.peer, PEER_MAX);
}

void bench_alg(void)
{
	load_peer();
	show_heading("AF_ALG on a reused handle; peer: libkcapi, its faster "
		     "way");
	bench_hash();
	bench_cipher("cbc(aes)");
	bench_cipher("ctr(aes)");
	bench_aead();
	bench_file();
}
