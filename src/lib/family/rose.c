/* SPDX-License-Identifier: MIT */
/* ROSE over AX.25: ten digits, two to a byte (net/rose/af_rose.c). */
#include "family/ax25.h"

#define ADDR_LEN 5
#define DIGIS 6			/* ROSE_MAX_DIGIS */

/* struct full_sockaddr_rose; struct sockaddr_rose ends behind one call. */
struct sockaddr_rose {
	sa_family_t family;
	uint8_t addr[ADDR_LEN];
	struct sfam__call call;
	int ndigis;
	struct sfam__call digis[DIGIS];
};

#define SHORT_LEN 28		/* sizeof(struct sockaddr_rose) */
#define DIGIS_AT offsetof(struct sockaddr_rose, digis)

static int set_via(struct sfam__scan *s, void *sa)
{
	struct sockaddr_rose *rose = sa;
	size_t n = 0;
	int r = sfam__calls_scan(s, DIGIS, rose->digis, &n);

	rose->ndigis = (int)n;
	return r;
}

static const struct sfam__key keys[] = {
	{ "via", set_via },
	{ NULL, NULL },
};

static socklen_t length_of(const struct sockaddr_rose *rose)
{
	return rose->ndigis > 1 ? sizeof(*rose) : SHORT_LEN;
}

static int scan_addr(struct sfam__scan *s, uint8_t *ret)
{
	uint32_t v;
	size_t i;
	int r;

	for (i = 0; i < ADDR_LEN; i++) {
		r = sfam__scan_hex(s, 2, &v, "ten digits");
		if (r < 0)
			return r;
		ret[i] = (uint8_t)v;
	}
	return 0;
}

static int rose_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_rose rose;
	int r;

	memset(&rose, 0, sizeof(rose));	/* there is padding */
	rose.family = AF_ROSE;
	r = scan_addr(s, rose.addr);
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":CALL\"");
	if (r == 0)
		r = sfam__call_scan(s, &rose.call);
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &rose, NULL);
	if (r == 0)
		sfam__addr_set(ret, &rose, length_of(&rose));
	return r;
}

static bool calls_are_valid(struct sockaddr_rose *rose)
{
	int i;

	for (i = 0; i < rose->ndigis; i++)
		if (!sfam__call_check(&rose->digis[i]))
			return false;
	return sfam__call_check(&rose->call);
}

static int rose_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_rose old, rose;
	size_t n;

	sfam__addr_get(addr, &old, sizeof(old));
	n = (size_t)old.ndigis;
	if (n > DIGIS || addr->len < DIGIS_AT + n * sizeof(rose.call))
		return sfam__addr_bad(diag, offsetof(struct sockaddr_rose,
						     ndigis),
				      "0..6 digipeaters within the length");
	memset(&rose, 0, sizeof(rose));
	rose.family = AF_ROSE;
	memcpy(rose.addr, old.addr, sizeof(rose.addr));
	rose.call = old.call;
	rose.ndigis = old.ndigis;
	memcpy(rose.digis, old.digis, n * sizeof(rose.call));
	if (!calls_are_valid(&rose))
		return sfam__addr_bad(diag, offsetof(struct sockaddr_rose,
						     call), "callsigns");
	sfam__addr_set(addr, &rose, length_of(&rose));
	return 0;
}

static void rose_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_rose rose;
	size_t i;

	sfam__addr_get(addr, &rose, sizeof(rose));
	for (i = 0; i < ADDR_LEN; i++)
		sfam__out_hex(o, rose.addr[i], 2);
	sfam__out_char(o, ':');
	sfam__call_out(o, &rose.call);
	sfam__calls_out(o, rose.digis, (size_t)rose.ndigis);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD_AS("srose_family", struct sockaddr_rose, family, HOST),
	SFAM__FIELD_AS("srose_addr", struct sockaddr_rose, addr, BYTES),
	SFAM__FIELD_AS("srose_call", struct sockaddr_rose, call, BYTES),
	SFAM__FIELD_AS("srose_ndigis", struct sockaddr_rose, ndigis, SIGNED),
	SFAM__FIELD_AS("srose_digis", struct sockaddr_rose, digis, BYTES),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_rose = {
	.name = "rose",
	.syntax = "rose:DIGITS:CALL[-SSID][,via=CALL/CALL...]  "
		  "(ten digits; * for no call)",
	.af = AF_ROSE,
	.type = SOCK_SEQPACKET,
	.types = SFAM_TYPE_SEQPACKET,
	.len_min = SHORT_LEN,
	.len_max = sizeof(struct sockaddr_rose),
	.config = "CONFIG_ROSE",
	.module = "rose",
	.since = "2.2",
	.removed = "7.1",
	.parse = rose_parse,
	.format = rose_format,
	.fields = fields,
	.check = rose_check,
};
