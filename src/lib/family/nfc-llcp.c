/* SPDX-License-Identifier: MIT */
/*
 * NFC's logical links: a service by name, or by access points (SAP, six
 * bits). The length of the name is a size_t: the layout is the machine's.
 */
#include "family/nfc.h"

#define SAP_MAX 63		/* LLCP_MAX_SAP of net/nfc/llcp.h, less one */

union llcp {
	struct sockaddr_nfc nfc;
	struct sockaddr_nfc_llcp llcp;
};

static int set_dsap(struct sfam__scan *s, void *sa)
{
	return sfam__scan_u8(s, SAP_MAX, &((union llcp *)sa)->llcp.dsap,
			     "a SAP 0..63");
}

static int set_ssap(struct sfam__scan *s, void *sa)
{
	return sfam__scan_u8(s, SAP_MAX, &((union llcp *)sa)->llcp.ssap,
			     "a SAP 0..63");
}

static int set_name(struct sfam__scan *s, void *sa)
{
	struct sockaddr_nfc_llcp *llcp = sa;
	size_t n = 0;
	int r = sfam__scan_bytes(s, 0, llcp->service_name,
				 NFC_LLCP_MAX_SERVICE_NAME, &n,
				 "a name of at most 63 bytes");

	llcp->service_name_len = n;
	return r;
}

static const struct sfam__key keys[] = {
	{ "dsap", set_dsap },
	{ "ssap", set_ssap },
	{ "name", set_name },
	{ NULL, NULL },
};

static int llcp_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	union llcp u;
	int r;

	memset(&u, 0, sizeof(u));	/* there is padding */
	u.nfc.sa_family = AF_NFC;
	r = sfam__nfc_scan(s, &u.nfc);
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &u, NULL);
	if (r == 0)
		sfam__addr_set(ret, &u, sizeof(u));
	return r;
}

static void copy_fields(struct sockaddr_nfc_llcp *ret,
			const struct sockaddr_nfc_llcp *old)
{
	memset(ret, 0, sizeof(*ret));
	ret->sa_family = AF_NFC;
	ret->dev_idx = old->dev_idx;
	ret->target_idx = old->target_idx;
	ret->nfc_protocol = old->nfc_protocol;
	ret->dsap = old->dsap;
	ret->ssap = old->ssap;
	ret->service_name_len = old->service_name_len;
	memcpy(ret->service_name, old->service_name, old->service_name_len);
}

static int llcp_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_nfc_llcp old, llcp;

	sfam__addr_get(addr, &old, sizeof(old));
	if (old.service_name_len > NFC_LLCP_MAX_SERVICE_NAME)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_nfc_llcp,
						     service_name_len),
				      "a name of at most 63 bytes");
	if (old.dsap > SAP_MAX || old.ssap > SAP_MAX)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_nfc_llcp,
						     dsap), "SAPs 0..63");
	copy_fields(&llcp, &old);
	sfam__addr_set(addr, &llcp, sizeof(llcp));
	return sfam__nfc_check_proto(llcp.nfc_protocol, diag);
}

static void llcp_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	union llcp u;

	sfam__addr_get(addr, &u, sizeof(u));
	sfam__nfc_out(o, &u.nfc);
	sfam__out_key(o, "dsap", u.llcp.dsap);
	sfam__out_key(o, "ssap", u.llcp.ssap);
	if (u.llcp.service_name_len) {
		sfam__out_str(o, ",name=");
		sfam__out_bytes(o, 0, u.llcp.service_name,
				u.llcp.service_name_len);
	}
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_nfc_llcp, sa_family, HOST),
	SFAM__FIELD(struct sockaddr_nfc_llcp, dev_idx, HOST),
	SFAM__FIELD(struct sockaddr_nfc_llcp, target_idx, HOST),
	SFAM__FIELD(struct sockaddr_nfc_llcp, nfc_protocol, HOST),
	SFAM__FIELD(struct sockaddr_nfc_llcp, dsap, HOST),
	SFAM__FIELD(struct sockaddr_nfc_llcp, ssap, HOST),
	SFAM__FIELD(struct sockaddr_nfc_llcp, service_name, TEXT),
	SFAM__FIELD(struct sockaddr_nfc_llcp, service_name_len, HOST),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_nfc_llcp = {
	.name = "nfc-llcp",
	.syntax = "nfc-llcp:DEV:TARGET:PROTO[,dsap=][,ssap=][,name=]",
	.af = AF_NFC,
	.type = SOCK_STREAM,
	.protocol = NFC_SOCKPROTO_LLCP,
	.types = SFAM_TYPE_STREAM | SFAM_TYPE_DGRAM | SFAM_TYPE_RAW,
	.flags = SFAM_ROW_BY_PROTOCOL,
	/* connect wants it whole (net/nfc/llcp_sock.c) */
	.len_min = sizeof(struct sockaddr_nfc_llcp),
	.len_max = sizeof(struct sockaddr_nfc_llcp),
	.config = "CONFIG_NFC",
	.module = "nfc",
	.since = "3.3",
	.parse = llcp_parse,
	.format = llcp_format,
	.fields = fields,
	.check = llcp_check,
};
