/* SPDX-License-Identifier: MIT */
/*
 * Lists of sockets against what the sockets themselves say, in a namespace
 * where no others come and go.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <sockfam/ctl.h>
#include <sockfam/sockfam.h>

#include "harness.h"

/* ----------------------------------------- what libnl gets to receive -- */

static int interrupt;	/* the next so many answers are marked; -1: all */

/* libnl's recvmsg, not the libc's. */
ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	ssize_t n = syscall(SYS_recvmsg, fd, msg, flags);
	struct nlmsghdr *h;

	if (interrupt && n > 0 && !(flags & MSG_PEEK)) {
		interrupt -= interrupt > 0;
		h = msg->msg_iov[0].iov_base;
		h->nlmsg_flags |= NLM_F_DUMP_INTR;
	}
	return n;
}

/* -------------------------------------------------------------- finding -- */

static const struct sfam_family *family(const char *name)
{
	return sfam_family_by_name(name);
}

struct search {
	uint32_t inode;
	size_t n;
	struct sfam_socket_info info;
	struct sock_filter filter[4];
	struct sfam_packet_membership member;
};

static int look(const struct sfam_socket_info *info, void *arg)
{
	struct search *s = arg;

	if (info->inode != s->inode)
		return 0;
	s->n++;
	s->info = *info;
	if (info->packet.n_filter && info->packet.n_filter <= 4)
		memcpy(s->filter, info->packet.filter,
		       info->packet.n_filter * sizeof(s->filter[0]));
	if (info->packet.n_memberships)
		s->member = info->packet.memberships[0];
	return 0;
}

static uint32_t inode_of(int fd)
{
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	return (uint32_t)st.st_ino;
}

/* The host's kernel may lack a part, such as raw_diag. */
static void list(const struct sfam_family *f,
		 int (*each)(const struct sfam_socket_info *info, void *arg),
		 void *arg)
{
	int r = sfam_socket_list(f, each, arg, NULL);

	if (r != -ENOENT || getenv("SFAM_IN_VM"))
		ck_assert_ok(r);
}

/* The entry of fd: it is there once, and is what the socket says of itself. */
static struct search entry_of(int fd)
{
	struct search s = { .inode = inode_of(fd) };
	const struct sfam_family *f;
	struct sfam_addr local, peer;
	uint64_t cookie;
	int value;

	ck_assert_ok(sfam_family_by_fd(&f, fd));
	list(f, look, &s);
	ck_assert_uint_eq(s.n, 1);
	ck_assert_ptr_eq(s.info.family, f);
	ck_assert_ok(sfam_option_get_int(fd, SOL_SOCKET, SO_TYPE, &value));
	ck_assert_int_eq(s.info.type, value);
	ck_assert_ok(sfam_option_get_wide(fd, SOL_SOCKET, SO_COOKIE,
					  &cookie));
	ck_assert_uint_eq(s.info.cookie, cookie);
	if (s.info.have & SFAM_SOCKET_HAVE_UID)
		ck_assert_uint_eq(s.info.uid, geteuid());
	if (s.info.have & SFAM_SOCKET_HAVE_MEMORY) {
		ck_assert_ok(sfam_option_get_int(fd, SOL_SOCKET, SO_RCVBUF,
						 &value));
		ck_assert_uint_eq(s.info.recv_buffer, (uint32_t)value);
	}
	ck_assert_ok(sfam_addr_local(&local, fd));
	if (s.info.have & SFAM_SOCKET_HAVE_LOCAL)
		ck_assert(f == family("packet") ||
			  sfam_addr_equal(&s.info.local, &local));
	if (s.info.have & SFAM_SOCKET_HAVE_PEER) {
		ck_assert_ok(sfam_addr_peer(&peer, fd));
		ck_assert(sfam_addr_equal(&s.info.peer, &peer));
	}
	return s;
}

static int open_text(const char *text, enum sfam_open_how how)
{
	int fd = sfam_open_text(text, strlen(text), how, NULL, NULL);

	ck_assert_ok(fd);
	return fd;
}

#define LISTENS(s) (((s).info.have & SFAM_SOCKET_IS_LISTENING) != 0)

/* ----------------------------------------------------------------- unix -- */

