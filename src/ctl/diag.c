/* SPDX-License-Identifier: MIT */
/* sock_diag(7): the request, the answers, and what a missing answer means. */
#include <stdlib.h>

#include "diag.h"

static const struct sfam__diag *const tables[] = {
	sfam__diag_unix,
	sfam__diag_packet,
	sfam__diag_vsock,
	sfam__diag_netlink,
	sfam__diag_inet,
	sfam__diag_xdp,
};

SFAM_PUBLIC const char *sfam_socket_state_name(uint32_t state)
{
	static const char *const names[] = {
		NULL, "ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1",
		"FIN-WAIT-2", "TIME-WAIT", "UNCONN", "CLOSE-WAIT", "LAST-ACK",
		"LISTEN", "CLOSING",
	};

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : NULL;
}

/* ------------------------------------------------------ for the rows -- */

static int take_addr(struct sfam_addr *ret, const struct sfam_socket_info *i,
		     const void *sa, size_t len)
{
	return sfam_addr_from_sockaddr(ret, i->family, i->type, i->protocol,
				       sa, (socklen_t)len, NULL);
}

void sfam__diag_local(struct sfam_socket_info *info, const void *sa,
		      size_t len)
{
	if (take_addr(&info->local, info, sa, len) == 0)
		info->have |= SFAM_SOCKET_HAVE_LOCAL;
}

void sfam__diag_peer(struct sfam_socket_info *info, const void *sa, size_t len)
{
	if (take_addr(&info->peer, info, sa, len) == 0)
		info->have |= SFAM_SOCKET_HAVE_PEER;
}

int sfam__diag_copy(void *to, size_t size, const struct nlattr *attr)
{
	if (!attr)
		return -1;
	if ((size_t)nla_len(attr) < size)
		size = (size_t)nla_len(attr);
	memcpy(to, nla_data(attr), size);
	return 0;
}

void sfam__diag_memory(struct sfam_socket_info *info,
		       const struct nlattr *attr)
{
	uint32_t m[SK_MEMINFO_VARS] = { 0 };

	if (sfam__diag_copy(m, sizeof(m), attr) < 0)
		return;
	info->have |= SFAM_SOCKET_HAVE_MEMORY;
	info->recv_buffer = m[SK_MEMINFO_RCVBUF];
	info->send_buffer = m[SK_MEMINFO_SNDBUF];
	info->drops = m[SK_MEMINFO_DROPS];
}

void sfam__diag_memory_queues(struct sfam_socket_info *info,
			      const struct nlattr *attr)
{
	uint32_t m[SK_MEMINFO_VARS] = { 0 };

	sfam__diag_memory(info, attr);
	if (sfam__diag_copy(m, sizeof(m), attr) < 0)
		return;
	info->have |= SFAM_SOCKET_HAVE_QUEUES;
	info->recv_queue = m[SK_MEMINFO_RMEM_ALLOC];
	info->send_queue = m[SK_MEMINFO_WMEM_ALLOC];
}

/* ------------------------------------------------------ the exchange -- */

struct listing {
	const struct sfam__diag *row;
	const struct sfam_family *family;
	int (*each)(const struct sfam_socket_info *info, void *arg);
	void *arg;
	int stop;			/* what each() ended it with */
	uint64_t *seen;			/* cookies, of a row that repeats */
	size_t n_seen;
};

/*
 * Members of a group stand in two lists of the kernel, and its test for the
 * second (sk_hashed(), __netlink_diag_dump() of net/netlink/diag.c) never
 * holds. 1: seen, 0: not, and noted.
 */
static int is_repeated(struct listing *l, const struct sfam_socket_info *info)
{
	uint64_t *more;
	size_t i;

	if (!l->row->repeats || !(info->have & SFAM_SOCKET_IS_LISTENING))
		return 0;
	for (i = 0; i < l->n_seen; i++)
		if (l->seen[i] == info->cookie)
			return 1;
	more = realloc(l->seen, (l->n_seen + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	l->seen = more;
	l->seen[l->n_seen++] = info->cookie;
	return 0;
}

static int got(struct nlmsghdr *header, void *arg)
{
	struct listing *l = arg;
	struct sfam_socket_info info;
	int r;

	memset(&info, 0, sizeof(info));
	info.family = l->family;
	r = l->row->read(&info, l->row, header);
	if (r == 0)
		r = is_repeated(l, &info);
	if (r == 0)
		l->stop = l->each(&info, l->arg);
	return r < 0 ? r : l->stop;
}

/*
 * Is a protocol of that name registered now? Its sockets can only be if it
 * is; to ask by socket(2) would load it. -1: cannot be told.
 */
static int is_registered(const char *name)
{
	FILE *f = fopen("/proc/net/protocols", "re");
	char line[256], word[32];
	int found = 0;

	if (!f)
		return -1;
	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%31s", word) == 1 &&
			strcmp(word, name) == 0;
	fclose(f);
	return found;
}

/*
 * sock_diag answers -ENOENT to a family that nobody serves, be it that the
 * module could not be loaded or that there is no such family (now).
 */
static int explain(const struct sfam__diag *row, int error,
		   struct sfam_ctl_diag *diag)
{
	if (error != -ENOENT)
		return error;
	if (is_registered(row->name) == 0)
		return 0;
	return sfam__ctl_refuse(diag, error, "this kernel cannot list %s "
				"sockets; try: modprobe %s (%s)", row->name,
				row->module, row->config);
}

static int list(struct listing *l, struct sfam_ctl_diag *diag)
{
	struct nl_msg *msg = nlmsg_alloc_simple(SOCK_DIAG_BY_FAMILY,
						NLM_F_DUMP);
	int r;

	if (msg && l->row->request(msg, l->row) < 0) {
		nlmsg_free(msg);
		msg = NULL;
	}
	r = sfam__ctl_dump(NETLINK_SOCK_DIAG, msg, got, l, diag);
	free(l->seen);
	l->seen = NULL;
	l->n_seen = 0;
	return l->stop ? l->stop : explain(l->row, r, diag);
}

SFAM_PUBLIC int sfam_socket_list(const struct sfam_family *f,
				 int (*each)(const struct sfam_socket_info *,
					     void *arg),
				 void *arg, struct sfam_ctl_diag *diag)
{
	struct listing l = { .family = f, .each = each, .arg = arg };
	struct sfam_ctl_diag words = { "" };
	int r, result = -EOPNOTSUPP;
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (l.row = tables[i]; l.row->scheme; l.row++) {
			if (strcmp(l.row->scheme, sfam_family_name(f)) != 0)
				continue;
			r = list(&l, &words);
			if (l.stop)
				return l.stop;
			if (result < 0 && result != -EOPNOTSUPP)
				continue;
			result = r;
			if (r < 0 && diag)
				*diag = words;
		}
	if (result == -EOPNOTSUPP)
		return sfam__ctl_refuse(diag, result, "the kernel has no list "
					"of sockets of this family");
	return result;
}
