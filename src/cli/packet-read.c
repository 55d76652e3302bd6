/* SPDX-License-Identifier: MIT */
/* sniff -r: packets of a file, through the filter, shown or written again. */
#include <errno.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet-cli.h"
#include "packet-filter.h"

#define SLL2_LEN 20
#define LINKS 3			/* of enum sfam_packet_link */

struct reading {
	const struct packet_read_opts *opts;
	const char *name;
	/* Of the file; each has a name of its own, or none. */
	struct sfam_capture_interface *interfaces;
	uint32_t n_interfaces;
	/* A program for each kind of link that came so far. */
	struct sock_filter *filters[LINKS];
	size_t n_insns[LINKS];
	uint64_t shown;
};

static int add_interface(struct reading *r,
			 const struct sfam_capture_interface *interface)
{
	struct sfam_capture_interface *more =
		realloc(r->interfaces, (r->n_interfaces + 1) * sizeof(*more));
	struct sfam_capture_interface mine = {
		.link_type = interface->link_type,
		.snap_len = interface->snap_len,
	};
	struct packet_save *save = r->opts->save;

	if (more)
		r->interfaces = more;
	if (more && interface->name)
		mine.name = strdup(interface->name);
	if (!more || (interface->name && !mine.name))
		return cli_bad_call(r->name, -ENOMEM);
	r->interfaces[r->n_interfaces++] = mine;
	save->interfaces = r->interfaces;
	save->n_interfaces = r->n_interfaces;
	return save->writer ? packet_save_interface(save, &mine) : CLI_OK;
}

/* -------------------------------------------------------------- filter -- */

static int compile(struct reading *r, enum sfam_packet_link link)
{
	const size_t room = BPF_MAXINSNS;
	ssize_t n;

	if (r->filters[link])
		return CLI_OK;
	r->filters[link] = calloc(room, sizeof(*r->filters[link]));
	if (!r->filters[link])
		return cli_bad_call(r->name, -ENOMEM);
	n = packet_filter_compile(r->filters[link], room, link, UINT32_MAX,
				  r->opts->n_filter, r->opts->filter);
	r->n_insns[link] = n < 0 ? 0 : (size_t)n;
	return n < 0 ? CLI_FAILED : CLI_OK;
}

