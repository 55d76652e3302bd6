/* SPDX-License-Identifier: MIT */
#include "base/sys.h"
#include "socket/cmsg-layout.h"
#include "socket/cmsg-table.h"

#include <sockfam/cmsg.h>

static bool is_aligned(const void *p)
{
	return (uintptr_t)p % sizeof(size_t) == 0;
}

/* ------------------------------------------------------------- read -- */

SFAM_PUBLIC int sfam_cmsg_reader_init(struct sfam_cmsg_reader *reader,
				      const struct msghdr *msg)
{
	if (!is_aligned(msg->msg_control))
		return -EINVAL;
	reader->next = msg->msg_control;
	reader->left = msg->msg_control ? msg->msg_controllen : 0;
	reader->msg_flags = msg->msg_flags;
	return 0;
}

static int end_of(struct sfam_cmsg_reader *reader)
{
	if (reader->left) {
		reader->left = 0;
		return -EBADMSG;
	}
	return reader->msg_flags & MSG_CTRUNC ? -ENOBUFS : 0;
}

/* What is too short is refused, but where it was cut: that is no lie. */
static int decode(struct sfam_cmsg *item)
{
	const struct sfam__cmsg_row *row = sfam__cmsg_row(item->level,
							  item->type);

	if (!row)
		return 1;
	if (item->len >= row->size && row->codec->decode(item, row->size)) {
		item->kind = row->kind;
		return 1;
	}
	memset(&item->u, 0, sizeof(item->u));
	return item->flags & SFAM_CMSG_CUT ? 1 : -EBADMSG;
}

SFAM_PUBLIC int sfam_cmsg_next(struct sfam_cmsg_reader *reader,
			       struct sfam_cmsg *ret)
{
	size_t left = reader->left;
	const struct cmsghdr *cmsg;
	struct sfam_cmsg item;
	size_t len;
	int r;

	cmsg = sfam__cmsg_step(&reader->next, &reader->left, &len);
	if (!cmsg)
		return end_of(reader);
	memset(&item, 0, sizeof(item));
	item.level = cmsg->cmsg_level;
	item.type = cmsg->cmsg_type;
	item.data = CMSG_DATA(cmsg);
	item.len = len;
	/* Not Linux's way, which shortens cmsg_len (net/core/scm.c). */
	if (cmsg->cmsg_len > left)
		reader->msg_flags |= MSG_CTRUNC;
	if (reader->left == 0 && reader->msg_flags & MSG_CTRUNC)
		item.flags = SFAM_CMSG_CUT;
	r = decode(&item);
	if (r > 0)
		*ret = item;
	return r;
}

static size_t close_item(const struct sfam_cmsg *item)
{
	size_t i;

	if (item->kind == SFAM_CMSG_PIDFD && item->u.pidfd >= 0) {
		sfam__sys_close(item->u.pidfd);
		return 1;
	}
	if (item->kind != SFAM_CMSG_RIGHTS)
		return 0;
	for (i = 0; i < item->u.fds.n; i++)
		sfam__sys_close(item->u.fds.fd[i]);
	return item->u.fds.n;
}

SFAM_PUBLIC size_t sfam_cmsg_close_fds(const struct msghdr *msg)
{
	struct sfam_cmsg_reader reader;
	struct sfam_cmsg item;
	size_t n = 0;
	int r = sfam_cmsg_reader_init(&reader, msg);

	if (r < 0)
		return 0;
	do {
		r = sfam_cmsg_next(&reader, &item);
		if (r == 1)
			n += close_item(&item);
	} while (r == 1 || (r == -EBADMSG && reader.left));
	return n;
}

/* ------------------------------------------------------------ write -- */

SFAM_PUBLIC int sfam_cmsg_writer_init(struct sfam_cmsg_writer *writer,
				      void *buf, size_t size)
{
	if (!is_aligned(buf))
		return -EINVAL;
	writer->buf = buf;
	writer->size = size;
	writer->len = 0;
	return 0;
}

/* The head of an item, its padding zeroed; NULL: no room. */
static unsigned char *add_head(struct sfam_cmsg_writer *w, int level,
			       int type, size_t len)
{
	size_t left = w->size - w->len;
	struct cmsghdr *h;

	if (len > left || CMSG_SPACE(len) > left)
		return NULL;
	h = (void *)(w->buf + w->len);
	memset(h, 0, CMSG_SPACE(len));
	h->cmsg_level = level;
	h->cmsg_type = type;
	h->cmsg_len = CMSG_LEN(len);
	w->len += CMSG_SPACE(len);
	return CMSG_DATA(h);
}

SFAM_PUBLIC int sfam_cmsg_put_raw(struct sfam_cmsg_writer *writer, int level,
				  int type, const void *data, size_t len)
{
	unsigned char *to = add_head(writer, level, type, len);

	if (!to)
		return -ENOSPC;
	if (len)
		memcpy(to, data, len);
	return 0;
}

SFAM_PUBLIC int sfam_cmsg_put(struct sfam_cmsg_writer *writer,
			      const struct sfam_cmsg *item)
{
	const struct sfam__cmsg_row *row;
	unsigned char *to;
	size_t len;

	if (item->kind == SFAM_CMSG_RAW)
		return sfam_cmsg_put_raw(writer, item->level, item->type,
					 item->data, item->len);
	row = sfam__cmsg_row_of_kind(item->kind, item->level, item->type);
	if (!row)
		return -EINVAL;
	len = row->codec->measure ? row->codec->measure(item) : row->size;
	if (len < row->size)
		return -ENOSPC;		/* the sum was over SIZE_MAX */
	to = add_head(writer, row->level, row->type, len);
	if (!to)
		return -ENOSPC;
	row->codec->encode(to, item, row->size);
	return 0;
}

SFAM_PUBLIC int sfam_cmsg_put_fds(struct sfam_cmsg_writer *writer,
				  const int *fds, size_t n_fds)
{
	if (n_fds > writer->size)
		return -ENOSPC;
	return sfam_cmsg_put_raw(writer, SOL_SOCKET, SCM_RIGHTS, fds,
				 n_fds * sizeof(int));
}

SFAM_PUBLIC void sfam_cmsg_writer_finish(const struct sfam_cmsg_writer *writer,
					 struct msghdr *msg)
{
	msg->msg_control = writer->len ? writer->buf : NULL;
	msg->msg_controllen = writer->len;
}
