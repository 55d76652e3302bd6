/* SPDX-License-Identifier: MIT */
/* sockfam packet sniff: interfaces to lines, or to files. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "packet-cli.h"
#include "rotate-option.h"

#define RECORDS 256
#define TURN 16			/* blocks of one ring before the next one's */
#define SECOND INT64_C(1000000000)

struct sniff {
	struct packet_sources sources;
	struct packet_source_opts open;
	struct packet_show show;
	struct packet_save save;
	struct sfam_capture_interface interfaces[PACKET_SOURCES_MAX];
	const char *read_from;	/* -r */
	const char *user;	/* -Z */
	const char *netns;	/* -N */
	int only_out;		/* -Q out */
	int has_more;		/* a ring that was not emptied */
	int has_ended;		/* the file is full, nobody reads the lines */
	uint64_t limit;		/* 0: none */
	uint64_t captured;
	uint64_t seen, dropped;	/* by the kernel */
	int64_t begun_ns;
	int status;
	unsigned int last_index; /* a look-up is three system calls */
	char last_name[SFAM_INTERFACE_NAME_SIZE];
};

static int64_t real_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

static const char *interface_name(struct sniff *s, unsigned int index)
{
	if (index != s->last_index &&
	    sfam_interface_name(index, s->last_name) < 0)
		snprintf(s->last_name, sizeof(s->last_name), "%%%u", index);
	s->last_index = index;
	return s->last_name;
}

static int is_wanted(const struct sniff *s, const struct sockaddr_ll *from)
{
	return s->only_out ? from->sll_pkttype == PACKET_OUTGOING :
			     !packet_is_twin(from);
}

/* ---------------------------------------------------------------- show -- */

static void show(struct sniff *s, const struct packet_source *src,
		 struct sfam_packet *p)
{
	const struct sockaddr_ll *from = sfam_packet_from(p);
	struct decode_packet d = {
		.link = src->link_type == SFAM_CAPTURE_LINK_COOKED ?
			DECODE_COOKED : decode_link(from->sll_hatype),
	};

	sfam_packet_restore_vlan(p);
	d.data = p->data;
	d.caplen = p->len;
	d.origlen = p->orig_len;
	d.protocol = ntohs(from->sll_protocol);
	d.index = (unsigned int)from->sll_ifindex;
	d.address = from->sll_addr;
	d.address_len = from->sll_halen;
	packet_show(&s->show, sfam_packet_time_ns(p),
		    interface_name(s, (unsigned int)from->sll_ifindex),
		    packet_direction(from->sll_pkttype), &d);
}

/* ---------------------------------------------------------------- save -- */

static void make_record(struct sfam_capture_record *record,
			const struct packet_source *src, struct sfam_packet *p)
{
	sfam_packet_restore_vlan(p);
	memset(record, 0, offsetof(struct sfam_capture_record, head));
	record->time_ns = sfam_packet_time_ns(p);
	record->data = p->data;
	record->len = p->len;
	record->orig_len = p->orig_len;
	record->interface = src->number;
	sfam_capture_set_link(record, src->link_type, sfam_packet_from(p));
}

/* What was lost since the file was last told so. */
static uint64_t new_drops(struct packet_source *src)
{
	struct sfam_packet_stats stats;
	uint64_t n;

	if (sfam_packet_ring_stats(src->ring, &stats) < 0)
		return 0;
	n = stats.dropped - src->dropped;
	src->dropped = stats.dropped;
	return n;
}

static int is_full(const struct sniff *s)
{
	return s->has_ended || (s->limit && s->captured >= s->limit);
}

static void save_records(struct sniff *s,
			 const struct sfam_capture_record *records, size_t n)
{
	if (packet_save_write(&s->save, records, n) != CLI_OK) {
		s->status = CLI_FAILED;
		s->has_ended = 1;
	}
	s->has_ended |= s->save.is_done;
}

static void save_batch(struct sniff *s, struct packet_source *src,
		       struct sfam_packet_batch *batch)
{
	struct sfam_capture_record records[RECORDS];
	struct sfam_packet p;
	size_t n = 0;

