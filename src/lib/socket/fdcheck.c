/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>

#include "base/sys.h"
#include "base/text.h"

#include <sockfam/fdpass.h>

#define FLAGS (SFAM_FD_READABLE | SFAM_FD_WRITABLE | SFAM_FD_NOT_READABLE | \
	       SFAM_FD_NOT_WRITABLE | SFAM_FD_LISTENING)

/* By enum sfam_fd_kind; anonymous inodes (eventfd, pidfd) have no S_IFMT. */
static const struct kind {
	const char *name;
	mode_t mode;
} kinds[] = {
	[SFAM_FD_ANY] = { "anonymous inode", 0 },
	[SFAM_FD_REGULAR] = { "regular file", S_IFREG },
	[SFAM_FD_DIRECTORY] = { "directory", S_IFDIR },
	[SFAM_FD_FIFO] = { "pipe", S_IFIFO },
	[SFAM_FD_CHAR_DEVICE] = { "character device", S_IFCHR },
	[SFAM_FD_BLOCK_DEVICE] = { "block device", S_IFBLK },
	[SFAM_FD_SOCKET] = { "socket", S_IFSOCK },
};

/* "EXPECTED WHAT", and what it is instead. */
static int mismatch(struct sfam_diag *diag, const char *expected,
		    const char *what, const char *found)
{
	struct sfam__out o;

	if (!diag)
		return -EPROTOTYPE;
	diag->offset = 0;
	o = (struct sfam__out){ .buf = diag->expected,
				.size = sizeof(diag->expected) };
	sfam__out_str(&o, expected);
	sfam__out_str(&o, what);
	sfam__out_finish(&o);
	o = (struct sfam__out){ .buf = diag->found,
				.size = sizeof(diag->found) };
	sfam__out_str(&o, found);
	sfam__out_finish(&o);
	return -EPROTOTYPE;
}

static int check_kind(int fd, const struct sfam_fd_expect *e,
		      struct sfam_diag *diag)
{
	const char *found = kinds[SFAM_FD_ANY].name;
	enum sfam_fd_kind kind = e->kind;
	struct stat st;
	size_t i;
	int r;

	if (kind == SFAM_FD_ANY && (e->family || e->socket_type ||
				    e->flags & SFAM_FD_LISTENING))
		kind = SFAM_FD_SOCKET;
	r = sfam__sys_fstat(fd, &st);
	if (r < 0 || kind == SFAM_FD_ANY)
		return r;
	if (kinds[kind].mode == (st.st_mode & S_IFMT))
		return 0;
	for (i = 0; i < SFAM_ARRAY_LEN(kinds); i++)
		if (kinds[i].mode == (st.st_mode & S_IFMT))
			found = kinds[i].name;
	return mismatch(diag, kinds[kind].name, "", found);
}

/* O_PATH: open for neither; the access bits of its flags mean nothing. */
static int check_access(int fd, uint32_t flags, struct sfam_diag *diag)
{
	int mode = sfam__sys_fcntl(fd, F_GETFL, 0);
	bool r, w;

	if (mode < 0)
		return mode;
	r = !(mode & O_PATH) && (mode & O_ACCMODE) != O_WRONLY;
	w = !(mode & O_PATH) && (mode & O_ACCMODE) != O_RDONLY;
	if (!r && flags & SFAM_FD_READABLE)
		return mismatch(diag, "open for reading", "", "not so");
	if (!w && flags & SFAM_FD_WRITABLE)
		return mismatch(diag, "open for writing", "", "not so");
	if (r && flags & SFAM_FD_NOT_READABLE)
		return mismatch(diag, "not open for reading", "", "it is");
	if (w && flags & SFAM_FD_NOT_WRITABLE)
		return mismatch(diag, "not open for writing", "", "it is");
	return 0;
}

/* Files that cannot be sealed have no seals. */
static int check_seals(int fd, uint32_t seals, struct sfam_diag *diag)
{
	static const struct {
		int seal;
		const char *name;
	} names[] = {
		{ F_SEAL_SEAL, "seal" }, { F_SEAL_SHRINK, "shrink" },
		{ F_SEAL_GROW, "grow" }, { F_SEAL_WRITE, "write" },
	};
	int has = sfam__sys_fcntl(fd, F_GET_SEALS, 0);
	const char *missing = "another operation";
	size_t i;

	if (has < 0)
		return mismatch(diag, "a sealed memfd", "", "no memfd");
	if (!(seals & ~(uint32_t)has))
		return 0;
	for (i = SFAM_ARRAY_LEN(names); i-- > 0;)
		if (seals & ~(uint32_t)has & (uint32_t)names[i].seal)
			missing = names[i].name;
	return mismatch(diag, "sealed against: ", missing, "not sealed");
}

static int check_family(int fd, const struct sfam_family *family,
			struct sfam_diag *diag)
{
	const struct sfam_family *is;
	int r = sfam_family_by_fd(&is, fd);

	if (r == 0 && is == family)
		return 0;
	return mismatch(diag, "a socket of family ", sfam_family_name(family),
			r == 0 ? sfam_family_name(is) : "no known family");
}

static const char *type_name(int type)
{
	static const char *const names[] = {
		[SOCK_STREAM] = "stream", [SOCK_DGRAM] = "dgram",
		[SOCK_RAW] = "raw", [SOCK_RDM] = "rdm",
		[SOCK_SEQPACKET] = "seqpacket",
	};

	return type > 0 && type < (int)SFAM_ARRAY_LEN(names) ? names[type] :
							       "another";
}

static int check_socket(int fd, const struct sfam_fd_expect *e,
			struct sfam_diag *diag)
{
	int type = 0, listens = 0;

	if (e->family && check_family(fd, e->family, diag) < 0)
		return -EPROTOTYPE;
	if (e->socket_type) {
		sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_TYPE, &type);
		if (type != e->socket_type)
			return mismatch(diag, "a socket of type ",
					type_name(e->socket_type),
					type_name(type));
	}
	if (!(e->flags & SFAM_FD_LISTENING))
		return 0;
	sfam__sys_getsockopt_int(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens);
	return listens ? 0 : mismatch(diag, "a socket that listens", "",
				      "it does not");
}

SFAM_PUBLIC int sfam_fd_check(int fd, const struct sfam_fd_expect *expect,
			      struct sfam_diag *diag)
{
	int r;

	if ((size_t)expect->kind >= SFAM_ARRAY_LEN(kinds) ||
	    expect->flags & ~FLAGS)
		return -EINVAL;
	r = check_kind(fd, expect, diag);
	if (r == 0)
		r = check_access(fd, expect->flags, diag);
	if (r == 0 && expect->seals)
		r = check_seals(fd, expect->seals, diag);
	if (r == 0)
		r = check_socket(fd, expect, diag);
	return r;
}
