/* SPDX-License-Identifier: MIT */
/*
 * Classic BPF: attached, locked, checked and evaluated, and for random
 * programs and packets the same results as the kernel's.
 */
#include <errno.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "bpf-random.h"
#include "harness.h"

#define PACKET_MAX 64
#define AD(what) ((uint32_t)SKF_AD_OFF + SKF_AD_##what)

static struct sfam_diag diag;

static void make_pair(int fds[2])
{
	ck_assert_ok(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC |
				SOCK_NONBLOCK, 0, fds));
}

static void close_pair(int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

/* What the filter on fds[1] leaves of these bytes; -1: nothing came. */
static ssize_t pass(int fds[2], const void *data, size_t len)
{
	char buf[PACKET_MAX];
	ssize_t n;

	ck_assert_int_eq(send(fds[0], data, len, 0), (ssize_t)len);
	n = recv(fds[1], buf, sizeof(buf), 0);
	if (n < 0)
		ck_assert_int_eq(errno, EAGAIN);
	return n;
}

/* ------------------------------------------------------------ socket -- */

static const struct sock_filter none[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
static const struct sock_filter two[] = { BPF_STMT(BPF_RET | BPF_K, 2) };

START_TEST(attach_and_detach)
{
	int fds[2];

	make_pair(fds);
	ck_assert_err(sfam_bpf_detach(fds[1]), ENOENT);
	ck_assert_int_eq(pass(fds, "abcd", 4), 4);
	ck_assert_ok(sfam_bpf_attach(fds[1], none, 1));
	ck_assert_int_eq(pass(fds, "abcd", 4), -1);
	ck_assert_ok(sfam_bpf_attach(fds[1], two, 1));
	ck_assert_int_eq(pass(fds, "abcd", 4), 2);
	ck_assert_ok(sfam_bpf_detach(fds[1]));
	ck_assert_int_eq(pass(fds, "abcd", 4), 4);
	ck_assert_err(sfam_bpf_detach(fds[1]), ENOENT);
	close_pair(fds);
}
END_TEST

START_TEST(lock)
{
	int fds[2];
	int is_locked = 0;

	make_pair(fds);
	ck_assert_ok(sfam_bpf_attach(fds[1], two, 1));
	ck_assert_ok(sfam_bpf_lock(fds[1]));
	ck_assert_ok(sfam_bpf_lock(fds[1]));
	ck_assert_err(sfam_bpf_attach(fds[1], none, 1), EPERM);
	ck_assert_err(sfam_bpf_detach(fds[1]), EPERM);
	ck_assert_err(sfam_option_set_int(fds[1], SOL_SOCKET, SO_LOCK_FILTER,
					  0), EPERM);
	ck_assert_ok(sfam_option_get_int(fds[1], SOL_SOCKET, SO_LOCK_FILTER,
					 &is_locked));
	ck_assert_int_eq(is_locked, 1);
	ck_assert_int_eq(pass(fds, "abcd", 4), 2);
	/* The other end is another socket, and none without a filter. */
	ck_assert_ok(sfam_bpf_lock(fds[0]));
	ck_assert_err(sfam_bpf_attach(fds[0], none, 1), EPERM);
	close_pair(fds);
}
END_TEST

START_TEST(attach_refused)
{
	static const struct sock_filter load[] = { BPF_STMT(BPF_LD, 1) };
	int fds[2];
	int file = dup(STDIN_FILENO);

	make_pair(fds);
	ck_assert_err(sfam_bpf_attach(fds[1], load, 1), EINVAL);
	ck_assert_err(sfam_bpf_attach(fds[1], load, 0), EINVAL);
	/* 65536 + 1 instructions are not 1. */
	ck_assert_err(sfam_bpf_attach(fds[1], two, 65537), EINVAL);
	ck_assert_err(sfam_bpf_attach(fds[1], (void *)1, 1), EFAULT);
	ck_assert_int_eq(pass(fds, "abcd", 4), 4);
	close_pair(fds);
	ck_assert_err(sfam_bpf_attach(-1, two, 1), EBADF);
	ck_assert_err(sfam_bpf_detach(-1), EBADF);
	ck_assert_err(sfam_bpf_lock(-1), EBADF);
	close(file);
	ck_assert_ok(pipe(fds));
	ck_assert_err(sfam_bpf_attach(fds[0], two, 1), ENOTSOCK);
	ck_assert_err(sfam_bpf_detach(fds[0]), ENOTSOCK);
	ck_assert_err(sfam_bpf_lock(fds[0]), ENOTSOCK);
	close_pair(fds);
}
END_TEST

/* ------------------------------------------------------------- check -- */

/* Refused at this instruction, by us and by the kernel. */
static void is_refused(const struct sock_filter *insns, size_t n, size_t at,
		       const char *expected, const char *found)
{
	int fds[2];

	memset(&diag, 0xff, sizeof(diag));
	ck_assert_err(sfam_bpf_check(insns, n, &diag), EINVAL);
	ck_assert_uint_eq(diag.offset, at);
	ck_assert_str_eq(diag.expected, expected);
	ck_assert_str_eq(diag.found, found);
	ck_assert_err(sfam_bpf_check(insns, n, NULL), EINVAL);
	make_pair(fds);
	ck_assert_err(sfam_bpf_attach(fds[1], insns, n), EINVAL);
	close_pair(fds);
}

/* Between two that are right. */
static void is_bad(uint16_t code, uint32_t k, const char *expected,
		   const char *found)
{
	const struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_IMM, 0),
		BPF_STMT(code, k),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};

	is_refused(insns, 3, 1, expected, found);
}

