/* SPDX-License-Identifier: MIT */
#include "base/sys.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define PID_FS_MAGIC 0x50494446		/* linux/magic.h since 6.9 */

const char *sfam__sys_getenv(const char *name)
{
	return getenv(name);
}

void sfam__sys_unsetenv(const char *name)
{
	unsetenv(name);
}

pid_t sfam__sys_getpid(void)
{
	return getpid();
}

/* Before 6.9 all pidfds were one inode, whose number says nothing. */
static int inode_of_pidfd(int fd, uint64_t *ret)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (fs.f_type != PID_FS_MAGIC)
		return -EOPNOTSUPP;
	*ret = st.st_ino;
	return 0;
}

int sfam__sys_process_id(uint64_t *ret)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	int r;

	if (fd < 0)
		return -errno;
	r = inode_of_pidfd(fd, ret);
	close(fd);
	return r;
}
