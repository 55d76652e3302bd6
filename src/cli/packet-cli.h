/* SPDX-License-Identifier: MIT */
/* What the verbs of `sockfam packet` share. */
#ifndef SFAM_CLI_PACKET_CLI_H
#define SFAM_CLI_PACKET_CLI_H

#include <net/if.h>

#include <sockfam/bpf.h>
#include <sockfam/capture.h>
#include <sockfam/packet-filter.h>
#include <sockfam/packet-ring.h>

#include "capture-rotate.h"
#include "cli.h"
#include "decode.h"
#include "gzip.h"

int packet_sniff_run(const struct cli_verb *self, int argc, char **argv);
int packet_send_run(const struct cli_verb *self, int argc, char **argv);
int packet_replay_run(const struct cli_verb *self, int argc, char **argv);
int packet_stats_run(const struct cli_verb *self, int argc, char **argv);

/* ------------------------------------------------------------- sources -- */

#define PACKET_SOURCES_MAX 64

/* An interface, or all of them, and its ring. */
struct packet_source {
	char *name;		/* as the user wrote it; "any" */
	struct sfam_packet_ring *ring;	/* NULL: the interface has gone */
	uint32_t link_type;	/* of what comes: LINKTYPE_... */
	uint32_t number;	/* in the file that is written */
	int is_down;		/* and the user was told */
	uint64_t shown;		/* packets that came through to the user */
	uint64_t dropped;	/* as far as the file was told of them */
};

struct packet_sources {
	struct packet_source list[PACKET_SOURCES_MAX];
	size_t n;
	size_t alive;
};

struct packet_source_opts {
	uint32_t flags;		/* SFAM_PACKET_... */
	uint32_t snap_len;
	size_t ring_bytes;
	char **filter;		/* words */
	int n_filter;
};

/*
 * Opens "IF[,key=value]...[,IF...]". Below 0 after printing; whatever is in
 * s then, packet_sources_close() ends.
 */
int packet_sources_open(struct packet_sources *s, const char *names,
			const struct packet_source_opts *opts);
void packet_sources_close(struct packet_sources *s);
/* Why its socket could not be had: CLI_FAILED. */
int packet_bad_open(const char *ifname, int error);
/* LINKTYPE_... of an interface: CLI_OK, or prints. */
int packet_link_type(const char *ifname, uint32_t *ret);
/* Where all that is sent comes in again, it need not be seen twice. */
int packet_is_twin(const struct sockaddr_ll *from);
/* The way that a filter sees packets of that link type. */
enum sfam_packet_link packet_filter_link(uint32_t link_type);

/* ------------------------------------------------------------- sending -- */

/* A socket for packets to that interface; -1 after printing. */
int packet_sender_open(const char *ifname);
/* All n, in order: CLI_OK, or prints. Adds to *sent how many went. */
int packet_sender_send(int fd, const char *ifname, const struct iovec *packets,
		       size_t n, uint64_t *sent);

/* --------------------------------------------------------------- show -- */

struct packet_show {
	unsigned int flags;	/* DECODE_... */
	int as_json;
};

/* direction: a name as packet_direction() has. */
void packet_show(const struct packet_show *how, int64_t time_ns,
		 const char *ifname, const char *direction,
		 const struct decode_packet *d);
/* "In", "Out", "B", "M", "P" for PACKET_HOST ...; "?" for others. */
const char *packet_direction(unsigned int pkttype);

/* --------------------------------------------------------------- save -- */

/* A file that is written, or one after the other. */
struct packet_save {
	struct capture_rotate rotate;	/* name NULL: nothing is written */
	const char *filter;		/* for the file's description */
	/* What the file tells of its interfaces; n_interfaces of them. */
	struct sfam_capture_interface *interfaces;
	uint32_t n_interfaces;
	uint64_t packets;	/* in all files */
	struct sfam_capture_writer *writer;	/* NULL: none is open */
	int fd;			/* the writer's */
	struct gzip gzip;	/* if it is compressed */
	int is_done;		/* -W: there shall be no more files */
};

/* By its name: .pcap, with .gz behind it or not; any other is pcapng. */
enum sfam_capture_format packet_save_format(const char *name);
/* Each CLI_OK, or prints. */
int packet_save_begin(struct packet_save *s);
/* One more, which came while the file is written. */
int packet_save_interface(struct packet_save *s,
			  const struct sfam_capture_interface *interface);
int packet_save_write(struct packet_save *s,
		      const struct sfam_capture_record *records, size_t n);
int packet_save_stats(struct packet_save *s,
		      const struct sfam_capture_stats *stats);
int packet_save_end(struct packet_save *s);

/* --------------------------------------------------------------- read -- */

struct packet_file {
	const char *name;
	int fd;
	struct gzip gzip;	/* if it is compressed */
	struct sfam_capture_reader *reader;
};

/* "-" is stdin. CLI_OK, or prints; close it only then. */
int packet_file_open(struct packet_file *f, const char *name);
/* SFAM_CAPTURE_..., as sfam_capture_read() has them; or -1 after printing. */
int packet_file_read(struct packet_file *f, struct sfam_capture_item *ret);
void packet_file_close(struct packet_file *f);

struct packet_read_opts {
	struct packet_show show;
	struct packet_save *save;
	uint64_t limit;		/* 0: none */
	char **filter;
	int n_filter;
};

/* A file instead of an interface. */
int packet_read_run(const char *name, const struct packet_read_opts *opts);

#endif
