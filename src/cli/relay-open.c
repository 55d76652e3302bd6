/* SPDX-License-Identifier: MIT */
/* From an address word to a socket, and what there is to know of it. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#include "relay.h"

/*
 * Frames that may wait for the slowest member of a group: two seconds of a
 * full bus, in which a node that is gone is missed (1.5 s, if nobody sets
 * another tolerance). The kernel may give less; what does not fit is counted.
 */
#define GROUP_ROOM 16384

static int has_trait(const struct sfam_family *f, uint32_t trait)
{
	return f && sfam_family_traits(f) & trait;
}

static enum relay_kind kind_of(const struct sfam_family *f, int type)
{
	if (type == SOCK_STREAM)
		return RELAY_BYTES;
	return has_trait(f, SFAM_TRAIT_CAN_FRAMES) ? RELAY_FRAMES :
						     RELAY_MESSAGES;
}

enum relay_kind relay_endpoint_kind(const struct endpoint *e)
{
	return e->is_parsed ? kind_of(e->addr.family, e->addr.type) :
			      RELAY_ANY;
}

/*
 * Bound, whichever word it is: what is sent goes to the bus, the kernel or
 * the address that it was bound with. (connect(2) to netlink is possible,
 * and would be deaf to its groups.)
 */
int relay_is_bus(const struct endpoint *e)
{
	return e->is_group ||
	       (e->is_parsed && has_trait(e->addr.family, SFAM_TRAIT_BUS));
}

/*
 * The text of a name is looked at now, and no resolver is asked: that it
 * does not know a host yet is no reason not to start.
 */
static int check_name(const char *text, struct sfam_diag *diag)
{
	struct sfam_addr addr;
	size_t n;
	int r = sfam_resolve(text, strlen(text), SFAM_RESOLVE_NUMERIC, &addr,
			     1, &n, diag);

	return sfam_error_eai(r) ? 0 : r;
}

/* Also the CID of this machine, and sockets of monitors. */
static int read_vsock(struct endpoint *e, const char *text,
		      struct sfam_diag *diag)
{
	int r = sfam_vsock_parse(&e->vsock, text, strlen(text), diag);

	if (r < 0)
		return r;
	e->is_vsock = e->is_parsed = 1;
	e->is_monitor = sfam_family_af(e->vsock.at.family) == AF_UNIX;
	e->addr = e->vsock.at;
	return 0;
}

int relay_endpoint(struct endpoint *e, const char *text,
		   struct sfam_diag *diag)
{
	int r;

	e->text = text;
	e->is_stdio = strcmp(text, "-") == 0;
	if (e->is_stdio)
		return 0;
	if (strncmp(text, "vsock:", 6) == 0)
		return read_vsock(e, text, diag);
	r = sfam_addr_parse(&e->addr, text, strlen(text), diag);
	e->is_parsed = r == 0;
	return r == -EINVAL ? check_name(text, diag) : r;
}

/* --------------------------------------------------------------- open -- */

/* -errno, and words of it if loud. */
static int open_text(const struct endpoint *e, enum sfam_open_how how,
		     const struct sfam_open_opts *opts, int loud)
{
	struct sfam_diag diag;
	int fd = sfam_open_text(e->text, strlen(e->text), how, opts, &diag);

	if (fd < 0 && loud)
		cli_bad_text(e->text, fd, &diag);
	return fd;
}

static int open_group(const struct endpoint *e)
{
	int fd = relay_group_open(e);

	return fd < 0 ? (cli_bad_call(e->text, fd), -1) : fd;
}

static int open_endpoint(const struct endpoint *e, enum sfam_open_how how,
			 const struct sfam_open_opts *opts)
{
	if (e->is_group)
		return open_group(e);
	if (e->is_parsed)
		return cli_open(&e->addr, how, opts);
	return open_text(e, how, opts, 1);
}

