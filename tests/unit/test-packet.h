/* SPDX-License-Identifier: MIT */
/*
 * What the tests of packet sockets share. All of them are on a pair of veth,
 * a0 and b0, and count packets of a type of our own: the kernel sends some
 * too. A socket on a0 that takes all protocols sees what a0 sends while the
 * sender is in its system call, so without any other loss.
 */
#ifndef SFAM_TEST_PACKET_H
#define SFAM_TEST_PACKET_H

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sockfam/sockfam.h>

#include "harness.h"

#define MS INT64_C(1000000)
#define OUR_TYPE 0x88b5		/* ETH_P_802_EX1: for experiments */
#define PROBE_TYPE 0x88b7
#define OUR_PROTO ",proto=0x88b5"
#define ON_B0 "packet:b0" OUR_PROTO
#define FRAME_LEN 60
#define FROM_A0 "packet:a0,proto=0x0000"	/* hears nothing */

/* With a number behind the Ethernet header. */
union test_frame {
	uint8_t bytes[FRAME_LEN];
	struct {
		struct ethhdr eth;
		uint8_t number[4];
	} at;
};

/* Packets of this type, whole. */
#define ONLY_TYPE(type) {						\
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),				\
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (type), 0, 1),		\
	BPF_STMT(BPF_RET | BPF_K, 0xffffffff),				\
	BPF_STMT(BPF_RET | BPF_K, 0) }

static struct sock_filter our_code[] = ONLY_TYPE(OUR_TYPE);
static const struct sock_fprog our_filter = {
	HARNESS_LEN(our_code), our_code
};

static inline struct sfam_addr addr_of(const char *text)
{
	struct sfam_addr addr;

	ck_assert_ok(sfam_addr_parse(&addr, text, strlen(text), NULL));
	return addr;
}

static inline int packet_open(const char *text,
			      const struct sfam_packet_opts *opts)
{
	struct sfam_addr addr = addr_of(text);

	return sfam_packet_open(&addr, opts);
}

static inline int must_open(const char *text,
			    const struct sfam_packet_opts *opts)
{
	int fd = packet_open(text, opts);

	ck_assert_ok(fd);
	return fd;
}

static inline void fill_frame(union test_frame *f, uint16_t type,
			      uint32_t number)
{
	memset(f, 0, sizeof(*f));
	memset(f->at.eth.h_dest, 0xff, ETH_ALEN);
	f->at.eth.h_source[0] = 2;
	f->at.eth.h_proto = htons(type);
	memcpy(f->at.number, &number, sizeof(number));
}

/* For sfam_packet_recv(). */
static uint32_t buf[1024];

static inline int receive(int fd, struct sfam_packet *p, int64_t timeout_ns)
{
	return sfam_packet_recv(fd, buf, sizeof(buf), p, timeout_ns);
}

static inline struct sockaddr_ll from_of(const struct sfam_packet *p)
{
	struct sockaddr_ll ll;

	memcpy(&ll, sfam_packet_from(p), sizeof(ll));
	return ll;
}

static inline uint32_t number_of(const struct sfam_packet *p)
{
	uint32_t number;

	ck_assert_uint_ge(p->len, ETH_HLEN + sizeof(number));
	memcpy(&number, p->data + ETH_HLEN, sizeof(number));
	return number;
}

#define BATCH 64

/*
 * Sends n frames, at most a BATCH, with numbers from first on. As send,
 * returns how many.
 */
static inline ssize_t send_some(int fd, uint16_t type, uint32_t first,
				size_t n)
{
	static union test_frame frames[BATCH];
	static struct iovec iovs[BATCH];
	size_t i;

	for (i = 0; i < n; i++) {
		fill_frame(&frames[i], type, first + (uint32_t)i);
		iovs[i].iov_base = &frames[i];
		iovs[i].iov_len = FRAME_LEN;
	}
	return sfam_packet_send(fd, iovs, n, NULL, SFAM_FOREVER);
}

#define TEST_TCI 0xa123

/* One with a tag, and OUR_TYPE behind that. */
static inline void send_tagged(int tx, uint8_t *frame, uint16_t tpid)
{
	struct iovec iov = { frame, FRAME_LEN };

	fill_frame((union test_frame *)(void *)frame, tpid, 0);
	frame[14] = TEST_TCI >> 8;
	frame[15] = TEST_TCI & 0xff;
	frame[16] = OUR_TYPE >> 8;
	frame[17] = OUR_TYPE & 0xff;
	ck_assert_int_eq(sfam_packet_send(tx, &iov, 1, NULL, 0), 1);
}

/* All of them. */
static inline void send_numbers(int fd, uint32_t first, size_t n)
{
	size_t part;

	for (; n; n -= part, first += (uint32_t)part) {
		part = n < BATCH ? n : BATCH;
		ck_assert_int_eq(send_some(fd, OUR_TYPE, first, part),
				 (ssize_t)part);
	}
}

/*
 * Until one arrives: after a peer has come up, the kernel drops in silence
 * what is sent before its work on the carrier is done (noop_qdisc, until
 * linkwatch_do_dev() of net/core/link_watch.c).
 */
static inline void send_till_received(int tx, int rx, uint16_t type)
{
	struct sfam_packet p;
	int r;

	do {
		ck_assert_int_eq(send_some(tx, type, 0, 1), 1);
		r = receive(rx, &p, MS);
	} while (r == -ETIMEDOUT);
	ck_assert_ok(r);
}

/* a0 and b0, over which packets pass. */
static inline void links_up(void)
{
	int tx, rx;

	link_add_pair("a0", "b0");
	tx = must_open(FROM_A0, NULL);
	rx = must_open("packet:b0,proto=0x88b7", NULL);
	send_till_received(tx, rx, PROBE_TYPE);
	close(tx);
	close(rx);
}

/* Until the first one is there. */
static inline void wait_for_flood(int witness)
{
	struct sfam_packet p;

	ck_assert_ok(receive(witness, &p, SFAM_FOREVER));
	close(witness);
}

/* A child that sends from a0 till it is ended, or we are; it has begun. */
static inline pid_t flood_start(uint16_t type)
{
	int fd, witness = must_open(ON_B0, NULL);
	pid_t pid = fork();
	uint32_t i;

	ck_assert_int_ge(pid, 0);
	if (pid > 0) {
		wait_for_flood(witness);
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(witness);
	fd = packet_open(FROM_A0, NULL);
	for (i = 0; send_some(fd, type, i, BATCH) == BATCH; i += BATCH)
		;
	_exit(1);
}

static inline void flood_end(pid_t pid)
{
	int status;

	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
}

#endif
