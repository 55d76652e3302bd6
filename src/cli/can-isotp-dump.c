/* SPDX-License-Identifier: MIT */
/*
 * sockfam can isotp dump: frames of two that talk, in the words of isotpdump,
 * or their PDUs in those of isotpsniffer; off an interface or out of a log.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "can-isotp.h"
#include "can-source.h"

#define NS_PER_S INT64_C(1000000000)
#define NO_ADDRESS (-1)
#define ANY_ADDRESS (-2)
#define BATCH 64

struct dump {
	uint32_t ids[2];	/* -s, -d */
	int has[2];
	int addresses[2];	/* -x, -X */
	uint32_t looks;		/* ISOTP_TEXT_... */
	int with_colour, whole;
	char stamp;		/* -t, or 0 */
	int64_t base_us;	/* of 'd' and 'z'; -1: none yet */
	const char *log;	/* -I, or NULL */
	const char *ifname;
	struct sfam_isotp_reader reader;
	uint8_t *bufs[2];
	char *text;		/* of a PDU */
	uint64_t drops;
};

/* -------------------------------------------------------------- text -- */

static void put_stamp(struct dump *d, int64_t time_ns)
{
	int64_t us = time_ns / 1000, since;
	time_t s = (time_t)(us / 1000000);
	char date[32];
	struct tm tm;

	if (d->stamp == 'A') {
		localtime_r(&s, &tm);
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &tm);
		printf("(%s.%06d) ", date, (int)(us % 1000000));
		return;
	}
	if (d->stamp != 'a') {
		if (d->base_us < 0)
			d->base_us = us;
		since = us < d->base_us ? 0 : us - d->base_us;
		if (d->stamp == 'd')
			d->base_us = us;
		us = since;
	}
	printf("(%" PRId64 ".%06d) ", us / 1000000, (int)(us % 1000000));
}

static void begin_line(struct dump *d, int side, int64_t time_ns)
{
	if (d->with_colour)
		fputs(side == 0 ? "\33[31m" : "\33[34m", stdout);
	if (d->stamp)
		put_stamp(d, time_ns);
	printf(" %s  ", d->ifname);
}

static void end_line(const struct dump *d)
{
	fputs(d->with_colour ? "\33[0m\n" : "\n", stdout);
}

static void put_id(const struct dump *d, int side)
{
	printf(d->ids[side] & CAN_EFF_FLAG ? "%08X" : "%03X",
	       d->ids[side] & CAN_EFF_MASK);
}

/* ------------------------------------------------------------ frames -- */

/* Side of the frame, or -1. isotpdump lets all of -d pass without -X. */
static int side_of(const struct dump *d, const struct sfam_can_fields *f)
{
	uint32_t id = f->id | (f->flags & SFAM_CAN_EXT ? CAN_EFF_FLAG : 0);
	int i;

	if (f->flags & (SFAM_CAN_RTR | SFAM_CAN_ERR | SFAM_CAN_XL))
		return -1;
	for (i = 0; i < 2; i++)
		if (d->ids[i] == id &&
		    (d->addresses[i] < 0 ||
		     (f->len > 0 && f->data[0] == d->addresses[i])))
			return i;
	return -1;
}

static void show_frame(struct dump *d, const void *frame, size_t size,
		       int64_t time_ns)
{
	char text[ISOTP_LINE_MAX];
	struct sfam_can_fields f;
	int side;

	if (sfam_can_unpack(&f, frame, size) < 0)
		return;
	side = side_of(d, &f);
	if (side < 0)
		return;
	begin_line(d, side, time_ns);
	fwrite(text, 1, isotp_frame_text(text, &f, d->looks), stdout);
	end_line(d);
}

/* -------------------------------------------------------------- PDUs -- */

static void put_bytes(struct dump *d, const struct sfam_isotp_event *e)
{
	size_t i;

	printf("  [%zu]  ", e->len);
	fwrite(d->text, 1, isotp_write_hex(d->text, e->data, e->len, " "),
	       stdout);
	fputs(" - '", stdout);
	for (i = 0; i < e->len; i++)
		putchar(e->data[i] > 0x1f && e->data[i] < 0x7f ? e->data[i] :
								 '.');
	putchar('\'');
}

