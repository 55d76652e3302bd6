/* SPDX-License-Identifier: MIT */
#include "base/sys.h"

#include <sys/ioctl.h>
#include <linux/vm_sockets.h>

/* A socket has no such ioctl (ENOTTY): only the device. */
int sfam__sys_vsock_cid(uint32_t *ret)
{
	int fd = sfam__sys_open_read("/dev/vsock");
	unsigned int cid;
	int r;

	if (fd < 0)
		return fd;
	r = ioctl(fd, IOCTL_VM_SOCKETS_GET_LOCAL_CID, &cid) < 0 ? -errno : 0;
	sfam__sys_close(fd);
	if (r == 0)
		*ret = cid;
	return r;
}
