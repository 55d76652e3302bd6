/* SPDX-License-Identifier: MIT */
/*
 * The network namespace goes away while somebody sniffs: that of the other
 * end of a veth, and the one that a socket is in, which only it keeps alive.
 */
#include <fcntl.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include <sockfam/packet-readers.h>

#include "test-ring.h"

/* b0 goes to a process elsewhere, which alone holds its namespace. */
static pid_t move_peer(void)
{
	pid_t pid = start_elsewhere();
	char command[64];

	snprintf(command, sizeof(command), "ip link set b0 netns %d", pid);
	run(command);
	return pid;
}

static void end(pid_t pid)
{
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

/* Its namespace goes when its last process has gone, some time after. */
START_TEST(peer_of_a_ring)
{
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	pid_t pid;
	int tx;

	for (EACH_MODE(mode)) {
		links_up();
		tx = must_open(FROM_A0, NULL);
		ring = ours_on("packet:a0", mode, 200);
		send_numbers(tx, 0, 10);
		pid = move_peer();
		end(pid);
		expect_end(ring, 10);
		sfam_packet_ring_free(ring);
		close(tx);
	}
}
END_TEST

/* It is told once, and then there is nothing. */
START_TEST(peer_of_a_socket)
{
	struct sfam_packet_opts o = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet p;
	int r, rx;
	pid_t pid;

	links_up();
	pid = move_peer();
	o.filter = &our_filter;
	rx = must_open("packet:a0", &o);
	end(pid);
	r = receive(rx, &p, SFAM_FOREVER);
	ck_assert(r == -ENODEV || r == -ENETDOWN);
	while (if_nametoindex("a0"))
		sched_yield();
	ck_assert_err(receive(rx, &p, 0), ETIMEDOUT);
	close(rx);
}
END_TEST

static int read_none(void *arg, size_t member, struct sfam_packet_batch batch,
		     uint32_t events)
{
	(void)arg;
	(void)member;
	return batch.left || events != SFAM_PACKET_EVENT_DOWN ? -EPROTO : 0;
}

START_TEST(peer_of_readers)
{
	struct sfam_packet_readers_opts o = SFAM_PACKET_READERS_OPTS_INIT;
	struct sfam_packet_ring_opts ro = small_ring(SFAM_PACKET_THROUGHPUT);
	struct sfam_packet_opts po = SFAM_PACKET_OPTS_INIT;
	struct sfam_packet_readers *readers = NULL;
	struct sfam_addr addr;
	pid_t pid;

	links_up();
	pid = move_peer();
	addr = addr_of("packet:a0");
	po.filter = &our_filter;
	o.count = 3;
	o.opts = &po;
	o.ring_opts = &ro;
	o.read = read_none;
	ck_assert_ok(sfam_packet_readers_new(&readers, &addr, &o));
	end(pid);
	ck_assert_err(sfam_packet_readers_wait(readers, NULL, SFAM_FOREVER),
		      ENODEV);
	sfam_packet_readers_free(readers);
}
END_TEST

/* ------------------------------------------------------------ from there -- */

static void enter(int ns)
{
	ck_assert_int_eq(setns(ns, CLONE_NEWNET), 0);
	close(ns);
}

static int namespace_of(pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

/* On b0, from within its namespace, whose process ends then. */
static struct sfam_packet_ring *ring_elsewhere(enum sfam_packet_mode mode)
{
	int home = namespace_of(getpid());
	struct sfam_packet_ring *ring;
	pid_t pid;

	links_up();
	pid = move_peer();
	enter(namespace_of(pid));
	link_set_up("b0", 1);
	ring = ours_on("packet:b0", mode, 200);
	enter(home);
	end(pid);
	return ring;
}

static uint32_t wait_for_event(struct sfam_packet_ring *ring)
{
	struct sfam_packet_batch batch;

	while (sfam_packet_ring_take(ring, &batch, SFAM_FOREVER) != 0)
		;
	return sfam_packet_ring_events(ring);
}

/*
 * The ring keeps the namespace, and with it the interface; and in the one
 * that it is read from there is none of that index. When it is freed all of
 * it goes, and so does a0.
 */
START_TEST(kept_by_a_ring)
{
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	struct sfam_packet p;
	int r, tx;

	for (EACH_MODE(mode)) {
		ring = ring_elsewhere(mode);
		tx = must_open(FROM_A0, NULL);
		do {	/* until the carrier is there */
			send_numbers(tx, 1, 1);
			r = sfam_packet_ring_next(ring, &p, MS);
		} while (r == -ETIMEDOUT);
		ck_assert_int_eq(r, 1);
		ck_assert_uint_eq(number_of(&p), 1);
		sfam_packet_ring_free(ring);
		while (if_nametoindex("a0"))
			sched_yield();
		close(tx);
	}
}
END_TEST

/* b0, in the namespace of the socket. */
static void set_flags(int fd, short flags)
{
	struct ifreq ifr = { .ifr_name = "b0", .ifr_flags = flags };

	ck_assert_int_eq(ioctl(fd, SIOCSIFFLAGS, &ifr), 0);
}

/* What happens to the interface is told, wherever the reader is. */
START_TEST(changed_elsewhere)
{
	struct sfam_packet_ring *ring;
	enum sfam_packet_mode mode;
	struct sfam_packet p;

	for (EACH_MODE(mode)) {
		ring = ring_elsewhere(mode);
		set_flags(sfam_packet_ring_fd(ring), 0);
		ck_assert_uint_eq(wait_for_event(ring),
				  SFAM_PACKET_EVENT_DOWN);
		set_flags(sfam_packet_ring_fd(ring), IFF_UP);
		ck_assert_uint_eq(wait_for_event(ring),
				  SFAM_PACKET_EVENT_UP);
		link_del("a0");
		ck_assert_uint_eq(wait_for_event(ring),
				  SFAM_PACKET_EVENT_DOWN);
		ck_assert_err(sfam_packet_ring_next(ring, &p, SFAM_FOREVER),
			      ENODEV);
		sfam_packet_ring_free(ring);
	}
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ peer_of_a_ring, "netns" },
		{ peer_of_a_socket, "netns" },
		{ peer_of_readers, "netns" },
		{ kept_by_a_ring, "netns" },
		{ changed_elsewhere, "netns" },
	};

	return harness_run("ring-netns", tests, HARNESS_LEN(tests));
}
