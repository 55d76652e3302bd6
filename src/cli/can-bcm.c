/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "can-bcm.h"

static int index_of(const struct sfam_addr *addr)
{
	struct sockaddr_can can;

	memcpy(&can, sfam_addr_sockaddr(addr), sizeof(can));
	return can.can_ifindex;
}

int can_bcm_open(const char *arg, char *ret_name)
{
	const char *text = strcmp(arg, "any") == 0 ? "" : arg;
	struct sfam_addr addr;

	if (cli_parse_addr("can-bcm", text, &addr))
		return -1;
	if (ret_name && index_of(&addr) == 0) {
		cli_error("%s: frames are sent to one interface", arg);
		return -1;
	}
	if (ret_name && !if_indextoname((unsigned int)index_of(&addr),
					ret_name)) {
		cli_bad_call(arg, -errno);
		return -1;
	}
	return cli_open(&addr, SFAM_OPEN_CONNECT, NULL);
}

int can_bcm_seconds(const char *text, int64_t *ret_ns)
{
	int64_t ns;

	if (cli_seconds(text, &ns) < 0 || ns <= 0 || ns % 1000 ||
	    ns > SFAM_BCM_MAX_NS)
		return -1;
	*ret_ns = ns;
	return 0;
}

int can_bcm_failed(const char *name, int error)
{
	if (error == -ENETDOWN)
		return cli_error("%s: interface is down; try: ip link set %s "
				 "up", name, name);
	if (error == -ENODEV || error == -ENOTCONN)
		return cli_error("%s: interface is gone", name);
	return cli_bad_call(name, error);
}
