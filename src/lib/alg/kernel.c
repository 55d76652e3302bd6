/* SPDX-License-Identifier: MIT */
/*
 * The engine that is AF_ALG. Operation sockets are made O_NONBLOCK: the
 * kernel waits for ever where a length is not as it thinks (crypto/
 * algif_skcipher.c, algif_aead.c), and poll(2) says nothing of use there.
 */
#include <linux/if_alg.h>

#include "alg/alg.h"

#ifndef ALG_SET_KEY_BY_KEY_SERIAL	/* Linux 6.2 */
#define ALG_SET_KEY_BY_KEY_SERIAL 7
#endif

#define NAME_MAX_LEN 103
#define SEND_MAX ((size_t)1 << 30)	/* a call moves less than 2 GiB */

struct long_sockaddr {
	struct sockaddr_alg sa;
	char rest[NAME_MAX_LEN + 1 - 64];
};

static int bind_transform(int fd, const struct sfam_alg_info *info)
{
	struct long_sockaddr a;
	size_t len = strlen(info->name);
	const char *type = sfam_alg_type_name(info->type);

	if (len > NAME_MAX_LEN)
		return -ENAMETOOLONG;
	memset(&a, 0, sizeof(a));
	a.sa.salg_family = AF_ALG;
	memcpy(a.sa.salg_type, type, strlen(type));
	memcpy((char *)&a + offsetof(struct sockaddr_alg, salg_name),
	       info->name, len);
	len += offsetof(struct sockaddr_alg, salg_name) + 1;
	/* The kernel zeroes the last byte, so it must be the NUL. */
	if (len < sizeof(a.sa))
		len = sizeof(a.sa);
	return sfam__sys_bind(fd, &a, (socklen_t)len);
}

static int kernel_open(struct sfam_alg *alg)
{
	int fd = sfam__sys_socket(AF_ALG, SOCK_SEQPACKET, 0);
	int r;

	if (fd < 0)
		return fd;
	r = bind_transform(fd, &alg->info);
	if (r < 0)
		sfam__sys_close(fd);
	else
		alg->fd = fd;
	return r;
}

static void kernel_close(struct sfam_alg *alg)
{
	if (alg->fd >= 0)
		sfam__sys_close(alg->fd);
	alg->fd = -1;
}

static int kernel_set_key(struct sfam_alg *alg, const void *key, size_t len)
{
	if (len > INT32_MAX)
		return -EINVAL;
	/* Of no bytes: a key of its own, or a seed (alg_setkey). */
	return sfam__sys_setsockopt(alg->fd, SOL_ALG, ALG_SET_KEY,
				    len ? key : "", (socklen_t)len);
}

static int kernel_set_key_serial(struct sfam_alg *alg, int32_t serial)
{
	return sfam__sys_setsockopt(alg->fd, SOL_ALG,
				    ALG_SET_KEY_BY_KEY_SERIAL, &serial,
				    sizeof(serial));
}

/* The size is the option's length (alg_setsockopt of crypto/af_alg.c). */
static int kernel_set_tag_size(struct sfam_alg *alg, size_t size)
{
	if (size > INT32_MAX)
		return -EINVAL;
	return sfam__sys_setsockopt(alg->fd, SOL_ALG, ALG_SET_AEAD_AUTHSIZE,
				    NULL, (socklen_t)size);
}

/* ------------------------------------------------------- operations -- */

static struct cmsghdr *add_control(struct sfam_alg_op *op, int type,
				   size_t len)
{
	struct cmsghdr *c = (void *)(op->control + op->control_len);

	c->cmsg_level = SOL_ALG;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	op->control_len += CMSG_SPACE(len);
	return c;
}

/* Where fill_control() finds its places: always in this order. */
#define OP_AT 0
#define IV_AT CMSG_SPACE(4)

static inline void put_control(struct sfam_alg_op *op, size_t at, uint32_t v)
{
	memcpy(op->control + at + CMSG_LEN(0), &v, sizeof(v));
}

static void make_control(struct sfam_alg_op *op)
{
	const struct sfam_alg_info *info = &op->alg->info;

	op->control_len = 0;
	memset(&op->msg, 0, sizeof(op->msg));
	if (info->type != SFAM_ALG_SKCIPHER && info->type != SFAM_ALG_AEAD)
		return;
	memset(op->control, 0, sizeof(op->control));
	add_control(op, ALG_SET_OP, 4);
	if (info->iv_size > 0) {
		add_control(op, ALG_SET_IV, 4 + info->iv_size);
		put_control(op, IV_AT, info->iv_size);
	}
	if (info->type == SFAM_ALG_AEAD)
		add_control(op, ALG_SET_AEAD_ASSOCLEN, 4);
	op->msg.msg_control = op->control;
}

