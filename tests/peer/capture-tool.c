/* SPDX-License-Identifier: MIT */
/*
 * The library's capture files for the shell, beside other programs:
 *   dump FILE                  a line for each item, fields between tabs
 *   copy FORMAT FROM TO        pcap, pcap-ns or pcapng; - is a pipe
 *   make FORMAT LINKTYPE TO    packets as sockets give them
 *   rotate BYTES FILES FROM NAME
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/can.h>
#include <linux/if_ether.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/capture.h>

#include "capture-rotate.h"

static void must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "capture-tool: %s\n", what);
	exit(1);
}

static int open_for(const char *path, int flags)
{
	int fd = strcmp(path, "-") == 0 ? flags != O_RDONLY :
			open(path, flags | O_CLOEXEC, 0644);

	must(fd >= 0, path);
	return fd;
}

static struct sfam_capture_reader *reader_of(const char *path)
{
	struct sfam_capture_reader *r;

	must(sfam_capture_reader_new(&r, open_for(path, O_RDONLY)) == 0,
	     "no reader");
	return r;
}

static struct sfam_capture_writer *writer_to(const char *format,
					     const char *path)
{
	static const char *const formats[] = { "pcap", "pcap-ns", "pcapng" };
	static const struct sfam_capture_section section = {
		.application = "capture-tool",
		.os = "Linux",
		.hardware = "a machine",
		.comment = "from the tests",
	};
	struct sfam_capture_writer *w;
	int fd = open_for(path, O_WRONLY | O_CREAT | O_TRUNC);
	int i = 0;

	while (strcmp(formats[i], format) != 0)
		must(++i < 3, format);
	must(sfam_capture_writer_new(&w, fd, (enum sfam_capture_format)i,
				     &section) == 0, "no writer");
	return w;
}

/* ----------------------------------------------------------------- dump -- */

static void show_text(const char *text)
{
	printf("\t%s", text ? text : "-");
}

static void show_packet(const struct sfam_capture_record *p)
{
	const uint8_t *data = p->data;
	size_t i;

	printf("packet\t%u\t%u\t%" PRId64 "\t%zu\t%zu\t%u\t%" PRIu64,
	       p->interface, p->link_type, p->time_ns, p->len, p->orig_len,
	       p->flags, p->drops);
	show_text(p->comment);
	printf("\t");
	for (i = 0; i < p->len; i++)
		printf("%02x", data[i]);
}

static void show_interface(const struct sfam_capture_interface *i)
{
	printf("interface\t%u\t%u", i->link_type, i->snap_len);
	show_text(i->name);
	show_text(i->description);
	show_text(i->filter);
	show_text(i->os);
	show_text(i->comment);
}

static void show_stats(const struct sfam_capture_stats *s)
{
	const uint64_t counts[] = {
		s->received, s->if_drops, s->accepted, s->os_drops,
		s->delivered,
	};
	size_t i;

	printf("stats\t%u\t%" PRId64 "\t%" PRId64 "\t%" PRId64, s->interface,
	       s->time_ns, s->start_ns, s->end_ns);
	for (i = 0; i < 5; i++)
		printf("\t%" PRId64, (int64_t)counts[i]);
	show_text(s->comment);
}

static int dump(const char *path)
{
	struct sfam_capture_reader *r = reader_of(path);
	struct sfam_capture_item item;
	struct sfam_diag diag = { .offset = 0 };
	char words[SFAM_DIAG_STRLEN] = "";
	int kind;

	while ((kind = sfam_capture_read(r, &item, &diag)) > 0) {
		if (kind == SFAM_CAPTURE_PACKET) {
			show_packet(&item.packet);
		} else if (kind == SFAM_CAPTURE_INTERFACE) {
			show_interface(&item.interface);
		} else if (kind == SFAM_CAPTURE_STATS) {
			show_stats(&item.stats);
		} else {
			printf("section");
			show_text(item.section.application);
			show_text(item.section.os);
			show_text(item.section.hardware);
			show_text(item.section.comment);
		}
		printf("\n");
	}
	if (kind < 0) {
		must(sfam_diag_format(&diag, words, sizeof(words)) > 0,
		     "no words");
		printf("error\t%d\t%" PRIu64 "\t%s\n", -kind,
		       sfam_capture_offset(r), words);
	}
	sfam_capture_reader_free(r);
	return kind < 0;
}

/* ----------------------------------------------------------------- copy -- */

static int copy_item(struct sfam_capture_writer *w, int kind,
		     const struct sfam_capture_item *item)
{
	if (kind == SFAM_CAPTURE_PACKET)
		return sfam_capture_write(w, &item->packet, 1);
	if (kind == SFAM_CAPTURE_INTERFACE)
		return sfam_capture_add_interface(w, &item->interface);
	if (kind == SFAM_CAPTURE_STATS)
		return sfam_capture_write_stats(w, &item->stats);
	return 0;
}

static int copy(const char *format, const char *from, const char *to)
{
	struct sfam_capture_reader *r = reader_of(from);
	struct sfam_capture_writer *w = writer_to(format, to);
	struct sfam_capture_item item;
	int kind, e;

	while ((kind = sfam_capture_read(r, &item, NULL)) > 0) {
		e = copy_item(w, kind, &item);
		must(e >= 0 || e == -EOPNOTSUPP, "cannot write");
	}
	sfam_capture_reader_free(r);
	sfam_capture_writer_free(w);
	return kind < 0;
}

/* --------------------------------------------------------------- rotate -- */

static struct sfam_capture_writer *
next_file(const struct capture_rotate *rotate,
	  const struct sfam_capture_interface *interface)
{
	char name[PATH_MAX];
	struct sfam_capture_writer *w;

	must(capture_rotate_name(rotate, name, sizeof(name)) == 0, "name");
	w = writer_to("pcap", name);
	must(sfam_capture_add_interface(w, interface) == 0, "interface");
	return w;
}

