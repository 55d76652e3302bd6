/* SPDX-License-Identifier: MIT */
/*
 * IUCV, between z/VM guests: a user and a name of eight bytes each, filled
 * up with blanks, which the text leaves out (net/iucv/af_iucv.c). The other
 * fields are reserved.
 */
#include <sys/socket.h>

#include "family/row.h"

#ifndef AF_IUCV
#define AF_IUCV 32		/* sys/socket.h since glibc 2.6 */
#endif
#define NAME_LEN 8

/* struct sockaddr_iucv of net/iucv/af_iucv.h, Linux 6.12 */
struct sockaddr_iucv {
	sa_family_t family;
	unsigned short port;
	unsigned int addr;
	char nodeid[NAME_LEN];
	char user[NAME_LEN];
	char name[NAME_LEN];
};

static const struct sfam__key no_keys[] = { { NULL, NULL } };

static int scan_name(struct sfam__scan *s, char stop, char *ret)
{
	size_t n;

	memset(ret, ' ', NAME_LEN);
	return sfam__scan_bytes(s, stop, ret, NAME_LEN, &n,
				"at most 8 bytes");
}

static int iucv_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_iucv si = { .family = AF_IUCV };
	int r;

	r = scan_name(s, ':', si.user);
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":NAME\"");
	if (r == 0)
		r = scan_name(s, 0, si.name);
	if (r == 0)
		r = sfam__keys_parse(s, ret, no_keys, NULL, NULL);
	if (r == 0)
		sfam__addr_set(ret, &si, sizeof(si));
	return r;
}

static int iucv_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_iucv si;

	(void)diag;
	sfam__addr_get(addr, &si, sizeof(si));
	si.port = 0;
	si.addr = 0;
	memset(si.nodeid, 0, sizeof(si.nodeid));
	sfam__addr_set(addr, &si, sizeof(si));
	return 0;
}

static void out_name(struct sfam__out *o, char stop, const char *name)
{
	size_t n = NAME_LEN;

	while (n && name[n - 1] == ' ')
		n--;
	sfam__out_bytes(o, stop, name, n);
}

static void iucv_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_iucv si;

	sfam__addr_get(addr, &si, sizeof(si));
	out_name(o, ':', si.user);
	sfam__out_char(o, ':');
	out_name(o, 0, si.name);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD_AS("siucv_family", struct sockaddr_iucv, family, HOST),
	SFAM__FIELD_AS("siucv_port", struct sockaddr_iucv, port, HOST),
	SFAM__FIELD_AS("siucv_addr", struct sockaddr_iucv, addr, HOST),
	SFAM__FIELD_AS("siucv_nodeid", struct sockaddr_iucv, nodeid, TEXT),
	SFAM__FIELD_AS("siucv_user_id", struct sockaddr_iucv, user, TEXT),
	SFAM__FIELD_AS("siucv_name", struct sockaddr_iucv, name, TEXT),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_iucv = {
	.name = "iucv",
	.syntax = "iucv:USER:NAME",
	.af = AF_IUCV,
	.type = SOCK_STREAM,
	.types = SFAM_TYPE_STREAM | SFAM_TYPE_SEQPACKET,
	.len_min = sizeof(struct sockaddr_iucv),
	.len_max = sizeof(struct sockaddr_iucv),
	.config = "CONFIG_AFIUCV, s390 only",
	.module = "af_iucv",
	.since = "2.6.21",
	.parse = iucv_parse,
	.format = iucv_format,
	.fields = fields,
	.check = iucv_check,
};
