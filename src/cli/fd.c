/* SPDX-License-Identifier: MIT */
/* Open files from process to process: the verbs, and what they share. */
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "fd.h"

/* ------------------------------------------------------------- options -- */

int fd_check_names(const struct cli_verb *self, const char *names, size_t n)
{
	if (!names || sfam_fdnames_check(names, n) == 0)
		return CLI_OK;
	return cli_usage(self, "-n: not %zu name%s of printable characters "
			 "with colons between", n, n == 1 ? "" : "s");
}

/* An id, or a name of the user or group database. */
static int read_id(int c, const char *text, uint64_t *ret)
{
	const struct passwd *user;
	const struct group *group;

	/* ~0 is no id: chown(2) and its like take it for "leave it". */
	if (cli_number(text, 0, UINT32_MAX - 1, ret) == 0)
		return 0;
	if (c == 'u') {
		user = getpwnam(text);
		if (user)
			*ret = user->pw_uid;
		return user ? 0 : -1;
	}
	group = getgrnam(text);
	if (group)
		*ret = group->gr_gid;
	return group ? 0 : -1;
}

int fd_rule_set(const struct cli_verb *self, struct fd_rule *rule, int c,
		const char *value)
{
	uint64_t id;

	if (read_id(c, value, &id) < 0)
		return cli_usage(self, "-%c: no such %s: %s", c,
				 c == 'u' ? "user" : "group", value);
	if (c == 'u') {
		rule->flags |= SFAM_FDPASS_ALLOW_UID;
		rule->who.uid = (uid_t)id;
	} else {
		rule->flags |= SFAM_FDPASS_ALLOW_GID;
		rule->who.gid = (gid_t)id;
	}
	return CLI_OK;
}

/* ------------------------------------------------------------- sockets -- */

/* The path of a unix address; empty for another name. */
static const char *path_of(const struct sfam_addr *addr, char *buf)
{
	const struct sockaddr_un *un = (const void *)&addr->storage;

	memcpy(buf, un->sun_path, sizeof(un->sun_path));
	buf[sizeof(un->sun_path)] = '\0';
	return buf;
}

/* What to do about a name that is taken: nobody can tell from here. */
static int explain_taken(const struct sfam_addr *addr, const char *text)
{
	char buf[sizeof(struct sockaddr_un)];
	const char *path = path_of(addr, buf);
	struct stat st;

	if (path[0] == '\0')
		return cli_error("%s: another process has this name", text);
	if (lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return cli_error("%s: there is a file of this name, and it "
				 "is no socket", text);
	return cli_error("%s: another process listens there, or has left "
			 "its socket behind; try: rm it, if nobody listens",
			 text);
}

int fd_listen(const struct sfam_addr *addr, enum sfam_open_how how,
	      const struct sfam_open_opts *opts, const char *text)
{
	int fd = sfam_open(addr, how, opts);

	if (fd >= 0)
		return fd;
	if (fd == -EADDRINUSE)
		explain_taken(addr, text);
	else
		cli_bad_call(text, fd);
	return -1;
}

void fd_remove_path(const struct sfam_addr *addr)
{
	char buf[sizeof(struct sockaddr_un)];
	const char *path = path_of(addr, buf);

	if (path[0])
		unlink(path);
}

int fd_wait(int listener, int signals)
{
	struct pollfd fds[2] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = listener, .events = POLLIN },
	};

	while (poll(fds, 2, -1) < 0) {
		if (errno == EINTR)
			continue;
		cli_bad_call("poll", -errno);
		return -1;
	}
	return !fds[0].revents;
}