static int copy_rotated(struct capture_rotate *rotate, const char *from)
{
	struct sfam_capture_reader *r = reader_of(from);
	struct sfam_capture_writer *w;
	struct sfam_capture_written written;
	struct sfam_capture_item item;
	int kind = sfam_capture_read(r, &item, NULL);

	must(kind == SFAM_CAPTURE_INTERFACE, "no interface");
	w = next_file(rotate, &item.interface);
	while ((kind = sfam_capture_read(r, &item, NULL)) > 0) {
		sfam_capture_written(w, &written);
		if (capture_rotate_step(rotate, 0, &written) ==
		    CAPTURE_ROTATE_NEXT) {
			sfam_capture_writer_free(w);
			w = next_file(rotate, &item.interface);
		}
		must(sfam_capture_write(w, &item.packet, 1) == 0, "write");
	}
	sfam_capture_writer_free(w);
	sfam_capture_reader_free(r);
	return kind < 0;
}

/* ----------------------------------------------------------------- make -- */

/* An address, ARP who has it; UDP from 192.0.2.1.5000 to 192.0.2.2.7. */
static const uint8_t arp[] =
	"\0\1\x08\0\6\4\0\1\2\0\0\0\0\1\xc0\0\2\1\0\0\0\0\0\0\xc0\0\2\2";
static const uint8_t udp[] =
	"\x45\0\0\x20\0\1\0\0\x40\x11\xf6\xc8\xc0\0\2\1\xc0\0\2\2"
	"\x13\x88\0\7\0\x0c\0\0abcd";

static struct sfam_capture_writer *out;
static uint32_t link_type;

static void put(uint16_t protocol, uint8_t pkttype, const void *data,
		size_t len)
{
	static int64_t time_ns = INT64_C(1700000000123456789);
	const struct sockaddr_ll from = {
		.sll_protocol = htons(protocol),
		.sll_ifindex = 7,
		.sll_hatype = link_type == SFAM_CAPTURE_LINK_CAN ? 280 : 1,
		.sll_pkttype = pkttype,
		.sll_halen = 6,
		.sll_addr = "\2\0\0\0\0\1",
	};
	struct sfam_capture_record r = {
		.time_ns = time_ns,
		.data = data,
		.len = len,
		.orig_len = len,
	};

	time_ns += 1000000001;
	sfam_capture_set_link(&r, link_type, &from);
	must(sfam_capture_write(out, &r, 1) == 0, "cannot write");
}

static void put_ethernet(uint16_t protocol, uint8_t pkttype,
			 const void *data, size_t len)
{
	uint8_t frame[64] = "\xff\xff\xff\xff\xff\xff\2\0\0\0\0\1";

	frame[12] = (uint8_t)(protocol >> 8);
	frame[13] = (uint8_t)protocol;
	memcpy(frame + 14, data, len);
	put(protocol, pkttype, frame, 14 + len);
}

static void put_can(void)
{
	const struct can_frame cc = {
		.can_id = 0x123, .can_dlc = 3, .data = "\x11\x22\x33",
	};
	const struct can_frame ext = {
		.can_id = 0x12345678 | CAN_EFF_FLAG | CAN_RTR_FLAG,
	};
	const struct canfd_frame fd = {
		.can_id = 0x7ff, .len = 12, .flags = CANFD_BRS,
		.data = "twelve bytes",
	};

	put(ETH_P_CAN, PACKET_BROADCAST, &cc, sizeof(cc));
	put(ETH_P_CAN, PACKET_OUTGOING, &ext, sizeof(ext));
	put(ETH_P_CANFD, PACKET_BROADCAST, &fd, sizeof(fd));
}

static int make(const char *format, const char *type, const char *to)
{
	struct sfam_capture_interface interface = {
		.snap_len = 262144,
		.name = "eth0",
		.filter = "arp or udp",
	};

	link_type = interface.link_type = (uint32_t)atoi(type);
	out = writer_to(format, to);
	must(sfam_capture_add_interface(out, &interface) == 0, "interface");
	if (link_type == SFAM_CAPTURE_LINK_ETHERNET) {
		put_ethernet(ETH_P_ARP, PACKET_BROADCAST, arp, 28);
		put_ethernet(ETH_P_IP, PACKET_OUTGOING, udp, 32);
	} else if (link_type == SFAM_CAPTURE_LINK_COOKED) {
		put(ETH_P_ARP, PACKET_BROADCAST, arp, 28);
		put(ETH_P_IP, PACKET_OUTGOING, udp, 32);
		put_can();
	} else if (link_type == SFAM_CAPTURE_LINK_CAN) {
		put_can();
	} else {
		put(ETH_P_IP, PACKET_HOST, udp, 32);
	}
	sfam_capture_writer_free(out);
	return 0;
}

int main(int argc, char **argv)
{
	struct capture_rotate rotate = { .name = NULL };

	must(argc >= 3, "usage");
	if (strcmp(argv[1], "dump") == 0)
		return dump(argv[2]);
	must(argc >= 5, "usage");
	if (strcmp(argv[1], "copy") == 0)
		return copy(argv[2], argv[3], argv[4]);
	if (strcmp(argv[1], "make") == 0)
		return make(argv[2], argv[3], argv[4]);
	must(argc == 6 && strcmp(argv[1], "rotate") == 0, "usage");
	rotate.bytes = strtoull(argv[2], NULL, 10);
	rotate.files = (unsigned int)atoi(argv[3]);
	rotate.name = argv[5];
	return copy_rotated(&rotate, argv[4]);
}
