/* SPDX-License-Identifier: MIT */
/*
 * Messages from one socket to another, in batches, each one whole. A
 * message that cannot be passed on is counted and told, and the next one
 * goes: that is what datagrams are. Only the end of a connection ends it.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "relay.h"

#define BATCH 32
/* TIPC has 66000 bytes at most, a vsock or unix socket what its buffer is. */
#define SLOT (256 * 1024)

/* Pages of slots that no message reaches are never touched. */
struct message_batch {
	struct mmsghdr in[BATCH];
	struct mmsghdr out[BATCH];
	struct iovec iov_in[BATCH];
	struct iovec iov_out[BATCH];
	struct sockaddr_storage name[BATCH];
	char control[BATCH][CMSG_SPACE(sizeof(uint32_t)) +
			    CMSG_SPACE(sizeof(struct timespec))]
		__attribute__((aligned(8)));
	char slot[BATCH][SLOT] __attribute__((aligned(8)));
};

struct message_batch *relay_batch_new(void)
{
	return calloc(1, sizeof(struct message_batch));
}

/* --------------------------------------------------------------- held -- */

/* Before each message held; they lie at multiples of 8. */
struct record {
	size_t len;
};

static size_t record_size(size_t len)
{
	return sizeof(struct record) + ((len + 7) & ~(size_t)7);
}

int relay_hold_message(struct flow *f, const void *buf, size_t len)
{
	const char pad[8] = { 0 };
	struct record rec = { len };
	int r = relay_hold(f, &rec, sizeof(rec));

	if (r == 0)
		r = relay_hold(f, buf, len);
	if (r == 0 && len % 8)
		r = relay_hold(f, pad, 8 - len % 8);
	return r;
}

/* --------------------------------------------------------------- send -- */

/* What concerns one message only; the next may well go. */
static int is_of_message(int error)
{
	static const int errors[] = {
		ECONNREFUSED, EMSGSIZE, EINVAL, ENETDOWN, ENETUNREACH,
		EHOSTUNREACH, EPERM, EACCES, EDESTADDRREQ, ENXIO, ENOMEM,
		EHOSTDOWN, ENOENT,
	};
	size_t i;

	for (i = 0; i < CLI_ARRAY_LEN(errors); i++)
		if (errors[i] == error)
			return 1;
	return 0;
}

/* Each is counted; of a row for the same reason only the first is told. */
static void drop_message(struct relay *r, struct flow *f, const char *what,
			 int error)
{
	if (f->to->is_group && error == EHOSTUNREACH) {
		r->count.lost++;	/* said when the last member left */
		return;
	}
	if (error != f->said)
		relay_say(r, f->pair, what, -error);
	else
		r->count.errors++;
	f->said = error;
	r->count.lost++;
}

/*
 * Sends the first n of batch->out as far as they go; *ret_gone is how many
 * need not be sent again. Returns enum flow_wait or -errno.
 */