static void put_loss(const struct sfam_isotp_event *e)
{
	static const char *const words[] = {
		[SFAM_ISOTP_TIMEOUT] = "no further frame",
		[SFAM_ISOTP_REPLACED] = "its sender began another",
		[SFAM_ISOTP_OVERFLOW] = "its receiver has no room",
		[SFAM_ISOTP_UNFINISHED] = "the frames end",
		[SFAM_ISOTP_TOO_LONG] = "longer than is shown here",
		[SFAM_ISOTP_STRAY] = "a frame without the first of its PDU",
		[SFAM_ISOTP_MALFORMED] = "not a frame of ISO-TP",
	};

	if (e->kind == SFAM_ISOTP_NO_FLOW) {
		printf("  no flow control at %zu of %zu bytes", e->len,
		       e->total);
		return;
	}
	printf("  lost: ");
	if (e->total)
		printf("%zu of %zu bytes had come: ", e->len, e->total);
	if (e->kind == SFAM_ISOTP_SEQUENCE)
		printf("frame %X, not %X", e->number, e->expected);
	else
		fputs(words[e->kind], stdout);
}

static void show_events(struct dump *d, const struct sfam_isotp_event *e,
			int n)
{
	for (; n > 0; n--, e++) {
		begin_line(d, e->side, e->end_ns);
		put_id(d, e->side);
		if (e->kind == SFAM_ISOTP_PDU)
			put_bytes(d, e);
		else
			put_loss(e);
		end_line(d);
	}
}

static void show(struct dump *d, const void *frame, size_t size,
		 int64_t time_ns)
{
	struct sfam_isotp_event events[SFAM_ISOTP_EVENTS_MAX];

	if (d->whole)
		show_events(d, events, sfam_isotp_reader_feed(&d->reader,
				frame, size, time_ns, events));
	else
		show_frame(d, frame, size, time_ns);
}

static int flush(void)
{
	return fflush(stdout) == 0 ? CLI_OK : CLI_FAILED;
}

static int reader_init(struct dump *d)
{
	struct sfam_isotp_talk talk = SFAM_ISOTP_TALK_INIT;
	int i, r;

	for (i = 0; i < 2; i++) {
		d->bufs[i] = malloc(ISOTP_PDU_MAX);
		talk.ids[i] = d->ids[i];
		talk.bufs[i] = d->bufs[i];
		talk.addresses[i] = d->addresses[i];
	}
	if (d->addresses[1] == NO_ADDRESS)
		talk.addresses[1] = d->addresses[0];
	d->text = malloc(3 * ISOTP_PDU_MAX);
	if (!d->bufs[0] || !d->bufs[1] || !d->text)
		return cli_bad_call("dump", -ENOMEM);
	talk.buf_size = ISOTP_PDU_MAX;
	r = sfam_isotp_reader_init(&d->reader, &talk);
	return r == -EINVAL ? cli_error("-s and -d are the same") :
	       r < 0 ? cli_bad_call("dump", r) : CLI_OK;
}

static void reader_done(struct dump *d)
{
	free(d->bufs[0]);
	free(d->bufs[1]);
	free(d->text);
}

/* --------------------------------------------------------------- log -- */

/* What is damaged is told and passed over; the status tells in the end. */
static int run_log(struct dump *d)
{
	struct sfam_isotp_event events[SFAM_ISOTP_EVENTS_MAX];
	struct can_source *s = calloc(1, sizeof(*s));
	struct can_source_item item;
	int status, r = -1;

	if (!s)
		return cli_bad_call(d->log, -ENOMEM);
	s->name = d->log;
	status = can_source_open(s);
	if (status == CLI_OK) {
		while ((r = can_source_read(s, &item)) > 0) {
			d->ifname = item.ifname;
			if (item.frame)
				show(d, item.frame, item.size, item.time_ns);
		}
		can_source_close(s);
	}
	d->ifname = "-";
	if (d->whole && status == CLI_OK)
		show_events(d, events,
			    sfam_isotp_reader_end(&d->reader, events));
	if (flush() != CLI_OK || r < 0 || s->damaged)
		status = CLI_FAILED;
	free(s);
	return status;
}

/* -------------------------------------------------------------- live -- */

static int open_live(const struct dump *d)
{
	const uint32_t sff = CAN_SFF_MASK | CAN_EFF_FLAG | CAN_RTR_FLAG;
	const uint32_t eff = CAN_EFF_MASK | CAN_EFF_FLAG | CAN_RTR_FLAG;
	struct can_filter filters[2];
	struct sfam_addr addr;
	int i, fd, index, r;

	if (can_cli_addr(d->ifname, strlen(d->ifname), &addr, &index))
		return -1;
	fd = cli_open(&addr, SFAM_OPEN_SOCKET, NULL);
	if (fd < 0)
		return -1;
	for (i = 0; i < 2; i++) {
		filters[i].can_id = d->ids[i];
		filters[i].can_mask = d->ids[i] & CAN_EFF_FLAG ? eff : sff;
	}
	r = sfam_can_set_filters(fd, filters, 2);
	if (r == 0)
		r = sfam_can_set_options(fd, SFAM_CAN_OPT_FD |
					 SFAM_CAN_OPT_TIME |
					 SFAM_CAN_OPT_DROPS, 0);
	if (r == 0 && bind(fd, sfam_addr_sockaddr(&addr), addr.len) < 0)
		r = -errno;
	if (r == 0)
		return fd;
	cli_bad_call(d->ifname, r);
	close(fd);
	return -1;
}

