/* SPDX-License-Identifier: MIT */
#ifndef SFAM_SOCKET_FDSTORE_H
#define SFAM_SOCKET_FDSTORE_H

#include "base/sys.h"

#include <sockfam/fdstore.h>

struct sfam__store_entry {
	uint64_t id;		/* 1 and up, in the order of their coming */
	int fd;
	char name[SFAM_FDNAME_MAX + 1];
};

struct sfam_fdstore {
	size_t max, max_per_name;
	size_t n;
	uint64_t last_id;
	struct sfam__store_entry entries[];
};

/* name "": all. */
bool sfam__store_is_of(const struct sfam__store_entry *e, const char *name);
/* Closes those of that name. Returns how many. */
size_t sfam__store_drop(struct sfam_fdstore *store, const char *name);

/* Before the names, in requests and answers. */
struct sfam__store_head {
	char verb[4];
	uint32_t error;
	uint64_t after;		/* an id */
	uint64_t n;
};

#define SFAM__STORE_PUT "put "
#define SFAM__STORE_GET "get "
#define SFAM__STORE_LIST "list"
#define SFAM__STORE_DROP "drop"

/* A request or an answer, names with their NUL. */
struct sfam__store_message {
	struct sfam__store_head head;
	char names[SFAM_FDSTORE_NAMES_MAX + 1];
	size_t names_len;
	int fds[SFAM_FDPASS_MAX];
	size_t n_fds;
};

int sfam__store_send(int sock, const struct sfam__store_message *m,
		     struct sfam__deadline deadline);
/*
 * 1; 0: the end. -EBADMSG: its names are none, or not as many as it says;
 * then as on any failure none of its descriptors is open.
 */
int sfam__store_recv(int sock, struct sfam__store_message *m,
		     struct sfam__deadline deadline);
void sfam__store_close(struct sfam__store_message *m);

#endif
