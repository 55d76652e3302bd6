/* SPDX-License-Identifier: MIT */
/* The forms that items come in. All in host order, addresses excepted. */
#include <netinet/in.h>
#include <time.h>

#include <linux/errqueue.h>
#include <linux/if_alg.h>
#include <linux/if_packet.h>

#include "socket/cmsg-table.h"

/* ---------------------------------------------------------- numbers -- */

static bool decode_nothing(struct sfam_cmsg *item, size_t size)
{
	(void)item;
	(void)size;
	return true;
}

static void encode_nothing(unsigned char *data, const struct sfam_cmsg *item,
			   size_t size)
{
	(void)data;
	(void)item;
	(void)size;
}

const struct sfam__cmsg_codec sfam__cmsg_nothing = {
	decode_nothing, encode_nothing, NULL
};

/* The place of a number of size bytes within one of eight. */
static unsigned char *number_at(uint64_t *number, size_t size)
{
	const uint16_t one = 1;
	unsigned char first;

	memcpy(&first, &one, 1);
	return (unsigned char *)number + (first ? 0 : sizeof(*number) - size);
}

static bool decode_number(struct sfam_cmsg *item, size_t size)
{
	memcpy(number_at(&item->u.number, size), item->data, size);
	return true;
}

static void encode_number(unsigned char *data, const struct sfam_cmsg *item,
			  size_t size)
{
	uint64_t number = item->u.number;

	memcpy(data, number_at(&number, size), size);
}

const struct sfam__cmsg_codec sfam__cmsg_number = {
	decode_number, encode_number, NULL
};

static bool decode_words(struct sfam_cmsg *item, size_t size)
{
	memcpy(item->u.words, item->data, size);
	return true;
}

static void encode_words(unsigned char *data, const struct sfam_cmsg *item,
			 size_t size)
{
	memcpy(data, item->u.words, size);
}

const struct sfam__cmsg_codec sfam__cmsg_words = {
	decode_words, encode_words, NULL
};

/* ------------------------------------------------------------ bytes -- */

static bool decode_bytes(struct sfam_cmsg *item, size_t size)
{
	item->u.bytes.data = (const unsigned char *)item->data + size;
	item->u.bytes.len = item->len - size;
	return true;
}

static size_t measure_bytes(const struct sfam_cmsg *item)
{
	return item->u.bytes.len;
}

static void encode_bytes(unsigned char *data, const struct sfam_cmsg *item,
			 size_t size)
{
	if (item->u.bytes.len)
		memcpy(data + size, item->u.bytes.data, item->u.bytes.len);
}

const struct sfam__cmsg_codec sfam__cmsg_bytes = {
	decode_bytes, encode_bytes, measure_bytes
};

/* struct af_alg_iv has the length once more. */
static bool decode_iv(struct sfam_cmsg *item, size_t size)
{
	uint32_t len;

	memcpy(&len, item->data, sizeof(len));
	decode_bytes(item, size);
	if (len > item->u.bytes.len)
		return false;
	item->u.bytes.len = len;
	return true;
}

static size_t measure_iv(const struct sfam_cmsg *item)
{
	return sizeof(struct af_alg_iv) + item->u.bytes.len;
}

static void encode_iv(unsigned char *data, const struct sfam_cmsg *item,
		      size_t size)
{
	uint32_t len = (uint32_t)item->u.bytes.len;

	memcpy(data, &len, sizeof(len));
	encode_bytes(data, item, size);
}

const struct sfam__cmsg_codec sfam__cmsg_iv = {
	decode_iv, encode_iv, measure_iv
};

/* ------------------------------------------ descriptors, credentials -- */

/* Never half a descriptor, whatever the length says. */
static bool decode_fds(struct sfam_cmsg *item, size_t size)
{
	(void)size;
	item->u.fds.fd = item->data;
	item->u.fds.n = item->len / sizeof(int);
	return true;
}

static size_t measure_fds(const struct sfam_cmsg *item)
{
	return item->u.fds.n * sizeof(int);
}

static void encode_fds(unsigned char *data, const struct sfam_cmsg *item,
		       size_t size)
{
	(void)size;
	if (item->u.fds.n)
		memcpy(data, item->u.fds.fd, item->u.fds.n * sizeof(int));
}

const struct sfam__cmsg_codec sfam__cmsg_fds = {
	decode_fds, encode_fds, measure_fds
};

static bool decode_pidfd(struct sfam_cmsg *item, size_t size)
{
	memcpy(&item->u.pidfd, item->data, size);
	return true;
}

static void encode_pidfd(unsigned char *data, const struct sfam_cmsg *item,
			 size_t size)
{
	memcpy(data, &item->u.pidfd, size);
}

const struct sfam__cmsg_codec sfam__cmsg_pidfd = {
	decode_pidfd, encode_pidfd, NULL
};

static bool decode_credentials(struct sfam_cmsg *item, size_t size)
{
	struct ucred c;

	memcpy(&c, item->data, size);
	item->u.credentials.pid = c.pid;
	item->u.credentials.uid = c.uid;
	item->u.credentials.gid = c.gid;
	return true;
}

static void encode_credentials(unsigned char *data,
			       const struct sfam_cmsg *item, size_t size)
{
	const struct ucred c = {
		.pid = item->u.credentials.pid,
		.uid = item->u.credentials.uid,
		.gid = item->u.credentials.gid,
	};

	memcpy(data, &c, size);
}