START_TEST(unix_stream)
{
	int listener = open_text("unix:@sfam\\x00list\\x0a", SFAM_OPEN_LISTEN);
	int client, child;
	struct search s = entry_of(listener), c;

	ck_assert_uint_eq(s.info.state, SFAM_SOCKET_LISTENING);
	ck_assert(s.info.have & SFAM_SOCKET_HAVE_LOCAL && LISTENS(s));
	ck_assert_uint_eq(s.info.recv_queue, 0);
	client = sfam_open(&s.info.local, SFAM_OPEN_CONNECT, NULL);
	ck_assert_ok(client);
	s = entry_of(listener);
	ck_assert_uint_eq(s.info.recv_queue, 1);
	ck_assert_uint_gt(s.info.send_queue, 1);
	child = sfam_accept(listener, 0, 0, NULL);
	ck_assert_int_eq(write(client, "abc", 3), 3);
	s = entry_of(child);
	c = entry_of(client);
	ck_assert_uint_eq(s.info.state, SFAM_SOCKET_CONNECTED);
	ck_assert(!LISTENS(s) && !LISTENS(c));
	ck_assert_uint_eq(s.info.recv_queue, 3);
	ck_assert_uint_gt(c.info.send_queue, 2);
	ck_assert_uint_eq(s.info.peer_inode, inode_of(client));
	ck_assert_uint_eq(c.info.peer_inode, inode_of(child));
	ck_assert_int_eq(shutdown(client, SHUT_WR), 0);
	c = entry_of(client);
	ck_assert_uint_eq(c.info.shutdown, 2);
	close(child);
	close(client);
	close(listener);
}
END_TEST

/* A path of every byte but NUL that a sockaddr has room for. */
START_TEST(unix_paths)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char folder[] = "/tmp/sfam-list-XXXXXX";
	char path[sizeof(un.sun_path) + 1] = "";
	struct search s;
	struct stat st;
	size_t at, i;
	int fd;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	at = (size_t)sprintf(un.sun_path, "%s/", folder);
	for (i = at; i < sizeof(un.sun_path); i++)
		un.sun_path[i] = i - at < 13 ? (char)(i - at + 1) :
			(char)(200 + i % 50);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	s = entry_of(fd);
	ck_assert(s.info.have & SFAM_SOCKET_HAVE_LOCAL && LISTENS(s));
	ck_assert_mem_eq(&s.info.local.storage, &un, sizeof(un));
	ck_assert(s.info.have & SFAM_SOCKET_HAVE_FILE);
	memcpy(path, un.sun_path, sizeof(un.sun_path));
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(s.info.file_inode, (uint32_t)st.st_ino);
	unlink(path);
	close(fd);
	rmdir(folder);
}
END_TEST

/* ------------------------------------------------------------ the others -- */

START_TEST(packet)
{
	static const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	const struct sock_fprog program = { 2, (struct sock_filter *)code };
	const struct tpacket_req ring = { 4096, 4, 2048, 8 };
	struct packet_mreq mreq = { .mr_type = PACKET_MR_PROMISC };
	struct sockaddr_ll ll;
	struct search s;
	int fd = open_text("packet:lo,proto=ip", SFAM_OPEN_BIND);
	int fanout = 77 | PACKET_FANOUT_LB << 16;

	s = entry_of(fd);
	ck_assert(LISTENS(s) && !(s.info.have & (SFAM_SOCKET_HAVE_RX_RING |
		  SFAM_SOCKET_HAVE_FANOUT | SFAM_SOCKET_HAVE_FILTER)));
	mreq.mr_ifindex = (int)if_nametoindex("lo");
	ck_assert_int_eq(setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP,
				    &mreq, sizeof(mreq)), 0);
	ck_assert_int_eq(setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring,
				    sizeof(ring)), 0);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER,
				    &program, sizeof(program)), 0);
	ck_assert_int_eq(setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &fanout,
				    sizeof(fanout)), 0);
	s = entry_of(fd);
	ck_assert_uint_eq(s.info.packet.version, TPACKET_V1);
	ck_assert(s.info.have & SFAM_SOCKET_HAVE_RX_RING);
	ck_assert(!(s.info.have & SFAM_SOCKET_HAVE_TX_RING));
	ck_assert_uint_eq(s.info.packet.rx_ring.block_bytes, 4096);
	ck_assert_uint_eq(s.info.packet.rx_ring.blocks, 4);
	ck_assert_uint_eq(s.info.packet.rx_ring.frame_bytes, 2048);
	ck_assert_uint_eq(s.info.packet.rx_ring.frames, 8);
	ck_assert_uint_eq(s.info.packet.fanout_group, 77);
	ck_assert_uint_eq(s.info.packet.fanout_mode, PACKET_FANOUT_LB);
	ck_assert_uint_eq(s.info.packet.n_memberships, 1);
	ck_assert_uint_eq(s.member.interface, (uint32_t)mreq.mr_ifindex);
	ck_assert_uint_eq(s.member.type, PACKET_MR_PROMISC);
	ck_assert_uint_eq(s.info.packet.n_filter, 2);
	ck_assert_mem_eq(s.filter, code, sizeof(code));
	memcpy(&ll, &s.info.local.storage, sizeof(ll));
	ck_assert_int_eq(ll.sll_ifindex, mreq.mr_ifindex);
	ck_assert_uint_eq(ll.sll_protocol, htons(ETH_P_IP));
	close(fd);
	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	s = entry_of(fd);
	ck_assert(!LISTENS(s));
	close(fd);
}
END_TEST

