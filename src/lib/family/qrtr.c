/* SPDX-License-Identifier: MIT */
/*
 * Qualcomm's IPC router (linux/qrtr.h), host byte order. bind takes the
 * local node only, port 0 is any, and ports below 0x4000 want CAP_NET_ADMIN
 * (net/qrtr/af_qrtr.c).
 */
#include <sys/socket.h>
#include <linux/qrtr.h>

#include "family/row.h"

#ifndef AF_QIPCRTR
#define AF_QIPCRTR 42		/* sys/socket.h since glibc 2.24 */
#endif

static const struct sfam__name nodes[] = {
	{ "broadcast", QRTR_NODE_BCAST },
	{ NULL, 0 },
};

static const struct sfam__name ports[] = {
	{ "control", QRTR_PORT_CTRL },
	{ NULL, 0 },
};

static const struct sfam__key no_keys[] = { { NULL, NULL } };

static int qrtr_parse(struct sfam__scan *s, struct sfam_addr *ret)
{
	struct sockaddr_qrtr sq;
	int r;

	memset(&sq, 0, sizeof(sq));	/* there is padding before sq_node */
	sq.sq_family = AF_QIPCRTR;
	r = sfam__scan_named(s, nodes, UINT32_MAX, &sq.sq_node,
			     "a node: broadcast or 0..4294967295");
	if (r == 0)
		r = sfam__scan_expect(s, ':', "\":PORT\"");
	if (r == 0)
		r = sfam__scan_named(s, ports, UINT32_MAX, &sq.sq_port,
				     "a port: control or 0..4294967295");
	if (r == 0)
		r = sfam__keys_parse(s, ret, no_keys, NULL, NULL);
	if (r == 0)
		sfam__addr_set(ret, &sq, sizeof(sq));
	return r;
}

static int qrtr_check(struct sfam_addr *addr, struct sfam_diag *diag)
{
	struct sockaddr_qrtr old, sq;

	(void)diag;
	sfam__addr_get(addr, &old, sizeof(old));
	memset(&sq, 0, sizeof(sq));
	sq.sq_family = AF_QIPCRTR;
	sq.sq_node = old.sq_node;
	sq.sq_port = old.sq_port;
	sfam__addr_set(addr, &sq, sizeof(sq));
	return 0;
}

static void qrtr_format(const struct sfam_addr *addr, struct sfam__out *o)
{
	struct sockaddr_qrtr sq;

	sfam__addr_get(addr, &sq, sizeof(sq));
	sfam__out_named(o, nodes, sq.sq_node);
	sfam__out_char(o, ':');
	sfam__out_named(o, ports, sq.sq_port);
}

static const struct sfam_addr_field fields[] = {
	SFAM__FIELD(struct sockaddr_qrtr, sq_family, HOST),
	SFAM__FIELD(struct sockaddr_qrtr, sq_node, HOST),
	SFAM__FIELD(struct sockaddr_qrtr, sq_port, HOST),
	SFAM__FIELD_END
};

const struct sfam_family sfam__family_qrtr = {
	.name = "qrtr",
	.syntax = "qrtr:NODE:PORT",
	.af = AF_QIPCRTR,
	.type = SOCK_DGRAM,
	.types = SFAM_TYPE_DGRAM,
	.len_min = sizeof(struct sockaddr_qrtr),
	.len_max = sizeof(struct sockaddr_qrtr),
	.config = "CONFIG_QRTR",
	.module = "qrtr",
	.since = "4.7",
	.parse = qrtr_parse,
	.format = qrtr_format,
	.fields = fields,
	.check = qrtr_check,
};
