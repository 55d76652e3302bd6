/* SPDX-License-Identifier: MIT */
#include "base/sys.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int sfam__sys_fstat(int fd, struct stat *ret)
{
	return fstat(fd, ret) < 0 ? -errno : 0;
}

int sfam__sys_fcntl(int fd, int cmd, int arg)
{
	int r = fcntl(fd, cmd, arg);

	return r < 0 ? -errno : r;
}

int sfam__sys_dup_to(int fd, int to)
{
	int r;

	do {
		r = dup2(fd, to);
	} while (r < 0 && (errno == EINTR || errno == EBUSY));
	return r < 0 ? -errno : 0;
}

int sfam__sys_write_all(int fd, const void *buf, size_t len)
{
	const char *p = buf;
	ssize_t n;

	for (; len; p += n, len -= (size_t)n) {
		n = sfam__sys_write(fd, p, len);
		if (n < 0)
			return (int)n;
	}
	return 0;
}

int sfam__sys_memfd(const char *name, unsigned int flags)
{
	int fd = memfd_create(name, flags);

	return fd < 0 ? -errno : fd;
}

int sfam__sys_map(int fd, size_t len, const void **ret)
{
	void *map = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return -errno;
	*ret = map;
	return 0;
}

int sfam__sys_unmap(const void *map, size_t len)
{
	return munmap((void *)(uintptr_t)map, len) < 0 ? -errno : 0;
}
