/* SPDX-License-Identifier: MIT */
/* Of a machine by its CID, or by the socket of its monitor. */
#include "vsock/vsock.h"

#include <sys/un.h>

#define PATH_AT offsetof(struct sockaddr_un, sun_path)
#define PATH_MAX_LEN sizeof(((struct sockaddr_un *)0)->sun_path)

static const char scheme[] = "vsock:";
#define SCHEME_LEN (sizeof(scheme) - 1)
static const char self[] = "self:";
#define SELF_LEN (sizeof(self) - 1)

static bool has_at(const struct sfam__scan *s, size_t at, const char *what,
		   size_t n)
{
	return s->len >= at + n && memcmp(s->text + at, what, n) == 0;
}

/* ----------------------------------------------------------- monitor -- */

static int set_path(struct sfam_addr *ret, const char *path, size_t len)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	memcpy(un.sun_path, path, len);
	return sfam_addr_from_sockaddr(ret, &sfam__family_unix, SOCK_STREAM, 0,
				       &un, (socklen_t)(PATH_AT + len), NULL);
}

static int parse_monitor(struct sfam_vsock_addr *ret, struct sfam__scan *s)
{
	static const char expected[] = "a path of at most 108 bytes";
	char path[PATH_MAX_LEN];
	uint32_t port = 0;
	size_t n;
	int r = sfam__scan_bytes(s, ':', path, sizeof(path), &n, expected);

	if (r == 0 && memchr(path, '\0', n))
		r = sfam__scan_fail(s, -EINVAL, SCHEME_LEN,
				    "a path without a NUL byte");
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":PORT\"");
	if (r == 0)
		r = sfam__scan_u32(s, UINT32_MAX, &port,
				   "a port: 0..4294967295");
	if (r == 0 && !sfam__scan_end(s))
		r = sfam__scan_fail(s, -EINVAL, s->pos, "the end");
	if (r == 0)
		r = set_path(&ret->at, path, n);
	if (r == 0)
		ret->port = port;
	return r;
}

/* ------------------------------------------------------------- parse -- */

static int parse_native(struct sfam_vsock_addr *ret, const char *text,
			size_t len, struct sfam_diag *diag)
{
	struct sfam_addr at;
	int r = sfam_addr_parse(&at, text, len, diag);

	if (r == 0) {
		ret->at = at;
		ret->port = 0;
	}
	return r;
}

/* As that of a CID's name as long, so that offsets are those of the text. */
static int parse_self(struct sfam_vsock_addr *ret, const struct sfam__scan *s)
{
	struct sfam_vsock_addr addr;
	union sfam__vsock u;
	char text[128];
	uint32_t cid;
	int r;

	if (s->len > sizeof(text))
		return sfam__scan_fail(s, -EINVAL, SCHEME_LEN,
				       "an address of at most 128 bytes");
	memcpy(text, s->text, s->len);
	memcpy(text + SCHEME_LEN, "host:", SELF_LEN);
	r = parse_native(&addr, text, s->len, s->diag);
	if (r < 0)
		return r;
	r = sfam_vsock_local_cid(&cid);
	if (r < 0)
		return sfam__scan_fail(s, r, SCHEME_LEN, "another CID: that "
				       "of this machine cannot be told");
	sfam__addr_get(&addr.at, &u, sizeof(u));
	u.vm.svm_cid = cid;
	sfam__addr_set(&addr.at, &u, sizeof(u));
	*ret = addr;
	return 0;
}

SFAM_PUBLIC int sfam_vsock_parse(struct sfam_vsock_addr *ret, const char *text,
				 size_t text_len, struct sfam_diag *diag)
{
	struct sfam__scan s = { text, text_len, 0, diag };

	if (!has_at(&s, 0, scheme, SCHEME_LEN))
		return sfam__scan_fail(&s, -EINVAL, 0, "vsock:CID:PORT or "
				       "vsock:PATH:PORT");
	s.pos = SCHEME_LEN;
	if (sfam__scan_is(&s, '/') || has_at(&s, SCHEME_LEN, "./", 2))
		return parse_monitor(ret, &s);
	if (has_at(&s, SCHEME_LEN, self, SELF_LEN))
		return parse_self(ret, &s);
	return parse_native(ret, text, text_len, diag);
}

/* ------------------------------------------------------------ format -- */

static size_t path_of(const struct sfam_addr *at, struct sockaddr_un *ret)
{
	sfam__addr_get(at, ret, sizeof(*ret));
	return strnlen(ret->sun_path, PATH_MAX_LEN);
}

SFAM_PUBLIC ssize_t sfam_vsock_format(const struct sfam_vsock_addr *addr,
				      char *buf, size_t size)
{
	struct sfam__out o = { buf, size, 0 };
	struct sockaddr_un un;
	size_t n;

	if (addr->at.family == &sfam__family_vsock)
		return sfam_addr_format(&addr->at, buf, size);
	if (!sfam__vsock_is_monitor(addr))
		return -EINVAL;
	n = path_of(&addr->at, &un);
	if (n == 0)
		return -EINVAL;
	sfam__out_str(&o, scheme);
	sfam__out_bytes(&o, ':', un.sun_path, n);
	sfam__out_char(&o, ':');
	sfam__out_dec(&o, addr->port);
	return sfam__out_finish(&o);
}

/* ------------------------------------------------------------- parts -- */

static int monitor_listen_addr(struct sfam_addr *ret,
			       const struct sfam_vsock_addr *addr)
{
	struct sockaddr_un un;
	size_t n = path_of(&addr->at, &un);
	struct sfam__out o = { un.sun_path, sizeof(un.sun_path), n };

	sfam__out_char(&o, '_');
	sfam__out_dec(&o, addr->port);
	return o.len > o.size ? -ENAMETOOLONG :
				set_path(ret, un.sun_path, o.len);
}

SFAM_PUBLIC int sfam_vsock_listen_addr(struct sfam_addr *ret,
				       const struct sfam_vsock_addr *addr)
{
	if (sfam__vsock_is_monitor(addr))
		return monitor_listen_addr(ret, addr);
	if (addr->at.family != &sfam__family_vsock)
		return -EAFNOSUPPORT;
	*ret = addr->at;
	return 0;
}

SFAM_PUBLIC int sfam_vsock_addr_get(const struct sfam_addr *addr,
				    uint32_t *ret_cid, uint32_t *ret_port)
{
	struct sockaddr_vm vm;

	if (addr->family != &sfam__family_vsock)
		return -EAFNOSUPPORT;
	sfam__addr_get(addr, &vm, sizeof(vm));
	if (ret_cid)
		*ret_cid = vm.svm_cid;
	if (ret_port)
		*ret_port = vm.svm_port;
	return 0;
}

SFAM_PUBLIC int sfam_vsock_local_cid(uint32_t *ret)
{
	uint32_t cid;
	int r = sfam__sys_vsock_cid(&cid);

	if (r < 0)
		return r;
	if (cid == VMADDR_CID_ANY)
		return -EADDRNOTAVAIL;
	*ret = cid;
	return 0;
}
