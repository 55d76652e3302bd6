/* SPDX-License-Identifier: MIT */
/*
 * The only raw system calls of the library. Each returns what the call
 * returns, or -errno. Those that can wait take a deadline and never touch
 * O_NONBLOCK of the descriptor: MSG_DONTWAIT first, poll(2) if need be.
 */
#ifndef SFAM_BASE_SYS_H
#define SFAM_BASE_SYS_H

#include <signal.h>
#include <sys/socket.h>

#include "base/common.h"

struct sfam__deadline {
	int64_t at_ns;		/* on CLOCK_MONOTONIC; -1: never */
};

int64_t sfam__now_ns(void);	/* CLOCK_MONOTONIC */
struct sfam__deadline sfam__deadline_in(int64_t timeout_ns);
/* What is left, 0 at the least; -1: for ever. */
int64_t sfam__deadline_left_ns(struct sfam__deadline deadline);

int sfam__sys_socket(int af, int type, int protocol);
int sfam__sys_bind(int fd, const void *sa, socklen_t len);
int sfam__sys_connect(int fd, const void *sa, socklen_t len);
int sfam__sys_listen(int fd, int backlog);
int sfam__sys_shutdown(int fd, int how);
int sfam__sys_accept(int fd, void *sa, socklen_t *len, int flags);
int sfam__sys_getsockname(int fd, void *sa, socklen_t *len);
int sfam__sys_getpeername(int fd, void *sa, socklen_t *len);
int sfam__sys_setsockopt(int fd, int level, int name, const void *value,
			 socklen_t len);
int sfam__sys_getsockopt(int fd, int level, int name, void *value,
			 socklen_t *len);
int sfam__sys_getsockopt_int(int fd, int level, int name, int *ret);
void sfam__sys_close(int fd);
/* For descriptors made here, not yet in anybody else's hands. */
int sfam__sys_clear_nonblock(int fd);
int sfam__sys_clear_cloexec(int fd);

/* In fd.c. 1 or 0, or -errno. */
int sfam__sys_is_nonblock(int fd);
int sfam__sys_is_cloexec(int fd);
int sfam__sys_set_cloexec(int fd);
int sfam__sys_dup(int fd);
/* The same open file, not another of the same path. */
bool sfam__sys_is_same_file(int a, int b);
int sfam__sys_socketpair(int af, int type, int protocol, int ret_fds[2]);

/* Bytes sent on a socket that its peer has not read yet; and to be read. */
int sfam__sys_unread(int fd, int *ret);
int sfam__sys_queued(int fd, int *ret);
/* In vsock.c: what /dev/vsock says. */
int sfam__sys_vsock_cid(uint32_t *ret);

/* In connect.c: connect while every signal waits, so that none can end it. */
int sfam__sys_connect_calm(int fd, const void *sa, socklen_t len);

/* In move.c. Those that may wait retry EINTR. */
enum sfam__kind {
	SFAM__KIND_SOCKET,
	SFAM__KIND_PIPE,
	SFAM__KIND_FILE,	/* regular, or a block device */
	SFAM__KIND_OTHER,
};
int sfam__sys_kind(int fd);	/* enum sfam__kind, or -errno */
int sfam__sys_pipe(int ret_fds[2]);
ssize_t sfam__sys_read(int fd, void *buf, size_t size);
ssize_t sfam__sys_pread(int fd, void *buf, size_t size, int64_t at);
ssize_t sfam__sys_write(int fd, const void *buf, size_t len);
int64_t sfam__sys_position(int fd);
int sfam__sys_set_position(int fd, int64_t at);
/* *at moves on by what was sent. */
ssize_t sfam__sys_sendfile(int out, int in, int64_t *at, size_t len);
ssize_t sfam__sys_splice(int in, int out, size_t len, unsigned int flags);

/*
 * Around calls that know no MSG_NOSIGNAL: SIGPIPE waits, and one that came
 * of an -EPIPE is taken away.
 */
struct sfam__sigpipe {
	sigset_t mask;
	bool pending;
};
void sfam__sys_hold_sigpipe(struct sfam__sigpipe *s);
void sfam__sys_release_sigpipe(const struct sfam__sigpipe *s, int result);
/* In file.c. */
struct stat;
int sfam__sys_fstat(int fd, struct stat *ret);
int sfam__sys_fcntl(int fd, int cmd, int arg);
int sfam__sys_dup_to(int fd, int to);	/* no close-on-exec; fd != to */
/* All of buf. */
int sfam__sys_write_all(int fd, const void *buf, size_t len);
/*
 * All of iov, which is used up by it; waits where fd is O_NONBLOCK. *ret_done
 * tells how many bytes went, even on failure.
 */
int sfam__sys_writev_all(int fd, struct iovec *iov, size_t count,
			 size_t *ret_done);
int sfam__sys_memfd(const char *name, unsigned int flags);
int sfam__sys_map(int fd, size_t len, const void **ret);
int sfam__sys_map_shared(int fd, size_t len, void **ret);	/* writable */
int sfam__sys_unmap(const void *map, size_t len);