static inline void fill_control(struct sfam_alg_op *op,
				const struct sfam__alg_head *head)
{
	const struct sfam_alg_info *info = &op->alg->info;

	put_control(op, OP_AT, head->dir == SFAM_ALG_ENCRYPT ?
		    ALG_OP_ENCRYPT : ALG_OP_DECRYPT);
	sfam__alg_copy_iv(op->control + IV_AT + CMSG_LEN(4), head->iv,
			  info->iv_size);
	op->msg.msg_controllen = op->control_len;
	if (info->type != SFAM_ALG_AEAD)
		return;
	/* The last one, and not there it is 0. */
	if (head->aad_len == 0)
		op->msg.msg_controllen -= CMSG_SPACE(4);
	else
		put_control(op, op->control_len - CMSG_SPACE(4),
			    (uint32_t)head->aad_len);
}

static int accept_from(struct sfam_alg_op *op, int from)
{
	/* An address would be ECONNABORTED. */
	int fd = sfam__sys_accept(from, NULL, NULL,
				  SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return fd;
	op->fd = fd;
	op->send_room = 0;
	op->recv_room = 0;
	make_control(op);
	return 0;
}

static int kernel_op_open(struct sfam_alg_op *op)
{
	return accept_from(op, op->alg->fd);
}

static int kernel_op_clone(struct sfam_alg_op *op,
			   const struct sfam_alg_op *from)
{
	return accept_from(op, from->fd);
}

static void kernel_op_close(struct sfam_alg_op *op)
{
	if (op->fd >= 0)
		sfam__sys_close(op->fd);
	op->fd = -1;
}

/* ------------------------------------------------------------- data -- */

static int all_or_error(ssize_t n, size_t len)
{
	if (n < 0)
		return (int)n;
	return (size_t)n == len ? 0 : -EIO;
}

static int kernel_feed(struct sfam_alg_op *op, const void *data, size_t len,
		       bool more)
{
	const char *p = data;
	ssize_t n;

	while (len > SEND_MAX) {
		n = sfam__sys_send_now(op->fd, p, SEND_MAX, MSG_MORE);
		if (n != (ssize_t)SEND_MAX)
			return n < 0 ? (int)n : -EIO;
		p += SEND_MAX;
		len -= SEND_MAX;
	}
	n = sfam__sys_send_now(op->fd, p, len, more ? MSG_MORE : 0);
	return all_or_error(n, len);
}

static int kernel_feedv(struct sfam_alg_op *op,
			const struct sfam__alg_head *head,
			const struct iovec *iov, size_t count, size_t len,
			bool more)
{
	ssize_t n;

	if (head)
		fill_control(op, head);
	else
		op->msg.msg_controllen = 0;
	op->msg.msg_iov = (struct iovec *)(uintptr_t)iov;
	op->msg.msg_iovlen = count;
	n = sfam__sys_sendmsg_now(op->fd, &op->msg, more ? MSG_MORE : 0);
	return all_or_error(n, len);
}

static ssize_t kernel_hash(struct sfam_alg_op *op, const void *data,
			   size_t len, void *digest, size_t size)
{
	int r;

	if (__builtin_expect(len <= SEND_MAX, 1))
		return sfam__sys_ask(op->fd, data, len, digest, size);
	r = kernel_feed(op, data, len, false);
	return r < 0 ? r : sfam__sys_read(op->fd, digest, size);
}

static ssize_t kernel_exchange(struct sfam_alg_op *op,
			       const struct sfam__alg_exchange *x)
{
	fill_control(op, &x->head);
	op->msg.msg_iov = (struct iovec *)(uintptr_t)x->in;
	op->msg.msg_iovlen = x->in_count;
	return sfam__sys_ask_msg(op->fd, &op->msg, &x->out);
}

static ssize_t kernel_feed_file(struct sfam_alg_op *op, int fd, size_t n)
{
	return sfam__sys_sendfile_here(op->fd, fd, n);
}

static ssize_t kernel_take(struct sfam_alg_op *op, void *buf, size_t size)
{
	return sfam__sys_read(op->fd, buf, size);
}

static ssize_t kernel_takev(struct sfam_alg_op *op, const struct iovec *iov,
			    size_t count)
{
	if (count == 1)
		return kernel_take(op, iov->iov_base, iov->iov_len);
	return sfam__sys_readv(op->fd, iov, count);
}

const struct sfam__alg_engine sfam__alg_kernel = {
	.open = kernel_open,
	.close = kernel_close,
	.set_key = kernel_set_key,
	.set_key_serial = kernel_set_key_serial,
	.set_tag_size = kernel_set_tag_size,
	.op_open = kernel_op_open,
	.op_clone = kernel_op_clone,
	.op_close = kernel_op_close,
	.make_room = sfam__alg_kernel_room,
	.feed = kernel_feed,
	.feedv = kernel_feedv,
	.hash = kernel_hash,
	.exchange = kernel_exchange,
	.feed_file = kernel_feed_file,
	.take = kernel_take,
	.takev = kernel_takev,
};