	while (!is_full(s) && sfam_packet_batch_next(batch, &p)) {
		if (!is_wanted(s, sfam_packet_from(&p)))
			continue;
		make_record(&records[n], src, &p);
		if (n == 0 && sfam_packet_status(&p) & TP_STATUS_LOSING)
			records[n].drops = new_drops(src);
		s->captured++;
		src->shown++;
		if (++n == RECORDS) {
			save_records(s, records, n);
			n = 0;
		}
	}
	if (n && !s->has_ended)
		save_records(s, records, n);
}

static void save_stats(struct sniff *s, const struct packet_source *src,
		       const struct sfam_packet_stats *stats)
{
	const struct sfam_capture_stats counts = {
		.interface = src->number,
		.time_ns = real_ns(),
		.start_ns = s->begun_ns,
		.end_ns = real_ns(),
		.received = SFAM_CAPTURE_NOT_TOLD,
		.if_drops = SFAM_CAPTURE_NOT_TOLD,
		.accepted = stats->seen,
		.os_drops = stats->dropped,
		.delivered = src->shown,
	};

	if (s->save.writer && packet_save_stats(&s->save, &counts) != CLI_OK)
		s->status = CLI_FAILED;
}

/* ------------------------------------------------------------- sources -- */

static void close_source(struct sniff *s, struct packet_source *src)
{
	struct sfam_packet_stats stats;

	if (sfam_packet_ring_stats(src->ring, &stats) == 0) {
		s->seen += stats.seen;
		s->dropped += stats.dropped;
		save_stats(s, src, &stats);
	}
	src->ring = sfam_packet_ring_free(src->ring);
	s->sources.alive--;
}

static void tell_events(struct sniff *s, struct packet_source *src)
{
	uint32_t events = sfam_packet_ring_events(src->ring);

	s->last_index = 0;
	if (events & SFAM_PACKET_EVENT_DOWN && !src->is_down)
		cli_error("%s: the interface is down; waiting for it",
			  src->name);
	else if (events & SFAM_PACKET_EVENT_UP && src->is_down)
		cli_error("%s: the interface is up again", src->name);
	src->is_down = (events & SFAM_PACKET_EVENT_DOWN) ||
		       (src->is_down && !(events & SFAM_PACKET_EVENT_UP));
	if (events & SFAM_PACKET_EVENT_RENAMED)
		cli_error("%s: the interface has another name now", src->name);
}

static void take_failed(struct sniff *s, struct packet_source *src, int error)
{
	if (error == -ENODEV)
		s->status = cli_error("%s: the interface has gone", src->name);
	else
		s->status = cli_bad_call(src->name, error);
	close_source(s, src);
}

static void show_batch(struct sniff *s, struct packet_source *src,
		       struct sfam_packet_batch *batch)
{
	struct sfam_packet p;

	while (!is_full(s) && sfam_packet_batch_next(batch, &p)) {
		if (!is_wanted(s, sfam_packet_from(&p)))
			continue;
		show(s, src, &p);
		s->captured++;
		src->shown++;
	}
}

/* 1: there may be more, and it is the others' turn. */
static int drain(struct sniff *s, struct packet_source *src)
{
	struct sfam_packet_batch batch;
	ssize_t r;
	int i;

	for (i = 0; i < TURN && !is_full(s); i++) {
		r = sfam_packet_ring_take(src->ring, &batch, 0);
		if (r == -ETIMEDOUT)
			return 0;
		if (r < 0) {
			take_failed(s, src, (int)r);
			return 0;
		}
		if (r == 0)
			tell_events(s, src);
		else if (s->save.writer)
			save_batch(s, src, &batch);
		else
			show_batch(s, src, &batch);
	}
	return 1;
}

/* Whoever reads the lines through a pipe sees them at once. */
static void flush_lines(struct sniff *s)
{
	s->last_index = 0;	/* names change */
	if (fflush(stdout) == 0)
		return;
	if (errno != EPIPE)
		cli_bad_call("stdout", -errno);
	s->status = CLI_FAILED;
	s->has_ended = 1;
}

/* -------------------------------------------------------------- counts -- */

static uint64_t count_captured(const struct sniff *s)
{
	struct sfam_capture_written written = { 0 };

	if (!s->save.rotate.name)
		return s->captured;
	if (s->save.writer)
		sfam_capture_written(s->save.writer, &written);
	return s->save.packets + written.packets;
}

