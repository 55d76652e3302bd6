/* SPDX-License-Identifier: MIT */
/*
 * The relay and socat, each for one client. The cost is the CPU time of the
 * relay, the difference of 2n and n bytes; the rows below add what it makes
 * the two ends spend, since much of a socket's work is done there.
 */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#define DEFAULT_MAX 0.5		/* ours to socat as it comes */
#define BIG_MAX 1.0		/* ours to socat -b 262144 */
#define CHUNK 65536
#define READ_SIZE 262144
#define OUT "bench-out"
#define RULES "bench-rules"

/* Bytes of config.frames: with 10000, 20 MiB and 40 MiB. */
#define BYTES_PER_FRAME 2048

static unsigned int port = 20000;
static char chunk[READ_SIZE];

enum family { UNIX, TCP, VSOCK };

static const char *const names[] = { "unix", "tcp", "vsock" };

union address {
	struct sockaddr sa;
	struct sockaddr_un un;
	struct sockaddr_in in;
	struct sockaddr_vm vm;
};

/* ------------------------------------------------------------- sockets -- */

static socklen_t make_address(union address *a, enum family f, unsigned int n)
{
	memset(a, 0, sizeof(*a));
	if (f == UNIX) {
		a->un.sun_family = AF_UNIX;
		snprintf(a->un.sun_path, sizeof(a->un.sun_path), "bench-%u",
			 n);
		return sizeof(a->un);
	}
	if (f == TCP) {
		a->in.sin_family = AF_INET;
		a->in.sin_port = htons((uint16_t)n);
		a->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(a->in);
	}
	a->vm.svm_family = AF_VSOCK;
	a->vm.svm_port = n;
	a->vm.svm_cid = VMADDR_CID_LOCAL;
	return sizeof(a->vm);
}

