/* SPDX-License-Identifier: MIT */
/*
 * From an address to a packet socket. A socket that is made with a protocol
 * hears every interface at once; made with none it hears nothing until it is
 * bound (packet_create(), packet_do_bind() of net/packet/af_packet.c). So
 * everything else comes before bind, but for the fanout group, which only
 * takes those that hear.
 */
#include "packet/packet.h"

#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>

#include "family/row.h"

#define FLAGS (SFAM_PACKET_PROMISC | SFAM_PACKET_ALLMULTI | \
	       SFAM_PACKET_IGNORE_OUTGOING | SFAM_PACKET_QDISC_BYPASS | \
	       SFAM_PACKET_AUXDATA | SFAM_PACKET_TIME | SFAM_PACKET_HWTIME | \
	       SFAM_PACKET_DOWN_OK | SFAM_PACKET_VNET)

#define HWTIME (SOF_TIMESTAMPING_RX_HARDWARE | \
		SOF_TIMESTAMPING_RAW_HARDWARE | \
		SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE)

#define OPT_IGNORE_OUTGOING 23	/* PACKET_IGNORE_OUTGOING, since 4.20 */

int sfam__packet_opts(struct sfam_packet_opts *ret,
		      const struct sfam_packet_opts *opts)
{
	const struct sfam_packet_opts defaults = SFAM_PACKET_OPTS_INIT;
	int r;

	*ret = defaults;
	r = sfam__opts_read(ret, sizeof(*ret), opts);
	if (r < 0)
		return r;
	return ret->flags & ~FLAGS ? -EINVAL : 0;
}

/* ----------------------------------------------------------- options -- */

static int set_int(int fd, int level, int name, int value)
{
	return sfam__sys_setsockopt(fd, level, name, &value, sizeof(value));
}

/* Kernels before 5.1 have no 64-bit time. */
static int set_stamps(int fd, int name, int old_name, int value)
{
	int r = set_int(fd, SOL_SOCKET, name, value);

	return r == -ENOPROTOOPT ? set_int(fd, SOL_SOCKET, old_name, value) :
				   r;
}

/* PACKET_TIMESTAMP is for rings; it changes nothing elsewhere. */
static int set_times(int fd, uint32_t flags)
{
	int r = 0;

	if (flags & SFAM_PACKET_TIME)
		r = set_stamps(fd, SO_TIMESTAMPNS_NEW, SO_TIMESTAMPNS_OLD, 1);
	if (r < 0 || !(flags & SFAM_PACKET_HWTIME))
		return r;
	r = set_stamps(fd, SO_TIMESTAMPING_NEW, SO_TIMESTAMPING_OLD, HWTIME);
	return r < 0 ? r : set_int(fd, SOL_PACKET, PACKET_TIMESTAMP,
				   SOF_TIMESTAMPING_RAW_HARDWARE);
}

static int set_switches(int fd, uint32_t flags)
{
	static const struct {
		uint32_t flag;
		int name;
	} switches[] = {
		{ SFAM_PACKET_IGNORE_OUTGOING, OPT_IGNORE_OUTGOING },
		{ SFAM_PACKET_QDISC_BYPASS, PACKET_QDISC_BYPASS },
		{ SFAM_PACKET_AUXDATA, PACKET_AUXDATA },
		{ SFAM_PACKET_VNET, PACKET_VNET_HDR },
	};
	size_t i;
	int r = 0;

	for (i = 0; i < SFAM_ARRAY_LEN(switches) && r == 0; i++)
		if (flags & switches[i].flag)
			r = set_int(fd, SOL_PACKET, switches[i].name, 1);
	return r;
}

static int prepare(int fd, const struct sfam_packet_opts *o)
{
	int r = set_switches(fd, o->flags);

	if (r == 0)
		r = set_times(fd, o->flags);
	return r < 0 ? r : sfam__packet_attach(fd, o);
}

