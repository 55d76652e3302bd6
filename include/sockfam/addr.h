/* SPDX-License-Identifier: MIT */
/*
 * Addresses of every family: text to sockaddr and back.
 *
 * Text is SCHEME:BODY[,key=value]... with one scheme per row of the family
 * table; sfam_family_syntax() has the grammar of each. Numbers are decimal
 * or 0x-hex; CAN identifiers are hex without prefix, 3 digits standard and
 * 8 digits extended. An interface is written by name, or %N for index N.
 * In names and paths, comma and backslash, colon where it separates, and
 * bytes that are not printable ASCII are written \, \\ \: \xHH; a comma
 * inside (balanced) parentheses stands for itself. Every scheme takes
 * ,type=stream|dgram|seqpacket|raw|rdm where the kernel allows a choice.
 */
#ifndef SOCKFAM_ADDR_H
#define SOCKFAM_ADDR_H

#include <sys/socket.h>

#include <sockfam/base.h>
#include <sockfam/family.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * An address with all that socket(2) and bind(2) want: family row, type,
 * protocol, and the sockaddr. Plain data: copy it freely. Bytes of storage
 * behind len are zero in every address that this library filled.
 */
struct sfam_addr {
	const struct sfam_family *family;
	int type;			/* SOCK_... */
	int protocol;			/* 0: the default of family and type */
	socklen_t len;			/* bytes used in storage */
	struct sockaddr_storage storage;
};

/* A buffer of this size holds any formatted address. */
#define SFAM_ADDR_STRLEN 640

/*
 * Reads an address from text_len bytes of text; no NUL is needed.
 * -EINVAL: not an address; diag says where and what was expected.
 * -ENODEV: well-formed, but there is no such interface (diag too).
 * Other codes: from the socket or ioctl that looks an interface up
 * (-EMFILE, -ENFILE, -ENOMEM, -EPERM).
 */
int sfam_addr_parse(struct sfam_addr *ret, const char *text, size_t text_len,
		    struct sfam_diag *diag) SFAM_MUST_CHECK;

/*
 * Writes the canonical text of an address. Returns its length without NUL.
 * -ENOSPC: size is too small (buf is then unspecified). -EINVAL: addr was
 * not made by this library or has been damaged since.
 */
ssize_t sfam_addr_format(const struct sfam_addr *addr, char *buf, size_t size)
	SFAM_MUST_CHECK;

/*
 * Takes a sockaddr that came from elsewhere. What the kernel ignores in it
 * (padding, bytes behind a name) is zeroed, and the length becomes the
 * canonical one, so that equal addresses compare equal. A length of 0 or
 * sizeof(sa_family_t) is the family's unnamed address where it has one.
 * type and protocol: 0 for the defaults of the row.
 * -EINVAL: wrong family or length, or a field out of the range that the
 * kernel allows; diag->expected says which, diag->offset is the byte in sa.
 */
int sfam_addr_from_sockaddr(struct sfam_addr *ret, const struct sfam_family *f,
			    int type, int protocol, const void *sa,
			    socklen_t len, struct sfam_diag *diag)
	SFAM_MUST_CHECK;

/* The sockaddr inside, for bind(2) and its like. Borrowed from addr. */
const struct sockaddr *sfam_addr_sockaddr(const struct sfam_addr *addr);

/* 1 if both are the same address of the same family, type and protocol. */
int sfam_addr_equal(const struct sfam_addr *a, const struct sfam_addr *b);

/*
 * The address that fd is bound to, or connected to.
 * -EAFNOSUPPORT: no row for this socket. -EOPNOTSUPP: the family has no
 * such call (AF_ALG). -ENOTCONN: no peer. Others from getsockname(2).
 */
int sfam_addr_local(struct sfam_addr *ret, int fd) SFAM_MUST_CHECK;
int sfam_addr_peer(struct sfam_addr *ret, int fd) SFAM_MUST_CHECK;

/* How the bytes of a field are meant. */
enum sfam_field_kind {
	SFAM_FIELD_HOST,	/* a number in host byte order */
	SFAM_FIELD_SIGNED,	/* the same, with a sign */
	SFAM_FIELD_NET,		/* a number in network byte order */
	SFAM_FIELD_LITTLE,	/* little endian, Bluetooth: 1 to 6 bytes */
	SFAM_FIELD_BYTES,	/* octets: a hardware address, zeros ... */
	SFAM_FIELD_TEXT,	/* characters, ended by NUL or its size */
	SFAM_FIELD_INET,	/* an IP address of 4 or 16 bytes */
	SFAM_FIELD_PADDING	/* no field: the compiler's, or not in use */
};

struct sfam_addr_field {
	const char *name;	/* as in the kernel's headers: "sin_port" */
	size_t offset;		/* in the sockaddr */
	size_t size;		/* in bytes, at least 1 */
	enum sfam_field_kind kind;
};

/*
 * The n-th field (0 is the first) of addr's sockaddr, in the order of the
 * bytes. Each of its addr->len bytes is in one field; a last field that is
 * longer in the kernel's header ends with the sockaddr. name is static.
 * Returns 1; 0 if there are no more than n fields. -EINVAL: addr was not
 * made by this library or has been damaged since.
 */
int sfam_addr_field(const struct sfam_addr *addr, size_t n,
		    struct sfam_addr_field *ret) SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