START_TEST(check_refuses)
{
	struct sock_filter branch[] = {
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 1),
	};
	static struct sock_filter many[BPF_MAXINSNS + 1];
	size_t i;

	is_bad(BPF_ALU | BPF_DIV | BPF_K, 0, "a divisor other than 0",
	       "div #0");
	is_bad(BPF_ALU | BPF_MOD | BPF_K, 0, "a divisor other than 0",
	       "mod #0");
	is_bad(BPF_ALU | BPF_LSH | BPF_K, 32, "a shift by 0 to 31 bits",
	       "lsh #32");
	is_bad(BPF_ALU | BPF_RSH | BPF_K, 32, "a shift by 0 to 31 bits",
	       "rsh #32");
	is_bad(BPF_ST, 16, "a memory word of M[0] to M[15]", "st M[16]");
	is_bad(BPF_LDX | BPF_MEM, 16, "a memory word of M[0] to M[15]",
	       "ldx M[16]");
	is_bad(BPF_LD | BPF_MEM, 3, "a memory word that is written on every "
	       "way here", "ld M[3]");
	is_bad(BPF_JMP | BPF_JA, 1, "a jump to an instruction of the program",
	       "ja 3");
	is_bad(BPF_JMP | BPF_JA, UINT32_MAX,
	       "a jump to an instruction of the program", "ja 4294967297");
	is_bad(BPF_LD | BPF_W | BPF_ABS, AD(VLAN_TPID) + 4,
	       "an ancillary load that exists", "ld [4294963264]");
	is_bad(BPF_LD | BPF_W | BPF_ABS, AD(PROTOCOL) + 1,
	       "an ancillary load that exists", "ld [4294963201]");
	is_bad(0x100, 0, "an instruction that exists", "unimp 0x100");
	is_bad(BPF_LD | 0x18 | BPF_ABS, 0, "an instruction that exists",
	       "unimp 0x38");
	is_refused(branch, 2, 0, "jumps to instructions of the program",
		   "jeq #0x7 jt 1 jf 2");
	branch[0].jf = 0;
	branch[0].jt = 1;
	is_refused(branch, 2, 0, "jumps to instructions of the program",
		   "jeq #0x7 jt 2 jf 1");
	branch[1].code = BPF_MISC | BPF_TAX;
	branch[0].jt = 0;
	is_refused(branch, 2, 1, "ret as the last instruction", "tax");
	is_refused(none, 0, 0, "an instruction", "");
	for (i = 0; i <= BPF_MAXINSNS; i++)
		many[i] = none[0];
	ck_assert_ok(sfam_bpf_check(many, BPF_MAXINSNS, NULL));
	is_refused(many, BPF_MAXINSNS + 1, BPF_MAXINSNS,
		   "4096 instructions at most", "ret #0");
}
END_TEST

/* A word that is written on one of two ways only. */
START_TEST(check_memory)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 1),
		BPF_STMT(BPF_ST, 15),
		BPF_STMT(BPF_LD | BPF_MEM, 15),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};

	is_refused(insns, 5, 3, "a memory word that is written on every way "
		   "here", "ld M[15]");
	insns[1].jf = 0;
	ck_assert_ok(sfam_bpf_check(insns, 5, NULL));
	insns[2].code = BPF_STX;
	ck_assert_ok(sfam_bpf_check(insns, 5, NULL));
	/* By a plain jump around it too. */
	insns[1] = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 1);
	is_refused(insns, 5, 3, "a memory word that is written on every way "
		   "here", "ld M[15]");
}
END_TEST

