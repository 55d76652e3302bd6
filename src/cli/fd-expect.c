/* SPDX-License-Identifier: MIT */
/* What a descriptor must be, in words. */
#include <fcntl.h>
#include <string.h>

#include "fd.h"

static const struct word {
	const char *name;
	struct sfam_fd_expect expect;	/* is added */
} words[] = {
	{ "file", { .kind = SFAM_FD_REGULAR } },
	{ "dir", { .kind = SFAM_FD_DIRECTORY } },
	{ "pipe", { .kind = SFAM_FD_FIFO } },
	{ "char", { .kind = SFAM_FD_CHAR_DEVICE } },
	{ "block", { .kind = SFAM_FD_BLOCK_DEVICE } },
	{ "socket", { .kind = SFAM_FD_SOCKET } },
	{ "listening", { .flags = SFAM_FD_LISTENING } },
	{ "stream", { .socket_type = SOCK_STREAM } },
	{ "dgram", { .socket_type = SOCK_DGRAM } },
	{ "seqpacket", { .socket_type = SOCK_SEQPACKET } },
	{ "readable", { .flags = SFAM_FD_READABLE } },
	{ "writable", { .flags = SFAM_FD_WRITABLE } },
	{ "read-only", { .flags = SFAM_FD_READ_ONLY } },
	{ "sealed", { .seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW } },
};

/* Of two kinds, types or families the last counts. */
static int add_word(struct sfam_fd_expect *e, const char *name)
{
	const struct sfam_fd_expect *add;
	size_t i;

	for (i = 0; i < CLI_ARRAY_LEN(words); i++) {
		if (strcmp(words[i].name, name) != 0)
			continue;
		add = &words[i].expect;
		e->flags |= add->flags;
		e->seals |= add->seals;
		if (add->kind)
			e->kind = add->kind;
		if (add->socket_type)
			e->socket_type = add->socket_type;
		return 0;
	}
	e->family = sfam_family_by_name(name);
	return e->family ? 0 : -1;
}

const char *fd_expect_words(struct sfam_fd_expect *e, char *text)
{
	char *next = text;
	char *word;

	while ((word = strsep(&next, ",")))
		if (add_word(e, word) < 0)
			return word;
	return NULL;
}