static int show_records(struct dump *d, const struct sfam_can_record *at,
			ssize_t n)
{
	for (; n > 0; n--, at++) {
		if (at->drops)
			cli_error("%s: %" PRIu32 " frames were lost here",
				  d->ifname, at->drops);
		show(d, at->frame, at->size, at->time_ns);
	}
	return flush();
}

static int run_live(struct dump *d)
{
	struct sfam_can_receiver *receiver = sfam_can_receiver_new(BATCH, 0);
	const struct sfam_can_record *records;
	int fd, status = CLI_OK;
	ssize_t n;

	if (!receiver)
		return cli_bad_call(d->ifname, -ENOMEM);
	fd = open_live(d);
	while (fd >= 0 && status == CLI_OK) {
		n = sfam_can_receive(fd, receiver, &records, SFAM_FOREVER);
		status = n < 0 ? cli_bad_call(d->ifname, (int)n) :
				 show_records(d, records, n);
	}
	sfam_can_receiver_free(receiver);
	if (fd >= 0)
		close(fd);
	return CLI_FAILED;
}

/* -------------------------------------------------------------- main -- */

static int set_address(int *ret, const char *text)
{
	uint8_t byte;

	if (strcmp(text, "any") == 0) {
		*ret = ANY_ADDRESS;
		return 0;
	}
	if (isotp_hex_byte(text, &byte) < 0)
		return -1;
	*ret = byte;
	return 0;
}

static int set_stamp(struct dump *d, const char *text)
{
	if (strlen(text) != 1 || !strchr("aAdz", text[0]))
		return -1;
	d->stamp = text[0];
	return 0;
}

static int option(struct dump *d, const struct cli_verb *self, int c)
{
	const int side = c == 'd' || c == 'X';
	int r = 0;

	switch (c) {
	case 's':
	case 'd':
		r = isotp_id(optarg, &d->ids[side]);
		d->has[side] = 1;
		break;
	case 'x':
	case 'X':
		r = set_address(&d->addresses[side], optarg);
		break;
	case 'a':
		d->looks |= ISOTP_TEXT_ASCII;
		break;
	case 'c':
		d->with_colour = 1;
		break;
	case 'u':
		d->looks |= ISOTP_TEXT_UDS;
		break;
	case 'r':
		d->whole = 1;
		break;
	case 't':
		r = set_stamp(d, optarg);
		break;
	case 'I':
		d->log = optarg;
		break;
	}
	return r < 0 ? cli_usage(self, "-%c %s: not one", c, optarg) : CLI_OK;
}

static int complete(struct dump *d, const struct cli_verb *self, int argc,
		    char **argv)
{
	if (!d->has[0] || !d->has[1])
		return cli_usage(self, "which -%c?", d->has[0] ? 'd' : 's');
	if (d->addresses[1] != NO_ADDRESS && d->addresses[0] == NO_ADDRESS)
		return cli_usage(self, "-X goes with -x");
	if (d->whole && (d->addresses[0] == ANY_ADDRESS ||
			 d->addresses[1] == ANY_ADDRESS))
		return cli_usage(self, "-r wants one address, not any");
	if (d->whole && d->looks & ISOTP_TEXT_UDS)
		return cli_usage(self, "-u goes without -r");
	if (d->addresses[0] != NO_ADDRESS)
		d->looks |= ISOTP_TEXT_ADDRESS;
	if (!d->log && optind == argc)
		return cli_usage(self, "which interface?");
	if (argc - optind > (d->log ? 0 : 1))
		return cli_usage(self, "what is %s?", argv[argc - 1]);
	d->ifname = argv[optind];
	return CLI_OK;
}

int can_isotp_dump_run(const struct cli_verb *self, int argc, char **argv)
{
	struct dump d = {
		.addresses = { NO_ADDRESS, NO_ADDRESS },
		.base_us = -1,
	};
	int c, status;

	while ((c = cli_getopt(self, argc, argv, "+:s:d:x:X:acrut:I:")) != -1)
		if (c == '?' || option(&d, self, c) != CLI_OK)
			return CLI_USAGE;
	status = complete(&d, self, argc, argv);
	if (status == CLI_OK && d.whole)
		status = reader_init(&d);
	if (status == CLI_OK)
		status = d.log ? run_log(&d) : run_live(&d);
	reader_done(&d);
	return status;
}
