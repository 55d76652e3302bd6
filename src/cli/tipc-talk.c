/* SPDX-License-Identifier: MIT */
#include "tipc-talk.h"

#include <errno.h>
#include <linux/tipc.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

int tipc_talk_addr(const char *text, struct sfam_addr *ret)
{
	if (cli_parse_addr("tipc", text, ret) != 0)
		return CLI_FAILED;
	if (ret->type == SOCK_STREAM)
		return cli_error("%s: a stream has no messages; try: tipc "
				 "connect", text);
	/* That of the family, which makes connections. */
	if (ret->type == SOCK_SEQPACKET)
		ret->type = SOCK_RDM;
	return CLI_OK;
}

static const char *kind_word(enum sfam_tipc_kind kind)
{
	static const char *const words[] = {
		[SFAM_TIPC_MESSAGE] = "message",
		[SFAM_TIPC_END] = "end",
		[SFAM_TIPC_REJECTED] = "rejected",
		[SFAM_TIPC_JOINED] = "joined",
		[SFAM_TIPC_LEFT] = "left",
	};

	return words[kind];
}

static const char *cause_words(uint32_t cause)
{
	switch (cause) {
	case TIPC_ERR_NO_NAME:
		return "nobody has that name";
	case TIPC_ERR_NO_PORT:
		return "that socket is gone";
	case TIPC_ERR_NO_NODE:
		return "that node is gone";
	case TIPC_ERR_OVERLOAD:
		return "its queue is full";
	}
	return "not taken";
}

/* "socket:NODE:REF", without the scheme, or "-". */
static const char *from_text(const struct sfam_tipc_received *got, char *buf,
			     size_t size)
{
	if (got->from.len == 0)
		return "-";
	return cli_addr_text(&got->from, buf, size) + strlen("tipc:");
}

/* ------------------------------------------------------------- lines -- */

static void print_name(const struct sfam_tipc_received *got)
{
	if (got->member_type)
		printf("%u:%u", got->member_type, got->member_instance);
	else if (got->name_type && got->name_lower == got->name_upper)
		printf("%u:%u", got->name_type, got->name_lower);
	else if (got->name_type)
		printf("%u:%u-%u", got->name_type, got->name_lower,
		       got->name_upper);
	else
		putchar('-');
}

static void print_data(const unsigned char *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (data[i] < ' ' || data[i] == 0x7f || data[i] == '\\')
			printf("\\x%02x", data[i]);
		else
			putchar(data[i]);
}

static void print_line(const struct sfam_tipc_received *got, const void *data)
{
	char text[SFAM_ADDR_STRLEN];

	printf("%s %s ", kind_word(got->kind),
	       from_text(got, text, sizeof(text)));
	print_name(got);
	if (got->kind == SFAM_TIPC_REJECTED)
		printf(" (%s)", cause_words(got->cause));
	if (got->len) {
		fputs(": ", stdout);
		print_data(data, got->len);
	}
	putchar('\n');
}

/* -------------------------------------------------------------- JSON -- */

static void print_json(const struct sfam_tipc_received *got, const void *data)
{
	struct json j = JSON_INIT(stdout);
	char text[SFAM_ADDR_STRLEN];

	json_object(&j, NULL);
	json_text(&j, "event", kind_word(got->kind));
	json_text(&j, "from", from_text(got, text, sizeof(text)));
	if (got->member_type) {
		json_uint(&j, "member_type", got->member_type);
		json_uint(&j, "member_instance", got->member_instance);
	}
	if (got->name_type) {
		json_uint(&j, "name_type", got->name_type);
		json_uint(&j, "name_lower", got->name_lower);
		json_uint(&j, "name_upper", got->name_upper);
	}
	if (got->kind == SFAM_TIPC_REJECTED) {
		json_uint(&j, "cause", got->cause);
		json_text(&j, "cause_words", cause_words(got->cause));
	}
	if (got->len)
		json_bytes(&j, "data", data, got->len);
	json_end(&j);
}

int tipc_talk_print(enum tipc_talk_form form,
		    const struct sfam_tipc_received *got, const void *data)
{
	switch (form) {
	case TIPC_TALK_LINES:
		print_line(got, data);
		break;
	case TIPC_TALK_JSON:
		print_json(got, data);
		break;
	case TIPC_TALK_RAW:
		if (got->kind == SFAM_TIPC_MESSAGE)
			fwrite(data, 1, got->len, stdout);
		break;
	}
	if (fflush(stdout) == 0)
		return CLI_OK;
	return errno == EPIPE ? CLI_FAILED : cli_bad_call("write", -errno);
}