int fd_copy(int from, int to, const char *what)
{
	char buf[65536];
	ssize_t n;

	for (;;) {
		n = read(from, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cli_bad_call(what, -errno);
		if (n == 0)
			return CLI_OK;
		if (cli_write(to, buf, (size_t)n) < 0)
			return CLI_FAILED;
	}
}

/* --------------------------------------------------------------- verbs -- */

static const struct cli_verb below[] = {
	{
		.name = "send",
		.args = "[-s] [-n NAMES] ADDR FILE...",
		.help = "open files and pass them to another process",
		.details =
"ADDR is [unix:]/PATH or [unix:]@ABSTRACT, where 'sockfam fd recv' or the\n"
"like listens. Files are opened for reading; - is stdin, and /dev/fd/N is\n"
"descriptor N as it is, a socket say. Up to 253 descriptors go in one\n"
"message; its payload is their names, with newlines between. More go in\n"
"several, which 'sockfam fd recv' joins.\n"
"  -n NAMES  their names, colons between (web:admin); else as FILE says\n"
"  -s        sends sealed copies in memory, which nobody can change\n",
		.run = fd_send_run,
	}, {
		.name = "recv",
		.args = "[-cp] [-u UID] [-g GID] [-m MAX] [-e WHAT]... "
			"ADDR [CMD [ARG...]]",
		.help = "receive open files; print them, or run CMD on them",
		.details =
"Listens at ADDR, [unix:]/PATH or [unix:]@ABSTRACT, for one message of one\n"
"sender, and tells on stderr what came. Then runs CMD with the descriptors\n"
"as 3, 4, ... and no others, or copies what they hold to stdout, in order.\n"
"CMD finds their names in $LISTEN_FDNAMES, as in sd_listen_fds(3).\n"
"Prints 'listening on ADDR' on stderr when a sender may come.\n"
"  -c        connects to ADDR, where 'sockfam fd serve' listens\n"
"  -u, -g    takes only what this user, this group sent (id or name)\n"
"  -m MAX    at most so many descriptors\n"
"  -e WHAT   what a descriptor must be: words with commas between, of file,\n"
"            dir, pipe, char, block, socket, listening, stream, dgram,\n"
"            seqpacket, readable, writable, read-only, sealed (a memfd), or\n"
"            a family. The n-th -e is for the n-th, the last for the rest\n"
"  -p        gives CMD /dev/fd/3, /dev/fd/4 ... as its last arguments\n",
		.run = fd_recv_run,
	}, {
		.name = "serve",
		.args = "[-s] [-n NAMES] [-u UID] [-g GID] ADDR FILE...",
		.help = "hand the same open files to each client",
		.details =
"Listens at ADDR and sends to each who connects what 'sockfam fd send'\n"
"would; they take it by 'sockfam fd recv -c'. A regular file each reads\n"
"from its start, also one that was removed since; all else is shared.\n"
"A line on stderr tells of each client. Ends at SIGTERM or SIGINT.\n"
"  -n, -s    as for send\n"
"  -u, -g    only for clients of this user, this group (id or name)\n",
		.run = fd_serve_run,
	}, {
		.name = "exec",
		.args = "[-n NAMES] ADDR... -- CMD [ARG...]",
		.help = "run CMD with listening sockets (socket activation)",
		.details =
"Opens a listening socket for each ADDR, of any family (one that is bound,\n"
"for datagrams), and becomes CMD, which has them as 3, 4, ... and\n"
"$LISTEN_FDS, $LISTEN_PID and $LISTEN_FDNAMES as from systemd.\n"
"  -n NAMES  their names, colons between (web:admin); else \"unknown\"\n",
		.run = fd_exec_run,
	}, {
		.name = "store",
		.args = "[-k] [-m MAX] [-p MAX] [-u UID] [-g GID] "
			"[-N NOTIFY] ADDR",
		.help = "keep open files for programs that come back for them",
		.details =
"Listens at ADDR for put, get, list and drop, until SIGTERM or SIGINT. What\n"
"is kept outlives the program that put it; of connections whose peer hung\n"
"up, and pipes that nobody writes any more, nothing is kept. It begins with\n"
"what it inherits: 'sockfam fd get OLD sockfam fd store NEW' moves a store.\n"
"  -k         keeps what hung up, too\n"
"  -m MAX     at most so many descriptors (1024)\n"
"  -p MAX     at most so many of one name\n"
"  -u, -g     only for clients of this user, this group (id or name)\n"
"  -N NOTIFY  takes FDSTORE=1 of sd_notify(3) there: the $NOTIFY_SOCKET of\n"
"             a service, which gets them back by 'sockfam fd get ADDR CMD'\n",
		.run = fd_store_run,
	}, {
		.name = "put",
		.args = "[-s] [-n NAMES] ADDR FILE...",
		.help = "put open files into a store",
		.details =
"ADDR is where 'sockfam fd store' listens; FILE, -n and -s are as for send.\n"
"Without -n the name is \"stored\".\n",
		.run = fd_put_run,
	}, {
		.name = "get",
		.args = "[-p] [-n NAME] ADDR [CMD [ARG...]]",
		.help = "get them back; print them, or run CMD on them",
		.details =
"What is in the store stays there. CMD, -p and all else are as for recv.\n"
"  -n NAME  only those of this name\n",
		.run = fd_get_run,
	}, {
		.name = "list",
		.args = "[-n NAME] ADDR",
		.help = "print the names in a store, a line for each",
		.run = fd_list_run,
	}, {
		.name = "drop",
		.args = "-n NAME|-a ADDR",
		.help = "remove those of a name, or all, from a store",
		.details = "Prints how many they were.\n",
		.run = fd_drop_run,
	},
	{ .name = NULL },
};

const struct cli_verb cli_fd = {
	.name = "fd",
	.args = "VERB ...",
	.help = "open files from process to process",
	.below = below,
};
