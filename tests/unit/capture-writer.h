/* SPDX-License-Identifier: MIT */
/* A writer to a file in memory, and packets for it. */
#ifndef CAPTURE_WRITER_H
#define CAPTURE_WRITER_H

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sockfam/capture.h>

#include "harness.h"

#define S INT64_C(1000000000)

static inline int file(void)
{
	int fd = memfd_create("capture", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static inline struct sfam_capture_writer *
writer_to(int fd, enum sfam_capture_format format, uint32_t snap_len)
{
	const struct sfam_capture_interface eth = {
		.link_type = SFAM_CAPTURE_LINK_ETHERNET,
		.snap_len = snap_len,
	};
	struct sfam_capture_writer *w;

	ck_assert_ok(sfam_capture_writer_new(&w, fd, format, NULL));
	ck_assert_int_eq(sfam_capture_add_interface(w, &eth), 0);
	return w;
}

static inline struct sfam_capture_record packet(int64_t time_ns,
						const char *text)
{
	return (struct sfam_capture_record){
		.time_ns = time_ns,
		.data = text,
		.len = strlen(text),
		.orig_len = strlen(text),
	};
}

#endif
