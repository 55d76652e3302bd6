/* SPDX-License-Identifier: MIT */
/* /proc/PID/fd/N is a link to "socket:[INODE]" (fs/proc/fd.c). */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <sockfam/ctl-diag.h>

#include "request.h"

struct search {
	int (*each)(const struct sfam_socket_owner *owner, void *arg);
	void *arg;
	size_t denied;
};

static int is_denial(int error)
{
	return error == EACCES || error == EPERM;
}

/* A name that is a number; -1 if not. */
static int number_of(const char *name)
{
	char *end;
	long n = strtol(name, &end, 10);

	return name[0] >= '0' && name[0] <= '9' && !*end ? (int)n : -1;
}

/*
 * The inode that a descriptor's link names; 0: no socket, or closed. The
 * folder may be open to one who may not read what is in it.
 */
static uint32_t inode_of(int folder, const char *fd, size_t *denied)
{
	char link[64];
	ssize_t n = readlinkat(folder, fd, link, sizeof(link) - 1);
	unsigned int inode;

	if (n < 0 && is_denial(errno))
		*denied = 1;
	if (n <= 0)
		return 0;
	link[n] = '\0';
	return sscanf(link, "socket:[%u]", &inode) == 1 ? inode : 0;
}

static void read_name(int proc, struct sfam_socket_owner *owner)
{
	char path[32];
	ssize_t n;
	int fd;

	memset(owner->name, 0, sizeof(owner->name));
	snprintf(path, sizeof(path), "%d/comm", (int)owner->pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	/* 15 characters and a newline, which may be one of the name's too. */
	n = read(fd, owner->name, sizeof(owner->name));
	close(fd);
	if (n > 0)
		owner->name[n - 1] = '\0';
}

static int search_folder(struct search *s, int proc, DIR *dir, pid_t pid)
{
	struct sfam_socket_owner owner = { .pid = pid };
	struct dirent *e;
	size_t denied = 0;
	int r = 0;

	while (r == 0 && (e = readdir(dir)) != NULL) {
		owner.inode = inode_of(dirfd(dir), e->d_name, &denied);
		if (!owner.inode)
			continue;
		if (!owner.name[0])
			read_name(proc, &owner);
		owner.fd = number_of(e->d_name);
		r = s->each(&owner, s->arg);
	}
	s->denied += denied;
	return r;
}

/* A process that has ended meanwhile has no descriptors: ENOENT, ESRCH. */
static int search_process(struct search *s, int proc, pid_t pid)
{
	char path[32];
	DIR *dir;
	int fd, r;

	snprintf(path, sizeof(path), "%d/fd", (int)pid);
	fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && is_denial(errno)) {
		s->denied++;
		return 0;
	}
	if (fd < 0)
		return errno == ENOENT || errno == ESRCH ? 0 : -errno;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	r = search_folder(s, proc, dir, pid);
	closedir(dir);
	return r;
}

SFAM_PUBLIC int sfam_socket_owners(int (*each)(const struct sfam_socket_owner *,
					       void *arg),
				   void *arg, size_t *ret_denied)
{
	struct search s = { .each = each, .arg = arg };
	DIR *proc = opendir("/proc");
	struct dirent *e;
	int pid, r = 0;

	if (!proc)
		return -errno;
	while (r == 0 && (e = readdir(proc)) != NULL) {
		pid = number_of(e->d_name);
		if (pid > 0)
			r = search_process(&s, dirfd(proc), pid);
	}
	closedir(proc);
	if (r == 0 && ret_denied)
		*ret_denied = s.denied;
	return r;
}
