/* SPDX-License-Identifier: MIT */
/* Dumps that are of one moment. */
#include <stdlib.h>

#include "request.h"

#define ATTEMPTS 10

/* Messages as they came, one behind the other, each aligned. */
struct heap {
	char *data;
	size_t len, size;
};

static int keep(struct nlmsghdr *h, void *arg)
{
	struct heap *heap = arg;
	size_t n = NLMSG_ALIGN(h->nlmsg_len);
	size_t size = heap->size ? heap->size : 4096;
	char *data;

	while (size - heap->len < n)
		size *= 2;
	if (size != heap->size) {
		data = realloc(heap->data, size);
		if (!data)
			return -ENOMEM;
		heap->data = data;
		heap->size = size;
	}
	memcpy(heap->data + heap->len, h, h->nlmsg_len);
	heap->len += n;
	return 0;
}

static int replay(const struct heap *heap,
		  int (*got)(struct nlmsghdr *header, void *arg), void *arg)
{
	struct nlmsghdr *h;
	size_t at;
	int r = 0;

	for (at = 0; r == 0 && at < heap->len;
	     at += NLMSG_ALIGN(h->nlmsg_len)) {
		h = (struct nlmsghdr *)(heap->data + at);
		r = got(h, arg);
	}
	return r;
}

int sfam__ctl_dump(int protocol, struct nl_msg *msg,
		   int (*got)(struct nlmsghdr *header, void *arg), void *arg,
		   struct sfam_ctl_diag *diag)
{
	struct heap heap = { .data = NULL };
	int attempts = 0;
	int r;

	if (!msg)
		return sfam__ctl_refuse(diag, -ENOMEM, "no memory");
	do {
		heap.len = 0;
		nlmsg_hdr(msg)->nlmsg_seq = NL_AUTO_SEQ;
		nlmsg_hdr(msg)->nlmsg_pid = NL_AUTO_PORT;
		nlmsg_get(msg);		/* the request frees one */
		r = sfam__ctl_talk(protocol, msg, keep, &heap, diag);
	} while (r == -EAGAIN && ++attempts < ATTEMPTS);
	nlmsg_free(msg);
	if (r == 0)
		r = replay(&heap, got, arg);
	free(heap.data);
	return r;
}
