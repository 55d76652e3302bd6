/* SPDX-License-Identifier: MIT */
/* What is particular to UDP bearers: net/tipc/udp_media.c. */
#include "tipc.h"

#include <netinet/in.h>
#include <netlink/genl/genl.h>

static socklen_t len_of(const struct sockaddr_storage *addr)
{
	if (addr->ss_family == AF_INET)
		return sizeof(struct sockaddr_in);
	return addr->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : 0;
}

static in_port_t *port_of(struct sockaddr_storage *addr)
{
	return addr->ss_family == AF_INET ?
		&((struct sockaddr_in *)addr)->sin_port :
		&((struct sockaddr_in6 *)addr)->sin6_port;
}

static void default_port(struct sockaddr_storage *addr)
{
	in_port_t *port = port_of(addr);

	if (*port == 0)
		*port = htons(SFAM_TIPC_UDP_PORT);
}

static void cluster_group(struct sockaddr_storage *ret, int family,
			  uint32_t cluster)
{
	struct sockaddr_in *in = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;

	memset(ret, 0, sizeof(*ret));
	ret->ss_family = (sa_family_t)family;
	if (family == AF_INET) {
		in->sin_addr.s_addr = htonl(0xe4000000 | cluster);
		return;
	}
	in6->sin6_addr.s6_addr[0] = 0xff;
	in6->sin6_addr.s6_addr[1] = 0x02;
	in6->sin6_addr.s6_addr[14] = (unsigned char)(cluster >> 8);
	in6->sin6_addr.s6_addr[15] = (unsigned char)cluster;
}

/* Both addresses as they go to the kernel. */
static int addresses(const struct sfam_tipc_bearer_config *config,
		     struct sockaddr_storage *ret_local,
		     struct sockaddr_storage *ret_remote,
		     struct sfam_ctl_diag *diag)
{
	struct sfam_tipc_node node;
	int r;

	*ret_local = config->local;
	*ret_remote = config->remote;
	if (!len_of(ret_local))
		return sfam__ctl_refuse(diag, -EINVAL, "UDP wants a local "
					"address of inet or inet6");
	if (ret_remote->ss_family == AF_UNSPEC) {
		r = sfam_tipc_get_node(&node, diag);
		if (r < 0)
			return r;
		cluster_group(ret_remote, ret_local->ss_family, node.cluster);
	}
	if (ret_remote->ss_family != ret_local->ss_family)
		return sfam__ctl_refuse(diag, -EINVAL, "local and remote of "
					"different families");
	default_port(ret_local);
	default_port(ret_remote);
	return 0;
}

int sfam__tipc_put_udp(struct nl_msg *body,
		       const struct sfam_tipc_bearer_config *config,
		       struct sfam_ctl_diag *diag)
{
	struct sockaddr_storage local, remote;
	struct nlattr *nest;
	int r = addresses(config, &local, &remote, diag);

	if (r < 0)
		return r;
	nest = nla_nest_start(body, TIPC_NLA_BEARER_UDP_OPTS);
	if (!nest || nla_put(body, TIPC_NLA_UDP_LOCAL, (int)len_of(&local),
			     &local) < 0 ||
	    nla_put(body, TIPC_NLA_UDP_REMOTE, (int)len_of(&remote),
		    &remote) < 0)
		return -ENOMEM;
	nla_nest_end(body, nest);
	return 0;
}

struct remotes {
	int (*each)(const struct sockaddr_storage *remote, void *arg);
	void *arg;
};

/* Without a nest, among the top attributes with the number of another. */
static int got_remote(struct nlmsghdr *h, void *arg)
{
	struct nlattr *tb[TIPC_NLA_UDP_MAX + 1];
	struct sockaddr_storage addr;
	struct remotes *remotes = arg;

	if (genlmsg_parse(h, 0, tb, TIPC_NLA_UDP_MAX, NULL) < 0 ||
	    !tb[TIPC_NLA_UDP_REMOTE])
		return -EBADMSG;
	memset(&addr, 0, sizeof(addr));
	nla_memcpy(&addr, tb[TIPC_NLA_UDP_REMOTE], sizeof(addr));
	return remotes->each(&addr, remotes->arg);
}

SFAM_PUBLIC int sfam_tipc_list_remotes(const char *name,
			int (*each)(const struct sockaddr_storage *remote,
				    void *arg),
			void *arg, struct sfam_ctl_diag *diag)
{
	struct remotes remotes = { each, arg };
	int r;

	if (strlen(name) >= SFAM_TIPC_NAME_MAX)
		return sfam__ctl_refuse(diag, -ENODEV, "no such UDP bearer");
	r = sfam__tipc_dump(TIPC_NL_UDP_GET_REMOTEIP, TIPC_NLA_BEARER,
			    sfam__tipc_body_text(TIPC_NLA_BEARER_NAME, name),
			    got_remote, &remotes, diag);
	if (r == -EINVAL)
		return sfam__ctl_refuse(diag, -ENODEV, "no such UDP bearer");
	return r;
}

static int put_remote(struct nl_msg *body,
		      const struct sockaddr_storage *remote)
{
	struct sockaddr_storage addr = *remote;
	struct nlattr *nest = nla_nest_start(body, TIPC_NLA_BEARER_UDP_OPTS);

	default_port(&addr);
	if (!nest || nla_put(body, TIPC_NLA_UDP_REMOTE, (int)len_of(&addr),
			     &addr) < 0)
		return -ENOMEM;
	nla_nest_end(body, nest);
	return 0;
}

SFAM_PUBLIC int sfam_tipc_add_remote(const char *name,
				     const struct sockaddr_storage *remote,
				     struct sfam_ctl_diag *diag)
{
	struct nl_msg *body;
	int r;

	sfam__tipc_clear(diag);
	if (!len_of(remote))
		return sfam__ctl_refuse(diag, -EADDRNOTAVAIL,
					"neither inet nor inet6");
	if (strlen(name) >= SFAM_TIPC_NAME_MAX)
		return sfam__ctl_refuse(diag, -ENODEV, "no such bearer");
	body = sfam__tipc_body_text(TIPC_NLA_BEARER_NAME, name);
	if (!body || put_remote(body, remote) < 0) {
		nlmsg_free(body);
		return -ENOMEM;
	}
	r = sfam__tipc_do(TIPC_NL_BEARER_ADD, TIPC_NLA_BEARER, body, NULL,
			  NULL, diag);
	r = sfam__tipc_no_bearer(name, r, diag);
	if (r == -EINVAL && sfam__tipc_wordless(diag))
		return sfam__ctl_refuse(diag, r, "it sends to a multicast "
					"group");
	return r;
}
