/* SPDX-License-Identifier: MIT */
/* aead open: nothing is written that was not found authentic before. */
#include <errno.h>

#include "alg-cli.h"
#include "alg-seal.h"

static const char unsound[] = "not authentic: changed, or not in its place";

/* A pipe has got what came before. */
static int refuse(const struct seal *s, const char *why)
{
	uint64_t frame = s->number;
	uint64_t text = frame * s->frame;

	if (!s->job->out.path && text)
		return cli_error("%s: frame %llu: %s; the %llu bytes before it "
				 "are written, and are authentic",
				 s->job->in_name, (unsigned long long)frame,
				 why, (unsigned long long)text);
	return cli_error("%s: frame %llu: %s", s->job->in_name,
			 (unsigned long long)frame, why);
}

static int read_header(struct seal *s)
{
	const struct seal_algorithm *algorithm;
	unsigned char mac[SEAL_MAC];
	ssize_t n = alg_job_read(s->job, s->header, SEAL_HEADER);
	const char *name = s->job->in_name;

	if (n < 0)
		return CLI_FAILED;
	if (n < SEAL_HEADER || !seal_header_known(s->header))
		return cli_error("%s: no sealed file", name);
	if (seal_mac(s, mac) != 0)
		return CLI_FAILED;
	if (!alg_equal(mac, s->header + SEAL_SIGNED, SEAL_MAC))
		return cli_error("%s: sealed with another key, or its header "
				 "was changed", name);
	if (seal_header_parse(s->header, &algorithm, &s->frame) != 0)
		return cli_error("%s: of a version that is not known here",
				 name);
	return seal_start(s, algorithm) == 0 ? CLI_OK : CLI_FAILED;
}

static int read_end(struct seal *s)
{
	char c;
	ssize_t n = alg_job_read(s->job, &c, 1);

	if (n > 0)
		return refuse(s, "it is the last, but the file goes on");
	return n < 0 ? CLI_FAILED : CLI_OK;
}

static int decrypt(struct seal *s, size_t len)
{
	struct sfam_alg_msg msg;
	struct iovec iov[2];
	int r;

	seal_message(s, len, iov, &msg);
	r = sfam_alg_record_unseal(&s->record, s->session.op, &msg);
	if (r == -EBADMSG)
		return refuse(s, unsound);
	return r < 0 ? alg_bad_call(&s->session, r) : CLI_OK;
}

/* The frame's header, then the rest of it, which that gives the length of. */
static int read_part(struct seal *s, size_t at, size_t len)
{
	ssize_t n = alg_job_read(s->job, s->buf + at, len);

	if (n >= 0 && (size_t)n < len)
		return refuse(s, "the file ends in it: cut short");
	return n < 0 ? CLI_FAILED : CLI_OK;
}

/* The text of the last frame goes out when the file has ended, too. */
static int open_frame(struct seal *s, size_t len, int last)
{
	int status;

	if (last ? len >= s->frame : len != s->frame)
		return refuse(s, unsound);
	status = read_part(s, SEAL_FRAME_HEADER, len + SEAL_TAG);
	if (status == CLI_OK)
		status = decrypt(s, len);
	if (status == CLI_OK && last)
		status = read_end(s);
	if (status == CLI_OK && output_write(&s->job->out, s->buf +
					     SEAL_FRAME_HEADER, len) != 0)
		status = CLI_FAILED;
	return status;
}

static int open_frames(struct seal *s)
{
	int status = CLI_OK;
	uint32_t v = 0;

	while (status == CLI_OK && !(v & SEAL_LAST)) {
		s->number = s->record.next;
		status = read_part(s, 0, SEAL_FRAME_HEADER);
		if (status != CLI_OK)
			break;
		v = seal_load(s->buf);
		status = open_frame(s, v & ~SEAL_LAST, (v & SEAL_LAST) != 0);
	}
	return status;
}

int seal_open_work(struct alg_job *job, void *arg)
{
	struct seal *s = arg;
	int status;

	s->job = job;
	status = read_header(s);
	return status == CLI_OK ? open_frames(s) : status;
}
