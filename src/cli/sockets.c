/* SPDX-License-Identifier: MIT */
/* sockfam sockets: all are collected first, as peers are told by inode. */
#include <errno.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sockets.h"

const char *sockets_type(int type)
{
	static const char *const names[] = {
		"-", "stream", "dgram", "raw", "rdm", "seqpacket",
	};

	return type > 0 && (size_t)type < CLI_ARRAY_LEN(names) ? names[type] :
								 "-";
}

const char *sockets_fanout(uint32_t mode)
{
	static const char *const names[] = {
		"hash", "lb", "cpu", "rollover", "rnd", "qm", "cbpf", "ebpf",
	};

	return mode < CLI_ARRAY_LEN(names) ? names[mode] : "-";
}

/* ------------------------------------------------------------ collect -- */

/* Room for one more of size bytes; -1 without memory. */
static int grow(void *array, size_t *room, size_t n, size_t size)
{
	size_t more = *room ? *room * 2 : 64;
	void *bigger;

	if (n < *room)
		return 0;
	bigger = realloc(*(void **)array, more * size);
	if (!bigger)
		return -1;
	*(void **)array = bigger;
	*room = more;
	return 0;
}

/* A copy with what it points to behind it. */
static struct sfam_socket_info *copy_of(const struct sfam_socket_info *info)
{
	size_t members = info->packet.n_memberships *
			 sizeof(struct sfam_packet_membership);
	size_t filter = info->packet.n_filter * sizeof(struct sock_filter);
	struct sfam_socket_info *copy = malloc(sizeof(*copy) + members +
					       filter);
	char *behind = (char *)(copy + 1);

	if (!copy)
		return NULL;
	*copy = *info;
	copy->packet.memberships = (void *)behind;
	copy->packet.filter = (void *)(behind + members);
	if (members)
		memcpy(behind, info->packet.memberships, members);
	if (filter)
		memcpy(behind + members, info->packet.filter, filter);
	return copy;
}

static int add(const struct sfam_socket_info *info, void *arg)
{
	struct sockets *s = arg;

	if (grow(&s->infos, &s->room, s->n, sizeof(*s->infos)) < 0)
		return -ENOMEM;
	s->infos[s->n] = copy_of(info);
	return s->infos[s->n++] ? 0 : -ENOMEM;
}

/* CLI_OK, or -EOPNOTSUPP silently if not asked for by name. */
static int collect(struct sockets *s, const struct sfam_family *f, int by_name)
{
	struct sfam_ctl_diag diag = { "" };
	int r = sfam_socket_list(f, add, s, &diag);

	if (r == 0 || (r == -EOPNOTSUPP && !by_name))
		return CLI_OK;
	if (r == -EAGAIN)
		return cli_error("%s: they change faster than they can be "
				 "listed", sfam_family_name(f));
	if (!diag.words[0])
		return cli_bad_call(sfam_family_name(f), r);
	return cli_error("%s: %s", sfam_family_name(f), diag.words);
}

static int collect_all(struct sockets *s, char **names)
{
	const struct sfam_family *f = NULL;
	int status = CLI_OK;

	if (!*names) {
		while ((f = sfam_family_next(f)) != NULL)
			if (collect(s, f, 0) != CLI_OK)
				status = CLI_FAILED;
		return status;
	}
	for (; *names; names++) {
		f = sfam_family_by_name(*names);
		if (!f)
			status = cli_error("%s: no such family", *names);
		else if (collect(s, f, 1) != CLI_OK)
			status = CLI_FAILED;
	}
	return status;
}

/* -------------------------------------------------------------- peers -- */

