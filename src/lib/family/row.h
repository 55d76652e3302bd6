/* SPDX-License-Identifier: MIT */
/*
 * What the core knows of a family, and what a row's file may use.
 * To add a family: one file with a const struct sfam_family, one line in
 * families.def, one in src/lib/local.mk, some in tests/data/addresses.txt,
 * one in the README's table.
 */
#ifndef SFAM_FAMILY_ROW_H
#define SFAM_FAMILY_ROW_H

#include <sys/socket.h>

#include "base/text.h"

#include <sockfam/addr.h>

/* Bits of struct sfam_family.flags. */
/* The socket's protocol tells this row from others of the same af. */
#define SFAM_ROW_BY_PROTOCOL	(1u << 0)
/* The protocol is part of the address text (netlink). */
#define SFAM_ROW_ANY_PROTOCOL	(1u << 1)
/* A sockaddr of no bytes, or of the family alone, is an address. */
#define SFAM_ROW_UNNAMED	(1u << 2)
/* Its sockaddrs are those of AF_INET and AF_INET6; check looks at that. */
#define SFAM_ROW_INET_ADDR	(1u << 3)
/* Connections that have ended hold the port (TIME_WAIT). */
#define SFAM_ROW_PORT_LINGERS	(1u << 4)
/*
 * On a blocking socket connect waits for SO_SNDTIMEO, and what it began goes
 * on after that (or, with EAGAIN, has not begun).
 */
#define SFAM_ROW_CONNECT_SNDTIMEO (1u << 5)
/* A signal does not interrupt a blocking connect but ends it. */
#define SFAM_ROW_CONNECT_FRAGILE (1u << 6)
/* Descriptors come with messages (SCM_RIGHTS). */
#define SFAM_ROW_PASSES_FDS	(1u << 7)

struct sfam_family {
	const char *name;	/* scheme and look-up key: "can-isotp" */
	const char *syntax;	/* the grammar in one line */

	int af, type, protocol;	/* defaults of socket(2) */
	uint32_t types;		/* SFAM_TYPE_... that the kernel has */
	uint32_t flags;		/* SFAM_ROW_... */
	uint32_t traits;	/* SFAM_TRAIT_... */
	socklen_t len_min;	/* what bind and connect accept ... */
	socklen_t len_max;	/* ... and no longer than the family uses */

	const char *config;	/* CONFIG_... that supplies it */
	const char *module;	/* or this module; NULL: never a module */
	const char *since;	/* first kernel: "5.10" */
	const char *removed;	/* first without it; NULL: none so far */
	const char *needs;	/* privilege for socket(2); NULL: none */

	/*
	 * Reads the body, keys included, up to its end; ret has type and
	 * protocol set to the defaults, and zeroed storage.
	 */
	int (*parse)(struct sfam__scan *s, struct sfam_addr *ret);
	/* Writes the body and the row's own keys. addr has passed check. */
	void (*format)(const struct sfam_addr *addr, struct sfam__out *o);
	/*
	 * The sockaddr's fields in the order of their bytes, without padding;
	 * SFAM__FIELD_END ends them. Where what follows them depends on the
	 * address, tail gives the rest (NULL: none), its offsets counted from
	 * tail_at.
	 */
	const struct sfam_addr_field *fields;
	const struct sfam_addr_field *(*tail)(const struct sfam_addr *addr);
	size_t tail_at;
	/*
	 * Brings a sockaddr of acceptable length into canonical form, or
	 * says what is wrong with it by sfam__addr_bad(). NULL: nothing to
	 * do but to check the length.
	 */
	int (*check)(struct sfam_addr *addr, struct sfam_diag *diag);
	/*
	 * With SFAM_ROW_BY_PROTOCOL, where the kernel leaves SO_PROTOCOL at
	 * 0 (AF_CAN): whether fd, of the right type, is of this row.
	 */
	bool (*is_fd)(int fd);
	/*
	 * Optional: makes the kernel's own limit for connect on fd at least
	 * timeout_ns, where a family has one besides poll.
	 */
	int (*allow_connect_ns)(int fd, int64_t timeout_ns);
};

/* For the tables of fields: by the kernel's name, or our own and its name. */
#define SFAM__FIELD_AS(name, type, member, kind) \
	{ name, offsetof(type, member), sizeof(((type *)0)->member), \
	  SFAM_FIELD_##kind }
#define SFAM__FIELD(type, member, kind) \
	SFAM__FIELD_AS(#member, type, member, kind)
#define SFAM__FIELD_END { NULL, 0, 0, SFAM_FIELD_PADDING }

/* One key=value: set reads the value into the row's own sockaddr sa. */
struct sfam__key {
	const char *name;
	int (*set)(struct sfam__scan *s, void *sa);
};

/*
 * Reads [,key=value]... to the end. keys ends with a NULL name; "type" is
 * known to all rows. Each key at most once; ret_seen, if not NULL, has bit
 * i set for keys[i]. At most 31 keys.
 */
int sfam__keys_parse(struct sfam__scan *s, struct sfam_addr *addr,
		     const struct sfam__key *keys, void *sa,
		     uint32_t *ret_seen);

/* Copies a row's own sockaddr into addr. */
void sfam__addr_set(struct sfam_addr *addr, const void *sa, socklen_t len);
/* Copies at most size bytes of addr's sockaddr out, zero-filled. */
void sfam__addr_get(const struct sfam_addr *addr, void *ret_sa, size_t size);
/* sfam_family_by_fd() for who knows SO_TYPE. */
int sfam__family_of_type(const struct sfam_family **ret, int fd, int type);
/*
 * A sockaddr that the kernel gave for fd or one connected to it. Of no
 * bytes in a family without an unnamed address, ret has len 0.
 */
int sfam__addr_of_fd(struct sfam_addr *ret, int fd, const void *sa,
		     socklen_t len);
/* -EINVAL with words, for check. */
int sfam__addr_bad(struct sfam_diag *diag, size_t offset,
		   const char *expected);

/* An interface by name or %N, up to a comma or stop; empty is index 0. */
int sfam__scan_interface(struct sfam__scan *s, char stop, int *ret_index);
void sfam__out_interface(struct sfam__out *o, char stop, int index);

/* Smaller numbers; max is at most what ret holds. */
int sfam__scan_u16(struct sfam__scan *s, uint32_t max, uint16_t *ret,
		   const char *expected);
int sfam__scan_u8(struct sfam__scan *s, uint32_t max, uint8_t *ret,
		  const char *expected);
/* Writes ,key=N unless v is 0. */
void sfam__out_key(struct sfam__out *o, const char *key, uint32_t v);

/* min to max pairs of hex digits, XX:XX:...; what follows is left alone. */
int sfam__scan_octets(struct sfam__scan *s, size_t min, size_t max,
		      unsigned char *ret, size_t *ret_n,
		      const char *expected);
void sfam__out_octets(struct sfam__out *o, const unsigned char *octets,
		      size_t n);

/* a+b+c: bits that go by the names of a table. */
int sfam__scan_flags(struct sfam__scan *s, const struct sfam__name *names,
		     uint32_t *ret, const char *expected);
void sfam__out_flags(struct sfam__out *o, const struct sfam__name *names,
		     uint32_t flags);

/* Names of SOCK_... */
extern const struct sfam__name sfam__type_names[];

#define SFAM_FAMILY(id) extern const struct sfam_family sfam__family_##id;
#include "families.def"
#undef SFAM_FAMILY

#endif