/* --------------------------------------------------------------- run -- */

static uint32_t run(const struct sock_filter *insns, size_t n,
		    const struct sfam_bpf_packet *p)
{
	uint32_t bytes = 0xdeadbeef;

	ck_assert_ok(sfam_bpf_check(insns, n, NULL));
	ck_assert_ok(sfam_bpf_run(insns, n, p, &bytes));
	return bytes;
}

static uint32_t load(uint16_t code, uint32_t k,
		     const struct sfam_bpf_packet *p)
{
	const struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_IMM, 0x77),
		BPF_STMT(BPF_LDX | BPF_IMM, 0x10),
		BPF_STMT(code, k),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};

	return run(insns, 4, p);
}

START_TEST(ancillary)
{
	const uint16_t ld = BPF_LD | BPF_W | BPF_ABS;
	struct sfam_bpf_packet p = {
		.data = "\x01\x02\x03\x04", .len = 4, .wire_len = 1000,
		.net_offset = 2, .ifindex = 5, .mark = 6, .rxhash = 7,
		.queue = 8, .hatype = 9, .protocol = 0x800, .vlan_tci = 11,
		.vlan_tpid = 0x8100, .vlan_present = 1,
		.pkttype = PACKET_OUTGOING,
	};
	static const struct sock_filter cpu[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, AD(CPU)),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	uint32_t bytes = 0xdeadbeef;

	ck_assert_uint_eq(load(ld, AD(PROTOCOL), &p), 0x800);
	ck_assert_uint_eq(load(ld, AD(PKTTYPE), &p), PACKET_OUTGOING);
	ck_assert_uint_eq(load(ld, AD(IFINDEX), &p), 5);
	ck_assert_uint_eq(load(ld, AD(HATYPE), &p), 9);
	ck_assert_uint_eq(load(ld, AD(MARK), &p), 6);
	ck_assert_uint_eq(load(ld, AD(RXHASH), &p), 7);
	ck_assert_uint_eq(load(ld, AD(QUEUE), &p), 8);
	ck_assert_uint_eq(load(ld, AD(VLAN_TAG), &p), 11);
	ck_assert_uint_eq(load(ld, AD(VLAN_TAG_PRESENT), &p), 1);
	ck_assert_uint_eq(load(ld, AD(VLAN_TPID), &p), 0x8100);
	ck_assert_uint_eq(load(ld, AD(ALU_XOR_X), &p), 0x67);
	ck_assert_uint_eq(load(BPF_LD | BPF_W | BPF_LEN, 0, &p), 1000);
	ck_assert_uint_eq(load(ld, 0, &p), 0x01020304);
	ck_assert_uint_eq(load(ld, 1, &p), 0);
	ck_assert_uint_eq(load(BPF_LD | BPF_B | BPF_ABS, 3, &p), 4);
	ck_assert_uint_eq(load(BPF_LD | BPF_B | BPF_ABS, 4, &p), 0);
	ck_assert_uint_eq(load(BPF_LD | BPF_H | BPF_ABS,
			       (uint32_t)SKF_NET_OFF, &p), 0x0304);
	ck_assert_uint_eq(load(BPF_LD | BPF_H | BPF_ABS,
			       (uint32_t)SKF_LL_OFF + 1, &p), 0x0203);
	p.net_offset = 0;
	ck_assert_uint_eq(load(BPF_LD | BPF_H | BPF_ABS,
			       (uint32_t)SKF_LL_OFF, &p), 0);
	ck_assert_err(sfam_bpf_run(cpu, 2, &p, &bytes), EOPNOTSUPP);
	ck_assert_uint_eq(bytes, 0xdeadbeef);
}
END_TEST

/* What the check refuses ends all the same. */
START_TEST(run_beyond)
{
	static const struct sock_filter jump[] = {
		BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 1),
	};
	const struct sfam_bpf_packet p = { .data = "", .len = 0 };
	uint32_t bytes = 0xdeadbeef;

	ck_assert_err(sfam_bpf_run(jump, 2, &p, &bytes), EINVAL);
	ck_assert_err(sfam_bpf_run(jump, 0, &p, &bytes), EINVAL);
	ck_assert_uint_eq(bytes, 0xdeadbeef);
}
END_TEST

