/* SPDX-License-Identifier: MIT */
/*
 * vsock(7). Host byte order. Port 0 is a port like any other, "any" is
 * -1. The flags stand where old headers have zero bytes, so stray bytes
 * there are a defect that the kernel refuses.
 */
#include "family/vsock.h"

#include "base/sys.h"

#include <time.h>

#define FLAGS_AT SFAM__VSOCK_FLAGS_AT

const struct sfam__name sfam__vsock_cids[] = {
	{ "any", VMADDR_CID_ANY },
	{ "hypervisor", VMADDR_CID_HYPERVISOR },
	{ "local", VMADDR_CID_LOCAL },
	{ "host", VMADDR_CID_HOST },
	{ NULL, 0 },
};

static const struct sfam__name ports[] = {
	{ "any", VMADDR_PORT_ANY },
	{ NULL, 0 },
};

static int set_flags(struct sfam__scan *s, void *sa)
{
	if (!sfam__scan_word(s, "to-host"))
		return sfam__scan_fail(s, -EINVAL, s->pos, "to-host");
	((union sfam__vsock *)sa)->bytes[FLAGS_AT] = SFAM__VSOCK_TO_HOST;
	return 0;
}

static const struct sfam__key keys[] = {
	{ "flags", set_flags },
	{ NULL, NULL },
};

static int vsock_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	union sfam__vsock u = { .vm = { .svm_family = AF_VSOCK } };
	int r;

	r = sfam__scan_named(s, sfam__vsock_cids, UINT32_MAX, &u.vm.svm_cid,
			     "a CID: any local host hypervisor or "
			     "0..4294967295");
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":PORT\"");
	if (r == 0)
		r = sfam__scan_named(s, ports, UINT32_MAX, &u.vm.svm_port,
				     "a port: any or 0..4294967295");
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &u, NULL);
	if (r == 0)
		sfam__addr_set(ret, &u, sizeof(u));
	return r;
}

static int vsock_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	union sfam__vsock u;

	sfam__addr_get(addr, &u, sizeof(u));
	if (u.bytes[FLAGS_AT] & ~SFAM__VSOCK_TO_HOST)
		return sfam__addr_bad(diag, FLAGS_AT,
				      "no flag but to-host (1)");
	u.vm.svm_reserved1 = 0;
	memset(u.bytes + FLAGS_AT + 1, 0, sizeof(u) - FLAGS_AT - 1);
	sfam__addr_set(addr, &u, sizeof(u));
	return 0;
}

static void vsock_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	union sfam__vsock u;

	sfam__addr_get(addr, &u, sizeof(u));
	sfam__out_named(o, sfam__vsock_cids, u.vm.svm_cid);
	sfam__out_char(o, ':');
	sfam__out_named(o, ports, u.vm.svm_port);
	if (u.bytes[FLAGS_AT])
		sfam__out_str(o, ",flags=to-host");
}

/* The kernel gives up after 2 s by itself (net/vmw_vsock/af_vsock.c). */
static int vsock_allow_connect_ns(int fd, int64_t timeout_ns)
{
	int64_t s = timeout_ns < 0 ? 86400 : timeout_ns / 1000000000 + 1;
	struct timeval tv = { .tv_sec = s > 86400 ? 86400 : (time_t)s };

	return sfam__sys_setsockopt(fd, AF_VSOCK,
				    SO_VM_SOCKETS_CONNECT_TIMEOUT,
				    &tv, sizeof(tv));
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_vm, svm_family, HOST),
	SFAM__FIELD(struct sockaddr_vm, svm_reserved1, HOST),
	SFAM__FIELD(struct sockaddr_vm, svm_port, HOST),
	SFAM__FIELD(struct sockaddr_vm, svm_cid, HOST),
	{ "svm_flags", FLAGS_AT, 1, SFAM_FIELD_HOST },
	{ "svm_zero", FLAGS_AT + 1, 3, SFAM_FIELD_BYTES },
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_vsock = {
	.name = "vsock",
	.syntax = "vsock:CID:PORT[,flags=to-host]",
	.af = AF_VSOCK,
	.type = SOCK_STREAM,
	.types = SFAM_TYPE_STREAM | SFAM_TYPE_SEQPACKET | SFAM_TYPE_DGRAM,
	/* vsock_connectible_sendmsg(), vsock_connect() of af_vsock.c; 6.12 */
	.flags = SFAM_ROW_CONNECT_FRAGILE,
	.traits = SFAM_TRAIT_HALF_MESSAGES,
	.len_min = sizeof(struct sockaddr_vm),
	.len_max = sizeof(struct sockaddr_vm),
	.config = "CONFIG_VSOCKETS",
	.module = "vsock",
	.since = "3.9",
	.parse = vsock_parse,
	.format = vsock_format,
	.fields = fields,
	.check = vsock_check,
	.allow_connect_ns = vsock_allow_connect_ns,
};
