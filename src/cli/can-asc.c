/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "can-asc.h"

#define NS_PER_S INT64_C(1000000000)

/* ------------------------------------------------------------------- in -- */

const char *can_asc_name(struct can_asc_in *in, uint32_t channel)
{
	char *name = in->names[channel];

	in->seen[channel] = 1;
	if (!name[0])
		snprintf(name, sizeof(in->names[0]), "can%" PRIu32,
			 channel - 1);
	return name;
}

void can_asc_take_name(struct can_asc_in *in, uint32_t channel,
		       const char *name)
{
	if (channel > in->n_given)
		snprintf(in->names[channel], sizeof(in->names[0]), "%s", name);
}

void can_asc_tell_in(const struct can_asc_in *in)
{
	const char *comma = "";
	uint32_t i;

	if (in->events)
		fprintf(stderr, "%" PRIu64 " lines left out that are no "
			"frames\n", in->events);
	for (i = 1; i <= SFAM_CAN_ASC_CHANNEL_MAX; i++) {
		if (!in->seen[i])
			continue;
		fprintf(stderr, "%s%" PRIu32 " is %s", *comma ? comma :
			"channel ", i, in->names[i]);
		comma = ", ";
	}
	if (*comma)
		fputc('\n', stderr);
}

/* ------------------------------------------------------------------ out -- */

static int put_text(struct output *file, const char *text, ssize_t n)
{
	if (n < 0)
		return cli_bad_call(file->name, (int)n);
	return output_write(file, text, (size_t)n) < 0 ? CLI_FAILED : CLI_OK;
}

int can_asc_begin(struct can_asc_out *out, struct output *file,
		  int64_t time_ns)
{
	char text[256];

	if (out->has_begun)
		return CLI_OK;
	out->has_begun = 1;
	out->start_s = time_ns / NS_PER_S;
	return put_text(file, text,
			sfam_can_asc_format_header(text, sizeof(text),
						   out->start_s));
}

int can_asc_put_names(struct can_asc_out *out, struct output *file,
		      uint32_t channel, const char (*names)[16])
{
	char text[64];
	uint32_t i;
	ssize_t n;

	for (; out->n_named < channel; out->n_named++) {
		i = out->n_named;
		n = sfam_can_asc_format_channel(text, sizeof(text), i + 1,
						names[i]);
		if (put_text(file, text, n) != CLI_OK)
			return CLI_FAILED;
	}
	return CLI_OK;
}

/* All that an error frame of the format becomes again. */
static int is_plain_error(const struct can_asc_frame *f)
{
	static const struct can_frame plain = {
		.can_id = CAN_ERR_FLAG | 0x80, .can_dlc = CAN_MAX_DLEN,
	};

	return !f->direction && f->size == sizeof(plain) &&
	       memcmp(f->frame, &plain, sizeof(plain)) == 0;
}

static void count_losses(struct can_asc_out *out,
			 const struct can_asc_frame *f)
{
	struct sfam_can_fields fields;

	if (sfam_can_unpack(&fields, f->frame, f->size) < 0)
		return;
	if (fields.flags & SFAM_CAN_ERR)
		out->cut_errors += !is_plain_error(f);
	else
		out->no_direction += !f->direction;
}

int can_asc_put(struct can_asc_out *out, struct output *file,
		const struct can_asc_frame *f)
{
	int64_t time_ns = f->time_ns - out->start_s * NS_PER_S;
	char text[SFAM_CAN_ASC_STRLEN];

	count_losses(out, f);
	if (time_ns < 0) {
		out->early++;
		time_ns = 0;
	}
	return put_text(file, text,
			sfam_can_asc_format(text, sizeof(text), time_ns,
					    f->channel, f->direction,
					    f->frame, f->size));
}

void can_asc_tell_out(const struct can_asc_out *out, const char (*names)[16])
{
	uint32_t i;

	if (out->early)
		fprintf(stderr, "%" PRIu64 " stamps from before the first "
			"frame's second written as 0\n", out->early);
	if (out->cut_errors)
		fprintf(stderr, "%" PRIu64 " error frames without their "
			"class and data: ASC does not hold them\n",
			out->cut_errors);
	if (out->no_direction)
		fprintf(stderr, "%" PRIu64 " frames without a direction "
			"written as received\n", out->no_direction);
	for (i = 0; i < out->n_named; i++)
		fprintf(stderr, "%s%" PRIu32 " is %s", i ? ", " : "channel ",
			i + 1, names[i]);
	if (out->n_named)
		fputc('\n', stderr);
}