static int open_socket(const union address *a)
{
	int fd = socket(a->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	return fd;
}

static int listen_at(enum family f, unsigned int n)
{
	union address a;
	socklen_t len = make_address(&a, f, n);
	int fd = open_socket(&a);

	if (bind(fd, &a.sa, len) < 0 || listen(fd, 1) < 0)
		die("listen");
	return fd;
}

/* As soon as the relay listens. */
static int connect_to(enum family f, unsigned int n)
{
	const struct timespec nap = { 0, 10000000 };
	union address a;
	socklen_t len = make_address(&a, f, n);
	int fd, i;

	for (i = 0; i < 20000; i++) {
		fd = open_socket(&a);
		if (connect(fd, &a.sa, len) == 0)
			return fd;
		close(fd);
		nanosleep(&nap, NULL);
	}
	die("a relay that does not listen");
}

/* ---------------------------------------------------------------- run -- */

struct setup {
	enum family a;
	enum family b;
	int from_b;		/* which end sends */
	int by_file;		/* vsock forward: the rule is in a file */
};

struct cost {
	double relay;
	double all;
};

static void send_bytes(int fd, size_t n)
{
	size_t i;
	ssize_t r;

	for (i = 0; i < n; i += (size_t)r) {
		r = write(fd, chunk, n - i < CHUNK ? n - i : CHUNK);
		if (r < 0)
			die("write to the relay");
	}
	shutdown(fd, SHUT_WR);
}

static void receive_bytes(int fd, size_t n)
{
	size_t got = 0;
	ssize_t r;

	while ((r = read(fd, chunk, sizeof(chunk))) > 0)
		got += (size_t)r;
	errno = 0;
	if (r < 0 || got != n)
		die("bytes were lost in the relay");
}

/* A child with the end at B. */
static pid_t start_b(const struct setup *s, int listener, size_t n)
{
	pid_t pid = fork();
	int fd;

	if (pid < 0)
		die("fork");
	if (pid > 0) {
		close(listener);
		return pid;
	}
	fd = accept(listener, NULL, NULL);
	if (s->from_b)
		send_bytes(fd, n);
	else
		receive_bytes(fd, n);
	_exit(0);
}

/* Its SIGCHLD may be the one that reap() of the relay sees: no harm. */
static int64_t reap_end(pid_t pid)
{
	struct rusage u;
	int status;

	if (wait4(pid, &status, 0, &u) < 0 || status != 0)
		die("the end at B");
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * INT64_C(1000000000) +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * INT64_C(1000);
}

static void word(char *buf, size_t size, enum family f, unsigned int n,
		 int socat, int listens)
{
	static const char *const ours[] = {
		"unix:bench-", "inet:127.0.0.1:", "vsock:local:"
	};
	static const char *const theirs[2][3] = {
		{ "UNIX-CONNECT:bench-", "TCP4:127.0.0.1:",
		  "VSOCK-CONNECT:1:" },
		{ "UNIX-LISTEN:bench-", "TCP4-LISTEN:", "VSOCK-LISTEN:" },
	};

	snprintf(buf, size, "%s%u", socat ? theirs[listens][f] : ours[f], n);
}

static void write_rule(const char *a, const char *b)
{
	FILE *f = fopen(RULES, "w");

	if (!f || fprintf(f, "%s %s\n", a, b) < 0 || fclose(f) < 0)
		die(RULES);
}

/* size: socat's buffer; NULL for our relay. */
static pid_t start_relay(const struct setup *s, const char *size)
{
	char a[64], b[64];
	const char *const words[] = { config.sockfam, "relay", "-n", "1", a, b,
				      NULL };
	const char *const rules[] = { config.sockfam, "vsock", "forward", "-n",
				      "1", RULES, NULL };
	const char *const *ours = s->by_file ? rules : words;
	const char *const theirs[] = { "socat", "-b", size, a, b, NULL };

	int save = dup(STDERR_FILENO);
	int out = open(OUT ".err", O_WRONLY | O_CREAT | O_TRUNC, 0666);
	pid_t pid;

	word(a, sizeof(a), s->a, port, size != NULL, 1);
	word(b, sizeof(b), s->b, port + 1, size != NULL, 0);
	if (s->by_file && !size)
		write_rule(a, b);
	/* Its counters do not belong into the table. */
	dup2(out, STDERR_FILENO);
	pid = start_program(size ? theirs : ours, OUT);
	dup2(save, STDERR_FILENO);
	close(save);
	close(out);
	return pid;
}

/* CPU time: of the relay, and of all three. */
static struct cost run(const struct setup *s, const char *size, size_t n)
{
	pid_t pid_b, pid;
	int64_t all;
	struct cost c;
	char path[32];
	int fd;

	port += 2;
	pid_b = start_b(s, listen_at(s->b, port + 1), n);
	pid = start_relay(s, size);
	fd = connect_to(s->a, port);
	all = cpu_ns();
	if (s->from_b)
		receive_bytes(fd, n);
	else
		send_bytes(fd, n);
	all = cpu_ns() - all;
	close(fd);
	all += reap_end(pid_b);
	c.relay = (double)reap(pid, size ? "socat" : "sockfam relay");
	c.all = c.relay + (double)all;
	snprintf(path, sizeof(path), "bench-%u", port);
	unlink(path);
	snprintf(path, sizeof(path), "bench-%u", port + 1);
	unlink(path);
	return c;
}

static struct cost measure(const struct setup *s, const char *size)
{
	size_t n = config.frames * BYTES_PER_FRAME;
	double kib = (double)n / 1024;
	struct cost once = run(s, size, n);
	struct cost twice = run(s, size, 2 * n);

	return (struct cost){ (twice.relay - once.relay) / kib,
			      (twice.all - once.all) / kib };
}

static void show(const struct setup *s, int has_socat)
{
	struct cost ours = measure(s, NULL);
	struct cost peer = { NONE, NONE };
	struct cost big = { NONE, NONE };
	char item[64];

	if (has_socat) {
		peer = measure(s, "8192");
		big = measure(s, "262144");
	}
	snprintf(item, sizeof(item), "%s%s to %s",
		 s->by_file ? "forward: " : "",
		 names[s->from_b ? s->b : s->a],
		 names[s->from_b ? s->a : s->b]);
	show_row(&(struct row){ item, NONE, ours.relay, peer.relay });
	show_row(&(struct row){ "  and the two ends", NONE, ours.all,
				peer.all });
	set_limit(item, "ours/peer", ours.relay / peer.relay, DEFAULT_MAX);
	strcat(item, ", -b 262144");
	show_row(&(struct row){ item, NONE, ours.relay, big.relay });
	show_row(&(struct row){ "  and the two ends", NONE, ours.all,
				big.all });
	set_limit(item, "ours/peer", ours.relay / big.relay, BIG_MAX);
}

static int has_vsock(void)
{
	int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

void bench_relay(void)
{
	static const struct setup setups[] = {
		{ UNIX, UNIX, 0, 0 }, { TCP, UNIX, 0, 0 },
		{ TCP, UNIX, 1, 0 }, { VSOCK, UNIX, 0, 1 },
		{ VSOCK, UNIX, 1, 1 },
	};
	size_t i;

	show_heading("relay, per KiB; peer: socat as it comes (8 KiB), and "
		     "with 256 KiB");
	for (i = 0; i < sizeof(setups) / sizeof(setups[0]); i++)
		if (setups[i].a != VSOCK || has_vsock())
			show(&setups[i], have_program("socat"));
	unlink(RULES);
	unlink(OUT);
	unlink(OUT ".err");
}
