/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "can-bus.h"

#define NS_PER_S 1000000000

int can_bus_allow(const char *name, int fd, size_t largest, uint32_t on)
{
	int r;

	if (largest > CAN_MTU)
		on |= SFAM_CAN_OPT_FD;
	if (largest > CANFD_MTU)
		on |= SFAM_CAN_OPT_XL;
	r = sfam_can_set_options(fd, on, 0);
	if (r == -ENOPROTOOPT)
		return cli_error("%s: this kernel has no CAN XL; try: Linux "
				 "6.2 or later", name);
	return r < 0 ? cli_bad_call(name, r) : CLI_OK;
}

static int set_up(const char *name, int fd, size_t largest, uint32_t on,
		  const struct can_filter *filter)
{
	int r = filter ? sfam_can_set_filters(fd, filter, 1) : 0;

	return r < 0 ? cli_bad_call(name, r) :
	       can_bus_allow(name, fd, largest, on);
}

int can_bus_open(const char *name, size_t largest, uint32_t on,
		 const struct can_filter *filter)
{
	struct sfam_addr addr;
	int index, fd;

	if (can_cli_addr(name, strlen(name), &addr, &index))
		return -1;
	if (index == 0) {
		cli_error("%s: frames are sent to one interface", name);
		return -1;
	}
	fd = cli_open(&addr, SFAM_OPEN_SOCKET, NULL);
	if (fd < 0)
		return -1;
	if (set_up(name, fd, largest, on, filter) != CLI_OK) {
		close(fd);
		return -1;
	}
	if (bind(fd, sfam_addr_sockaddr(&addr), addr.len) < 0) {
		cli_bad_call(name, -errno);
		close(fd);
		return -1;
	}
	return fd;
}

int can_bus_id(const char *text, uint32_t *ret)
{
	char frame[32];
	struct can_frame f;
	size_t len = strlen(text);
	ssize_t n;

	/* One to three digits, or eight: as for frames, but for zeros. */
	if (len > 8 || strchr(text, '#'))
		return cli_error("%.20s: not an identifier", text);
	snprintf(frame, sizeof(frame), "%s%s#", len < 3 ? &"00"[len == 2] :
		 "", text);
	n = sfam_can_text_parse(&f, sizeof(f), frame, strlen(frame), 0, NULL);
	if (n < 0 || f.can_id & CAN_ERR_FLAG)
		return cli_error("%s: not an identifier", text);
	*ret = f.can_id;
	return CLI_OK;
}

struct can_filter can_bus_filter(uint32_t id)
{
	const struct can_filter filter = {
		.can_id = id,
		.can_mask = CAN_EFF_FLAG | CAN_RTR_FLAG | CAN_EFF_MASK,
	};

	return filter;
}

size_t can_bus_largest(const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int mtu = fd < 0 ? -1 : can_cli_mtu(fd, name);

	if (fd >= 0)
		close(fd);
	if (mtu > (int)CANFD_MTU)
		return SFAM_CANXL_MTU;
	return mtu < (int)CANFD_MTU ? CAN_MTU : CANFD_MTU;
}

int can_bus_wait(int fd, int signals, int64_t timeout_ns)
{
	return cli_wait_input(fd, signals, timeout_ns);
}

int64_t can_bus_real_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int can_bus_send_failed(const char *name, const char *text, int fd,
			size_t largest, int error)
{
	int mtu = can_cli_mtu(fd, name);
	char words[SFAM_ERROR_STRLEN];

	if (error == -EINVAL && mtu > 0 && mtu < (int)largest)
		return cli_error("%s: %s: its MTU of %d takes no such frame; "
				 "try: ip link set %s mtu %zu", name, text,
				 mtu, name, largest);
	if (error == -ENOBUFS)
		return cli_error("%s: %s: its queue stayed full; try: ip link "
				 "set %s txqueuelen 1000", name, text, name);
	if (error == -ETIMEDOUT)
		return cli_error("%s: %s: the bus takes no frames; try: "
				 "sockfam can state %s", name, text, name);
	if (error == -ENETDOWN)
		return cli_error("%s: %s: the interface is down; try: ip link "
				 "set %s up", name, text, name);
	if (error == -ENXIO || error == -ENODEV)
		return cli_error("%s: %s: the interface is gone", name, text);
	return cli_error("%s: %s: %s", name, text,
			 cli_words(error, words, sizeof(words)));
}

int can_bus_receive_failed(const char *name, int error)
{
	if (error == -ENETDOWN)
		return cli_error("%s: interface is down; try: ip link set %s "
				 "up", name, name);
	if (error == -ENODEV)
		return cli_error("%s: interface is gone", name);
	return cli_bad_call(name, error);
}