/* What the interfaces that are still there have counted comes on top. */
static void tell_counts(const struct sniff *s)
{
	struct sfam_packet_stats stats, sum = {
		.seen = s->seen,
		.dropped = s->dropped,
	};
	const struct packet_source *src = s->sources.list;
	size_t i;

	for (i = 0; i < s->sources.n; i++, src++) {
		if (!src->ring || sfam_packet_ring_stats(src->ring, &stats) < 0)
			continue;
		sum.seen += stats.seen;
		sum.dropped += stats.dropped;
	}
	fprintf(stderr, "sockfam: %" PRIu64 " packets captured, %" PRIu64
		" packets received by filter, %" PRIu64 " packets dropped by "
		"kernel\n", count_captured(s), sum.seen, sum.dropped);
}

/* Returns 0 if it is the end. */
static int take_signals(const struct sniff *s, int signals)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGUSR1)
			return 0;
		tell_counts(s);
	}
	return 1;
}

/* ---------------------------------------------------------------- loop -- */

static int is_done(const struct sniff *s)
{
	return s->sources.alive == 0 || is_full(s);
}

/* Returns 0 at the end. */
static int sniff_once(struct sniff *s, int signals)
{
	struct pollfd fds[PACKET_SOURCES_MAX + 1];
	struct packet_source *src = s->sources.list;
	const size_t n = s->sources.n;
	size_t i;

	for (i = 0; i < n; i++) {
		fds[i].fd = -1;
		if (src[i].ring)
			fds[i].fd = sfam_packet_ring_poll_fd(src[i].ring);
		fds[i].events = POLLIN;
	}
	fds[n].fd = signals;
	fds[n].events = POLLIN;
	if (poll(fds, n + 1, s->has_more ? 0 : -1) < 0) {
		if (errno == EINTR)
			return 1;
		s->status = cli_bad_call("poll", -errno);
		return 0;
	}
	if (fds[n].revents && !take_signals(s, signals))
		return 0;
	s->has_more = 0;
	for (i = 0; i < n && !is_done(s); i++)
		if (src[i].ring)
			s->has_more |= drain(s, &src[i]);
	flush_lines(s);
	return !is_done(s);
}

static void say_listening(const struct sniff *s)
{
	size_t i;

	fprintf(stderr, "listening on");
	for (i = 0; i < s->sources.n; i++)
		fprintf(stderr, "%s %s", i ? "," : "",
			s->sources.list[i].name);
	fputc('\n', stderr);
}

static int begin_save(struct sniff *s)
{
	size_t i;

	for (i = 0; i < s->sources.n; i++) {
		s->sources.list[i].number = (uint32_t)i;
		s->interfaces[i].name = s->sources.list[i].name;
		s->interfaces[i].link_type = s->sources.list[i].link_type;
		s->interfaces[i].snap_len = s->open.snap_len;
	}
	s->save.interfaces = s->interfaces;
	s->save.n_interfaces = (uint32_t)s->sources.n;
	return packet_save_begin(&s->save);
}

static void finish(struct sniff *s)
{
	size_t i;

	for (i = 0; i < s->sources.n; i++)
		if (s->sources.list[i].ring)
			close_source(s, &s->sources.list[i]);
	if (s->save.rotate.name && packet_save_end(&s->save) != CLI_OK)
		s->status = CLI_FAILED;
	fprintf(stderr, "%" PRIu64 " packets captured\n"
		"%" PRIu64 " packets received by filter\n"
		"%" PRIu64 " packets dropped by kernel\n",
		count_captured(s), s->seen, s->dropped);
}

static int sniff_open(struct sniff *s, const char *names)
{
	int signals = cli_signal_fd_with(SIGUSR1);

	if (signals < 0 ||
	    packet_sources_open(&s->sources, names, &s->open) != CLI_OK ||
	    (s->user && cli_become(s->user) != CLI_OK) ||
	    (s->save.rotate.name && begin_save(s) != CLI_OK)) {
		if (signals >= 0)
			close(signals);
		return -1;
	}
	return signals;
}

static int sniff_all(struct sniff *s, const char *names)
{
	int signals = sniff_open(s, names);

	if (signals >= 0) {
		s->begun_ns = real_ns();
		say_listening(s);
		while (sniff_once(s, signals))
			;
		finish(s);
		close(signals);
	}
	packet_sources_close(&s->sources);
	return signals < 0 ? CLI_FAILED : s->status;
}

/* ------------------------------------------------------------- options -- */

