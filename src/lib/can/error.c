/* SPDX-License-Identifier: MIT */
/* Error frames: bytes to struct and back, and the state they tell of. */
#include <linux/can/error.h>
#include <linux/can/netlink.h>

#include "can/layout.h"

#include <sockfam/can-error.h>

#define PASSIVE (CAN_ERR_CRTL_RX_PASSIVE | CAN_ERR_CRTL_TX_PASSIVE)
#define WARNING (CAN_ERR_CRTL_RX_WARNING | CAN_ERR_CRTL_TX_WARNING)

SFAM_PUBLIC int sfam_can_error_decode(struct sfam_can_error *ret,
				      const void *frame, size_t size)
{
	uint8_t d[CAN_ERR_DLC] = { 0 };
	struct sfam_can_fields f;
	int r = sfam_can_unpack(&f, frame, size);

	if (r < 0)
		return r;
	if (!(f.flags & SFAM_CAN_ERR) || size != CAN_MTU)
		return -EINVAL;
	memcpy(d, f.data, f.len);
	*ret = (struct sfam_can_error){
		.classes = f.id,
		.lost_bit = d[0],
		.controller = d[1],
		.protocol = d[2],
		.location = d[3],
		.transceiver = d[4],
		.reserved = d[5],
		.tx_errors = d[6],
		.rx_errors = d[7],
	};
	return 0;
}

SFAM_PUBLIC ssize_t sfam_can_error_encode(void *buf, size_t size,
					  const struct sfam_can_error *error)
{
	const uint8_t data[CAN_ERR_DLC] = {
		error->lost_bit, error->controller, error->protocol,
		error->location, error->transceiver, error->reserved,
		error->tx_errors, error->rx_errors,
	};
	const struct sfam_can_fields f = {
		.id = error->classes,
		.flags = SFAM_CAN_ERR,
		.len = CAN_ERR_DLC,
		.data = data,
	};

	return sfam_can_pack(buf, size, &f);
}

/*
 * The worst first: on the way up a driver may tell several at once, and
 * can_change_state() (drivers/net/can/dev/dev.c) sets the bits of the worse
 * side only.
 */
static uint32_t state_told(const struct sfam_can_error *e, uint32_t before)
{
	if (e->classes & CAN_ERR_BUSOFF)
		return CAN_STATE_BUS_OFF;
	if (e->classes & CAN_ERR_RESTARTED)
		return CAN_STATE_ERROR_ACTIVE;
	if (before == CAN_STATE_BUS_OFF || !(e->classes & CAN_ERR_CRTL))
		return before;
	if (e->controller & PASSIVE)
		return CAN_STATE_ERROR_PASSIVE;
	if (e->controller & WARNING)
		return CAN_STATE_ERROR_WARNING;
	if (e->controller & CAN_ERR_CRTL_ACTIVE)
		return CAN_STATE_ERROR_ACTIVE;
	return before;
}

SFAM_PUBLIC int sfam_can_tracker_feed(struct sfam_can_tracker *tracker,
				      const struct sfam_can_error *error)
{
	uint32_t before = tracker->state;

	tracker->state = state_told(error, before);
	if (error->classes & SFAM_CAN_ERR_CNT ||
	    error->tx_errors || error->rx_errors) {
		tracker->tx_errors = error->tx_errors;
		tracker->rx_errors = error->rx_errors;
	}
	return tracker->state != before;
}
