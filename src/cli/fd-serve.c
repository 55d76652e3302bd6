/* SPDX-License-Identifier: MIT */
/* sockfam fd serve: the same files for each client. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fd.h"

/* A client that does not read holds the others up for no longer. */
#define CLIENT_NS INT64_C(1000000000)

/*
 * A client that read a file would leave its end to the next, as all share
 * one offset: so each gets an open file of its own. Where that is forbidden
 * (our parent could open it, we may not) it is shared all the same.
 */
static int own_open_file(int fd)
{
	const int keep = O_ACCMODE | O_APPEND | O_PATH;
	const int flags = O_CLOEXEC | (fcntl(fd, F_GETFL) & keep);
	char path[32];
	struct stat st;
	int own = -1;

	if (fstat(fd, &st) < 0)
		return -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (S_ISREG(st.st_mode)) {
		own = open(path, flags);
		if (own < 0 && errno != EACCES && errno != EPERM)
			return -errno;
	}
	if (own < 0)
		own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return own < 0 ? -errno : own;
}

static int send_to_client(const struct fd_outgoing *o, int sock,
			  const char *who)
{
	static int fds[SFAM_FDPASS_SPLIT_MAX];
	int status = CLI_OK;
	size_t n;

	for (n = 0; n < o->files->n; n++) {
		fds[n] = own_open_file(o->files->fds[n]);
		if (fds[n] < 0) {
			status = cli_bad_call(who, fds[n]);
			break;
		}
	}
	if (status == CLI_OK)
		status = fd_send_files(sock, fds, o->files, CLIENT_NS, who);
	while (n)
		close(fds[--n]);
	return status;
}

static int is_allowed(const struct fd_rule *rule,
		      const struct sfam_credentials *peer)
{
	return (!(rule->flags & SFAM_FDPASS_ALLOW_UID) ||
		peer->uid == rule->who.uid) &&
	       (!(rule->flags & SFAM_FDPASS_ALLOW_GID) ||
		peer->gid == rule->who.gid);
}

int fd_is_client_allowed(const struct fd_rule *rule, int sock, char *ret_who)
{
	struct sfam_credentials peer;
	int r = sfam_peer_credentials(sock, &peer);

	if (r < 0) {
		cli_bad_call("client", r);
		return 0;
	}
	snprintf(ret_who, FD_WHO_LEN, "client of uid %u, pid %d",
		 (unsigned int)peer.uid, (int)peer.pid);
	if (is_allowed(rule, &peer))
		return 1;
	cli_error("%s: is not allowed to (-u, -g)", ret_who);
	return 0;
}

static void serve_client(const struct fd_outgoing *o, int sock)
{
	char who[FD_WHO_LEN];

	if (fd_is_client_allowed(&o->rule, sock, who) &&
	    send_to_client(o, sock, who) == CLI_OK)
		fprintf(stderr, "%s: sent %zu\n", who, o->files->n);
}

/* One client after the other; returns at a signal or when accept fails. */
static int serve_clients(const struct fd_outgoing *o, int listener,
			 int signals)
{
	int sock, r;

	for (;;) {
		r = fd_wait(listener, signals);
		if (r <= 0)
			return r < 0 ? CLI_FAILED : CLI_OK;
		sock = sfam_accept(listener, 0, 0, NULL);
		if (sock == -ETIMEDOUT || sock == -ECONNABORTED)
			continue;
		if (sock < 0)
			return cli_bad_call("accept", sock);
		serve_client(o, sock);
		close(sock);
	}
}

static int serve(const struct fd_outgoing *o)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	int status = CLI_FAILED;
	int signals = cli_signal_fd();
	int listener = -1;

	opts.flags = SFAM_OPEN_NONBLOCK;	/* see sfam_accept() */
	if (signals >= 0)
		listener = fd_listen(&o->addr, SFAM_OPEN_LISTEN, &opts,
				     o->text);
	if (listener >= 0) {
		fprintf(stderr, "listening on %s\n", o->text);
		status = serve_clients(o, listener, signals);
		fd_remove_path(&o->addr);
		close(listener);
	}
	if (signals >= 0)
		close(signals);
	return status;
}

int fd_serve_run(const struct cli_verb *self, int argc, char **argv)
{
	struct fd_outgoing o = { .self = self };

	return fd_send_with(&o, argc, argv, "+:g:n:su:", serve);
}
