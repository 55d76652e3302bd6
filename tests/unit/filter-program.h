/* SPDX-License-Identifier: MIT */
/* A filter's text, its program and what that says. */
#ifndef SFAM_TEST_FILTER_PROGRAM_H
#define SFAM_TEST_FILTER_PROGRAM_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockfam/sockfam.h>

#include "harness.h"

#define ETHER SFAM_PACKET_LINK_ETHER
#define IP SFAM_PACKET_LINK_IP
#define COOKED SFAM_PACKET_LINK_COOKED
#define KEPT 96

struct program {
	struct sock_filter insns[BPF_MAXINSNS];
	size_t n;
};

static struct program program;
static struct sfam_diag diag;

/* A copy of exactly that size, for ASan to watch its end. */
static ssize_t compile(enum sfam_packet_link link, const char *text)
{
	size_t len = strlen(text);
	char *exact = memcpy(malloc(len ? len : 1), text, len);
	ssize_t n;

	memset(&diag, 0xff, sizeof(diag));
	n = sfam_packet_filter_compile(program.insns, BPF_MAXINSNS, link, KEPT,
				       exact, len, &diag);
	free(exact);
	if (n >= 0) {
		ck_assert_ok(sfam_bpf_check(program.insns, (size_t)n, NULL));
		program.n = (size_t)n;
	}
	return n;
}

static int answer(const struct program *p, const struct sfam_bpf_packet *view)
{
	uint32_t bytes = 0xdeadbeef;

	ck_assert_ok(sfam_bpf_run(p->insns, p->n, view, &bytes));
	ck_assert(bytes == 0 || bytes == KEPT);
	return bytes > 0;
}

#endif
