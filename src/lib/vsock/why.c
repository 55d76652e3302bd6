/* SPDX-License-Identifier: MIT */
/*
 * What a failed connect means. Each transport has its own errors: nobody
 * listens is ECONNRESET of virtio, vhost and loopback; no such guest is
 * ENODEV of vhost (vhost_transport_send_pkt()) and EHOSTUNREACH of VMCI
 * (vmci_transport_error_to_vsock_error()), while ENODEV of the core is "no
 * transport" (vsock_assign_transport() of net/vmw_vsock/af_vsock.c).
 */
#include "vsock/vsock.h"

#include <sockfam/error.h>

struct case_of {
	const struct sfam_vsock_addr *addr;
	uint32_t cid, port;
	bool to_host;
	int error;
	struct sfam__out words;
};

/* Before and behind a number, if n is not NULL. */
static enum sfam_vsock_why say(struct case_of *c, enum sfam_vsock_why why,
			       const char *before, const uint32_t *n,
			       const char *behind)
{
	sfam__out_str(&c->words, before);
	if (n)
		sfam__out_dec(&c->words, *n);
	sfam__out_str(&c->words, behind);
	return why;
}

static enum sfam_vsock_why say_other(struct case_of *c)
{
	char words[SFAM_ERROR_STRLEN] = "";

	if (sfam_error_format(c->error, words, sizeof(words)) < 0)
		words[0] = '\0';
	return say(c, SFAM_VSOCK_OTHER, words, NULL, "");
}

static bool is_denied(int error)
{
	return error == -EPERM || error == -EACCES;
}

/* ----------------------------------------------------------- monitor -- */

static enum sfam_vsock_why of_monitor(struct case_of *c)
{
	switch (c->error) {
	case -ENOENT:
		return say(c, SFAM_VSOCK_NOT_READY, "there is no such socket: "
			   "the monitor of the machine does not run", NULL,
			   "");
	case -ECONNREFUSED:
		return say(c, SFAM_VSOCK_NOT_READY, "nobody listens on the "
			   "socket: the monitor that made it has ended", NULL,
			   "");
	case -ETIMEDOUT:
		return say(c, SFAM_VSOCK_NOT_READY, "no answer: the machine "
			   "still starts, or is paused", NULL, "");
	case -ECONNRESET:
		return say(c, SFAM_VSOCK_REFUSED, "the monitor has closed "
			   "without OK: nothing listens on port ", &c->port,
			   " of its guest, or the guest still starts");
	case -EPROTO:
		return say(c, SFAM_VSOCK_OTHER, "the answer is none to "
			   "CONNECT: not the socket of a virtual machine "
			   "monitor", NULL, "");
	default:
		return is_denied(c->error) ?
		       say(c, SFAM_VSOCK_DENIED, "no permission to connect to "
			   "the socket", NULL, "") : say_other(c);
	}
}

/* ------------------------------------------------------------- vsock -- */

/* The device is there, so it is not the kernel that has no vsock. */
static enum sfam_vsock_why no_family(struct case_of *c)
{
	uint32_t cid;

	if (sfam__sys_vsock_cid(&cid) == 0)
		return say(c, SFAM_VSOCK_DENIED, "a sandbox hides vsock from "
			   "this process (RestrictAddressFamilies= of "
			   "systemd)", NULL, "");
	return say(c, SFAM_VSOCK_NO_TRANSPORT, "no vsock in this kernel; try: "
		   "modprobe vsock (CONFIG_VSOCKETS); or a sandbox hides it",
		   NULL, "");
}

/* Nothing ever listens there, whatever the transport makes of it. */
static enum sfam_vsock_why never(struct case_of *c)
{
	return c->cid == VMADDR_CID_ANY ?
	       say(c, SFAM_VSOCK_UNREACHABLE, "any is no machine to connect "
		   "to", NULL, "") :
	       say(c, SFAM_VSOCK_UNREACHABLE, "the hypervisor (CID ", &c->cid,
		   ") takes no connections; the host is CID 2");
}

static enum sfam_vsock_why no_loopback(struct case_of *c)
{
	return say(c, SFAM_VSOCK_NO_TRANSPORT, "no loopback of vsock in this "
		   "kernel; try: modprobe vsock_loopback "
		   "(CONFIG_VSOCKETS_LOOPBACK)", NULL, "");
}

/* Towards a guest, through this machine's own driver for guests. */
static bool is_to_guest(const struct case_of *c)
{
	return c->cid > VMADDR_CID_HOST && !c->to_host &&
	       sfam__vsock_has_cid(VMADDR_CID_HOST) == 1;
}