static int read_count(struct sniff *s, int c, const char *text)
{
	uint64_t n;

	switch (c) {
	case 'c':
		return cli_number(text, 1, UINT64_MAX, &s->limit);
	case 's':
		if (cli_number(text, 1, SFAM_CAPTURE_LEN_MAX, &n) < 0)
			return -1;
		s->open.snap_len = (uint32_t)n;
		return 0;
	case 'B':
		if (cli_number(text, 1, INT32_MAX, &n) < 0)
			return -1;
		s->open.ring_bytes = (size_t)n * 1024;
		return 0;
	default:
		return rotate_option_read(&s->save.rotate, c, text);
	}
}

static const char *what_it_counts(int c)
{
	switch (c) {
	case 'c':
		return "packets";
	case 'C':
		return "million bytes";
	case 's':
		return "bytes (up to 1048576)";
	case 'B':
		return "KiB";
	case 'G':
		return "seconds";
	default:
		return "files";
	}
}

static int read_direction(struct sniff *s, const char *text)
{
	if (strcmp(text, "in") == 0)
		s->open.flags |= SFAM_PACKET_IGNORE_OUTGOING;
	else if (strcmp(text, "out") == 0)
		s->only_out = 1;
	else if (strcmp(text, "inout") != 0)
		return -1;
	return 0;
}

static int read_option(struct sniff *s, const struct cli_verb *self, int c)
{
	if (c == 'j')
		s->show.as_json = 1;
	else if (strchr(DECODE_OPTIONS, c))
		s->show.flags = decode_option(s->show.flags, c);
	else if (c == 'r')
		s->read_from = optarg;
	else if (c == 'w')
		s->save.rotate.name = optarg;
	else if (c == 'Z')
		s->user = optarg;
	else if (c == 'N')
		s->netns = optarg;
	else if (c == 'p')
		s->open.flags &= ~SFAM_PACKET_PROMISC;
	else if (c == 'Q' && read_direction(s, optarg) < 0)
		return cli_usage(self, "-Q %s: want in, out or inout", optarg);
	else if (c != 'Q' && c != 'n' && read_count(s, c, optarg) < 0)
		return cli_usage(self, "-%c %s: not a number of %s, 1 or more",
				 c, optarg, what_it_counts(c));
	return CLI_OK;
}

static int read_file(struct sniff *s, int argc, char **argv)
{
	const struct packet_read_opts opts = {
		.show = s->show,
		.save = &s->save,
		.limit = s->limit,
		.filter = argv,
		.n_filter = argc,
	};
	int status = packet_read_run(s->read_from, &opts);

	if (fflush(stdout) == EOF && status == CLI_OK)
		status = errno == EPIPE ? CLI_FAILED :
					  cli_bad_call("stdout", -errno);
	return status;
}

static int check_options(const struct sniff *s, const struct cli_verb *self)
{
	const char *name = s->save.rotate.name;
	const char *wrong = rotate_option_check(&s->save.rotate,
						name && strcmp(name, "-"));

	if (wrong)
		return cli_usage(self, "%s", wrong);
	if (s->read_from && (s->netns || s->only_out || s->open.snap_len))
		return cli_usage(self, "-N, -Q and -s are not for files");
	return CLI_OK;
}

int packet_sniff_run(const struct cli_verb *self, int argc, char **argv)
{
	struct sniff s = {
		.open = { .flags = SFAM_PACKET_PROMISC | SFAM_PACKET_DOWN_OK },
		.status = CLI_OK,
	};
	int c;

	while ((c = cli_getopt_long(self, argc, argv,
				    "+:c:s:B:pQ:w:C:G:W:r:Z:N:n"
				    DECODE_OPTIONS, cli_json)) != -1)
		if (c == '?' || read_option(&s, self, c) != CLI_OK)
			return CLI_USAGE;
	if (check_options(&s, self) != CLI_OK)
		return CLI_USAGE;
	if (s.read_from)
		return read_file(&s, argc - optind, argv + optind);
	if (argc == optind)
		return cli_usage(self, "which interface? any: all of them");
	s.open.filter = argv + optind + 1;
	s.open.n_filter = argc - optind - 1;
	if (s.netns && cli_enter_netns(s.netns) != CLI_OK)
		return CLI_FAILED;
	return sniff_all(&s, argv[optind]);
}
