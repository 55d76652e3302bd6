/* SPDX-License-Identifier: MIT */
/* can dump --json: all that is known of a frame, or of a gap. */
#include <string.h>

#include "can-dump.h"

static void put_time(struct json *j, const char *key, int64_t ns)
{
	if (ns)
		json_int(j, key, ns);
	else
		json_null(j, key);
}

static void put_data(struct json *j, const struct sfam_can_fields *f)
{
	static const char digits[] = "0123456789abcdef";
	char hex[2 * SFAM_CANXL_DLEN];
	size_t i, n = f->flags & SFAM_CAN_RTR ? 0 : f->len;

	for (i = 0; i < n; i++) {
		hex[2 * i] = digits[f->data[i] >> 4];
		hex[2 * i + 1] = digits[f->data[i] & 15];
	}
	json_bytes(j, "data", hex, 2 * n);
}

static void put_kind(struct json *j, const struct sfam_can_fields *f)
{
	json_uint(j, "id", f->id);
	json_truth(j, "extended", (f->flags & SFAM_CAN_EXT) != 0);
	json_truth(j, "remote", (f->flags & SFAM_CAN_RTR) != 0);
	json_truth(j, "error", (f->flags & SFAM_CAN_ERR) != 0);
	json_truth(j, "fd", (f->flags & SFAM_CAN_FD) != 0);
	json_truth(j, "xl", (f->flags & SFAM_CAN_XL) != 0);
}

/* What the one kind has and others have not. */
static void put_details(struct json *j, const struct sfam_can_fields *f)
{
	if (f->flags & SFAM_CAN_XL) {
		json_truth(j, "sec", (f->flags & SFAM_CAN_SEC) != 0);
		json_truth(j, "rrs", (f->flags & SFAM_CAN_RRS) != 0);
		json_uint(j, "vcid", f->vcid);
		json_uint(j, "sdt", f->sdt);
		json_uint(j, "af", f->af);
	} else if (f->flags & SFAM_CAN_FD) {
		json_truth(j, "brs", (f->flags & SFAM_CAN_BRS) != 0);
		json_truth(j, "esi", (f->flags & SFAM_CAN_ESI) != 0);
	} else {
		json_uint(j, "dlc", f->len8_dlc ? f->len8_dlc : f->len);
	}
}

/* An item for each class, in candump's words. */
static void put_words(struct json *j, const struct sfam_can_error *error)
{
	char words[SFAM_CAN_ERROR_STRLEN], *word, *save = NULL;

	json_list(j, "words");
	if (sfam_can_error_format(words, sizeof(words), error, "\n") > 0)
		for (word = strtok_r(words, "\n", &save); word;
		     word = strtok_r(NULL, "\n", &save))
			json_text(j, NULL, word);
	json_end(j);
}

static void put_error(struct json *j, const struct can_seen *seen)
{
	struct sfam_can_error e;

	if (sfam_can_error_decode(&e, seen->frame, seen->size) < 0)
		return;
	json_object(j, "errors");
	put_words(j, &e);
	json_uint(j, "classes", e.classes);
	json_uint(j, "lost_bit", e.lost_bit);
	json_uint(j, "controller", e.controller);
	json_uint(j, "protocol", e.protocol);
	json_uint(j, "location", e.location);
	json_uint(j, "transceiver", e.transceiver);
	json_uint(j, "tx_errors", e.tx_errors);
	json_uint(j, "rx_errors", e.rx_errors);
	json_end(j);
}

int can_dump_json_frame(struct json *j, const struct can_seen *seen,
			const struct sfam_can_record *rec)
{
	char text[SFAM_CAN_TEXT_STRLEN];
	struct sfam_can_fields f;
	int r = sfam_can_unpack(&f, seen->frame, seen->size);

	if (r == 0)
		r = (int)sfam_can_text_format(text, sizeof(text), seen->frame,
					      seen->size);
	if (r < 0)
		return r;
	json_object(j, NULL);
	json_text(j, "event", "frame");
	json_text(j, "interface", seen->ifname);
	put_time(j, "time_ns", rec->time_ns);
	put_time(j, "hw_time_ns", rec->flags & SFAM_CAN_RX_HWTIME ?
		 rec->hw_time_ns : 0);
	json_text(j, "direction", seen->is_local ? "tx" : "rx");
	json_text(j, "frame", text);
	put_kind(j, &f);
	put_details(j, &f);
	json_uint(j, "length", f.len);
	put_data(j, &f);
	if (f.flags & SFAM_CAN_ERR)
		put_error(j, seen);
	json_end(j);
	return 0;
}

void can_dump_json_drops(struct json *j, const struct can_dump_from *from,
			 uint64_t drops)
{
	json_object(j, NULL);
	json_text(j, "event", "drops");
	json_text(j, "interface", from->name);
	json_uint(j, "drops", drops);
	json_uint(j, "total", from->drops);
	json_end(j);
}

void can_dump_json_overrun(struct json *j, const char *ifname,
			   uint64_t total, const struct sfam_can_record *rec)
{
	json_object(j, NULL);
	json_text(j, "event", "overrun");
	json_text(j, "interface", ifname);
	put_time(j, "time_ns", rec->time_ns);
	json_uint(j, "total", total);
	json_end(j);
}
