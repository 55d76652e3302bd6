/* SPDX-License-Identifier: MIT */
/* The name table (net/tipc/name_table.c) and sockets (net/tipc/socket.c). */
#include "tipc.h"

struct names {
	int (*each)(const struct sfam_tipc_name *name, void *arg);
	void *arg;
};

static int tell_name(const struct names *names, struct nlattr **tb)
{
	const struct sfam_tipc_name name = {
		.type = sfam__tipc_number(tb[TIPC_NLA_PUBL_TYPE]),
		.lower = sfam__tipc_number(tb[TIPC_NLA_PUBL_LOWER]),
		.upper = sfam__tipc_number(tb[TIPC_NLA_PUBL_UPPER]),
		.scope = sfam__tipc_number(tb[TIPC_NLA_PUBL_SCOPE]),
		.node = sfam__tipc_number(tb[TIPC_NLA_PUBL_NODE]),
		.ref = sfam__tipc_number(tb[TIPC_NLA_PUBL_REF]),
		.key = sfam__tipc_number(tb[TIPC_NLA_PUBL_KEY]),
	};

	return names->each(&name, names->arg);
}

static int got_name(struct nlmsghdr *h, void *arg)
{
	struct nlattr *table[TIPC_NLA_NAME_TABLE_MAX + 1];
	struct nlattr *tb[TIPC_NLA_PUBL_MAX + 1];
	int r = sfam__tipc_parse(h, TIPC_NLA_NAME_TABLE, table,
				 TIPC_NLA_NAME_TABLE_MAX);

	if (r < 0)
		return r;
	if (!table[TIPC_NLA_NAME_TABLE_PUBL] ||
	    nla_parse_nested(tb, TIPC_NLA_PUBL_MAX,
			     table[TIPC_NLA_NAME_TABLE_PUBL], NULL) < 0)
		return -EBADMSG;
	return tell_name(arg, tb);
}

SFAM_PUBLIC int sfam_tipc_list_names(int (*each)
				     (const struct sfam_tipc_name *name,
				      void *arg),
				     void *arg, struct sfam_ctl_diag *diag)
{
	struct names names = { each, arg };

	return sfam__tipc_dump(TIPC_NL_NAME_TABLE_GET, 0, NULL, got_name,
			       &names, diag);
}

static int got_publication(struct nlmsghdr *h, void *arg)
{
	struct nlattr *tb[TIPC_NLA_PUBL_MAX + 1];
	int r = sfam__tipc_parse(h, TIPC_NLA_PUBL, tb, TIPC_NLA_PUBL_MAX);

	return r < 0 ? r : tell_name(arg, tb);
}

SFAM_PUBLIC int sfam_tipc_list_publications(uint32_t ref,
			int (*each)(const struct sfam_tipc_name *name,
				    void *arg),
			void *arg, struct sfam_ctl_diag *diag)
{
	struct names names = { each, arg };
	int r = sfam__tipc_dump(TIPC_NL_PUBL_GET, TIPC_NLA_SOCK,
				sfam__tipc_body_number(TIPC_NLA_SOCK_REF, ref),
				got_publication, &names, diag);

	if (r == -EINVAL)
		return sfam__ctl_refuse(diag, -ENOENT, "no such socket");
	return r;
}

struct socks {
	int (*each)(const struct sfam_tipc_socket *sock, void *arg);
	void *arg;
};

static void get_connection(struct sfam_tipc_socket *s, struct nlattr *nest)
{
	struct nlattr *tb[TIPC_NLA_CON_MAX + 1];

	if (!nest || nla_parse_nested(tb, TIPC_NLA_CON_MAX, nest, NULL) < 0)
		return;
	s->flags |= SFAM_TIPC_SOCKET_CONNECTED;
	s->peer_node = sfam__tipc_number(tb[TIPC_NLA_CON_NODE]);
	s->peer_ref = sfam__tipc_number(tb[TIPC_NLA_CON_SOCK]);
	if (!tb[TIPC_NLA_CON_FLAG])
		return;
	s->flags |= SFAM_TIPC_SOCKET_BY_NAME;
	s->type = sfam__tipc_number(tb[TIPC_NLA_CON_TYPE]);
	s->instance = sfam__tipc_number(tb[TIPC_NLA_CON_INST]);
}

static int got_socket(struct nlmsghdr *h, void *arg)
{
	struct nlattr *tb[TIPC_NLA_SOCK_MAX + 1];
	struct sfam_tipc_socket s = { .flags = 0 };
	struct socks *socks = arg;
	int r = sfam__tipc_parse(h, TIPC_NLA_SOCK, tb, TIPC_NLA_SOCK_MAX);

	if (r < 0)
		return r;
	s.ref = sfam__tipc_number(tb[TIPC_NLA_SOCK_REF]);
	if (tb[TIPC_NLA_SOCK_HAS_PUBL])
		s.flags |= SFAM_TIPC_SOCKET_BOUND;
	get_connection(&s, tb[TIPC_NLA_SOCK_CON]);
	return socks->each(&s, socks->arg);
}

SFAM_PUBLIC int sfam_tipc_list_sockets(int (*each)
				       (const struct sfam_tipc_socket *sock,
					void *arg),
				       void *arg, struct sfam_ctl_diag *diag)
{
	struct socks socks = { each, arg };

	return sfam__tipc_dump(TIPC_NL_SOCK_GET, 0, NULL, got_socket, &socks,
			       diag);
}
