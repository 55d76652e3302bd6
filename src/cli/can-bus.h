/* SPDX-License-Identifier: MIT */
/* A socket on one interface, to send and to receive there. */
#ifndef SFAM_CLI_CAN_BUS_H
#define SFAM_CLI_CAN_BUS_H

#include "can-cli.h"

/*
 * For frames of up to `largest` bytes (CAN_MTU, CANFD_MTU, SFAM_CANXL_MTU);
 * on: more switches (SFAM_CAN_OPT_...). filter: what it receives, from its
 * first moment on; NULL: all. The descriptor, or -1 after printing.
 */
int can_bus_open(const char *name, size_t largest, uint32_t on,
		 const struct can_filter *filter);
/* Switches on frames of up to `largest` bytes, and on. CLI_OK, or prints. */
int can_bus_allow(const char *name, int fd, size_t largest, uint32_t on);
/* CAN_MTU, CANFD_MTU or SFAM_CANXL_MTU, by what the interface takes. */
size_t can_bus_largest(const char *name);
/*
 * "123" or "12345678": the identifier with its flag, and a filter for its
 * data frames alone. CLI_OK, or prints.
 */
int can_bus_id(const char *text, uint32_t *ret);
struct can_filter can_bus_filter(uint32_t id);
/* Why the frame `text` could not be sent. CLI_FAILED. */
int can_bus_send_failed(const char *name, const char *text, int fd,
			size_t largest, int error);
/* Why no more frames come. CLI_FAILED. */
int can_bus_receive_failed(const char *name, int error);

/*
 * Until fd is readable (0), a signal came (1) or the time is over: -ETIMEDOUT,
 * or another -errno. signals: of cli_signal_fd().
 */
int can_bus_wait(int fd, int signals, int64_t timeout_ns);

/* CLOCK_REALTIME, as the stamps of frames. */
int64_t can_bus_real_ns(void);

/*
 * Sends n frames, texts in words, and waits until they are on the bus; for
 * timeout_ns in all. CLI_OK, or prints.
 */
int can_confirm_send(const char *name, int fd, const struct iovec *frames,
		     size_t n, char **texts, size_t largest,
		     int64_t timeout_ns);

#endif