int relay_may_listen(const struct endpoint *e)
{
	return !e->is_stdio && !relay_is_bus(e) &&
	       (!e->is_parsed || e->addr.type == SOCK_STREAM ||
		e->addr.type == SOCK_SEQPACKET);
}

int relay_serve(const struct endpoint *e)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	int fd = -EOPNOTSUPP;

	opts.flags = SFAM_OPEN_NONBLOCK | SFAM_OPEN_REUSEADDR;
	if (!relay_may_listen(e))
		return open_endpoint(e, SFAM_OPEN_BIND, &opts);
	if (e->is_parsed)
		return open_endpoint(e, SFAM_OPEN_LISTEN, &opts);
	fd = open_text(e, SFAM_OPEN_LISTEN, &opts, 0);
	return fd >= 0 ? fd : open_endpoint(e, fd == -EOPNOTSUPP ?
					    SFAM_OPEN_BIND : SFAM_OPEN_LISTEN,
					    &opts);
}

/*
 * A unix datagram socket needs a name, or nobody can answer it: the kernel
 * gives one (unix(7), autobind).
 */
static void name_unix_datagram(const struct endpoint *e, int fd)
{
	const struct sockaddr_un sa = { .sun_family = AF_UNIX };

	if (e->is_parsed && e->addr.type == SOCK_DGRAM &&
	    sfam_family_af(e->addr.family) == AF_UNIX &&
	    bind(fd, (const struct sockaddr *)&sa, sizeof(sa.sun_family)) < 0)
		cli_bad_call(e->text, -errno);
}

static int connect_vsock(const struct relay *r, const struct endpoint *e)
{
	struct sfam_vsock_connect_opts opts = SFAM_VSOCK_CONNECT_OPTS_INIT;
	struct sfam_vsock_fault fault;
	int fd;

	opts.flags = SFAM_OPEN_NONBLOCK;
	opts.timeout_ns = r->connect_ns;
	fd = sfam_vsock_connect(&e->vsock, &opts, &fault);
	if (fd < 0)
		cli_error("%s: %s", e->text, fault.words);
	return fd;
}

int relay_connect(struct relay *r, const struct endpoint *e)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	int fd;

	if (e->is_vsock && e->addr.type != SOCK_DGRAM)
		return connect_vsock(r, e);
	opts.flags = SFAM_OPEN_NONBLOCK;
	opts.timeout_ns = r->connect_ns;
	fd = open_endpoint(e, relay_is_bus(e) ? SFAM_OPEN_BIND :
			   SFAM_OPEN_CONNECT, &opts);
	if (fd >= 0)
		name_unix_datagram(e, fd);
	return fd;
}

/*
 * Names are resolved here and now, and what waits is all of the relay; so
 * the address that answered is kept, and asked directly from then on.
 */
static int connect_by_name(struct relay *r, struct endpoint *e, int *ret_fd)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	int fd;

	opts.flags = SFAM_OPEN_NONBLOCK;
	opts.timeout_ns = r->connect_ns;
	fd = open_text(e, SFAM_OPEN_CONNECT, &opts, 0);
	if (fd < 0)
		return fd;
	e->is_parsed = e->is_resolved = sfam_addr_peer(&e->addr, fd) == 0;
	*ret_fd = fd;
	return 0;
}

struct sfam_addr relay_address_of_b(const struct pair *p)
{
	struct sfam_addr addr = p->rule->b.addr;

	if (p->rule->asks)
		((struct sockaddr_vm *)&addr.storage)->svm_port = p->port;
	return addr;
}

