/* SPDX-License-Identifier: MIT */
#include "base/sys.h"
#include "family/row.h"
#include "family/shorthand.h"

void sfam__addr_set(struct sfam_addr *addr, const void *sa, socklen_t len)
{
	memset(&addr->storage, 0, sizeof(addr->storage));
	if (len)
		memcpy(&addr->storage, sa, len);
	addr->len = len;
}

void sfam__addr_get(const struct sfam_addr *addr, void *ret_sa, size_t size)
{
	/* storage is larger than any sockaddr, and zero behind addr->len */
	memcpy(ret_sa, &addr->storage, size);
}

int sfam__addr_bad(struct sfam_diag *diag, size_t offset,
		   const char *expected)
{
	struct sfam__scan s = { "", 0, 0, diag };

	return sfam__scan_fail(&s, -EINVAL, offset, expected);
}

static const struct sfam_family *scheme_row(struct sfam__scan *s)
{
	const struct sfam_family *f = NULL;

	while ((f = sfam_family_next(f)) != NULL) {
		if (!sfam__scan_word(s, f->name))
			continue;
		if (sfam__scan_skip(s, ':'))
			return f;
		s->pos = 0;
	}
	return NULL;
}

static void addr_init(struct sfam_addr *addr, const struct sfam_family *f)
{
	memset(addr, 0, sizeof(*addr));
	addr->family = f;
	addr->type = f->type;
	addr->protocol = f->protocol;
}

SFAM_PUBLIC int sfam_addr_parse(struct sfam_addr *ret, const char *text,
				size_t text_len, struct sfam_diag *diag)
{
	struct sfam__scan s = { text, text_len, 0, diag };
	const struct sfam_family *f = scheme_row(&s);
	struct sfam_addr addr;
	int r;

	if (!f && sfam__scan_shorthand(&s))
		return sfam__scan_fail(&s, -EINVAL, 0, "a family's scheme "
				       "(inet:, inet6:); names are resolved "
				       "to connect or listen");
	if (!f)
		return sfam__scan_fail(&s, -EINVAL, 0, "SCHEME: of a family, "
				       "such as unix inet packet can vsock");
	addr_init(&addr, f);
	r = f->parse(&s, &addr);
	if (r < 0)
		return r;
	*ret = addr;
	return 0;
}

static int check_length(const struct sfam_family *f, socklen_t len,
			struct sfam_diag *diag)
{
	if (len == sizeof(sa_family_t) && (f->flags & SFAM_ROW_UNNAMED))
		return 0;
	if (len < f->len_min || len > f->len_max)
		return sfam__addr_bad(diag, len,
				      "a sockaddr length of this family");
	return 0;
}

static int check_triple(const struct sfam_family *f, int type, int protocol,
			struct sfam_diag *diag)
{
	if (type < 0 || type > 31 || !(f->types & 1u << type))
		return sfam__addr_bad(diag, 0, "a socket type of this family");
	if (protocol != f->protocol && !(f->flags & SFAM_ROW_ANY_PROTOCOL))
		return sfam__addr_bad(diag, 0, "the protocol of this family");
	return 0;
}

/* The kernel's own checks, and the row's; then one form for one address. */
static int canonicalise(struct sfam_addr *addr, struct sfam_diag *diag)
{
	const struct sfam_family *f = addr->family;
	int r;

	r = check_triple(f, addr->type, addr->protocol, diag);
	if (r == 0)
		r = check_length(f, addr->len, diag);
	if (r < 0)
		return r;
	if (!(f->flags & SFAM_ROW_INET_ADDR) &&
	    addr->storage.ss_family != f->af)
		return sfam__addr_bad(diag, 0, "the number of this family");
	return f->check ? f->check(addr, diag) : 0;
}

SFAM_PUBLIC ssize_t sfam_addr_format(const struct sfam_addr *addr, char *buf,
				     size_t size)
{
	struct sfam__out o = { buf, size, 0 };
	const struct sfam_family *f = addr->family;
	struct sfam_addr copy = *addr;

	if (!f || canonicalise(&copy, NULL) < 0)
		return -EINVAL;
	sfam__out_str(&o, f->name);
	sfam__out_char(&o, ':');
	f->format(&copy, &o);
	if (addr->type != f->type) {
		sfam__out_str(&o, ",type=");
		sfam__out_named(&o, sfam__type_names, (uint32_t)addr->type);
	}
	return sfam__out_finish(&o);
}

SFAM_PUBLIC int
sfam_addr_from_sockaddr(struct sfam_addr *ret, const struct sfam_family *f,
			int type, int protocol, const void *sa, socklen_t len,
			struct sfam_diag *diag)
{
	struct sfam_addr addr;
	int r;

	if (len > sizeof(addr.storage))
		return sfam__addr_bad(diag, 0, "at most 128 bytes");
	addr_init(&addr, f);
	addr.type = type ? type : f->type;
	addr.protocol = protocol ? protocol : f->protocol;
	sfam__addr_set(&addr, sa, len);
	if (len == 0) {
		addr.storage.ss_family = (sa_family_t)f->af;
		addr.len = sizeof(sa_family_t);
	}
	r = canonicalise(&addr, diag);
	if (r < 0)
		return r;
	*ret = addr;
	return 0;
}

SFAM_PUBLIC const struct sockaddr *
sfam_addr_sockaddr(const struct sfam_addr *addr)
{
	return (const struct sockaddr *)&addr->storage;
}

SFAM_PUBLIC int sfam_addr_equal(const struct sfam_addr *a,
				const struct sfam_addr *b)
{
	return a->family == b->family && a->type == b->type &&
	       a->protocol == b->protocol && a->len == b->len &&
	       memcmp(&a->storage, &b->storage, a->len) == 0;
}

/* SO_PROTOCOL says 6 for what socket(2) was asked for as 0. */
static int fd_protocol(const struct sfam_family *f, int fd, int *ret)
{
	if (!(f->flags & SFAM_ROW_ANY_PROTOCOL)) {
		*ret = f->protocol;
		return 0;
	}
	return sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_PROTOCOL, ret);
}

int sfam__addr_of_fd(struct sfam_addr *ret, int fd, const void *sa,
		     socklen_t len)
{
	const struct sfam_family *f;
	int type, protocol;
	int r;

	r = sfam_family_by_fd(&f, fd);
	if (r == 0)
		r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_TYPE, &type);
	if (r == 0)
		r = fd_protocol(f, fd, &protocol);
	if (r < 0)
		return r;
	/* In a TIPC group there is a second address (net/tipc/socket.c). */
	if (len > f->len_max)
		len = f->len_max;
	if (len > 0 || f->flags & SFAM_ROW_UNNAMED)
		return sfam_addr_from_sockaddr(ret, f, type, protocol, sa, len,
					       NULL);
	addr_init(ret, f);
	ret->type = type;
	ret->protocol = protocol;
	return 0;
}

static int addr_by(struct sfam_addr *ret, int fd,
		   int (*get)(int fd, void *sa, socklen_t *len))
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int r = get(fd, &ss, &len);

	return r < 0 ? r : sfam__addr_of_fd(ret, fd, &ss, len);
}

SFAM_PUBLIC int sfam_addr_local(struct sfam_addr *ret, int fd)
{
	return addr_by(ret, fd, sfam__sys_getsockname);
}

SFAM_PUBLIC int sfam_addr_peer(struct sfam_addr *ret, int fd)
{
	return addr_by(ret, fd, sfam__sys_getpeername);
}
