/* SPDX-License-Identifier: MIT */
/*
 * net/ipv4/inet_diag.c, a table of its own for each protocol. A module that
 * serves it is loaded by the request, unless the protocol is not there.
 */
#include <linux/inet_diag.h>
#include <netinet/in.h>

#include "diag.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262	/* linux/in.h since 5.6 */
#endif

/* sdiag_protocol has 8 bits; more goes as an attribute since Linux 5.9. */
static int inet_request(struct nl_msg *msg, const struct sfam__diag *row)
{
	int is_v6 = strcmp(row->scheme, "inet6") == 0;
	struct inet_diag_req_v2 req = {
		.sdiag_family = is_v6 ? AF_INET6 : AF_INET,
		.sdiag_protocol = (uint8_t)row->protocol,
		.idiag_states = UINT32_MAX,
		.idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1) |
			     1 << (INET_DIAG_SHUTDOWN - 1),
	};
	int r = nlmsg_append(msg, &req, sizeof(req), NLMSG_ALIGNTO);

	if (r == 0 && row->protocol > UINT8_MAX)
		r = nla_put_u32(msg, INET_DIAG_REQ_PROTOCOL,
				(uint32_t)row->protocol);
	return r;
}

/* An IPv4 or IPv6 sockaddr of what stands in the message. Its length. */
static size_t make_sockaddr(struct sockaddr_storage *ret, int af,
			    const __be32 addr[4], __be16 port, uint32_t index)
{
	struct sockaddr_in *in = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;

	memset(ret, 0, sizeof(*ret));
	if (af == AF_INET) {
		in->sin_family = AF_INET;
		in->sin_port = port;
		memcpy(&in->sin_addr, addr, sizeof(in->sin_addr));
		return sizeof(*in);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = port;
	memcpy(&in6->sin6_addr, addr, sizeof(in6->sin6_addr));
	if (IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr))
		in6->sin6_scope_id = index;
	return sizeof(*in6);
}

static int is_zero(const __be32 addr[4])
{
	return !(addr[0] | addr[1] | addr[2] | addr[3]);
}

static void read_addresses(struct sfam_socket_info *ret, int af,
			   const struct inet_diag_sockid *id)
{
	struct sockaddr_storage sa;
	size_t len = make_sockaddr(&sa, af, id->idiag_src, id->idiag_sport,
				   id->idiag_if);

	sfam__diag_local(ret, &sa, len);
	len = make_sockaddr(&sa, af, id->idiag_dst, id->idiag_dport,
			    id->idiag_if);
	if (id->idiag_dport || !is_zero(id->idiag_dst))
		sfam__diag_peer(ret, &sa, len);
}

static int is_open_to_all(const struct sfam_socket_info *info, __be16 port)
{
	return info->state == SFAM_SOCKET_LISTENING ||
	       (info->state == SFAM_SOCKET_UNCONNECTED && port &&
		(info->type == SOCK_DGRAM || info->type == SOCK_RAW));
}

static int inet_read(struct sfam_socket_info *ret,
		     const struct sfam__diag *row, struct nlmsghdr *header)
{
	const struct inet_diag_msg *m = nlmsg_data(header);
	struct nlattr *tb[INET_DIAG_SHUTDOWN + 1];

	if (nlmsg_parse(header, sizeof(*m), tb, INET_DIAG_SHUTDOWN, NULL) < 0)
		return -EIO;
	ret->type = row->type;
	/* A raw socket's port is its protocol (inet_create(), af_inet.c). */
	ret->protocol = row->type == SOCK_RAW ? ntohs(m->id.idiag_sport) :
						row->protocol;
	ret->state = m->idiag_state;
	ret->inode = m->idiag_inode;
	ret->cookie = SFAM__COOKIE(m->id.idiag_cookie);
	ret->interface = m->id.idiag_if;
	ret->have = SFAM_SOCKET_HAVE_UID | SFAM_SOCKET_HAVE_QUEUES;
	ret->uid = m->idiag_uid;
	ret->recv_queue = m->idiag_rqueue;
	ret->send_queue = m->idiag_wqueue;
	read_addresses(ret, m->idiag_family, &m->id);
	if (tb[INET_DIAG_SHUTDOWN]) {
		ret->have |= SFAM_SOCKET_HAVE_SHUTDOWN;
		ret->shutdown = nla_get_u8(tb[INET_DIAG_SHUTDOWN]);
	}
	sfam__diag_memory(ret, tb[INET_DIAG_SKMEMINFO]);
	if (is_open_to_all(ret, m->id.idiag_sport))
		ret->have |= SFAM_SOCKET_IS_LISTENING;
	return 0;
}

#define ROW(scheme, name, number, type, module, config) \
	{ scheme, name, module, "CONFIG_INET_" config, number, type, 0, \
	  inet_request, inet_read }
#define ROWS(scheme, tcp, udp, lite, raw, mptcp, sctp) \
	ROW(scheme, tcp, IPPROTO_TCP, SOCK_STREAM, "tcp_diag", "DIAG"), \
	ROW(scheme, udp, IPPROTO_UDP, SOCK_DGRAM, "udp_diag", "UDP_DIAG"), \
	ROW(scheme, lite, IPPROTO_UDPLITE, SOCK_DGRAM, "udp_diag", \
	    "UDP_DIAG"), \
	ROW(scheme, raw, IPPROTO_RAW, SOCK_RAW, "raw_diag", "RAW_DIAG"), \
	ROW(scheme, mptcp, IPPROTO_MPTCP, SOCK_STREAM, "mptcp_diag", \
	    "MPTCP_DIAG"), \
	ROW(scheme, sctp, IPPROTO_SCTP, SOCK_STREAM, "sctp_diag", \
	    "SCTP_DIAG")

const struct sfam__diag sfam__diag_inet[] = {
	ROWS("inet", "TCP", "UDP", "UDP-Lite", "RAW", "MPTCP", "SCTP"),
	ROWS("inet6", "TCPv6", "UDPv6", "UDPLITEv6", "RAWv6", "MPTCPv6",
	     "SCTPv6"),
	{ .scheme = NULL },
};