int relay_connect_async(struct relay *r, struct pair *p, int *ret_fd)
{
	struct endpoint *e = &p->rule->b;
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	struct sfam_addr addr;
	int error;
	int fd;

	if (!e->is_parsed)
		return connect_by_name(r, e, ret_fd);
	addr = relay_address_of_b(p);
	opts.flags = SFAM_OPEN_NONBLOCK;
	fd = e->is_group ? relay_group_open(e) :
	     sfam_open(&addr, relay_is_bus(e) ? SFAM_OPEN_BIND :
		       SFAM_OPEN_SOCKET, &opts);
	if (fd < 0)
		return fd == -EMFILE || fd == -ENFILE ? -EAGAIN : fd;
	if (relay_is_bus(e) ||
	    connect(fd, sfam_addr_sockaddr(&addr), addr.len) == 0) {
		name_unix_datagram(e, fd);
		*ret_fd = fd;
		return 0;
	}
	error = errno;
	if (error == EINPROGRESS)
		*ret_fd = fd;
	else
		close(fd);
	return -error;
}

/* --------------------------------------------------------------- side -- */

int relay_out_fd(const struct side *s)
{
	return s->out.fd >= 0 ? s->out.fd : s->in.fd;
}

const struct endpoint *relay_side_endpoint(const struct side *s)
{
	const struct pair *p = s->in.pair;

	return s == &p->a ? &p->rule->a : &p->rule->b;
}

static void stdio_side(struct side *s)
{
	struct stat st;

	s->is_stdio = 1;
	s->in.fd = STDIN_FILENO;
	s->out.fd = STDOUT_FILENO;
	s->write_max = fstat(STDOUT_FILENO, &st) == 0 &&
		       S_ISREG(st.st_mode) ? SIZE_MAX : 4096;
}

static void message_side(struct side *s, int type, int domain)
{
	const int on = 1;

	s->is_connection = type == SOCK_SEQPACKET;
	if (s->kind == RELAY_FRAMES) {
		/* Not all kernels and interfaces have them. */
		static const uint32_t kinds[] = {
			SFAM_CAN_OPT_XL, SFAM_CAN_OPT_FD
		};
		size_t i = 0;

		while (i < CLI_ARRAY_LEN(kinds) &&
		       sfam_can_set_options(s->in.fd, kinds[i], 0) < 0)
			i++;
		setsockopt(s->in.fd, SOL_SOCKET, SO_TIMESTAMPNS, &on,
			   sizeof(on));
	}
	/* Unix sockets drop nothing, and control data there is descriptors. */
	s->has_control = domain != AF_UNIX && !s->is_connection &&
			 setsockopt(s->in.fd, SOL_SOCKET, SO_RXQ_OVFL, &on,
				    sizeof(on)) == 0;
}

static int get_int(int fd, int name)
{
	int value = 0;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) < 0 ? 0 : value;
}

int relay_side(struct relay *r, struct side *s, struct pair *p, int fd)
{
	const struct sfam_family *f = NULL;
	ssize_t room;
	int type;

	memset(s, 0, sizeof(*s));
	s->in.pair = s->out.pair = p;
	s->in.fd = fd;
	s->out.fd = -1;
	if (fd < 0) {
		stdio_side(s);
		return 0;
	}
	type = get_int(fd, SO_TYPE);
	if (sfam_family_by_fd(&f, fd) < 0)
		f = NULL;
	s->is_group = relay_side_endpoint(s)->is_group;
	s->is_bus = s->is_group || has_trait(f, SFAM_TRAIT_BUS);
	s->ends_as_one = has_trait(f, SFAM_TRAIT_ENDS_AS_ONE);
	s->kind = kind_of(f, type);
	if (type == SOCK_STREAM) {
		s->is_connection = 1;
		return 0;
	}
	message_side(s, type, get_int(fd, SO_DOMAIN));
	if (s->kind == RELAY_FRAMES && r->with_group) {
		room = sfam_can_set_room(fd, GROUP_ROOM);
		if (room < 0)
			return (int)room;
	}
	/* getpeername(2) does not know the peer of a TIPC datagram socket. */
	s->has_no_peer = s == &p->a && !r->a_connects && !s->is_connection &&
			 !s->is_bus;
	if (type == SOCK_SEQPACKET && has_trait(f, SFAM_TRAIT_HALF_MESSAGES))
		return relay_sender_start(r, s);
	return 0;
}
