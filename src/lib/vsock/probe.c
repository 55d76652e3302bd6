/* SPDX-License-Identifier: MIT */
/*
 * What this kernel can do, tried by sockets that are bound at most. A CID
 * can be bound if a transport that is there has it: 1 the loopback, 2 that
 * towards guests, and that towards the host the CID of this machine
 * (vsock_find_cid() of net/vmw_vsock/af_vsock.c).
 */
#include "vsock/vsock.h"

#ifndef SO_ZEROCOPY
#define SO_ZEROCOPY 60
#endif

/* No flag so far; before 5.11 the byte was padding that nobody looked at. */
#define FLAG_UNKNOWN 2

static int bind_new(uint32_t cid, unsigned char flags)
{
	union sfam__vsock u = { .vm = {
		.svm_family = AF_VSOCK,
		.svm_cid = cid,
		.svm_port = VMADDR_PORT_ANY,
	} };
	int fd = sfam__sys_socket(AF_VSOCK, SOCK_STREAM, 0);
	int r;

	if (fd < 0)
		return fd;
	u.bytes[SFAM__VSOCK_FLAGS_AT] = flags;
	r = sfam__sys_bind(fd, &u, sizeof(u));
	sfam__sys_close(fd);
	return r;
}

int sfam__vsock_has_cid(uint32_t cid)
{
	int r = bind_new(cid, 0);

	return r == -EADDRNOTAVAIL ? 0 : r < 0 ? r : 1;
}

static int probe_types(uint32_t *types)
{
	static const int all[] = { SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM };
	size_t i;
	int fd;

	*types = 0;
	for (i = 0; i < SFAM_ARRAY_LEN(all); i++) {
		fd = sfam__sys_socket(AF_VSOCK, all[i], 0);
		if (fd >= 0) {
			sfam__sys_close(fd);
			*types |= 1u << all[i];
		} else if (all[i] == SOCK_STREAM) {
			return fd;
		}
	}
	return 0;
}

static int probe_transport(struct sfam_vsock_caps *c, uint32_t cid,
			   uint32_t bit)
{
	int r = sfam__vsock_has_cid(cid);

	if (r > 0)
		c->transports |= bit;
	return r < 0 ? r : 0;
}

/*
 * The device tells the guest's CID before the host's (vsock_dev_do_ioctl()).
 * Where it cannot be asked, that of a guest is not known, nor is the driver.
 */
static void probe_cid(struct sfam_vsock_caps *c)
{
	uint32_t cid = VMADDR_CID_ANY;

	c->local_cid_error = sfam_vsock_local_cid(&cid);
	c->local_cid = cid;
	if (c->local_cid_error == 0 && cid > VMADDR_CID_HOST)
		c->transports |= SFAM_VSOCK_AS_GUEST;
	else if (c->local_cid_error < 0 &&
		 c->local_cid_error != -EADDRNOTAVAIL)
		c->transports_unknown |= SFAM_VSOCK_AS_GUEST;
}

static int has_zerocopy(void)
{
	const int on = 1;
	int fd = sfam__sys_socket(AF_VSOCK, SOCK_STREAM, 0);
	int r;

	if (fd < 0)
		return fd;
	r = sfam__sys_setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on));
	sfam__sys_close(fd);
	return r == 0;
}

static int probe_features(struct sfam_vsock_caps *c)
{
	int r = bind_new(VMADDR_CID_ANY, FLAG_UNKNOWN);

	if (r == -EINVAL)
		c->features |= SFAM_VSOCK_TO_HOST;
	else if (r < 0)
		return r;
	r = has_zerocopy();
	if (r > 0)
		c->features |= SFAM_VSOCK_ZEROCOPY;
	return r < 0 ? r : 0;
}

static enum sfam_vsock_namespace probe_namespace(void)
{
	int fd = sfam__sys_open_read("/proc/sys/net/vsock/ns_mode");
	char mode[16];
	ssize_t n;

	if (fd < 0)
		return SFAM_VSOCK_NS_NONE;
	n = sfam__sys_read(fd, mode, sizeof(mode));
	sfam__sys_close(fd);
	if (n >= 6 && memcmp(mode, "global", 6) == 0)
		return SFAM_VSOCK_NS_GLOBAL;
	return n >= 5 && memcmp(mode, "local", 5) == 0 ?
	       SFAM_VSOCK_NS_LOCAL : SFAM_VSOCK_NS_NONE;
}

SFAM_PUBLIC int sfam_vsock_probe(struct sfam_vsock_caps *ret)
{
	struct sfam_vsock_caps c = SFAM_VSOCK_CAPS_INIT;
	int r;

	if (ret->size != sizeof(c))
		return -EINVAL;
	r = probe_types(&c.types);
	if (r == 0)
		r = probe_transport(&c, VMADDR_CID_LOCAL, SFAM_VSOCK_LOOPBACK);
	if (r == 0)
		r = probe_transport(&c, VMADDR_CID_HOST, SFAM_VSOCK_AS_HOST);
	if (r == 0)
		r = probe_features(&c);
	if (r < 0)
		return r;
	probe_cid(&c);
	c.ns = probe_namespace();
	*ret = c;
	return 0;
}