static unsigned int get_be16(const uint8_t *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

/* What the kernel would have known beside the bytes. */
static void describe(struct sfam_bpf_packet *p,
		     const struct sfam_capture_record *record)
{
	const uint8_t *data = record->data;
	size_t head = 0;

	memset(p, 0, sizeof(*p));
	if (record->link_type == SFAM_CAPTURE_LINK_COOKED &&
	    record->len >= SLL2_LEN) {
		head = SLL2_LEN;
		p->protocol = (uint16_t)get_be16(data);
		p->pkttype = data[10];
	} else if (record->link_type == SFAM_CAPTURE_LINK_ETHERNET &&
		   record->len >= ETH_HLEN) {
		p->protocol = (uint16_t)get_be16(data + ETH_HLEN - 2);
		p->net_offset = ETH_HLEN;
	}
	p->data = data + head;
	p->len = record->len - head;
	p->wire_len = record->orig_len > head ? record->orig_len - head : 0;
}

/* 1: it matches; 0: it does not; below 0 after printing. */
static int matches(struct reading *r, const struct sfam_capture_record *record)
{
	enum sfam_packet_link link = packet_filter_link(record->link_type);
	struct sfam_bpf_packet p;
	uint32_t keep;
	int e;

	if (!r->opts->n_filter)
		return 1;
	if (compile(r, link) != CLI_OK)
		return -1;
	describe(&p, record);
	e = sfam_bpf_run(r->filters[link], r->n_insns[link], &p, &keep);
	if (e < 0) {
		cli_bad_call("filter", e);
		return -1;
	}
	return keep > 0;
}

/* --------------------------------------------------------------- items -- */

static const char *direction(const struct sfam_capture_record *record)
{
	static const uint8_t types[] = {
		[1] = PACKET_HOST,
		[2] = PACKET_MULTICAST,
		[3] = PACKET_BROADCAST,
		[4] = PACKET_OTHERHOST,
	};
	unsigned int how = (record->flags & SFAM_CAPTURE_RECEPTION) >> 2;

	if ((record->flags & SFAM_CAPTURE_DIRECTION) == SFAM_CAPTURE_OUT)
		return packet_direction(PACKET_OUTGOING);
	if (how && how < CLI_ARRAY_LEN(types))
		return packet_direction(types[how]);
	return record->flags & SFAM_CAPTURE_IN ?
	       packet_direction(PACKET_HOST) : "-";
}

/* As they were shown when they came: cooked ones tell their interface. */
static void show(struct reading *r, const struct sfam_capture_record *record)
{
	struct decode_packet d = {
		.data = record->data,
		.caplen = record->len,
		.origlen = record->orig_len,
		.link = record->link_type,
	};
	const char *ifname = r->interfaces[record->interface].name;
	const char *way = direction(record);
	char index[16];

	if (d.link == DECODE_SLL2 && d.caplen >= SLL2_LEN &&
	    d.origlen >= SLL2_LEN) {
		d.index = get_be16(d.data + 4) << 16 | get_be16(d.data + 6);
		d.address = d.data + 12;
		d.address_len = d.data[11];
		snprintf(index, sizeof(index), "%%%u", d.index);
		ifname = index;
		way = packet_direction(d.data[10]);
		d.link = DECODE_COOKED;
		d.protocol = get_be16(d.data);
		d.data += SLL2_LEN;
		d.caplen -= SLL2_LEN;
		d.origlen -= SLL2_LEN;
	}
	packet_show(&r->opts->show, record->time_ns, ifname ? ifname : "-",
		    way, &d);
}

static int take_packet(struct reading *r,
		       const struct sfam_capture_record *record)
{
	int yes = matches(r, record);

	if (yes <= 0)
		return yes < 0 ? CLI_FAILED : CLI_OK;
	r->shown++;
	if (r->opts->save->writer)
		return packet_save_write(r->opts->save, record, 1);
	show(r, record);
	return CLI_OK;
}

static int take_item(struct reading *r, int kind,
		     const struct sfam_capture_item *item)
{
	struct packet_save *save = r->opts->save;

	if (kind == SFAM_CAPTURE_INTERFACE)
		return add_interface(r, &item->interface);
	if (kind != SFAM_CAPTURE_PACKET)
		return CLI_OK;
	if (save->rotate.name && !save->writer && !save->is_done &&
	    packet_save_begin(save) != CLI_OK)
		return CLI_FAILED;
	return take_packet(r, &item->packet);
}

static int is_done(const struct reading *r)
{
	return r->opts->save->is_done ||
	       (r->opts->limit && r->shown >= r->opts->limit) ||
	       ferror(stdout);
}

static int read_all(struct reading *r, struct packet_file *file)
{
	struct sfam_capture_item item;
	int kind;

	while (!is_done(r)) {
		kind = packet_file_read(file, &item);
		if (kind == SFAM_CAPTURE_END)
			break;
		if (kind < 0 || take_item(r, kind, &item) != CLI_OK)
			return CLI_FAILED;
	}
	return CLI_OK;
}

static void end(struct reading *r)
{
	size_t i;

	for (i = 0; i < LINKS; i++)
		free(r->filters[i]);
	for (i = 0; i < r->n_interfaces; i++)
		free((void *)(uintptr_t)r->interfaces[i].name);
	free(r->interfaces);
}

int packet_read_run(const char *name, const struct packet_read_opts *opts)
{
	struct reading r = { .opts = opts, .name = name };
	struct packet_file file;
	int status;

	if (packet_file_open(&file, name) != CLI_OK)
		return CLI_FAILED;
	status = read_all(&r, &file);
	if (opts->save->writer && packet_save_end(opts->save) != CLI_OK)
		status = CLI_FAILED;
	packet_file_close(&file);
	end(&r);
	return status;
}
