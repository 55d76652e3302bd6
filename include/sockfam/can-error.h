/* SPDX-License-Identifier: MIT */
/*
 * CAN error frames: what a controller has seen, as a frame whose identifier
 * has CAN_ERR_FLAG (linux/can/error.h). A socket gets those of the classes
 * in its error mask: sfam_can_set_error_mask().
 *
 * All functions may be called in any thread on different objects.
 */
#ifndef SOCKFAM_CAN_ERROR_H
#define SOCKFAM_CAN_ERROR_H

#include <linux/can.h>
#include <linux/can/error.h>

#include <sockfam/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The class of data[6] and data[7], for headers from before Linux 6.0. */
#define SFAM_CAN_ERR_CNT UINT32_C(0x200)

/*
 * An error frame taken apart. Several classes may be set at once, and
 * several bits of each byte; all of it is kept, also what no header names.
 */
struct sfam_can_error {
	uint32_t classes;	/* CAN_ERR_...: 29 bits */
	uint8_t lost_bit;	/* CAN_ERR_LOSTARB: bit number, 0 unknown */
	uint8_t controller;	/* CAN_ERR_CRTL_... */
	uint8_t protocol;	/* CAN_ERR_PROT_...: what was wrong */
	uint8_t location;	/* CAN_ERR_PROT_LOC_...: and where */
	uint8_t transceiver;	/* CAN_ERR_TRX_... */
	uint8_t reserved;
	/*
	 * Error counters of the controller, if SFAM_CAN_ERR_CNT is in
	 * classes; drivers of before Linux 6.0 filled them without it.
	 */
	uint8_t tx_errors, rx_errors;
};

/*
 * A frame of size bytes, as received. Bytes beyond its length are 0.
 * -EINVAL: not a frame, or not an error frame.
 */
int sfam_can_error_decode(struct sfam_can_error *ret, const void *frame,
			  size_t size) SFAM_MUST_CHECK;

/*
 * The other way: a classic frame of 8 bytes (CAN_ERR_DLC), to be looped
 * through a virtual interface, or put into a log. Returns CAN_MTU. buf must
 * be aligned for uint32_t.
 * -EINVAL: more than 29 bits of classes. -ENOSPC: size is under CAN_MTU.
 */
ssize_t sfam_can_error_encode(void *buf, size_t size,
			      const struct sfam_can_error *error)
	SFAM_MUST_CHECK;

/* Room for any text with a separator of at most 4 bytes. */
#define SFAM_CAN_ERROR_STRLEN 1024

/*
 * In words, one item for each class, as candump -e has them:
 *   lost-arbitration{at bit 5}
 *   controller-problem{rx-overflow,tx-error-warning}
 *   protocol-violation{{bit-stuffing-error}{crc-sequence}}
 *   transceiver-status{canh-no-wire,canl-short-to-gnd}
 *   error-counter-tx-rx{{96}{0}}
 * and, which candump has not, transceiver-status with what is in its byte,
 * and class-0x400 for classes that no header names. The counters come also
 * without their class if one is not 0. separator stands between two items
 * ("\n\t" in candump).
 * Returns the length without the NUL. -ENOSPC: does not fit.
 */
ssize_t sfam_can_error_format(char *buf, size_t size,
			      const struct sfam_can_error *error,
			      const char *separator) SFAM_MUST_CHECK;

/*
 * The state of a controller as its error frames tell it, for who cannot or
 * would not ask netlink. Start from SFAM_CAN_TRACKER_INIT when the link
 * goes up. Needs error frames of the classes CAN_ERR_CRTL, CAN_ERR_BUSOFF
 * and CAN_ERR_RESTARTED.
 */
struct sfam_can_tracker {
	uint32_t state;		/* CAN_STATE_... of linux/can/netlink.h */
	uint8_t tx_errors, rx_errors;	/* as last told */
};
#define SFAM_CAN_TRACKER_INIT { 0, 0, 0 }

/*
 * Takes note of one error frame. Returns 1 if the state changed, else 0.
 * Warning and passive are told as the worse side has them; a frame that
 * tells of no state leaves it. After bus-off only a restart changes it.
 */
int sfam_can_tracker_feed(struct sfam_can_tracker *tracker,
			  const struct sfam_can_error *error);

#ifdef __cplusplus
}
#endif

#endif
