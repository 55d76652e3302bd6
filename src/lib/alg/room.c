/* SPDX-License-Identifier: MIT */
/*
 * Room for one message in the kernel's two buffers. Without it, a send
 * waits for ever, and an AEAD result longer than SO_RCVBUF is made of
 * several AEAD operations, each with a tag of its own, and called a success
 * (af_alg_get_rsgl of crypto/af_alg.c, aead_recvmsg of algif_aead.c).
 */
#include "alg/alg.h"

/*
 * What one operation takes of net.core.optmem_max (sock_kmalloc): a block
 * per 126 pages sent, a scatterlist entry per page, a struct af_alg_rsgl per
 * 16 pages or piece received, the request. Sizes of 64-bit kernels, rounded
 * up. 20480 bytes are the limit until Linux 6.7, 131072 since.
 */
#define OPTMEM_MAX "/proc/sys/net/core/optmem_max"
#define OPTMEM_DEFAULT 20480
#define PAGES_PER_BLOCK 126
#define BLOCK_BYTES 4096
#define PAGES_PER_RSGL 16
#define RSGL_BYTES 768
#define ENTRY_BYTES 32
#define REQUEST_BYTES 3072
/* Not worth a look at the limit: less than half of 20480. */
#define SURELY_FITS ((size_t)128 << 10)

static size_t optmem_of(size_t in, size_t out, size_t pieces, size_t page)
{
	size_t in_pages = in / page + 2;
	size_t out_pages = out / page + 2;

	return (in_pages / PAGES_PER_BLOCK + 1) * BLOCK_BYTES +
	       in_pages * ENTRY_BYTES +
	       (out_pages / PAGES_PER_RSGL + pieces) * RSGL_BYTES +
	       REQUEST_BYTES;
}

static bool optmem_suffices(size_t in, size_t out, size_t pieces, size_t page)
{
	int64_t max;

	if (in <= SURELY_FITS && out <= SURELY_FITS &&
	    pieces <= SFAM__ALG_FEW_PIECES)
		return true;
	max = sfam__alg_proc_number(OPTMEM_MAX);
	if (max < 0)
		max = OPTMEM_DEFAULT;
	return optmem_of(in, out, pieces, page) < (uint64_t)max;
}

/*
 * What a buffer holds: whole pages less one, since for each piece that is
 * to be added the kernel wants a page to be free (af_alg_readable()).
 */
static size_t read_room(int fd, int option, size_t page)
{
	int v = 0;

	if (sfam__sys_getsockopt_int(fd, SOL_SOCKET, option, &v) < 0 || v < 0)
		return 0;
	return (size_t)v / page > 1 ? ((size_t)v / page - 1) * page : 0;
}

static int enlarge(int fd, int option, int force, size_t need, size_t page,
		   size_t *ret_room)
{
	size_t room = read_room(fd, option, page);
	int v;

	if (need > room) {
		if (need > INT32_MAX / 2 - 4 * page)
			return -EMSGSIZE;
		/* The kernel doubles it, and cuts it in silence. */
		v = (int)(need / 2 + 2 * page);
		(void)sfam__sys_setsockopt(fd, SOL_SOCKET, option, &v,
					   sizeof(v));
		room = read_room(fd, option, page);
	}
	if (need > room) {	/* CAP_NET_ADMIN */
		(void)sfam__sys_setsockopt(fd, SOL_SOCKET, force, &v,
					   sizeof(v));
		room = read_room(fd, option, page);
	}
	if (need > room)
		return -EMSGSIZE;
	*ret_room = room;
	return 0;
}

/* What is longer than surely fits comes here again. */
static size_t to_remember(size_t room)
{
	return room < SURELY_FITS ? room : SURELY_FITS;
}

int sfam__alg_kernel_room(struct sfam_alg_op *op, size_t in, size_t out,
			  size_t pieces)
{
	size_t page = sfam__sys_page_size();
	size_t send_room, recv_room;
	int r;

	if (!optmem_suffices(in, out, pieces, page))
		return -EMSGSIZE;
	r = enlarge(op->fd, SO_SNDBUF, SO_SNDBUFFORCE, in, page, &send_room);
	if (r == 0)
		r = enlarge(op->fd, SO_RCVBUF, SO_RCVBUFFORCE, out, page,
			    &recv_room);
	if (r < 0)
		return r;
	op->send_room = to_remember(send_room);
	op->recv_room = to_remember(recv_room);
	return 0;
}
