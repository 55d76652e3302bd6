/* SPDX-License-Identifier: MIT */
/* The table of control messages: one row per level and type. */
#ifndef SFAM_SOCKET_CMSG_TABLE_H
#define SFAM_SOCKET_CMSG_TABLE_H

#include "base/common.h"

#include <sockfam/cmsg.h>

/* How the bytes of an item hold what is in its `u`. */
struct sfam__cmsg_codec {
	/* item->data has at least size bytes. False: wrong in itself. */
	bool (*decode)(struct sfam_cmsg *item, size_t size);
	/* data has room for the length: size, or what measure says. */
	void (*encode)(unsigned char *data, const struct sfam_cmsg *item,
		       size_t size);
	size_t (*measure)(const struct sfam_cmsg *item);
};

extern const struct sfam__cmsg_codec sfam__cmsg_nothing;
extern const struct sfam__cmsg_codec sfam__cmsg_number;
extern const struct sfam__cmsg_codec sfam__cmsg_words;
extern const struct sfam__cmsg_codec sfam__cmsg_bytes;
extern const struct sfam__cmsg_codec sfam__cmsg_iv;
extern const struct sfam__cmsg_codec sfam__cmsg_fds;
extern const struct sfam__cmsg_codec sfam__cmsg_pidfd;
extern const struct sfam__cmsg_codec sfam__cmsg_credentials;
extern const struct sfam__cmsg_codec sfam__cmsg_old_us;
extern const struct sfam__cmsg_codec sfam__cmsg_new_us;
extern const struct sfam__cmsg_codec sfam__cmsg_old_ns;
extern const struct sfam__cmsg_codec sfam__cmsg_new_ns;
extern const struct sfam__cmsg_codec sfam__cmsg_old_stamps;
extern const struct sfam__cmsg_codec sfam__cmsg_new_stamps;
extern const struct sfam__cmsg_codec sfam__cmsg_pktinfo;
extern const struct sfam__cmsg_codec sfam__cmsg_pktinfo_inet6;
extern const struct sfam__cmsg_codec sfam__cmsg_error;
extern const struct sfam__cmsg_codec sfam__cmsg_auxdata;

struct sfam__cmsg_row {
	int level, type;
	enum sfam_cmsg_kind kind;
	size_t size;		/* bytes that it has at least */
	const struct sfam__cmsg_codec *codec;
};

/* NULL: none of these. */
const struct sfam__cmsg_row *sfam__cmsg_row(int level, int type);
/* That one if it is of this kind, else the kind's first, else NULL. */
const struct sfam__cmsg_row *sfam__cmsg_row_of_kind(enum sfam_cmsg_kind kind,
						    int level, int type);

#endif
