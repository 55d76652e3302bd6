/* SPDX-License-Identifier: MIT */
/* Sockets from text: of one address, or of what a name stands for. */
#include "socket/open.h"
#include "socket/resolve.h"

#include "family/inet.h"

#define ADDRS_MAX 64

struct found {
	struct sfam__name_addr name;
	size_t n;		/* in addrs */
	bool more;		/* than addrs holds */
	struct sfam_addr addrs[ADDRS_MAX];
};

/* Words are for the text; what fails afterwards has none. */
static int find(const char *text, size_t text_len, enum sfam_open_how how,
		struct found *ret, struct sfam_diag *diag)
{
	uint32_t flags = how == SFAM_OPEN_CONNECT ? 0 : SFAM_RESOLVE_PASSIVE;
	int r = sfam__resolve(text, text_len, flags, ret->addrs, ADDRS_MAX,
			      &ret->n, &ret->name, diag);

	if (r < 0)
		return r;
	if (diag)
		memset(diag, 0, sizeof(*diag));
	ret->more = ret->n > ADDRS_MAX;
	if (ret->more)
		ret->n = ADDRS_MAX;
	return 0;
}

/* It is this machine that has nothing to do with such an address. */
static bool means_not_ours(int error)
{
	return error == -EAFNOSUPPORT || error == -EADDRNOTAVAIL;
}

static bool means_no_way(int error)
{
	return means_not_ours(error) || error == -ENETUNREACH;
}

/* ----------------------------------------------------------- connect -- */

/* Keeps the addresses that can be connected to from source. */
static void keep_fitting(struct found *f, const struct sfam_addr *source)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < f->n; i++)
		if (!source || source->family == f->addrs[i].family)
			f->addrs[kept++] = f->addrs[i];
	f->n = kept;
}

/* An equal share of what is left for each of the tries still to come. */
static int64_t share_ns(struct sfam__deadline deadline, size_t tries)
{
	int64_t left = sfam__deadline_left_ns(deadline);

	return left < 0 ? left : left / (int64_t)tries;
}

static int connect_any(struct found *f, const struct sfam_open_opts *o,
		       struct sfam__deadline deadline)
{
	struct sfam_open_opts try = *o;
	int error = -EADDRNOTAVAIL;
	size_t i;
	int fd;

	keep_fitting(f, o->source);
	for (i = 0; i < f->n; i++) {
		try.timeout_ns = share_ns(deadline, f->n - i);
		if (try.timeout_ns == 0 && o->timeout_ns > 0)
			return -ETIMEDOUT;
		fd = sfam__open(&f->addrs[i], SFAM_OPEN_CONNECT, &try,
				SFAM__V6ONLY_DEFAULT);
		if (fd >= 0)
			return fd;
		if (means_no_way(error) || !means_no_way(fd))
			error = fd;
	}
	return error;
}

/* ------------------------------------------------------------- serve -- */

static const struct sfam_addr *find_family(const struct found *f,
					   const struct sfam_family *family)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->addrs[i].family == family)
			return &f->addrs[i];
	return NULL;
}

/* No host: IPv6, which takes IPv4 as well, or IPv4. */
static int serve_any(const struct found *f, enum sfam_open_how how,
		     const struct sfam_open_opts *o)
{
	const struct sfam_addr *six = find_family(f, &sfam__family_inet6);
	const struct sfam_addr *four = find_family(f, &sfam__family_inet);
	int fd = -EAFNOSUPPORT;

	if (six)
		fd = sfam__open(six, how, o, four ? SFAM__V6ONLY_OFF :
						    SFAM__V6ONLY_ON);
	if (four && !(o->flags & SFAM_OPEN_V6ONLY) && means_not_ours(fd))
		fd = sfam__open(four, how, o, SFAM__V6ONLY_DEFAULT);
	return fd;
}

static int serve_first(const struct found *f, enum sfam_open_how how,
		       const struct sfam_open_opts *o)
{
	int fd = -EAFNOSUPPORT;
	size_t i;

	for (i = 0; i < f->n && means_not_ours(fd); i++)
		fd = sfam__open(&f->addrs[i], how, o, SFAM__V6ONLY_DEFAULT);
	return fd;
}

SFAM_PUBLIC int sfam_open_text(const char *text, size_t text_len,
			       enum sfam_open_how how,
			       const struct sfam_open_opts *opts,
			       struct sfam_diag *diag)
{
	struct sfam__deadline deadline;
	struct sfam_open_opts o;
	struct found f;
	int r;

	r = sfam__open_opts(&o, how, opts);
	if (r < 0)
		return r;
	deadline = sfam__deadline_in(o.timeout_ns);
	r = find(text, text_len, how, &f, diag);
	if (r < 0)
		return r;
	if (!f.name.shorthand)
		return sfam__open(&f.addrs[0], how, &o, SFAM__V6ONLY_DEFAULT);
	if (how == SFAM_OPEN_CONNECT)
		return connect_any(&f, &o, deadline);
	return f.name.host[0] ? serve_first(&f, how, &o) :
				serve_any(&f, how, &o);
}

static enum sfam_open_how how_to_serve(const struct sfam_addr *addr)
{
	return addr->type == SOCK_STREAM || addr->type == SOCK_SEQPACKET ?
	       SFAM_OPEN_LISTEN : SFAM_OPEN_BIND;
}

/* Returns how many descriptors are in ret_fds. */
static int serve_all(const struct found *f, const struct sfam_open_opts *o,
		     int *ret_fds)
{
	enum sfam__v6only v6only = f->name.shorthand ? SFAM__V6ONLY_ON :
						       SFAM__V6ONLY_DEFAULT;
	int error = -EAFNOSUPPORT;
	int n = 0;
	size_t i;
	int fd;

	for (i = 0; i < f->n; i++) {
		fd = sfam__open(&f->addrs[i], how_to_serve(&f->addrs[i]), o,
				v6only);
		if (fd >= 0)
			ret_fds[n++] = fd;
		else
			error = fd;
		if (fd < 0 && !means_not_ours(fd))
			break;
	}
	if (i == f->n && n > 0)
		return n;
	while (n > 0)
		sfam__sys_close(ret_fds[--n]);
	return error;
}

SFAM_PUBLIC int sfam_listen_all(const char *text, size_t text_len,
				const struct sfam_open_opts *opts,
				int *ret_fds, size_t max, size_t *ret_n,
				struct sfam_diag *diag)
{
	struct sfam_open_opts o;
	int fds[ADDRS_MAX];
	struct found f;
	int r;

	r = sfam__open_opts(&o, SFAM_OPEN_LISTEN, opts);
	if (r == 0)
		r = find(text, text_len, SFAM_OPEN_LISTEN, &f, diag);
	if (r < 0)
		return r;
	if (f.more || f.n > max)
		return -ENOSPC;
	r = serve_all(&f, &o, fds);
	if (r < 0)
		return r;
	memcpy(ret_fds, fds, (size_t)r * sizeof(fds[0]));
	*ret_n = (size_t)r;
	return 0;
}

SFAM_PUBLIC int sfam_has_dualstack(void)
{
	const int off = 0;
	int fd = sfam__sys_socket(AF_INET6, SOCK_STREAM, 0);
	int r;

	if (fd == -EAFNOSUPPORT)
		return 0;
	if (fd < 0)
		return fd;
	r = sfam__sys_setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off,
				 sizeof(off));
	sfam__sys_close(fd);
	return r < 0 ? r : 1;
}
