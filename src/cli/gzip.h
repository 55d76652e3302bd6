/* SPDX-License-Identifier: MIT */
/* Compressed files, where the tool is built --with-zlib. */
#ifndef SFAM_CLI_GZIP_H
#define SFAM_CLI_GZIP_H

#include <string.h>
#include <sys/types.h>

/* The end of a name that asks for it. */
#define GZIP_SUFFIX ".gz"

/* How long the name is without that end. */
static inline size_t gzip_stem(const char *name)
{
	const size_t n = strlen(GZIP_SUFFIX), len = strlen(name);

	return len > n && strcmp(name + len - n, GZIP_SUFFIX) == 0 ? len - n :
								     len;
}

/* A file that is written, or read. */
struct gzip {
	void *stream;		/* zlib's; NULL: none */
	int memory;		/* of one that is written */
};

/* ------------------------------------------------------------- writing -- */

/*
 * Makes the file, and returns a descriptor to write to in its place. What is
 * written there waits in memory for gzip_flush(). gzip_end() closes both.
 * -ENOSYS: built without zlib. Others: open(2), memfd_create(2).
 */
int gzip_create(struct gzip *g, const char *name);
/* Compresses what waits. Errors: write(2). */
int gzip_flush(struct gzip *g);
/* Flushes, and closes. */
int gzip_end(struct gzip *g);

/* ------------------------------------------------------------- reading -- */

/* Is it a file that can be positioned, and compressed? */
int gzip_is_file(int fd);
/* -ENOSYS: built without zlib. fd belongs to g from then on. */
int gzip_open(struct gzip *g, int fd);
/*
 * Up to size bytes; 0: the end. -EBADMSG: damaged. -ENODATA: it ends too
 * early; what came before it was returned. Others: read(2).
 */
ssize_t gzip_read(struct gzip *g, void *buf, size_t size);
/* How many bytes of the file that took. */
long long gzip_offset(const struct gzip *g);
void gzip_close(struct gzip *g);

#endif
