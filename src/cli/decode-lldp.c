// SPDX-License-Identifier: MIT
/* LLDP (802.1AB): who is at the other end of the cable. */
#include "decode-layer.h"

#define TLV_LEN 2

enum {
	END, CHASSIS, PORT, TTL, PORT_TEXT, SYSTEM_NAME, SYSTEM_TEXT,
	CAPABILITIES, MANAGEMENT, PRIVATE = 127,
};

enum { AFI_IP4 = 1, AFI_IP6 = 2 };

static const char *tlv_name(unsigned int type)
{
	static const char *const names[] = {
		"End", "Chassis ID", "Port ID", "Time to Live",
		"Port Description", "System Name", "System Description",
		"System Capabilities", "Management Address",
	};

	if (type < sizeof(names) / sizeof(names[0]))
		return names[type];
	return type == PRIVATE ? "Organization specific" : "Unknown";
}

/* An address family's number, and an address of it. */
static void put_address(struct text *t, struct view v)
{
	unsigned int family = view_u8(v, 0);

	if (family == AFI_IP4 && v.orig == 5) {
		text_put(t, "AFI IPv4 (1): %s", view_ip4(v, 1).s);
	} else if (family == AFI_IP6 && v.orig == 17) {
		text_put(t, "AFI IPv6 (2): %s", view_ip6(v, 1).s);
	} else {
		text_put(t, "AFI %u: ", family);
		text_hex(t, view_behind(v, 1));
	}
}

/* An identifier: what kind it is, by type, and the bytes. */
static void put_id(struct text *t, unsigned int type, struct view v)
{
	static const char *const kinds[2][8] = {
		{ "Reserved", "Chassis component", "Interface alias",
		  "Port component", "MAC address", "Network address",
		  "Interface name", "Local" },
		{ "Reserved", "Interface alias", "Port component",
		  "MAC address", "Network address", "Interface Name",
		  "Agent circuit ID", "Local" },
	};
	unsigned int kind = view_u8(v, 0);
	const char *name = kind < 8 ? kinds[type == PORT][kind] : "Unknown";
	unsigned int mac = type == PORT ? 3 : 4;

	text_put(t, "\n\t  Subtype %s (%u): ", name, kind);
	v = view_behind(v, 1);
	if (kind == mac)
		text_mac(t, v, 0, v.orig < 8 ? v.orig : 8);
	else if (kind == mac + 1)
		put_address(t, v);
	else
		text_name(t, v);
}

static void put_bits(struct text *t, const char *before, unsigned int bits)
{
	static const char *const names[] = {
		"Other", "Repeater", "Bridge", "WLAN AP", "Router",
		"Telephone", "Docsis", "Station Only",
	};
	const char *comma = "";
	size_t i;

	text_put(t, "\n\t  %s Capabilities [", before);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(bits & 1u << i))
			continue;
		text_put(t, "%s%s", comma, names[i]);
		comma = ", ";
	}
	text_put(t, "%s] (0x%04x)", bits ? "" : "none", bits);
}

static void put_management(struct text *t, struct view v)
{
	size_t len = view_u8(v, 0);
	struct view number = view_behind(v, len + 1);

	text_put(t, "\n\t  Management Address length %zu, ", len);
	if (len == 0 || v.orig < len + 6) {
		text_put(t, "[bad length]");
		return;
	}
	put_address(t, view_first(view_behind(v, 1), len));
	text_put(t, "\n\t  %s Interface Numbering (%u): %u",
		 view_u8(number, 0) == 2 ? "Interface Index" :
		 view_u8(number, 0) == 3 ? "System Port Number" : "Unknown",
		 view_u8(number, 0), view_be32(number, 1));
}

static void put_value(struct text *t, unsigned int type, struct view v)
{
	switch (type) {
	case END:
		break;
	case CHASSIS:
	case PORT:
		put_id(t, type, v);
		break;
	case TTL:
		text_put(t, ": TTL %us", view_be16(v, 0));
		break;
	case PORT_TEXT:
	case SYSTEM_NAME:
		text_put(t, ": ");
		text_name(t, v);
		break;
	case SYSTEM_TEXT:
		text_put(t, "\n\t  ");
		text_name(t, v);
		break;
	case CAPABILITIES:
		put_bits(t, "System ", view_be16(v, 0));
		put_bits(t, "Enabled", view_be16(v, 2));
		break;
	case MANAGEMENT:
		put_management(t, v);
		break;
	default:
		text_put(t, "\n\t  ");
		text_hex(t, v);
	}
}

/* Without -v nothing but the name of the system. */
static void put_tlv(struct decode *d, unsigned int type, struct view v)
{
	struct text *t = &d->text;

	if (decode_is_verbose(d)) {
		text_put(t, "\n\t%s TLV (%u), length %zu", tlv_name(type),
			 type, v.orig);
		put_value(t, type, v);
	} else if (type == SYSTEM_NAME) {
		text_put(t, ": ");
		text_name(t, v);
	}
}

void decode_lldp(struct decode *d, struct view v)
{
	struct text *t = &d->text;
	unsigned int head;

	text_put(t, "LLDP, length %zu", v.orig);
	while (v.orig && text_has_room(t)) {
		head = view_be16(v, 0);
		v = view_behind(v, TLV_LEN);
		if (v.cap < (head & 0x1ff)) {
			text_put(t, " [|lldp]");
			return;
		}
		put_tlv(d, head >> 9, view_first(v, head & 0x1ff));
		if (head >> 9 == END)
			return;
		v = view_behind(v, head & 0x1ff);
	}
}
