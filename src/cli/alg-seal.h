/* SPDX-License-Identifier: MIT */
/* aead seal and aead open: what they share. */
#ifndef SFAM_CLI_ALG_SEAL_H
#define SFAM_CLI_ALG_SEAL_H

#include "alg-cli.h"
#include "seal-format.h"

/* A sealed file on its way, in either direction. */
struct seal {
	struct alg_job *job;
	const char *name;	/* -a */
	struct alg_session session;
	struct sfam_alg_record record;
	uint64_t number;	/* open: of the frame that is read */
	uint32_t frame;		/* bytes of text in a frame */
	unsigned char header[SEAL_HEADER];
	unsigned char buf[SEAL_BUFFER];
};

/* The MAC of s->header. 0, or -1 after a line on stderr. */
int seal_mac(struct seal *s, unsigned char *ret_mac);
/* The file's own key, for the algorithm; begins the record series. */
int seal_start(struct seal *s, const struct seal_algorithm *algorithm);
/* The frame in s->buf, whose text is len bytes. */
void seal_message(struct seal *s, size_t len, struct iovec iov[2],
		  struct sfam_alg_msg *ret);

int seal_work(struct alg_job *job, void *arg);
int seal_open_work(struct alg_job *job, void *arg);

#endif