int sfam__packet_socket(const struct sfam_addr *addr,
			const struct sfam_packet_opts *o)
{
	int fd, r;

	if (addr->family != &sfam__family_packet)
		return -EAFNOSUPPORT;
	fd = sfam__sys_socket(AF_PACKET, addr->type, 0);
	if (fd < 0)
		return fd;
	r = prepare(fd, o);
	if (r < 0) {
		sfam__sys_close(fd);
		return r;
	}
	return fd;
}

/* ------------------------------------------------------- memberships -- */

static int add_membership(int fd, const struct packet_mreq *given, int ifindex)
{
	struct packet_mreq mreq = *given;

	if (mreq.mr_ifindex == 0)
		mreq.mr_ifindex = ifindex;
	return sfam__sys_setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP,
				    &mreq, sizeof(mreq));
}

static int add_memberships(int fd, const struct sfam_packet_opts *o,
			   int ifindex)
{
	const struct packet_mreq promisc = { .mr_type = PACKET_MR_PROMISC };
	const struct packet_mreq allmulti = { .mr_type = PACKET_MR_ALLMULTI };
	size_t i;
	int r = 0;

	if (o->flags & SFAM_PACKET_PROMISC)
		r = add_membership(fd, &promisc, ifindex);
	if (r == 0 && o->flags & SFAM_PACKET_ALLMULTI)
		r = add_membership(fd, &allmulti, ifindex);
	for (i = 0; i < o->n_memberships && r == 0; i++)
		r = add_membership(fd, &o->memberships[i], ifindex);
	return r;
}

/* ------------------------------------------------------------- start -- */

/* Only a member can bring the program (fanout_set_data() there). */
static int set_programs(int fd, const struct sfam_packet_fanout *f)
{
	int r = 0;

	if (f->program)
		r = sfam__sys_setsockopt(fd, SOL_PACKET, PACKET_FANOUT_DATA,
					 f->program, sizeof(*f->program));
	if (r == 0 && f->program_fd)
		r = set_int(fd, SOL_PACKET, PACKET_FANOUT_DATA,
			    *f->program_fd);
	return r;
}

static int join_fanout(int fd, const struct sfam_packet_fanout *f)
{
	int r = set_int(fd, SOL_PACKET, PACKET_FANOUT,
			(int)(f->id | (uint32_t)(f->mode | f->flags) << 16));

	return r < 0 ? r : set_programs(fd, f);
}

/* bind to an interface that is down succeeds, and only this tells. */
static int check_up(int fd, uint32_t flags)
{
	int error = 0;
	int r = sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_ERROR, &error);

	if (r < 0)
		return r;
	return error == ENETDOWN && flags & SFAM_PACKET_DOWN_OK ? 0 : -error;
}

int sfam__packet_ifindex(const struct sfam_addr *addr)
{
	struct sockaddr_ll ll;

	memcpy(&ll, &addr->storage, sizeof(ll));
	return ll.sll_ifindex;
}

int sfam__packet_start(int fd, const struct sfam_addr *addr,
		       const struct sfam_packet_opts *o)
{
	int r = add_memberships(fd, o, sfam__packet_ifindex(addr));

	if (r == 0)
		r = sfam__sys_bind(fd, &addr->storage, addr->len);
	if (r == 0)
		r = check_up(fd, o->flags);
	if (r == 0 && o->fanout)
		r = join_fanout(fd, o->fanout);
	return r;
}

SFAM_PUBLIC int sfam_packet_open(const struct sfam_addr *addr,
				 const struct sfam_packet_opts *opts)
{
	struct sfam_packet_opts o;
	int fd, r;

	r = sfam__packet_opts(&o, opts);
	if (r < 0)
		return r;
	fd = sfam__packet_socket(addr, &o);
	if (fd < 0)
		return fd;
	r = sfam__packet_start(fd, addr, &o);
	if (r < 0) {
		sfam__sys_close(fd);
		return r;
	}
	return fd;
}

SFAM_PUBLIC int sfam_packet_fanout_id(int fd)
{
	int value;
	int r = sfam__sys_getsockopt_int(fd, SOL_PACKET, PACKET_FANOUT, &value);

	if (r < 0)
		return r;
	return value ? value & 0xffff : -ENOENT;
}