START_TEST(vsock)
{
	int listener = open_text("vsock:any:7788", SFAM_OPEN_LISTEN);
	int client = open_text("vsock:local:7788", SFAM_OPEN_CONNECT);
	int child = sfam_accept(listener, 0, SFAM_FOREVER, NULL);
	struct search s = entry_of(listener);

	ck_assert_uint_eq(s.info.state, SFAM_SOCKET_LISTENING);
	ck_assert(LISTENS(s) && !(s.info.have & SFAM_SOCKET_HAVE_PEER));
	s = entry_of(client);
	ck_assert_uint_eq(s.info.state, SFAM_SOCKET_CONNECTED);
	ck_assert(s.info.have & SFAM_SOCKET_HAVE_PEER && !LISTENS(s));
	s = entry_of(child);
	ck_assert(s.info.have & SFAM_SOCKET_HAVE_PEER && !LISTENS(s));
	ck_assert(!(s.info.have & SFAM_SOCKET_HAVE_QUEUES));
	close(child);
	close(client);
	close(listener);
}
END_TEST

START_TEST(netlink)
{
	struct search s;
	int fd = open_text("netlink:route,groups=5", SFAM_OPEN_BIND);

	s = entry_of(fd);
	ck_assert(LISTENS(s) && s.info.have & SFAM_SOCKET_HAVE_LOCAL);
	ck_assert_int_eq(s.info.protocol, NETLINK_ROUTE);
	ck_assert_uint_eq(s.info.state, SFAM_SOCKET_UNCONNECTED);
	close(fd);
	fd = open_text("netlink:generic", SFAM_OPEN_BIND);
	s = entry_of(fd);
	ck_assert(!LISTENS(s) && s.info.protocol == NETLINK_GENERIC);
	close(fd);
}
END_TEST

static void check_inet(const char *host)
{
	char text[64];
	struct search s;
	int listener, client, child, udp;

	snprintf(text, sizeof(text), "%s:0", host);
	listener = open_text(text, SFAM_OPEN_LISTEN);
	s = entry_of(listener);
	ck_assert(LISTENS(s) && s.info.state == SFAM_SOCKET_LISTENING);
	ck_assert_int_eq(s.info.protocol, IPPROTO_TCP);
	client = sfam_open(&s.info.local, SFAM_OPEN_CONNECT, NULL);
	ck_assert_ok(client);
	child = sfam_accept(listener, 0, SFAM_FOREVER, NULL);
	s = entry_of(child);
	ck_assert(!LISTENS(s) && s.info.have & SFAM_SOCKET_HAVE_PEER);
	ck_assert_uint_eq(s.info.state, SFAM_SOCKET_CONNECTED);
	ck_assert(s.info.have & SFAM_SOCKET_HAVE_SHUTDOWN);
	snprintf(text, sizeof(text), "%s:0,type=dgram", host);
	udp = open_text(text, SFAM_OPEN_BIND);
	s = entry_of(udp);
	ck_assert(LISTENS(s) && !(s.info.have & SFAM_SOCKET_HAVE_PEER));
	close(udp);
	close(child);
	close(client);
	close(listener);
}

START_TEST(inet)
{
	check_inet("inet:127.0.0.1");
	check_inet("inet6:[::1]");
}
END_TEST

START_TEST(xdp)
{
	int fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
	struct sfam_ctl_diag diag;
	struct search s;
	int r;

	ck_assert_int_ge(fd, 0);
	s = (struct search){ .inode = inode_of(fd) };
	r = sfam_socket_list(family("xdp"), look, &s, &diag);
	close(fd);
	if (r == -ENOENT) {	/* Debian's 6.1 has no xsk_diag */
		ck_assert_ptr_nonnull(strstr(diag.words, "xsk_diag"));
		return;
	}
	ck_assert_ok(r);
	ck_assert_uint_eq(s.n, 1);
	ck_assert(!LISTENS(s) && !(s.info.have & SFAM_SOCKET_HAVE_LOCAL));
}
END_TEST