/* In event.c. Makes it readable, or not; for signal handlers too. */
int sfam__sys_eventfd(void);
void sfam__sys_eventfd_set(int fd);
void sfam__sys_eventfd_clear(int fd);
/* Several descriptors to be waited for, cheaper than by poll(2). */
struct epoll_event;
int sfam__sys_epoll(void);
int sfam__sys_epoll_add(int epoll_fd, int fd);	/* its data is fd */
/* 0 is "not in the set"; from it and to it. data is a pointer. */
int sfam__sys_epoll_set(int epoll_fd, int fd, uint32_t old_events,
			uint32_t events, void *data);
/* Returns how many are ready, or -ETIMEDOUT, -errno. */
int sfam__sys_epoll_wait(int epoll_fd, struct epoll_event *events, int max,
			 struct sfam__deadline deadline);

/* In process.c. */
const char *sfam__sys_getenv(const char *name);
void sfam__sys_unsetenv(const char *name);
pid_t sfam__sys_getpid(void);
/* A number that no other process will ever have: its pidfd's inode. */
int sfam__sys_process_id(uint64_t *ret);

/* In interface.c. -ENODEV: there is none. ret_name has IFNAMSIZ bytes. */
int sfam__sys_ifindex(const char *name, int *ret_index);
int sfam__sys_ifname(int index, char *ret_name);
/* In the network namespace of the socket fd. IFF_..., of those the low 16. */
int sfam__sys_ifstate(int fd, int index, char *ret_name,
		      unsigned int *ret_flags);
/* In interface-list.c. -EAGAIN: interfaces came or went meanwhile. */
typedef void sfam__found_link(void *arg, int index, const char *name);
int sfam__sys_links(sfam__found_link *found, void *arg);

/* Waits for one of poll(2)'s events. Returns revents, -ETIMEDOUT, -errno. */
int sfam__sys_wait(int fd, short events, struct sfam__deadline deadline);

/* Of the kernel's clock that its timers go by, before they were hrtimers. */
int64_t sfam__sys_tick_ns(void);

/* Sleeps for ns, or until the deadline: -ETIMEDOUT if that is past. */
int sfam__sys_sleep(int64_t ns, struct sfam__deadline deadline);

ssize_t sfam__sys_sendmsg(int fd, const struct msghdr *msg, int flags,
			  struct sfam__deadline deadline);
/*
 * Waits for room, then sends all of a message however long that takes, with
 * no signal in between. -EOPNOTSUPP: fd is O_NONBLOCK.
 */
ssize_t sfam__sys_sendmsg_whole(int fd, const struct msghdr *msg, int flags,
				struct sfam__deadline deadline);
/* Is the errno of a receive the family's word for the end? */
bool sfam__sys_is_end(int fd, int error);
/*
 * Where descriptors may come, flags must have MSG_CMSG_CLOEXEC. 0 also where
 * a wait finds that nothing can come any more.
 */
ssize_t sfam__sys_recvmsg(int fd, struct msghdr *msg, int flags,
			  struct sfam__deadline deadline);
int sfam__sys_sendmmsg(int fd, struct mmsghdr *msgs, unsigned int n,
		       int flags, struct sfam__deadline deadline);
int sfam__sys_recvmmsg(int fd, struct mmsghdr *msgs, unsigned int n,
		       int flags, struct sfam__deadline deadline);

/* In read.c. Those with a retry after EINTR never give it. */
int sfam__sys_open_read(const char *path);
/* Waits for fd first, so nothing is waited for in read(2) itself. */
ssize_t sfam__sys_read_by(int fd, void *buf, size_t n,
			  struct sfam__deadline deadline);
ssize_t sfam__sys_readv(int fd, const struct iovec *iov, size_t count);
/* From where the file stands, which moves on. */
ssize_t sfam__sys_sendfile_here(int out, int in, size_t n);
/* Bytes of a regular file from where it stands; -ESPIPE: it is none. */
int64_t sfam__sys_file_left(int fd);

/*
 * In now.c: for sockets of ours that are O_NONBLOCK, or with MSG_DONTWAIT;
 * nothing waits. -EAGAIN is for the caller.
 */
ssize_t sfam__sys_send_now(int fd, const void *buf, size_t n, int flags);
ssize_t sfam__sys_recv_now(int fd, void *buf, size_t size, int flags);
ssize_t sfam__sys_sendmsg_now(int fd, const struct msghdr *msg, int flags);
/* All n bytes sent, and the answer read. -EIO: not all could be sent. */
ssize_t sfam__sys_ask(int fd, const void *in, size_t n, void *out,
		      size_t size);
struct sfam__answer {
	size_t asked;		/* bytes of the question */
	const struct iovec *iov;
	size_t count;
};
ssize_t sfam__sys_ask_msg(int fd, const struct msghdr *msg,
			  const struct sfam__answer *answer);

/* In memory.c. The compiler does not remove it. */
void sfam__wipe(void *buf, size_t n);
size_t sfam__sys_page_size(void);
int sfam__sys_random(void *buf, size_t n);
void sfam__sys_yield(void);

/* For what is held a few instructions only. */
static inline bool sfam__spin_try(uint32_t *lock)
{
	return !__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE);
}

static inline void sfam__spin_lock(uint32_t *lock)
{
	while (!sfam__spin_try(lock))
		sfam__sys_yield();
}

static inline void sfam__spin_unlock(uint32_t *lock)
{
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

#endif
