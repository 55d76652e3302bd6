/* SPDX-License-Identifier: MIT */
#include "bus.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/can/raw.h>

#include "bench.h"

/*
 * Many short naps, not one long: while a program waits for the host (9p),
 * the guest is idle and its clock runs ahead.
 */
#define NAP_NS 10000000L
#define NAPS_MAX 20000

const struct can_frame frame_to_send = {
	.can_id = 0x123,
	.can_dlc = 8,
	.data = { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88 },
};

static void nap(long ns)
{
	struct timespec ts = { 0, ns };

	nanosleep(&ts, NULL);
}

static void bind_to_interface(int fd)
{
	struct sockaddr_can sa;

	memset(&sa, 0, sizeof(sa));
	sa.can_family = AF_CAN;
	sa.can_ifindex = (int)if_nametoindex(config.ifname);
	if (sa.can_ifindex == 0 ||
	    bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		die(config.ifname);
}

static int open_can(void)
{
	int fd = socket(AF_CAN, SOCK_RAW | SOCK_CLOEXEC, CAN_RAW);

	if (fd < 0)
		die("AF_CAN");
	return fd;
}

int open_sender(void)
{
	int fd = open_can();

	if (setsockopt(fd, SOL_CAN_RAW, CAN_RAW_FILTER, NULL, 0) < 0)
		die("CAN_RAW_FILTER");
	bind_to_interface(fd);
	return fd;
}

int open_receiver(const int *options)
{
	int fd = open_can();
	int size = RCVBUF;
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
		       sizeof(size)) < 0)
		die("SO_RCVBUFFORCE");
	for (; *options; options++)
		if (setsockopt(fd, SOL_SOCKET, *options, &on, sizeof(on)) < 0)
			die("setsockopt");
	bind_to_interface(fd);
	return fd;
}

/* Real time: nothing gets the CPU before the burst is out. */
static void set_real_time(int on)
{
	struct sched_param param = { .sched_priority = on };

	if (sched_setscheduler(0, on ? SCHED_FIFO : SCHED_OTHER, &param) < 0)
		die("sched_setscheduler");
}

static int64_t send_now(int fd, const struct pace *pace, size_t n)
{
	int64_t start = cpu_ns();
	size_t i;

	for (i = 1; i <= n; i++) {
		if (write(fd, &frame_to_send, CAN_MTU) != CAN_MTU)
			die("write to the bus");
		if (pace->burst && i % pace->burst == 0)
			nap(pace->sleep_ns);
	}
	return cpu_ns() - start;
}

int64_t send_paced(int fd, const struct pace *pace, size_t n)
{
	int64_t cost;

	if (pace->burst)
		set_real_time(1);
	cost = send_now(fd, pace, n);
	if (pace->burst)
		set_real_time(0);
	return cost;
}

/* The number in the line of a file that contains key, or 0. */
static unsigned long number_in(const char *path, const char *key)
{
	FILE *f = fopen(path, "r");
	unsigned long v = 0;
	char line[128];

	if (!f)
		die(path);
	while (fgets(line, sizeof(line), f)) {
		if (!strstr(line, key))
			continue;
		v = strtoul(line, NULL, 10);
		break;
	}
	fclose(f);
	return v;
}

/* An error mask is an entry of its own. */
void wait_for_receivers(unsigned long n)
{
	int i;

	for (i = 0; i < NAPS_MAX; i++) {
		nap(NAP_NS);
		if (number_in("/proc/net/can/stats",
			      "current receive list entries") >= n)
			break;
	}
	errno = 0;
	if (i == NAPS_MAX)
		die("a receiver that does not bind");
	/* It has yet to go to sleep. */
	nap(5 * NAP_NS);
}

/* Those that are bound: a 1 in the column "R". */
static unsigned long count_packet_sockets(void)
{
	FILE *f = fopen("/proc/net/packet", "r");
	unsigned long n = 0, running;
	char line[256];

	if (!f)
		die("/proc/net/packet");
	while (fgets(line, sizeof(line), f))
		n += sscanf(line, "%*s %*s %*s %*s %*s %lu", &running) == 1 &&
		     running;
	fclose(f);
	return n;
}

void wait_for_rings(unsigned long n)
{
	int i;

	for (i = 0; i < NAPS_MAX && count_packet_sockets() != n; i++)
		nap(NAP_NS);
	errno = 0;
	if (i == NAPS_MAX)
		die("a ring that is not there");
	/* It has yet to go to sleep. */
	nap(5 * NAP_NS);
}

unsigned long count_sent(void)
{
	char path[128];

	snprintf(path, sizeof(path),
		 "/sys/class/net/%s/statistics/tx_packets", config.ifname);
	return number_in(path, "");
}
