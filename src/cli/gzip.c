/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gzip.h"

int gzip_is_file(int fd)
{
	static const unsigned char magic[2] = { 0x1f, 0x8b };
	unsigned char head[2];

	return pread(fd, head, sizeof(head), 0) == sizeof(head) &&
	       memcmp(head, magic, sizeof(magic)) == 0;
}

#ifdef HAVE_ZLIB
#include <zlib.h>

#define CHUNK 65536

/* What zlib's last call on it has to say. */
static int why(struct gzip *g)
{
	int error = Z_OK;

	gzerror(g->stream, &error);
	switch (error) {
	case Z_OK:
		return 0;
	case Z_ERRNO:
		return errno ? -errno : -EIO;
	case Z_MEM_ERROR:
		return -ENOMEM;
	case Z_BUF_ERROR:
		return -ENODATA;
	default:
		return -EBADMSG;
	}
}

/* ------------------------------------------------------------- writing -- */

static int begin(struct gzip *g, int fd)
{
	g->memory = memfd_create("sockfam-gzip", MFD_CLOEXEC);
	if (g->memory < 0)
		return -errno;
	g->stream = gzdopen(fd, "wb");
	if (g->stream)
		return g->memory;
	close(g->memory);
	return -ENOMEM;
}

int gzip_create(struct gzip *g, const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int r = fd < 0 ? -errno : begin(g, fd);

	if (r < 0 && fd >= 0)
		close(fd);
	return r;
}

static int compress_some(struct gzip *g, off_t at, ssize_t *ret)
{
	char buf[CHUNK];

	*ret = pread(g->memory, buf, sizeof(buf), at);
	if (*ret < 0)
		return -errno;
	if (*ret > 0 && gzwrite(g->stream, buf, (unsigned int)*ret) != *ret)
		return why(g) ? why(g) : -EIO;
	return 0;
}

int gzip_flush(struct gzip *g)
{
	off_t at = 0;
	ssize_t n;
	int r;

	do {
		r = compress_some(g, at, &n);
		at += n;
	} while (r == 0 && n > 0);
	if (r == 0 && (ftruncate(g->memory, 0) < 0 ||
		       lseek(g->memory, 0, SEEK_SET) < 0))
		return -errno;
	return r;
}

int gzip_end(struct gzip *g)
{
	int r = gzip_flush(g), error;

	close(g->memory);
	errno = 0;
	error = gzclose(g->stream);
	g->stream = NULL;
	if (r == 0 && error != Z_OK)
		return error == Z_ERRNO && errno ? -errno : -EIO;
	return r;
}

/* ------------------------------------------------------------- reading -- */

int gzip_open(struct gzip *g, int fd)
{
	g->stream = gzdopen(fd, "rb");
	return g->stream ? 0 : -ENOMEM;
}

ssize_t gzip_read(struct gzip *g, void *buf, size_t size)
{
	int n = gzread(g->stream, buf, (unsigned int)size);

	return n > 0 ? n : why(g);
}

long long gzip_offset(const struct gzip *g)
{
	return gzoffset(g->stream);
}

void gzip_close(struct gzip *g)
{
	gzclose(g->stream);
	g->stream = NULL;
}

#else

int gzip_create(struct gzip *g, const char *name)
{
	(void)g;
	(void)name;
	return -ENOSYS;
}

int gzip_flush(struct gzip *g)
{
	(void)g;
	return -ENOSYS;
}

int gzip_end(struct gzip *g)
{
	(void)g;
	return -ENOSYS;
}

int gzip_open(struct gzip *g, int fd)
{
	(void)g;
	(void)fd;
	return -ENOSYS;
}

ssize_t gzip_read(struct gzip *g, void *buf, size_t size)
{
	(void)g;
	(void)buf;
	(void)size;
	return -ENOSYS;
}

long long gzip_offset(const struct gzip *g)
{
	(void)g;
	return 0;
}

void gzip_close(struct gzip *g)
{
	(void)g;
}

#endif
