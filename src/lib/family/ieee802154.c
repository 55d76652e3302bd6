/* SPDX-License-Identifier: MIT */
/*
 * IEEE 802.15.4. The header is not exported; host byte order but for the
 * long address, whose octets are in the order of the text
 * (ieee802154_devaddr_from_raw() of net/ieee802154_netdev.h).
 */
#include <sys/socket.h>

#include "family/row.h"

#ifndef AF_IEEE802154
#define AF_IEEE802154 36	/* sys/socket.h since glibc 2.17 */
#endif
#define HWADDR_LEN 8

enum { NONE = 0, SHORT = 2, LONG = 3 };		/* IEEE802154_ADDR_... */

/* struct sockaddr_ieee802154 of net/af_ieee802154.h, Linux 6.12 */
struct sockaddr_154 {
	sa_family_t family;
	int addr_type;
	uint16_t pan_id;
	union {
		unsigned char hwaddr[HWADDR_LEN];
		uint16_t short_addr;
	} addr;
};

#define TYPE_AT offsetof(struct sockaddr_154, addr_type)
#define ADDR_AT offsetof(struct sockaddr_154, addr)

static const struct sfam__key no_keys[] = { { NULL, NULL } };

static int scan_addr(struct sfam__scan *s, struct sockaddr_154 *sa)
{
	size_t n;

	if (s->pos + 2 < s->len && s->text[s->pos + 2] == ':') {
		sa->addr_type = LONG;
		return sfam__scan_octets(s, HWADDR_LEN, HWADDR_LEN,
					 sa->addr.hwaddr, &n, "a long address:"
					 " XX:XX:XX:XX:XX:XX:XX:XX");
	}
	sa->addr_type = SHORT;
	return sfam__scan_u16(s, UINT16_MAX, &sa->addr.short_addr,
			      "a short address 0..0xffff, or a long one: "
			      "XX:XX:XX:XX:XX:XX:XX:XX");
}

static int scan_body(struct sfam__scan *s, struct sockaddr_154 *sa)
{
	int r;

	if (sfam__scan_word(s, "none"))
		return 0;
	r = sfam__scan_u16(s, UINT16_MAX, &sa->pan_id,
			   "a PAN 0..0xffff, or none");
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":ADDR\"");
	return r < 0 ? r : scan_addr(s, sa);
}

static int ieee802154_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_154 sa;
	int r;

	memset(&sa, 0, sizeof(sa));	/* there is padding */
	sa.family = AF_IEEE802154;
	r = scan_body(s, &sa);
	if (r == 0)
		r = sfam__keys_parse(s, ret, no_keys, NULL, NULL);
	if (r == 0)
		sfam__addr_set(ret, &sa, sizeof(sa));
	return r;
}

/* ieee802154_sockaddr_check_size() of net/ieee802154_netdev.h */
static int ieee802154_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_154 old, sa;
	size_t need = TYPE_AT + sizeof(sa.addr_type);

	sfam__addr_get(addr, &old, sizeof(old));
	memset(&sa, 0, sizeof(sa));
	sa.family = AF_IEEE802154;
	sa.addr_type = old.addr_type;
	if (old.addr_type == SHORT) {
		need = ADDR_AT + sizeof(sa.addr.short_addr);
		sa.addr.short_addr = old.addr.short_addr;
	} else if (old.addr_type == LONG) {
		need = ADDR_AT + HWADDR_LEN;
		memcpy(sa.addr.hwaddr, old.addr.hwaddr, HWADDR_LEN);
	} else if (old.addr_type != NONE) {
		return sfam__addr_bad(diag, TYPE_AT, "an addr_type 0, 2 or 3");
	}
	if (addr->len < need)
		return sfam__addr_bad(diag, addr->len,
				      "a sockaddr with its address");
	if (old.addr_type != NONE)
		sa.pan_id = old.pan_id;
	sfam__addr_set(addr, &sa, sizeof(sa));
	return 0;
}

static void ieee802154_format(const struct sfam_addr *addr,
			      struct sfam__out *o)
{
	struct sockaddr_154 sa;

	sfam__addr_get(addr, &sa, sizeof(sa));
	if (sa.addr_type == NONE) {
		sfam__out_str(o, "none");
		return;
	}
	sfam__out_str(o, "0x");
	sfam__out_hex(o, sa.pan_id, 4);
	sfam__out_char(o, ':');
	if (sa.addr_type == LONG) {
		sfam__out_octets(o, sa.addr.hwaddr, HWADDR_LEN);
	} else {
		sfam__out_str(o, "0x");
		sfam__out_hex(o, sa.addr.short_addr, 4);
	}
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_154, family, HOST),
	SFAM__FIELD_AS("addr.addr_type", struct sockaddr_154, addr_type, HOST),
	SFAM__FIELD_AS("addr.pan_id", struct sockaddr_154, pan_id, HOST),
	SFAM__FIELD_END
};

static const struct sfam_addr_field short_tail[] = {
	SFAM__FIELD(struct sockaddr_154, addr.short_addr, HOST),
	SFAM__FIELD_END
};

static const struct sfam_addr_field long_tail[] = {
	SFAM__FIELD(struct sockaddr_154, addr.hwaddr, BYTES),
	SFAM__FIELD_END
};

static const struct sfam_addr_field *
ieee802154_tail(const struct sfam_addr *addr)
{
	struct sockaddr_154 sa;

	sfam__addr_get(addr, &sa, sizeof(sa));
	if (sa.addr_type == NONE)
		return NULL;
	return sa.addr_type == LONG ? long_tail : short_tail;
}

const struct sfam_family sfam__family_ieee802154 = {
	.name = "ieee802154",
	.syntax = "ieee802154:PAN:SHORT | ieee802154:PAN:XX:XX:...:XX "
		  "(8 octets) | ieee802154:none",
	.af = AF_IEEE802154,
	.type = SOCK_DGRAM,
	.types = SFAM_TYPE_DGRAM | SFAM_TYPE_RAW,
	.len_min = TYPE_AT + sizeof(int),
	.len_max = sizeof(struct sockaddr_154),
	.config = "CONFIG_IEEE802154_SOCKET",
	.module = "ieee802154_socket",
	.since = "2.6.31",
	.parse = ieee802154_parse,
	.format = ieee802154_format,
	.fields = fields,
	.tail = ieee802154_tail,
	.check = ieee802154_check,
};
