/* SPDX-License-Identifier: MIT */
/* Error frames in candump's words, and what candump leaves out. */
#include <linux/can/error.h>

#include "base/text.h"

#include <sockfam/can-error.h>

/* Where a controller says the error was: the SJA1000's segment codes. */
static const char *const locations[] = {
	[CAN_ERR_PROT_LOC_UNSPEC] = "",
	[CAN_ERR_PROT_LOC_ID28_21] = "id.28-to-id.21",
	[CAN_ERR_PROT_LOC_SOF] = "start-of-frame",
	[CAN_ERR_PROT_LOC_SRTR] = "bit-srtr",
	[CAN_ERR_PROT_LOC_IDE] = "bit-ide",
	[CAN_ERR_PROT_LOC_ID20_18] = "id.20-to-id.18",
	[CAN_ERR_PROT_LOC_ID17_13] = "id.17-to-id.13",
	[CAN_ERR_PROT_LOC_CRC_SEQ] = "crc-sequence",
	[CAN_ERR_PROT_LOC_RES0] = "reserved-bit-0",
	[CAN_ERR_PROT_LOC_DATA] = "data-field",
	[CAN_ERR_PROT_LOC_DLC] = "data-length-code",
	[CAN_ERR_PROT_LOC_RTR] = "bit-rtr",
	[CAN_ERR_PROT_LOC_RES1] = "reserved-bit-1",
	[CAN_ERR_PROT_LOC_ID04_00] = "id.4-to-id.0",
	[CAN_ERR_PROT_LOC_ID12_05] = "id.12-to-id.5",
	[0x11] = "active-error-flag",
	[CAN_ERR_PROT_LOC_INTERM] = "intermission",
	[0x13] = "tolerate-dominant-bits",
	[0x16] = "passive-error-flag",
	[0x17] = "error-delimiter",
	[CAN_ERR_PROT_LOC_CRC_DEL] = "crc-delimiter",
	[CAN_ERR_PROT_LOC_ACK] = "acknowledge-slot",
	[CAN_ERR_PROT_LOC_EOF] = "end-of-frame",
	[CAN_ERR_PROT_LOC_ACK_DEL] = "acknowledge-delimiter",
	[0x1c] = "overload-flag",
	[0x1f] = NULL,
};

static void out_bits(struct sfam__out *o, uint8_t bits,
		     const char *const names[8])
{
	const char *comma = "";
	unsigned int i;

	for (i = 0; i < 8; i++) {
		if (!(bits >> i & 1) || !names[i])
			continue;
		sfam__out_str(o, comma);
		sfam__out_str(o, names[i]);
		comma = ",";
	}
}

static void out_lost_bit(struct sfam__out *o, const struct sfam_can_error *e)
{
	sfam__out_str(o, "{at bit ");
	sfam__out_dec(o, e->lost_bit);
	sfam__out_char(o, '}');
}

static void out_controller(struct sfam__out *o,
			   const struct sfam_can_error *e)
{
	static const char *const names[8] = {
		"rx-overflow", "tx-overflow", "rx-error-warning",
		"tx-error-warning", "rx-error-passive", "tx-error-passive",
		"back-to-error-active", NULL,
	};

	sfam__out_char(o, '{');
	out_bits(o, e->controller, names);
	sfam__out_char(o, '}');
}

static void out_protocol(struct sfam__out *o, const struct sfam_can_error *e)
{
	static const char *const names[8] = {
		"single-bit-error", "frame-format-error",
		"bit-stuffing-error", "tx-dominant-bit-error",
		"tx-recessive-bit-error", "bus-overload", "active-error",
		"error-on-tx",
	};
	const char *where = "";

	if (e->location < sizeof(locations) / sizeof(locations[0]))
		where = locations[e->location];
	sfam__out_str(o, "{{");
	out_bits(o, e->protocol, names);
	sfam__out_str(o, "}{");
	sfam__out_str(o, where ? where : "unspecified");
	sfam__out_str(o, "}}");
}

/* A half byte each for CANH and CANL. */
static void out_transceiver(struct sfam__out *o,
			    const struct sfam_can_error *e)
{
	static const struct {
		uint8_t mask, value;
		const char *name;
	} states[] = {
		{ 0x0f, CAN_ERR_TRX_CANH_NO_WIRE, "canh-no-wire" },
		{ 0x0f, CAN_ERR_TRX_CANH_SHORT_TO_BAT, "canh-short-to-bat" },
		{ 0x0f, CAN_ERR_TRX_CANH_SHORT_TO_VCC, "canh-short-to-vcc" },
		{ 0x0f, CAN_ERR_TRX_CANH_SHORT_TO_GND, "canh-short-to-gnd" },
		{ 0x70, CAN_ERR_TRX_CANL_NO_WIRE, "canl-no-wire" },
		{ 0x70, CAN_ERR_TRX_CANL_SHORT_TO_BAT, "canl-short-to-bat" },
		{ 0x70, CAN_ERR_TRX_CANL_SHORT_TO_VCC, "canl-short-to-vcc" },
		{ 0x70, CAN_ERR_TRX_CANL_SHORT_TO_GND, "canl-short-to-gnd" },
		{ 0x80, CAN_ERR_TRX_CANL_SHORT_TO_CANH, "canl-short-to-canh" },
	};
	const char *lead = "{";
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if ((e->transceiver & states[i].mask) != states[i].value)
			continue;
		sfam__out_str(o, lead);
		sfam__out_str(o, states[i].name);
		lead = ",";
	}
	if (*lead == ',')
		sfam__out_char(o, '}');
}

static void out_counters(struct sfam__out *o, const struct sfam_can_error *e)
{
	sfam__out_str(o, "{{");
	sfam__out_dec(o, e->tx_errors);
	sfam__out_str(o, "}{");
	sfam__out_dec(o, e->rx_errors);
	sfam__out_str(o, "}}");
}

/* In the order of their bits. */
static const struct {
	const char *name;
	void (*detail)(struct sfam__out *o, const struct sfam_can_error *e);
} classes[] = {
	{ "tx-timeout", NULL },
	{ "lost-arbitration", out_lost_bit },
	{ "controller-problem", out_controller },
	{ "protocol-violation", out_protocol },
	{ "transceiver-status", out_transceiver },
	{ "no-acknowledgement-on-tx", NULL },
	{ "bus-off", NULL },
	{ "bus-error", NULL },
	{ "restarted-after-bus-off", NULL },
	{ "error-counter-tx-rx", out_counters },
};

static void out_class(struct sfam__out *o, const struct sfam_can_error *e,
		      unsigned int bit)
{
	if (bit >= sizeof(classes) / sizeof(classes[0])) {
		sfam__out_str(o, "class-0x");
		sfam__out_hex(o, UINT32_C(1) << bit, 0);
		return;
	}
	sfam__out_str(o, classes[bit].name);
	if (classes[bit].detail)
		classes[bit].detail(o, e);
}

SFAM_PUBLIC ssize_t sfam_can_error_format(char *buf, size_t size,
					  const struct sfam_can_error *error,
					  const char *separator)
{
	struct sfam__out o = { buf, size, 0 };
	uint32_t told = error->classes & CAN_ERR_MASK;
	const char *lead = "";
	unsigned int bit;

	if (error->tx_errors || error->rx_errors)
		told |= SFAM_CAN_ERR_CNT;
	for (bit = 0; told >> bit; bit++) {
		if (!(told >> bit & 1))
			continue;
		sfam__out_str(&o, lead);
		out_class(&o, error, bit);
		lead = separator;
	}
	return sfam__out_finish(&o);
}
