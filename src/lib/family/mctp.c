/* SPDX-License-Identifier: MIT */
/*
 * MCTP (linux/mctp.h). bind refuses bytes in the padding, sendmsg a tag
 * with unknown bits (net/mctp/af_mctp.c).
 */
#include <sys/socket.h>

#include "family/row.h"

#ifndef AF_MCTP
#define AF_MCTP 45		/* sys/socket.h since glibc 2.35 */
#endif
#define EID_ANY 0xff		/* MCTP_ADDR_ANY */
#define TAG_MAX 0x1f		/* MCTP_TAG_MASK, _OWNER, _PREALLOC */

/* struct sockaddr_mctp of linux/mctp.h since 5.15 */
struct sockaddr_mctp {
	sa_family_t family;
	uint16_t pad;
	uint32_t network;
	uint8_t eid;
	uint8_t type;
	uint8_t tag;
	uint8_t pad_end;
};

static const struct sfam__name eids[] = {
	{ "any", EID_ANY },
	{ NULL, 0 },
};

static int set_net(struct sfam__scan *s, void *sa)
{
	struct sockaddr_mctp *mctp = sa;

	return sfam__scan_u32(s, UINT32_MAX, &mctp->network,
			      "a network 0..4294967295, 0 for any");
}

static int set_tag(struct sfam__scan *s, void *sa)
{
	struct sockaddr_mctp *mctp = sa;

	return sfam__scan_u8(s, TAG_MAX, &mctp->tag, "a tag 0..0x1f");
}

static const struct sfam__key keys[] = {
	{ "net", set_net },
	{ "tag", set_tag },
	{ NULL, NULL },
};

static int mctp_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_mctp mctp = { .family = AF_MCTP };
	uint32_t eid = 0;
	int r;

	r = sfam__scan_named(s, eids, UINT8_MAX, &eid,
			     "an endpoint: any or 0..255");
	mctp.eid = (uint8_t)eid;
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":TYPE\"");
	if (r == 0)
		r = sfam__scan_u8(s, UINT8_MAX, &mctp.type,
				  "a message type 0..255");
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &mctp, NULL);
	if (r == 0)
		sfam__addr_set(ret, &mctp, sizeof(mctp));
	return r;
}

static int mctp_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_mctp mctp;

	sfam__addr_get(addr, &mctp, sizeof(mctp));
	if (mctp.pad || mctp.pad_end)
		return sfam__addr_bad(diag, mctp.pad ?
				      offsetof(struct sockaddr_mctp, pad) :
				      offsetof(struct sockaddr_mctp, pad_end),
				      "zeros in the padding");
	if (mctp.tag > TAG_MAX)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_mctp,
						     tag), "a tag 0..0x1f");
	return 0;
}

static void mctp_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_mctp mctp;

	sfam__addr_get(addr, &mctp, sizeof(mctp));
	sfam__out_named(o, eids, mctp.eid);
	sfam__out_char(o, ':');
	sfam__out_dec(o, mctp.type);
	sfam__out_key(o, "net", mctp.network);
	sfam__out_key(o, "tag", mctp.tag);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD_AS("smctp_family", struct sockaddr_mctp, family, HOST),
	SFAM__FIELD_AS("__smctp_pad0", struct sockaddr_mctp, pad, HOST),
	SFAM__FIELD_AS("smctp_network", struct sockaddr_mctp, network, HOST),
	SFAM__FIELD_AS("smctp_addr.s_addr", struct sockaddr_mctp, eid, HOST),
	SFAM__FIELD_AS("smctp_type", struct sockaddr_mctp, type, HOST),
	SFAM__FIELD_AS("smctp_tag", struct sockaddr_mctp, tag, HOST),
	SFAM__FIELD_AS("__smctp_pad1", struct sockaddr_mctp, pad_end, HOST),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_mctp = {
	.name = "mctp",
	.syntax = "mctp:EID:TYPE[,net=][,tag=]",
	.af = AF_MCTP,
	.type = SOCK_DGRAM,
	.types = SFAM_TYPE_DGRAM,
	.len_min = sizeof(struct sockaddr_mctp),
	.len_max = sizeof(struct sockaddr_mctp),
	.config = "CONFIG_MCTP",
	.since = "5.15",
	.parse = mctp_parse,
	.format = mctp_format,
	.fields = fields,
	.check = mctp_check,
};