const struct sfam__cmsg_codec sfam__cmsg_credentials = {
	decode_credentials, encode_credentials, NULL
};

/* ---------------------------------------------------------- packets -- */

static bool decode_pktinfo(struct sfam_cmsg *item, size_t size)
{
	struct sfam_cmsg_pktinfo *p = &item->u.pktinfo;
	struct in_pktinfo in;

	memcpy(&in, item->data, size);
	p->ifindex = in.ipi_ifindex;
	memcpy(p->addr, &in.ipi_addr, sizeof(in.ipi_addr));
	memcpy(p->local, &in.ipi_spec_dst, sizeof(in.ipi_spec_dst));
	return true;
}

static void encode_pktinfo(unsigned char *data, const struct sfam_cmsg *item,
			   size_t size)
{
	const struct sfam_cmsg_pktinfo *p = &item->u.pktinfo;
	struct in_pktinfo in = { .ipi_ifindex = p->ifindex };

	memcpy(&in.ipi_addr, p->addr, sizeof(in.ipi_addr));
	memcpy(&in.ipi_spec_dst, p->local, sizeof(in.ipi_spec_dst));
	memcpy(data, &in, size);
}

const struct sfam__cmsg_codec sfam__cmsg_pktinfo = {
	decode_pktinfo, encode_pktinfo, NULL
};

static bool decode_pktinfo_inet6(struct sfam_cmsg *item, size_t size)
{
	struct in6_pktinfo in;

	memcpy(&in, item->data, size);
	item->u.pktinfo.ifindex = (int)in.ipi6_ifindex;
	memcpy(item->u.pktinfo.addr, &in.ipi6_addr, sizeof(in.ipi6_addr));
	return true;
}

static void encode_pktinfo_inet6(unsigned char *data,
				 const struct sfam_cmsg *item, size_t size)
{
	struct in6_pktinfo in;

	in.ipi6_ifindex = (unsigned int)item->u.pktinfo.ifindex;
	memcpy(&in.ipi6_addr, item->u.pktinfo.addr, sizeof(in.ipi6_addr));
	memcpy(data, &in, size);
}

const struct sfam__cmsg_codec sfam__cmsg_pktinfo_inet6 = {
	decode_pktinfo_inet6, encode_pktinfo_inet6, NULL
};

static bool decode_auxdata(struct sfam_cmsg *item, size_t size)
{
	struct sfam_cmsg_auxdata *a = &item->u.auxdata;
	struct tpacket_auxdata t;

	memcpy(&t, item->data, size);
	a->status = t.tp_status;
	a->len = t.tp_len;
	a->snaplen = t.tp_snaplen;
	a->mac = t.tp_mac;
	a->net = t.tp_net;
	a->vlan_tci = t.tp_vlan_tci;
	a->vlan_tpid = t.tp_vlan_tpid;
	return true;
}

static void encode_auxdata(unsigned char *data, const struct sfam_cmsg *item,
			   size_t size)
{
	const struct sfam_cmsg_auxdata *a = &item->u.auxdata;
	const struct tpacket_auxdata t = {
		.tp_status = a->status,
		.tp_len = a->len,
		.tp_snaplen = a->snaplen,
		.tp_mac = a->mac,
		.tp_net = a->net,
		.tp_vlan_tci = a->vlan_tci,
		.tp_vlan_tpid = a->vlan_tpid,
	};

	memcpy(data, &t, size);
}

const struct sfam__cmsg_codec sfam__cmsg_auxdata = {
	decode_auxdata, encode_auxdata, NULL
};

/* ------------------------------------------------------------ errors -- */

/*
 * The families of IP add a sockaddr always, of AF_UNSPEC if there is no
 * offender (net/ipv4/ip_sockglue.c); the others add none.
 */
static bool decode_error(struct sfam_cmsg *item, size_t size)
{
	struct sfam_cmsg_error *e = &item->u.error;
	struct sock_extended_err ee;
	const struct sockaddr *sa;

	memcpy(&ee, item->data, size);
	e->error = ee.ee_errno;
	e->origin = ee.ee_origin;
	e->type = ee.ee_type;
	e->code = ee.ee_code;
	e->info = ee.ee_info;
	e->data = ee.ee_data;
	sa = (const void *)((const unsigned char *)item->data + size);
	if (item->len < size + sizeof(sa->sa_family) ||
	    sa->sa_family == AF_UNSPEC)
		return true;
	e->offender = sa;
	e->offender_len = item->len - size;
	return true;
}

static size_t measure_error(const struct sfam_cmsg *item)
{
	return sizeof(struct sock_extended_err) + item->u.error.offender_len;
}

static void encode_error(unsigned char *data, const struct sfam_cmsg *item,
			 size_t size)
{
	const struct sfam_cmsg_error *e = &item->u.error;
	struct sock_extended_err ee = {
		.ee_errno = e->error,
		.ee_origin = e->origin,
		.ee_type = e->type,
		.ee_code = e->code,
		.ee_info = e->info,
	};

	ee.ee_data = e->data;
	memcpy(data, &ee, size);
	if (e->offender_len)
		memcpy(data + size, e->offender, e->offender_len);
}

const struct sfam__cmsg_codec sfam__cmsg_error = {
	decode_error, encode_error, measure_error
};
