/* SPDX-License-Identifier: MIT */
/*
 * ATM's permanent circuits (linux/atm.h). -1 and -2 are "any" and "not
 * known yet"; bind wants SO_ATMQOS before it (net/atm/pvc.c).
 */
#include <sys/socket.h>

#include "family/row.h"

#define VPI_MAX 0xfff		/* 12 bits between networks */
#define AAL5 5			/* ATM_AAL5: what all of it is used with */

/* struct sockaddr_atmpvc of linux/atm.h, Linux 6.12 */
struct sockaddr_atmpvc {
	unsigned short family;
	unsigned short pad;	/* unnamed there */
	int16_t itf;
	int16_t vpi;
	int32_t vci;
};

static const struct sfam__name names[] = {
	{ "any", (uint32_t)-1 },
	{ "unspec", (uint32_t)-2 },
	{ NULL, 0 },
};

/* ATM_ITF_ANY, but no ATM_ITF_UNSPEC */
static const struct sfam__name itf_names[] = {
	{ "any", (uint32_t)-1 },
	{ NULL, 0 },
};

static const struct sfam__key no_keys[] = { { NULL, NULL } };

static int scan_body(struct sfam__scan *s, struct sockaddr_atmpvc *sap)
{
	uint32_t v = 0;
	int r;

	r = sfam__scan_named(s, itf_names, INT16_MAX, &v,
			     "an ATM interface: any or 0..32767");
	sap->itf = (int16_t)v;
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":VPI:VCI\"");
	if (r == 0)
		r = sfam__scan_named(s, names, VPI_MAX, &v,
				     "a VPI: any unspec or 0..4095");
	sap->vpi = (int16_t)v;
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":VCI\"");
	if (r == 0)
		r = sfam__scan_named(s, names, UINT16_MAX, &v,
				     "a VCI: any unspec or 0..65535");
	sap->vci = (int32_t)v;
	return r;
}

static int atmpvc_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_atmpvc sap = { .family = AF_ATMPVC };
	int r;

	r = scan_body(s, &sap);
	if (r == 0)
		r = sfam__keys_parse(s, ret, no_keys, NULL, NULL);
	if (r == 0)
		sfam__addr_set(ret, &sap, sizeof(sap));
	return r;
}

static int atmpvc_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_atmpvc sap;

	sfam__addr_get(addr, &sap, sizeof(sap));
	if (sap.itf < -1)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_atmpvc,
						     itf),
				      "an interface -1..32767");
	if (sap.vpi < -2 || sap.vpi > VPI_MAX)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_atmpvc,
						     vpi), "a VPI -2..4095");
	if (sap.vci < -2 || sap.vci > UINT16_MAX)
		return sfam__addr_bad(diag, offsetof(struct sockaddr_atmpvc,
						     vci), "a VCI -2..65535");
	sap.pad = 0;
	sfam__addr_set(addr, &sap, sizeof(sap));
	return 0;
}

static void atmpvc_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_atmpvc sap;

	sfam__addr_get(addr, &sap, sizeof(sap));
	sfam__out_named(o, itf_names, (uint32_t)sap.itf);
	sfam__out_char(o, ':');
	sfam__out_named(o, names, (uint32_t)sap.vpi);
	sfam__out_char(o, ':');
	sfam__out_named(o, names, (uint32_t)sap.vci);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD_AS("sap_family", struct sockaddr_atmpvc, family, HOST),
	SFAM__FIELD_AS("sap_addr.itf", struct sockaddr_atmpvc, itf, SIGNED),
	SFAM__FIELD_AS("sap_addr.vpi", struct sockaddr_atmpvc, vpi, SIGNED),
	SFAM__FIELD_AS("sap_addr.vci", struct sockaddr_atmpvc, vci, SIGNED),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_atmpvc = {
	.name = "atmpvc",
	.syntax = "atmpvc:ITF:VPI:VCI  (also any, unspec)",
	.af = AF_ATMPVC,
	.type = SOCK_DGRAM,
	.protocol = AAL5,
	.types = SFAM_TYPE_DGRAM,
	.len_min = sizeof(struct sockaddr_atmpvc),
	.len_max = sizeof(struct sockaddr_atmpvc),
	.config = "CONFIG_ATM",
	.module = "atm",
	.since = "2.4",
	.removed = "7.1",
	.parse = atmpvc_parse,
	.format = atmpvc_format,
	.fields = fields,
	.check = atmpvc_check,
};
