/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/sys.h"

#include <sockfam/fdpass.h>
#include <sockfam/memfd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008u	/* Linux 6.3 */
#endif

#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)

/* Without it newer kernels grumble in their log (mm/memfd.c). */
static int make(const char *name)
{
	const unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = sfam__sys_memfd(name, flags | MFD_NOEXEC_SEAL);

	return fd == -EINVAL ? sfam__sys_memfd(name, flags) : fd;
}

SFAM_PUBLIC int sfam_memfd_seal(int fd)
{
	int r = sfam__sys_fcntl(fd, F_ADD_SEALS, SEALS | F_SEAL_SEAL);

	return r < 0 ? r : 0;
}

SFAM_PUBLIC int sfam_memfd_open(const char *name, const void *buf, size_t len)
{
	int fd = make(name);
	int r;

	if (fd < 0)
		return fd;
	r = sfam__sys_write_all(fd, buf, len);
	if (r == 0)
		r = sfam_memfd_seal(fd);
	if (r < 0) {
		sfam__sys_close(fd);
		return r;
	}
	return fd;
}

SFAM_PUBLIC int sfam_memfd_map(int fd, size_t max, const void **ret_map,
			       size_t *ret_len)
{
	int seals = sfam__sys_fcntl(fd, F_GET_SEALS, 0);
	const void *map = NULL;
	struct stat st;
	int r;

	if (seals == -EBADF)
		return seals;
	if (seals < 0 || (seals & SEALS) != SEALS)
		return -EPERM;
	r = sfam__sys_fstat(fd, &st);
	if (r < 0)
		return r;
	if ((uint64_t)st.st_size > max)
		return -EFBIG;
	if (st.st_size)
		r = sfam__sys_map(fd, (size_t)st.st_size, &map);
	if (r < 0)
		return r;
	*ret_map = map;
	*ret_len = (size_t)st.st_size;
	return 0;
}

SFAM_PUBLIC void sfam_memfd_unmap(const void *map, size_t len)
{
	if (map)
		sfam__sys_unmap(map, len);
}

SFAM_PUBLIC int sfam_memfd_send(int sock, const void *buf, size_t len,
				int64_t timeout_ns)
{
	int fd = sfam_memfd_open("message", buf, len);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = sfam_fdpass_send(sock, &fd, 1, NULL, 0, timeout_ns);
	sfam__sys_close(fd);
	return n < 0 ? (int)n : 0;
}

SFAM_PUBLIC int sfam_memfd_recv(int sock, size_t max, const void **ret_map,
				size_t *ret_len, int64_t timeout_ns)
{
	size_t n_fds = 0;
	int fd = -1;
	ssize_t n = sfam_fdpass_recv(sock, &fd, 1, &n_fds, NULL, 0,
				     timeout_ns);
	int r;

	if (n < 0)
		return (int)n;
	if (n_fds == 0)
		return -ENODATA;
	r = sfam_memfd_map(fd, max, ret_map, ret_len);
	sfam__sys_close(fd);
	return r;
}
