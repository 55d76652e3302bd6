/* SPDX-License-Identifier: MIT */
/*
 * The two forms of addresses that can-utils have:
 * C:   [IF][:[SA][,[PGN][,NAME]]]   j1939cat, testj1939
 * hex: [IF:][NAME|SA][,PGN]         j1939spy, j1939sr
 * An option says which one it is, and a text without a colon is an interface
 * where one is needed, so nothing is guessed from how it looks.
 */
#include <string.h>

#include "can-j1939.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

int can_j1939_number(const char *text, size_t len, int is_hex, uint64_t max,
		     uint64_t *ret)
{
	unsigned int base = is_hex ? 16 : 10;
	uint64_t v = 0;
	size_t i = 0;

	if (len > 2 && text[0] == '0' && (text[1] | 32) == 'x') {
		base = 16;
		i = 2;
	} else if (!is_hex && len > 1 && text[0] == '0') {
		base = 8;
	}
	if (i == len)
		return -1;
	for (; i < len; i++) {
		unsigned int d = (unsigned int)digit(text[i]);

		if (d >= base || v > (max - d) / base)
			return -1;
		v = v * base + d;
	}
	*ret = v;
	return 0;
}

/* The part up to the next comma; *text goes behind it. */
static size_t next_part(const char **text, const char **ret_part)
{
	size_t len = strcspn(*text, ",");

	*ret_part = *text;
	*text += len + ((*text)[len] == ',');
	return len;
}

static int read_number(const char *whole, const char *part, size_t len,
		       int is_hex, uint64_t max, const char *what,
		       uint64_t *ret)
{
	if (can_j1939_number(part, len, is_hex, max, ret) == 0)
		return CLI_OK;
	return cli_error("%s: \"%.*s\" is no %s", whole, (int)len, part, what);
}

static int read_sa(struct can_j1939_addr *a, const char *whole,
		   const char *part, size_t len, int is_hex)
{
	uint64_t v = a->addr;
	int status = CLI_OK;

	if (len)
		status = read_number(whole, part, len, is_hex, 255,
				     "address 0..255", &v);
	a->addr = (uint8_t)v;
	return status;
}

static int read_pgn(struct can_j1939_addr *a, const char *whole,
		    const char *part, size_t len, int is_hex)
{
	uint64_t v = a->pgn;
	int status = CLI_OK;

	if (len)
		status = read_number(whole, part, len, is_hex, J1939_PGN_MAX,
				     "PGN up to 0x3ffff", &v);
	a->pgn = (uint32_t)v;
	return status;
}

static int read_name(struct can_j1939_addr *a, const char *whole,
		     const char *part, size_t len, int is_hex)
{
	if (len == 0)
		return CLI_OK;
	return read_number(whole, part, len, is_hex, UINT64_MAX,
			   "NAME of 64 bits", &a->name);
}

/* What is behind the interface. */
static int read_rest(struct can_j1939_addr *a, const char *whole,
		     const char *rest, int is_hex)
{
	const char *part;
	size_t len = next_part(&rest, &part);
	int status;

	if (is_hex && len != 2)
		status = read_name(a, whole, part, len, 1);
	else
		status = read_sa(a, whole, part, len, is_hex);
	if (status != CLI_OK)
		return status;
	len = next_part(&rest, &part);
	status = read_pgn(a, whole, part, len, is_hex);
	if (status != CLI_OK)
		return status;
	if (!is_hex) {
		len = next_part(&rest, &part);
		status = read_name(a, whole, part, len, 0);
	}
	if (status == CLI_OK && *rest)
		status = cli_error("%s: \"%s\" is too much", whole, rest);
	return status;
}

static int read_addr(struct can_j1939_addr *ret, const char *text, int is_hex,
		     int has_interface)
{
	const char *colon = strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);
	struct can_j1939_addr a = {
		.addr = J1939_NO_ADDR,
		.pgn = J1939_NO_PGN,
		.name = J1939_NO_NAME,
	};
	const char *rest = colon ? colon + 1 : "";

	if (!colon && !has_interface) {
		rest = text;
		len = 0;
	}
	if (len >= sizeof(a.ifname))
		return cli_error("%s: longer than any interface", text);
	memcpy(a.ifname, text, len);
	*ret = a;
	return read_rest(ret, text, rest, is_hex);
}

int can_j1939_local(struct can_j1939_addr *ret, const char *text, int is_hex)
{
	if (read_addr(ret, text, is_hex, 1) != CLI_OK)
		return CLI_FAILED;
	if (ret->ifname[0] == '\0')
		return cli_error("%s: which interface?", text);
	return CLI_OK;
}

int can_j1939_remote(struct can_j1939_addr *ret, const char *text, int is_hex,
		     const struct can_j1939_addr *local)
{
	if (strcmp(text, "-") == 0)
		text = ":";
	if (read_addr(ret, text, is_hex, !is_hex) != CLI_OK)
		return CLI_FAILED;
	if (ret->ifname[0] && strcmp(ret->ifname, local->ifname) != 0)
		return cli_error("%s: on another interface than %s", text,
				 local->ifname);
	strcpy(ret->ifname, local->ifname);
	return CLI_OK;
}

int can_j1939_sfam_addr(struct sfam_addr *ret,
			const struct can_j1939_addr *addr)
{
	const struct sfam_family *f = sfam_family_by_name("can-j1939");
	struct sockaddr_can sa;
	struct sfam_diag diag;
	unsigned int index;
	int r;

	if (sfam_interface_index(addr->ifname, &index) < 0)
		return cli_error("%s: no such interface", addr->ifname);
	memset(&sa, 0, sizeof(sa));
	sa.can_family = AF_CAN;
	sa.can_ifindex = (int)index;
	sa.can_addr.j1939.name = addr->name;
	sa.can_addr.j1939.pgn = addr->pgn;
	sa.can_addr.j1939.addr = addr->addr;
	r = sfam_addr_from_sockaddr(ret, f, 0, 0, &sa, sizeof(sa), &diag);
	if (r < 0)
		return cli_error("0x%x: a PGN whose format is below 240 ends "
				 "in 00", addr->pgn);
	return CLI_OK;
}