static int send_batch(struct relay *r, struct flow *f, size_t n,
		      size_t *ret_gone)
{
	struct mmsghdr *out = r->batch->out;
	int refused = 0;
	size_t i = 0;
	int sent;

	while (i < n) {
		*ret_gone = i;
		sent = sendmmsg(relay_out_fd(f->to), out + i,
				(unsigned int)(n - i),
				MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent > 0) {
			i += (size_t)sent;
			*f->messages += (uint64_t)sent;
			refused = 0;
		} else if (errno == EAGAIN) {
			/* poll(2) does not know whom we sent to. */
			return f->to->has_no_peer ? FLOW_TIME : FLOW_OUT;
		} else if (errno == ENOBUFS) {
			return FLOW_TIME;
		} else if (errno == ECONNREFUSED && !refused) {
			refused = 1;	/* of an earlier one, told late */
		} else if (errno != EINTR && is_of_message(errno)) {
			drop_message(r, f, "send", errno);
			i++;
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	*ret_gone = n;
	return FLOW_MORE;
}

/* Where it goes, if the socket does not know. */
static void fill_out(struct mmsghdr *out, struct iovec *iov, struct side *to)
{
	memset(out, 0, sizeof(*out));
	out->msg_hdr.msg_iov = iov;
	out->msg_hdr.msg_iovlen = 1;
	if (to->has_no_peer && to->peer_len) {
		out->msg_hdr.msg_name = &to->peer;
		out->msg_hdr.msg_namelen = to->peer_len;
	}
}

int relay_put_messages(struct relay *r, struct flow *f)
{
	struct message_batch *b = r->batch;
	size_t off = f->held_off;
	size_t end = off + f->held_len;
	size_t gone = 0;
	struct record rec;
	size_t n, i;
	int result;

	for (n = 0; n < BATCH && off < end; n++) {
		memcpy(&rec, f->held + off, sizeof(rec));
		b->iov_out[n].iov_base = f->held + off + sizeof(rec);
		b->iov_out[n].iov_len = rec.len;
		fill_out(&b->out[n], &b->iov_out[n], f->to);
		off += record_size(rec.len);
	}
	result = send_batch(r, f, n, &gone);
	for (i = 0; i < gone; i++) {
		off = record_size(b->iov_out[i].iov_len);
		f->held_off += off;
		f->held_len -= off;
	}
	return result;
}

/* ------------------------------------------------------------ receive -- */

static void arm(struct message_batch *b, size_t i, int control)
{
	struct msghdr *h = &b->in[i].msg_hdr;

	b->iov_in[i].iov_base = b->slot[i];
	b->iov_in[i].iov_len = SLOT;
	h->msg_iov = &b->iov_in[i];
	h->msg_iovlen = 1;
	h->msg_name = &b->name[i];
	h->msg_namelen = sizeof(b->name[i]);
	/* Of a unix socket it would give us descriptors. */
	h->msg_control = control ? b->control[i] : NULL;
	h->msg_controllen = control ? sizeof(b->control[i]) : 0;
	h->msg_flags = 0;
}

static int64_t read_control(struct relay *r, struct flow *f,
			    struct msghdr *h)
{
	struct cmsghdr *c;
	struct timespec ts;
	uint32_t drops;
	int64_t ns = 0;

	for (c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SO_TIMESTAMPNS) {
			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
			ns = ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
		} else if (c->cmsg_type == SO_RXQ_OVFL) {
			memcpy(&drops, CMSG_DATA(c), sizeof(drops));
			r->count.lost += drops - f->drops;
			f->drops = drops;
		}
	}
	return ns;
}

/*
 * Of a connection nothing received may be an empty message or the end. It
 * is the end if the peer ended and nothing comes behind it.
 */
static int is_end(const struct side *from)
{
	struct pollfd p = { .fd = from->in.fd, .events = POLLRDHUP };
	char byte;

	if (poll(&p, 1, 0) == 1 && p.revents & (POLLRDHUP | POLLHUP | POLLERR))
		return recv(from->in.fd, &byte, 1,
			    MSG_PEEK | MSG_DONTWAIT) <= 0;
	return 0;
}

/* At the end each receive of the batch gave nothing: n without those. */
static int without_end(struct relay *r, struct flow *f, int n)
{
	if (!f->from->is_connection || n == 0 ||
	    r->batch->in[n - 1].msg_len || !is_end(f->from))
		return n;
	f->is_eof = 1;
	while (n && r->batch->in[n - 1].msg_len == 0)
		n--;
	return n;
}

/* Returns 1 if message i is to be passed on. */
static int wants(struct relay *r, struct flow *f, size_t i)
{
	const struct msghdr *h = &r->batch->in[i].msg_hdr;

	*f->bytes += r->batch->in[i].msg_len;
	if (h->msg_flags & MSG_TRUNC) {
		drop_message(r, f, "receive", EMSGSIZE);
		return 0;
	}
	/* Descriptors, the only ones that came. */
	if (h->msg_flags & MSG_CTRUNC)
		relay_say(r, f->pair, "descriptors are not passed on", 0);
	if (f->from->has_no_peer && h->msg_namelen) {
		f->from->peer_len = h->msg_namelen;
		memcpy(&f->from->peer, &r->batch->name[i], h->msg_namelen);
	}
	if (f->to->has_no_peer && f->to->peer_len == 0) {
		drop_message(r, f, "nobody has sent yet whom to answer",
			     EDESTADDRREQ);
		return 0;
	}
	return 1;
}

static int interface_of(const struct msghdr *h)
{
	struct sockaddr_can sa;

	if (h->msg_namelen < offsetof(struct sockaddr_can, can_addr))
		return 0;
	memcpy(&sa, h->msg_name, offsetof(struct sockaddr_can, can_addr));
	return sa.can_ifindex;
}

/* To stdout. */
static int hold_texts(struct relay *r, struct flow *f, size_t n)
{
	struct message_batch *b = r->batch;
	int64_t ns;
	size_t i;
	int err = 0;

	for (i = 0; i < n && err == 0; i++) {
		ns = read_control(r, f, &b->in[i].msg_hdr);
		if (!wants(r, f, i))
			continue;
		++*f->messages;
		err = relay_hold_text(f, b->slot[i], b->in[i].msg_len, ns,
				      interface_of(&b->in[i].msg_hdr));
	}
	return err < 0 ? err : FLOW_MORE;
}

static int pass_on(struct relay *r, struct flow *f, size_t n)
{
	struct message_batch *b = r->batch;
	size_t i, gone = 0, n_out = 0;
	int result, err = 0;

	for (i = 0; i < n; i++) {
		read_control(r, f, &b->in[i].msg_hdr);
		if (!wants(r, f, i))
			continue;
		b->iov_out[n_out].iov_base = b->slot[i];
		b->iov_out[n_out].iov_len = b->in[i].msg_len;
		fill_out(&b->out[n_out], &b->iov_out[n_out], f->to);
		n_out++;
	}
	f->what = "send";
	result = send_batch(r, f, n_out, &gone);
	for (i = gone; i < n_out && err == 0; i++)
		err = relay_hold_message(f, b->iov_out[i].iov_base,
					 b->iov_out[i].iov_len);
	return err < 0 ? err : result;
}

static int receive_failed(struct relay *r, struct flow *f, int error)
{
	if (error == EAGAIN || error == EINTR)
		return FLOW_IN;
	/* Pending errors and overruns: told once by the kernel, by us too. */
	if (!f->from->is_connection &&
	    (is_of_message(error) || error == ENOBUFS)) {
		drop_message(r, f, "receive", error);
		return FLOW_IN;
	}
	return -error;
}

int relay_get_messages(struct relay *r, struct flow *f)
{
	struct message_batch *b = r->batch;
	int result;
	size_t i;
	int n;

	for (i = 0; i < BATCH; i++)
		arm(b, i, f->from->has_control);
	n = recvmmsg(f->from->in.fd, b->in, BATCH, MSG_DONTWAIT, NULL);
	if (n < 0)
		return receive_failed(r, f, errno);
	n = without_end(r, f, n);
	result = f->to->is_stdio ? hold_texts(r, f, (size_t)n) :
				   pass_on(r, f, (size_t)n);
	return result == FLOW_MORE && n < BATCH && !f->is_eof &&
	       !relay_flow_holds(f) ? FLOW_IN : result;
}
