/* SPDX-License-Identifier: MIT */
/*
 * Do two filters answer alike? Reads lines of a link and a name, and behind
 * each two programs as `tcpdump -ddd` writes them, ours first; runs both on
 * packets of all kinds, whole and cut, in our evaluation and in the
 * kernel's. Says "ok NAME" or "not ok NAME - why" of each.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <sockfam/sockfam.h>

#include "filter-packets.h"

#define PACKETS 500
#define SLL_HLEN 16
#define SLL_PROTOCOL 14

struct program {
	struct sock_filter insns[BPF_MAXINSNS];
	size_t n;
};

/* A pair of sockets for each program: to attach one takes long. */
enum { OURS, THEIRS };
static int pairs[2][2];

static void die(const char *why)
{
	printf("not ok filter-answers - %s\n", why);
	exit(1);
}

static void read_program(struct program *p)
{
	unsigned int code, jt, jf, k;
	size_t i;

	if (scanf("%zu", &p->n) != 1 || p->n > BPF_MAXINSNS)
		die("no program");
	for (i = 0; i < p->n; i++) {
		if (scanf("%u %u %u %u", &code, &jt, &jf, &k) != 4)
			die("a short program");
		p->insns[i] = (struct sock_filter){
			.code = (uint16_t)code,
			.jt = (uint8_t)jt,
			.jf = (uint8_t)jf,
			.k = k,
		};
	}
	if (sfam_bpf_check(p->insns, p->n, NULL) < 0)
		die("a wrong program");
}

static int ask_library(const struct program *p,
		       const struct sfam_bpf_packet *view)
{
	uint32_t bytes = 0;

	if (sfam_bpf_run(p->insns, p->n, view, &bytes) < 0)
		die("the program does not run");
	return bytes > 0;
}

static void attach(int whose, const struct program *p)
{
	if (sfam_bpf_attach(pairs[whose][1], p->insns, p->n) < 0)
		die("the kernel does not take it");
}

/* The bytes alone, to the program that is attached. */
static int ask_kernel(int whose, const struct sfam_bpf_packet *view)
{
	char buf[PACKET_ROOM];

	if (send(pairs[whose][0], view->data, view->len, 0) !=
	    (ssize_t)view->len)
		die("the packet does not go");
	return recv(pairs[whose][1], buf, sizeof(buf), MSG_DONTWAIT) >= 0;
}

/* A packet as each side's program wants it. */
struct views {
	struct sfam_bpf_packet ours;
	struct sfam_bpf_packet theirs;
	uint8_t room[SLL_HLEN + PACKET_ROOM];
};

static void cut(struct sfam_bpf_packet *view, size_t n)
{
	view->len = view->len > n ? view->len - n : 0;
	view->wire_len = view->len;
}

static void make_views(struct views *v, const struct packet *p,
		       const char *link)
{
	v->ours = as_bytes(p);
	if (strcmp(link, "EN10MB") != 0)
		v->ours = as_cooked(v->ours);
	v->theirs = v->ours;
	if (strcmp(link, "LINUX_SLL") != 0)
		return;
	memset(v->room, 0, SLL_HLEN);
	memcpy(v->room + SLL_PROTOCOL, p->data + 12, 2);
	memcpy(v->room + SLL_HLEN, v->ours.data, v->ours.len);
	v->theirs.data = v->room;
	v->theirs.len += SLL_HLEN;
	v->theirs.wire_len += SLL_HLEN;
}

static int compare(const struct program *ours, const struct program *theirs,
		   const struct views *v, int has_kernel)
{
	int answer = ask_library(ours, &v->ours);

	if (ask_library(theirs, &v->theirs) != answer)
		return -1;
	if (has_kernel && (ask_kernel(OURS, &v->ours) != answer ||
			   ask_kernel(THEIRS, &v->theirs) != answer))
		return -1;
	return answer;
}

static void print_packet(const struct sfam_bpf_packet *view)
{
	const uint8_t *b = view->data;
	size_t i;

	for (i = 0; i < view->len; i++)
		printf("%02x", b[i]);
	putchar('\n');
}

static void compare_all(const char *link, const char *name, uint64_t *seed)
{
	static struct program ours, theirs;
	/* With or, tcpdump looks at what was cut off later than we do. */
	const int may_cut = !strstr(name, " or ") && !strstr(name, "||");
	/* The bytes do not tell the protocol that a cooked program asks. */
	const int has_kernel = strcmp(link, "LINUX_SLL") != 0;
	const size_t tags = strstr(name, "vlan") ? TAGS_ROOM : 0;
	unsigned int answers[2] = { 0, 0 };
	struct packet p;
	struct views v;
	size_t i;
	int r;

	read_program(&ours);
	read_program(&theirs);
	attach(OURS, &ours);
	attach(THEIRS, &theirs);
	for (i = 0; i < PACKETS; i++) {
		random_packet(&p, tags, seed);
		make_views(&v, &p, link);
		if (may_cut && i % 4 == 3) {
			r = (int)pick((unsigned int)v.ours.len + 1, seed);
			cut(&v.ours, (size_t)r);
			cut(&v.theirs, (size_t)r);
		}
		r = compare(&ours, &theirs, &v, has_kernel);
		if (r < 0) {
			printf("not ok %s: %s - of ", link, name);
			print_packet(&v.ours);
			return;
		}
		answers[r]++;
	}
	printf("ok %s: %s (%u yes, %u no)\n", link, name, answers[1],
	       answers[0]);
}

int main(void)
{
	char link[32], name[256];
	uint64_t seed = test_seed();

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0,
		       pairs[OURS]) < 0 ||
	    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0,
		       pairs[THEIRS]) < 0)
		die("no sockets");
	while (scanf("%31s %255[^\n]", link, name) == 2)
		compare_all(link, name, &seed);
	return 0;
}
