/* SPDX-License-Identifier: MIT */
/*
 * Network interfaces of the caller's network namespace. Unlike
 * if_nametoindex(3) nothing here makes the kernel load a module for a name
 * that does not exist, and nothing allocates.
 */
#ifndef SOCKFAM_INTERFACE_H
#define SOCKFAM_INTERFACE_H

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* IFNAMSIZ of net/if.h, which linux/if.h must not come before. */
#define SFAM_INTERFACE_NAME_SIZE 16

struct sfam_interface {
	unsigned int index;	/* from 1 */
	char name[SFAM_INTERFACE_NAME_SIZE];	/* with its NUL */
};

/*
 * The index of an interface's name.
 * -ENODEV: there is none. Others: from the socket that asks (-EMFILE,
 * -ENFILE, -ENOMEM, -EPERM).
 */
int sfam_interface_index(const char *name, unsigned int *ret_index)
	SFAM_MUST_CHECK;

/* The name of an index, into SFAM_INTERFACE_NAME_SIZE bytes. */
int sfam_interface_name(unsigned int index, char *ret_name) SFAM_MUST_CHECK;

/*
 * All interfaces, in the kernel's order, into an array of n. *ret_n is how
 * many there are: on success, and with -ENOSPC: the array is too small (n
 * may be 0, to ask); what it holds is unspecified on failure.
 * -EAGAIN: interfaces came or went during each of ten attempts. Others as
 * above.
 */
int sfam_interface_list(struct sfam_interface *list, size_t n, size_t *ret_n)
	SFAM_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
