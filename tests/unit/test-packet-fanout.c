/* SPDX-License-Identifier: MIT */
/* To which member of a fanout packets go, and what is counted of it. */
#include <linux/bpf.h>
#include <sys/syscall.h>

#include "test-packet.h"

#define MEMBERS 3
#define PACKETS 90

static struct sock_filter to_second[] = {
	BPF_STMT(BPF_RET | BPF_K, MEMBERS + 1),
};
static const struct sock_fprog second = { 1, to_second };

/* MEMBERS + 1 always; or -1 where that is not permitted. */
static int load_program(void)
{
	static const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = MEMBERS + 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attr.insns = (uintptr_t)code;
	attr.insn_cnt = HARNESS_LEN(code);
	attr.license = (uintptr_t)"MIT";
	return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

/* Before the tests, which are in namespaces where it is forbidden. */
static int loaded;

/* A member on a0, which the group's first one gives its id to. */
static int join(struct sfam_packet_fanout *f)
{
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	int fd;

	o.filter = &our_filter;
	o.fanout = f;
	fd = must_open("packet:a0", &o);
	if (f->flags & PACKET_FANOUT_FLAG_UNIQUEID) {
		f->id = (uint16_t)sfam_packet_fanout_id(fd);
		f->flags &= (uint16_t)~PACKET_FANOUT_FLAG_UNIQUEID;
	}
	return fd;
}

static void drain_and_close(int fds[MEMBERS], uint64_t ret_got[MEMBERS])
{
	struct sfam_packet p;
	size_t i;

	for (i = 0; i < MEMBERS; i++) {
		ret_got[i] = 0;
		while (receive(fds[i], &p, 0) == 0)
			ret_got[i]++;
		close(fds[i]);
	}
}

/* All of them come to one member; the program comes with the first. */
static void expect_all_at(struct sfam_packet_fanout f, size_t member)
{
	uint64_t got[MEMBERS];
	int tx, fds[MEMBERS];
	size_t i;

	tx = must_open(FROM_A0, NULL);
	f.flags = PACKET_FANOUT_FLAG_UNIQUEID;
	for (i = 0; i < MEMBERS; i++) {
		fds[i] = join(&f);
		f.program = NULL;
		f.program_fd = NULL;
	}
	send_numbers(tx, 0, PACKETS);
	drain_and_close(fds, got);
	for (i = 0; i < MEMBERS; i++)
		ck_assert_uint_eq(got[i], i == member ? PACKETS : 0);
	close(tx);
}

/* a0 has one queue. */
START_TEST(by_queue)
{
	const struct sfam_packet_fanout f = { .mode = PACKET_FANOUT_QM };

	links_up();
	expect_all_at(f, 0);
}
END_TEST

START_TEST(by_program)
{
	struct sfam_packet_fanout f = { .mode = PACKET_FANOUT_CBPF };

	links_up();
	expect_all_at(f, 0);
	f.program = &second;
	expect_all_at(f, 1);
}
END_TEST

START_TEST(by_loaded_program)
{
	struct sfam_packet_fanout f = { .mode = PACKET_FANOUT_EBPF };

	links_up();
	expect_all_at(f, 0);
	f.program_fd = &loaded;
	expect_all_at(f, 1);
}
END_TEST

START_TEST(wrong_programs)
{
	static const uint16_t others[] = {
		PACKET_FANOUT_HASH, PACKET_FANOUT_LB, PACKET_FANOUT_EBPF,
	};
	struct sock_filter nonsense = { .code = 0xffff };
	const struct sock_fprog bad = { 1, &nonsense };
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet_fanout f = { .mode = PACKET_FANOUT_CBPF };
	int fd = -1;
	size_t i;

	links_up();
	f.flags = PACKET_FANOUT_FLAG_UNIQUEID;
	o.fanout = &f;
	f.program = &bad;
	ck_assert_err(packet_open("packet:a0", &o), EINVAL);
	f.program = &second;
	f.program_fd = &fd;
	ck_assert_err(packet_open("packet:a0", &o), EINVAL);
	f.program_fd = NULL;
	for (i = 0; i < HARNESS_LEN(others); i++) {
		f.mode = others[i];
		ck_assert_err(packet_open("packet:a0", &o), EINVAL);
	}
	f.mode = PACKET_FANOUT_EBPF;
	f.program = NULL;
	f.program_fd = &fd;
	ck_assert_err(packet_open("packet:a0", &o), EBADF);
	fd = STDIN_FILENO;
	ck_assert_err(packet_open("packet:a0", &o), EINVAL);
}
END_TEST

/* ----------------------------------------------------------- rollover -- */

/*
 * Ours are for the first member, and nobody reads: it fills, then the second
 * does, and what neither has room for is dropped by the first. A fanout
 * comes before the filters of its members: what the kernel itself sends is
 * for the second, or it would count as rolled.
 */
START_TEST(rollover)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_TYPE, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, 1),
	};
	const struct sock_fprog ours_first = { HARNESS_LEN(code), code };
	struct sfam_packet_fanout f = {
		.mode = PACKET_FANOUT_CBPF,
		.flags = PACKET_FANOUT_FLAG_UNIQUEID |
			 PACKET_FANOUT_FLAG_ROLLOVER,
		.program = &ours_first,
	};
	struct sfam_packet_stats first = { 0 }, other = { 0 }, again;
	int tx, fds[2];

	links_up();
	tx = must_open(FROM_A0, NULL);
	fds[0] = join(&f);
	fds[1] = join(&f);
	send_numbers(tx, 0, 5000);
	ck_assert_ok(sfam_packet_stats_add(fds[0], &first));
	ck_assert_ok(sfam_packet_stats_add(fds[1], &other));
	ck_assert_uint_eq(first.seen + other.seen, 5000);
	ck_assert_uint_gt(first.dropped, 0);
	ck_assert_uint_gt(first.rolled, 0);
	ck_assert_uint_eq(first.rolled, other.seen);
	/* One flow it is, and there was some room when that began. */
	ck_assert_uint_gt(first.rolled_huge, 0);
	ck_assert_uint_le(first.rolled_huge, first.rolled);
	/* Those that filled the rest of its room, and those dropped. */
	ck_assert_uint_ge(first.not_rolled, first.dropped);
	ck_assert_uint_eq(other.rolled, 0);
	/* They are not told by differences, as the others are. */
	again = first;
	ck_assert_ok(sfam_packet_stats_add(fds[0], &again));
	ck_assert_mem_eq(&again, &first, sizeof(first));
	close(fds[0]);
	close(fds[1]);
	close(tx);
}
END_TEST

/* Without it the counts are there, and 0. */
START_TEST(no_rollover)
{
	struct sfam_packet_fanout f = {
		.mode = PACKET_FANOUT_LB,
		.flags = PACKET_FANOUT_FLAG_UNIQUEID,
	};
	struct sfam_packet_stats s = { 0 };
	int tx, fd;

	links_up();
	tx = must_open(FROM_A0, NULL);
	fd = join(&f);
	send_numbers(tx, 0, PACKETS);
	ck_assert_ok(sfam_packet_stats_add(fd, &s));
	ck_assert_uint_eq(s.seen, PACKETS);
	ck_assert_uint_eq(s.rolled + s.rolled_huge + s.not_rolled, 0);
	close(fd);
	close(tx);
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ by_queue, "netns" },
		{ by_program, "netns" },
		{ by_loaded_program, "netns vm" },
		{ wrong_programs, "netns" },
		{ rollover, "netns" },
		{ no_rollover, "netns" },
	};

	loaded = load_program();
	return harness_run("packet-fanout", tests, HARNESS_LEN(tests));
}