static int inode_order(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int info_order(const void *a, const void *b)
{
	const struct sfam_socket_info *const *x = a, *const *y = b;

	return inode_order((*x)->inode, (*y)->inode);
}

static int info_is(const void *key, const void *element)
{
	const struct sfam_socket_info *const *x = element;

	return inode_order(*(const uint32_t *)key, (*x)->inode);
}

static int sort_by_inode(struct sockets *s)
{
	size_t i;

	s->by_inode = malloc((s->n + 1) * sizeof(s->by_inode[0]));
	if (!s->by_inode)
		return -1;
	for (i = 0; i < s->n; i++)
		s->by_inode[i] = s->infos[i];
	qsort(s->by_inode, s->n, sizeof(s->by_inode[0]), info_order);
	return 0;
}

const struct sfam_addr *sockets_peer(const struct sockets *s,
				     const struct sfam_socket_info *info)
{
	struct sfam_socket_info **peer;

	if (info->have & SFAM_SOCKET_HAVE_PEER)
		return &info->peer;
	if (!(info->have & SFAM_SOCKET_HAVE_PEER_INODE) || !info->peer_inode)
		return NULL;
	peer = bsearch(&info->peer_inode, s->by_inode, s->n,
		       sizeof(s->by_inode[0]), info_is);
	if (!peer || !((*peer)->have & SFAM_SOCKET_HAVE_LOCAL))
		return NULL;
	return &(*peer)->local;
}

/* ------------------------------------------------------------- owners -- */

static int add_owner(const struct sfam_socket_owner *owner, void *arg)
{
	struct sockets *s = arg;

	if (grow(&s->owners, &s->owners_room, s->n_owners,
		 sizeof(*s->owners)) < 0)
		return -ENOMEM;
	s->owners[s->n_owners++] = *owner;
	return 0;
}

static int owner_order(const void *a, const void *b)
{
	const struct sfam_socket_owner *x = a, *y = b;

	if (x->inode != y->inode)
		return inode_order(x->inode, y->inode);
	return x->pid != y->pid ? x->pid - y->pid : x->fd - y->fd;
}

static int collect_owners(struct sockets *s)
{
	size_t denied = 0;
	int r = sfam_socket_owners(add_owner, s, &denied);

	if (r < 0)
		return cli_bad_call("/proc", r);
	if (denied)
		cli_error("sockets: %zu processes do not show what they hold; "
			  "try: as root", denied);
	if (s->n_owners)
		qsort(s->owners, s->n_owners, sizeof(s->owners[0]),
		      owner_order);
	return CLI_OK;
}

const struct sfam_socket_owner *
sockets_owners(const struct sockets *s, const struct sfam_socket_info *info,
	       size_t *ret_n)
{
	size_t low = 0, high = s->n_owners, middle;

	*ret_n = 0;
	while (info->inode && low < high) {
		middle = low + (high - low) / 2;
		if (s->owners[middle].inode < info->inode)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + *ret_n < s->n_owners &&
	       s->owners[low + *ret_n].inode == info->inode)
		++*ret_n;
	return *ret_n ? s->owners + low : NULL;
}

/* ---------------------------------------------------------------- run -- */

static void write_all(const struct sockets *s, int as_json)
{
	struct json j = JSON_INIT(stdout);
	size_t i;

	if (as_json)
		json_list(&j, NULL);
	for (i = 0; i < s->n; i++) {
		if (s->want & ~s->infos[i]->have)
			continue;
		if (as_json)
			sockets_json(&j, s, s->infos[i]);
		else
			sockets_print(s, s->infos[i]);
	}
	if (as_json)
		json_end(&j);
}

static int run(const struct cli_verb *self, int argc, char **argv)
{
	struct sockets s = { .n = 0 };
	int as_json = 0;
	int c, status;

	while ((c = cli_getopt_long(self, argc, argv, "+:lp", cli_json)) !=
	       -1) {
		if (c == '?')
			return CLI_USAGE;
		if (c == 'l')
			s.want = SFAM_SOCKET_IS_LISTENING;
		else if (c == 'p')
			s.with_owners = 1;
		else
			as_json = 1;
	}
	status = collect_all(&s, argv + optind);
	if (s.with_owners && collect_owners(&s) != CLI_OK)
		status = CLI_FAILED;
	if (sort_by_inode(&s) < 0)
		status = cli_bad_call("sockets", -ENOMEM);
	else
		write_all(&s, as_json);
	while (s.n)
		free(s.infos[--s.n]);
	free(s.infos);
	free(s.by_inode);
	free(s.owners);
	return status;
}

const struct cli_verb cli_sockets = {
	.name = "sockets",
	.args = "[-lp] [--json] [FAMILY...]",
	.help = "sockets in use: who listens on what",
	.details =
"  -l      only those that others can reach: listening, or open to all\n"
"  -p      the processes that hold them: name(pid):descriptor\n"
"  --json  a list of objects, with all that the kernel tells\n"
"FAMILY: unix, packet, vsock, netlink, inet, inet6, xdp; without it all.\n"
"State, receive and send queue, address, peer. The kernel has no list for\n"
"the other families, CAN among them: /proc/net/can/rcvlist_* show filters,\n"
"but not whose.\n",
	.run = run,
};