START_TEST(as_text)
{
	static const struct {
		struct sock_filter insn;
		size_t index;
		const char *text;
	} lines[] = {
		{ BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12), 0,
		  "(000) ldh      [12]" },
		{ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x800, 0, 5), 1,
		  "(001) jeq      #0x800           jt 2\tjf 7" },
		{ BPF_STMT(BPF_JMP | BPF_JA, 3), 10, "(010) ja       14" },
		{ BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14), 999,
		  "(999) ldxb     4*([14]&0xf)" },
		{ BPF_STMT(BPF_LD | BPF_H | BPF_IND, 16), 4095,
		  "(4095) ldh      [x + 16]" },
		{ BPF_STMT(BPF_LD | BPF_W | BPF_ABS, AD(VLAN_TAG)), 0,
		  "(000) ld       [vlan_tci]" },
		{ BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), 0,
		  "(000) ld       #pktlen" },
		{ BPF_STMT(BPF_MISC | BPF_TXA, 0), 0, "(000) txa      " },
		{ BPF_STMT(0xffff, 0), 0, "(000) unimp    0xffff" },
	};
	char text[SFAM_BPF_STRLEN];
	size_t i, len;

	for (i = 0; i < HARNESS_LEN(lines); i++) {
		len = strlen(lines[i].text);
		ck_assert_int_eq(sfam_bpf_format(&lines[i].insn,
						 lines[i].index, text,
						 sizeof(text)), (int)len);
		ck_assert_str_eq(text, lines[i].text);
		ck_assert_err(sfam_bpf_format(&lines[i].insn, lines[i].index,
					      text, len), ENOSPC);
	}
}
END_TEST

/* ------------------------------------------------------- as the kernel -- */

static unsigned int rounds(void)
{
	const char *text = getenv("SFAM_ROUNDS");

	return text ? (unsigned int)strtoul(text, NULL, 10) / 5 + 1 : 2000;
}

static void print_program(const struct sock_filter *insns, size_t n)
{
	char line[SFAM_BPF_STRLEN];
	size_t i;

	for (i = 0; i < n; i++)
		if (sfam_bpf_format(&insns[i], i, line, sizeof(line)) > 0)
			puts(line);
}

/* We take the programs that the kernel takes, and no others. */
START_TEST(check_as_kernel)
{
	struct sock_filter insns[RANDOM_INSNS];
	uint64_t seed = test_seed();
	unsigned int taken = 0, left = rounds();
	int fds[2];
	size_t n;
	int ours, theirs;

	make_pair(fds);
	while (left--) {
		n = random_program(insns, &seed);
		if (test_random(&seed) % 2)
			random_damage(insns, n, &seed);
		ours = sfam_bpf_check(insns, n, &diag);
		theirs = sfam_bpf_attach(fds[1], insns, n);
		if (ours != theirs)
			print_program(insns, n);
		ck_assert_int_eq(ours, theirs);
		taken += ours == 0;
	}
	ck_assert_uint_gt(taken, 0);
	close_pair(fds);
}
END_TEST

/* Each program on packets of every length that it could stumble over. */
START_TEST(run_as_kernel)
{
	struct sock_filter insns[RANDOM_INSNS];
	uint8_t data[PACKET_MAX];
	uint64_t seed = test_seed();
	unsigned int left = rounds();
	struct sfam_bpf_packet p = { .data = data };
	int fds[2];
	size_t n, i;
	ssize_t got, want;
	uint32_t bytes;

	make_pair(fds);
	while (left--) {
		do {
			n = random_program(insns, &seed);
		} while (sfam_bpf_check(insns, n, NULL) < 0);
		ck_assert_ok(sfam_bpf_attach(fds[1], insns, n));
		for (i = 0; i < 4; i++) {
			random_bytes(data, sizeof(data), &seed);
			p.len = test_random(&seed) % (sizeof(data) + 1);
			p.wire_len = p.len;
			ck_assert_ok(sfam_bpf_run(insns, n, &p, &bytes));
			want = bytes == 0 ? -1 :
			       bytes < p.len ? (ssize_t)bytes :
			       (ssize_t)p.len;
			got = pass(fds, data, p.len);
			if (got != want)
				print_program(insns, n);
			ck_assert_int_eq(got, want);
		}
	}
	close_pair(fds);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ attach_and_detach, NULL },
		{ lock, NULL },
		{ attach_refused, NULL },
		{ check_refuses, NULL },
		{ check_memory, NULL },
		{ ancillary, NULL },
		{ run_beyond, NULL },
		{ as_text, NULL },
		{ check_as_kernel, NULL },
		{ run_as_kernel, NULL },
	};

	return harness_run("bpf", tests, HARNESS_LEN(tests));
}
