/* SPDX-License-Identifier: MIT */
#include "family/ax25.h"

#define LETTERS 6
#define BLANK (' ' << 1)
#define SSID_MASK 0x1e

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* What stands at pos, in upper case; 0 if it is no letter of a call. */
static char next_letter(const struct sfam__scan *s)
{
	char c = sfam__scan_end(s) ? '\0' : s->text[s->pos];

	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	return is_letter(c) ? c : '\0';
}

int sfam__call_scan(struct sfam__scan *s, struct sfam__call *ret)
{
	uint8_t ssid = 0;
	size_t n = 0;
	int r = 0;
	char c;

	memset(ret->b, BLANK, LETTERS);
	if (!sfam__scan_skip(s, '*')) {
		for (; n < LETTERS && (c = next_letter(s)) != '\0'; s->pos++)
			ret->b[n++] = (uint8_t)(c << 1);
		if (n == 0)
			return sfam__scan_fail(s, -EINVAL, s->pos,
					       "a callsign: CALL[-SSID] or *");
	}
	if (sfam__scan_skip(s, '-'))
		r = sfam__scan_u8(s, 15, &ssid, "an SSID 0..15");
	ret->b[LETTERS] = (uint8_t)(ssid << 1);
	return r;
}

void sfam__call_out(struct sfam__out *o, const struct sfam__call *call)
{
	size_t n;

	for (n = 0; n < LETTERS && call->b[n] != BLANK; n++)
		sfam__out_char(o, (char)(call->b[n] >> 1));
	if (n == 0)
		sfam__out_char(o, '*');
	if (call->b[LETTERS]) {
		sfam__out_char(o, '-');
		sfam__out_dec(o, call->b[LETTERS] >> 1);
	}
}

bool sfam__call_check(struct sfam__call *call)
{
	static const struct sfam__call unset;
	bool blank = false;
	size_t i;

	if (memcmp(call, &unset, sizeof(unset)) == 0)
		memset(call->b, BLANK, LETTERS);
	for (i = 0; i < LETTERS; i++) {
		call->b[i] &= 0xfe;
		if (call->b[i] == BLANK)
			blank = true;
		else if (blank || !is_letter((char)(call->b[i] >> 1)))
			return false;
	}
	call->b[LETTERS] &= SSID_MASK;
	return true;
}

int sfam__calls_scan(struct sfam__scan *s, size_t max, struct sfam__call *ret,
		     size_t *ret_n)
{
	size_t n = 0;
	int r;

	do {
		if (n == max)
			return sfam__scan_fail(s, -EINVAL, s->pos,
					       "no more digipeaters");
		r = sfam__call_scan(s, &ret[n++]);
	} while (r == 0 && sfam__scan_skip(s, '/'));
	*ret_n = n;
	return r;
}

void sfam__calls_out(struct sfam__out *o, const struct sfam__call *calls,
		     size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		sfam__out_str(o, i ? "/" : ",via=");
		sfam__call_out(o, &calls[i]);
	}
}

static int set_via(struct sfam__scan *s, void *sa)
{
	struct sfam__ax25 *ax = sa;
	size_t n = 0;
	int r = sfam__calls_scan(s, SFAM_AX25_DIGIS, ax->digis, &n);

	ax->ndigis = (int)n;
	return r;
}

static const struct sfam__key keys[] = {
	{ "via", set_via },
	{ NULL, NULL },
};

static socklen_t length_of(const struct sfam__ax25 *ax)
{
	return ax->ndigis ? sizeof(*ax) : SFAM_AX25_LEN_MIN;
}

int sfam__ax25_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sfam__ax25 ax;
	int r;

	memset(&ax, 0, sizeof(ax));	/* there is padding behind call */
	ax.family = (sa_family_t)ret->family->af;
	r = sfam__call_scan(s, &ax.call);
	if (r == 0)
		r = sfam__keys_parse(s, ret, keys, &ax, NULL);
	if (r == 0)
		sfam__addr_set(ret, &ax, length_of(&ax));
	return r;
}

/* Without room for digipeaters their number is not read (af_ax25.c). */
int sfam__ax25_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sfam__ax25 old, ax;
	size_t n, i;

	sfam__addr_get(addr, &old, sizeof(old));
	n = addr->len > SFAM_AX25_LEN_MIN ? (size_t)old.ndigis : 0;
	if (n > SFAM_AX25_DIGIS ||
	    addr->len < SFAM_AX25_LEN_MIN + n * sizeof(ax.call))
		return sfam__addr_bad(diag, offsetof(struct sfam__ax25,
						     ndigis),
				      "0..8 digipeaters within the length");
	memset(&ax, 0, sizeof(ax));
	ax.family = old.family;
	ax.call = old.call;
	ax.ndigis = (int)n;
	if (!sfam__call_check(&ax.call))
		return sfam__addr_bad(diag, offsetof(struct sfam__ax25, call),
				      "a callsign");
	for (i = 0; i < n; i++) {
		ax.digis[i] = old.digis[i];
		if (!sfam__call_check(&ax.digis[i]))
			return sfam__addr_bad(diag, SFAM_AX25_LEN_MIN +
					      i * sizeof(ax.call),
					      "a callsign");
	}
	sfam__addr_set(addr, &ax, length_of(&ax));
	return 0;
}

void sfam__ax25_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sfam__ax25 ax;

	sfam__addr_get(addr, &ax, sizeof(ax));
	sfam__call_out(o, &ax.call);
	sfam__calls_out(o, ax.digis, (size_t)ax.ndigis);
}

const struct sfam_addr_field sfam__ax25_fields[] = {
	SFAM__FIELD_AS("sax25_family", struct sfam__ax25, family, HOST),
	SFAM__FIELD_AS("sax25_call", struct sfam__ax25, call, BYTES),
	SFAM__FIELD_AS("sax25_ndigis", struct sfam__ax25, ndigis, SIGNED),
	SFAM__FIELD_AS("fsa_digipeater", struct sfam__ax25, digis, BYTES),
	SFAM__FIELD_END
};