/* ------------------------------------------------------- the list itself -- */

static int count(const struct sfam_socket_info *info, void *arg)
{
	(void)info;
	++*(size_t *)arg;
	return 0;
}

static int stop(const struct sfam_socket_info *info, void *arg)
{
	(void)info;
	return ++*(int *)arg == 2 ? -ECANCELED : 0;
}

START_TEST(stops)
{
	int fds[2], n = 0;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_err(sfam_socket_list(family("unix"), stop, &n, NULL),
		      ECANCELED);
	ck_assert_int_eq(n, 2);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(refusals)
{
	struct sfam_ctl_diag diag = { "x" };
	size_t n = 0;

	ck_assert_err(sfam_socket_list(family("can"), count, &n, &diag),
		      EOPNOTSUPP);
	ck_assert_ptr_nonnull(strstr(diag.words, "no list of sockets"));
	ck_assert_err(sfam_socket_list(family("alg"), count, &n, NULL),
		      EOPNOTSUPP);
	ck_assert_uint_eq(n, 0);
	ck_assert_ptr_null(sfam_socket_state_name(0));
	ck_assert_ptr_null(sfam_socket_state_name(12));
	ck_assert_str_eq(sfam_socket_state_name(SFAM_SOCKET_UNCONNECTED),
			 "UNCONN");
}
END_TEST

/*
 * The kernel's mark on any part of the list is seen at its end: it is asked
 * for again, and if all are marked, none is given.
 */
START_TEST(interrupted)
{
	size_t n = 0;

	interrupt = -1;
	ck_assert_err(sfam_socket_list(family("netlink"), count, &n, NULL),
		      EAGAIN);
	ck_assert_uint_eq(n, 0);
	interrupt = 1;
	ck_assert_ok(sfam_socket_list(family("netlink"), count, &n, NULL));
	ck_assert_uint_gt(n, 0);
	ck_assert_int_eq(interrupt, 0);
}
END_TEST

#define MANY 1000

struct crowd {
	uint32_t inodes[MANY];
	unsigned char seen[MANY];
};

static int tick(const struct sfam_socket_info *info, void *arg)
{
	struct crowd *c = arg;
	size_t i;

	for (i = 0; i < MANY; i++)
		if (c->inodes[i] == info->inode)
			c->seen[i]++;
	return 0;
}

START_TEST(a_thousand)
{
	struct rlimit limit = { MANY + 100, MANY + 100 };
	static struct crowd c;
	int fds[MANY];
	size_t i;

	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	for (i = 0; i < MANY; i++) {
		fds[i] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
		c.inodes[i] = inode_of(fds[i]);
	}
	ck_assert_ok(sfam_socket_list(family("unix"), tick, &c, NULL));
	for (i = 0; i < MANY; i++)
		ck_assert_uint_eq(c.seen[i], 1);
	for (i = 0; i < MANY; i++)
		close(fds[i]);
}
END_TEST

/* --------------------------------------------------------------- owners -- */

struct owned {
	uint32_t inode;
	int fd;
	size_t n;
};

static int mine(const struct sfam_socket_owner *o, void *arg)
{
	struct owned *w = arg;

	if (o->inode == w->inode && o->pid == getpid() && o->fd == w->fd) {
		ck_assert_str_eq(o->name, "a\n(b) \xff");
		w->n++;
	}
	return 0;
}

static int any(const struct sfam_socket_owner *o, void *arg)
{
	(void)o;
	(void)arg;
	return 5;
}

START_TEST(owners)
{
	int fds[2];
	struct owned w = { 0 };
	size_t denied = 99999;

	ck_assert_int_eq(prctl(PR_SET_NAME, "a\n(b) \xff"), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	w.inode = inode_of(fds[1]);
	w.fd = fds[1];
	ck_assert_ok(sfam_socket_owners(mine, &w, &denied));
	ck_assert_uint_eq(w.n, 1);
	ck_assert_uint_ne(denied, 99999);
	denied = 99999;
	ck_assert_int_eq(sfam_socket_owners(any, NULL, &denied), 5);
	ck_assert_uint_eq(denied, 99999);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ unix_stream, "netns" },
		{ unix_paths, "netns" },
		{ packet, "netns" },
		{ vsock, "vsock-loopback" },
		{ netlink, "netns" },
		{ inet, "netns" },
		{ xdp, "vm root" },
		{ stops, "netns" },
		{ refusals, NULL },
		{ interrupted, "netns" },
		{ a_thousand, "netns" },
		{ owners, NULL },
	};

	return harness_run("socket-list", tests, HARNESS_LEN(tests));
}
