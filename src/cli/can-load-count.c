/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "can-load.h"
#include "cli.h"

#define NS_PER_S UINT64_C(1000000000)
#define BPS_MAX 100000000

void can_load_add(struct can_load *load, const struct sfam_can_record *rec)
{
	struct sfam_can_fields f;
	struct sfam_can_bits bits;

	load->drops += rec->drops;
	if (sfam_can_unpack(&f, rec->frame, rec->size) < 0 ||
	    f.flags & SFAM_CAN_ERR)
		return;
	load->frames++;
	load->payload_bits += f.flags & SFAM_CAN_RTR ? 0 : 8u * f.len;
	if (sfam_can_count_bits(&bits, rec->frame, rec->size) < 0) {
		load->not_counted++;
		return;
	}
	load->nominal_bits += bits.nominal;
	load->data_bits += bits.data;
}

int64_t can_load_busy_ns(const struct can_load *load, uint32_t bps,
			 uint32_t data_bps)
{
	return (int64_t)(load->nominal_bits * NS_PER_S / bps +
			 load->data_bits * NS_PER_S /
			 (data_bps ? data_bps : bps));
}

int can_load_parse(char *text, uint32_t *ret_bps, uint32_t *ret_data_bps)
{
	char *rate = strchr(text, '@');
	char *data = rate ? strchr(rate, ',') : NULL;
	uint64_t bps = 0, data_bps = 0;

	if (data)
		*data++ = '\0';
	if (rate)
		*rate++ = '\0';
	if (rate && cli_number(rate, 1, BPS_MAX, &bps) < 0)
		return -1;
	if (data && cli_number(data, 1, BPS_MAX, &data_bps) < 0)
		return -1;
	*ret_bps = (uint32_t)bps;
	*ret_data_bps = (uint32_t)data_bps;
	return 0;
}