static enum sfam_vsock_why no_device(struct case_of *c)
{
	if (c->cid == VMADDR_CID_LOCAL)
		return no_loopback(c);
	if (c->cid == VMADDR_CID_HOST || c->to_host)
		return say(c, SFAM_VSOCK_NO_TRANSPORT, "no driver towards a "
			   "host; in a virtual machine with a vsock device, "
			   "try: modprobe vmw_vsock_virtio_transport "
			   "(CONFIG_VIRTIO_VSOCKETS)", NULL, "");
	if (is_to_guest(c))
		return say(c, SFAM_VSOCK_NOT_READY, "no virtual machine with "
			   "CID ", &c->cid, " runs here");
	return say(c, SFAM_VSOCK_NO_TRANSPORT, "no driver towards virtual "
		   "machines; try: modprobe vhost_vsock (CONFIG_VHOST_VSOCK)",
		   NULL, "");
}

/*
 * Whether there is SEQPACKET towards a guest depends on that guest's driver,
 * and before that has started there is none (vhost_transport_seqpacket_allow()
 * of drivers/vhost/vsock.c).
 */
static enum sfam_vsock_why no_seqpacket(struct case_of *c)
{
	if (is_to_guest(c))
		return say(c, SFAM_VSOCK_NOT_READY, "no virtual machine with "
			   "CID ", &c->cid, " runs that has SEQPACKET: it "
			   "has not started, or its Linux is before 5.14");
	return say(c, SFAM_VSOCK_NO_TRANSPORT, "no SEQPACKET towards CID ",
		   &c->cid, " (since Linux 5.14); streams may reach it");
}

/* Without loopback the driver of a guest sends CID 1 to its host in vain. */
static enum sfam_vsock_why no_answer(struct case_of *c)
{
	if (c->cid == VMADDR_CID_LOCAL &&
	    sfam__vsock_has_cid(VMADDR_CID_LOCAL) == 0)
		return no_loopback(c);
	return say(c, SFAM_VSOCK_NOT_READY, "no answer from CID ", &c->cid,
		   ": it still starts, is paused, or has no driver for vsock");
}

static enum sfam_vsock_why of_errno(struct case_of *c)
{
	switch (c->error) {
	case -ECONNRESET:
	case -ECONNREFUSED:
		return say(c, SFAM_VSOCK_REFUSED, "the machine answers, but "
			   "nothing listens on port ", &c->port, "");
	case -ENODEV:
		return no_device(c);
	case -ETIMEDOUT:
		return no_answer(c);
	case -EHOSTUNREACH:
		return say(c, SFAM_VSOCK_NOT_READY, "no machine with CID ",
			   &c->cid, " runs, or its driver has not started");
	case -ENETUNREACH:
		return say(c, SFAM_VSOCK_UNREACHABLE, "nothing can be "
			   "connected to at CID ", &c->cid, "");
	case -ESOCKTNOSUPPORT:
		return no_seqpacket(c);
	case -EAFNOSUPPORT:
		return no_family(c);
	default:
		return is_denied(c->error) ?
		       say(c, SFAM_VSOCK_DENIED, "this process may not use "
			   "vsock: a seccomp filter or a security policy "
			   "forbids it", NULL, "") : say_other(c);
	}
}

static bool is_never(const struct case_of *c)
{
	return (c->cid == VMADDR_CID_HYPERVISOR || c->cid == VMADDR_CID_ANY) &&
	       (c->error == -ENODEV || c->error == -ETIMEDOUT ||
		c->error == -ENETUNREACH);
}

static enum sfam_vsock_why of_vsock(struct case_of *c)
{
	union sfam__vsock u;

	sfam__addr_get(&c->addr->at, &u, sizeof(u));
	c->cid = u.vm.svm_cid;
	c->port = u.vm.svm_port;
	c->to_host = u.bytes[SFAM__VSOCK_FLAGS_AT] & SFAM__VSOCK_TO_HOST;
	return is_never(c) ? never(c) : of_errno(c);
}

SFAM_PUBLIC void sfam_vsock_explain(const struct sfam_vsock_addr *addr,
				    int error, struct sfam_vsock_fault *ret)
{
	struct case_of c = {
		.addr = addr,
		.port = addr->port,
		.error = error,
		.words = { ret->words, sizeof(ret->words), 0 },
	};

	ret->error = error;
	ret->tries = 1;
	if (sfam__vsock_is_monitor(addr))
		ret->why = of_monitor(&c);
	else if (addr->at.family == &sfam__family_vsock)
		ret->why = of_vsock(&c);
	else
		ret->why = say_other(&c);
	if (sfam__out_finish(&c.words) < 0)
		ret->words[sizeof(ret->words) - 1] = '\0';
}
