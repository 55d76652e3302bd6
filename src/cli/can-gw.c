/* SPDX-License-Identifier: MIT */
/* sockfam can gw: rules of the CAN gateway, in the options of cangw(1). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sockfam/ctl.h>

#include "can-cli.h"
#include "json.h"

static int bad_call(int error, const struct sfam_ctl_diag *diag)
{
	if (diag->words[0])
		return cli_error("%s: %s", cli_path, diag->words);
	return cli_bad_call(cli_path, error);
}

/* The operands as one text, as they stood on the command line. */
static int join(char *buf, size_t size, char **words)
{
	size_t len = 0;
	int n;

	for (buf[0] = '\0'; *words; words++) {
		n = snprintf(buf + len, size - len, "%s%s", len ? " " : "",
			     *words);
		if (n < 0 || (size_t)n >= size - len)
			return cli_error("%s: longer than any rule",
					 cli_path);
		len += (size_t)n;
	}
	return CLI_OK;
}

/* The options are the rule's own: not for getopt(3), which moves them. */
static int run_change(const struct cli_verb *self, int argc, char **argv)
{
	int (*change)(const struct sfam_can_gw_rule *rule,
		      struct sfam_ctl_diag *diag);
	char text[2 * SFAM_CAN_GW_TEXT_STRLEN];
	struct sfam_can_gw_rule rule;
	struct sfam_ctl_diag words = { "" };
	struct sfam_diag diag;
	int r;

	change = strcmp(self->name, "add") == 0 ? sfam_can_gw_add :
						  sfam_can_gw_delete;
	if (argc == 1)
		return cli_usage(self, "which rule?");
	if (join(text, sizeof(text), argv + 1) != CLI_OK)
		return CLI_FAILED;
	r = sfam_can_gw_rule_parse(&rule, text, strlen(text), &diag);
	if (r < 0)
		return cli_bad_text(cli_path, r, &diag);
	r = change(&rule, &words);
	return r < 0 ? bad_call(r, &words) : CLI_OK;
}

static int run_flush(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_ctl_diag diag = { "" };
	int r;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (optind != argc)
		return cli_usage(self, "what is %s?", argv[optind]);
	r = sfam_can_gw_flush(&diag);
	return r < 0 ? bad_call(r, &diag) : CLI_OK;
}

/* ------------------------------------------------------------- list -- */

static void print_line(const struct sfam_can_gw_entry *e)
{
	char text[SFAM_CAN_GW_TEXT_STRLEN];

	if (sfam_can_gw_rule_format(&e->rule, text, sizeof(text)) < 0)
		return;		/* names of the kernel have an end */
	printf("cangw -A %s # %u handled %u dropped %u deleted\n", text,
	       e->handled, e->dropped, e->deleted);
}

static void json_hex(struct json *j, const char *key, const uint8_t *bytes,
		     size_t n)
{
	char text[2 * 256 + 1];
	size_t i;

	for (i = 0; i < n; i++)
		sprintf(text + 2 * i, "%02X", bytes[i]);
	json_bytes(j, key, text, 2 * n);
}

static void json_filter(struct json *j, const struct can_filter *f)
{
	if (f->can_id == 0 && f->can_mask == 0)
		return;
	json_object(j, "filter");
	json_uint(j, "id", f->can_id & ~CAN_INV_FILTER);
	json_uint(j, "mask", f->can_mask);
	json_truth(j, "inverse", (f->can_id & CAN_INV_FILTER) != 0);
	json_end(j);
}

/* Only what it does; the rest of the operand is in "rule". */
static void json_mod(struct json *j, const char *op,
		     const struct sfam_can_gw_mod *m, size_t data_len)
{
	if (m->what == 0)
		return;
	json_object(j, op);
	if (m->what & CGW_MOD_ID)
		json_uint(j, "id", m->id);
	if (m->what & CGW_MOD_FLAGS)
		json_uint(j, "flags", m->flags);
	if (m->what & CGW_MOD_LEN)
		json_uint(j, "len", m->len);
	if (m->what & CGW_MOD_DATA)
		json_hex(j, "data", m->data, data_len);
	json_end(j);
}

static void json_mods(struct json *j, const struct sfam_can_gw_rule *rule)
{
	static const char *const ops[] = { "and", "or", "xor", "set" };
	size_t len = rule->flags & CGW_FLAGS_CAN_FD ? CANFD_MAX_DLEN :
						      CAN_MAX_DLEN;
	int i;

	json_object(j, "modifications");
	for (i = 0; i < SFAM_CAN_GW_OPS; i++)
		json_mod(j, ops[i], &rule->mods[i], len);
	json_end(j);
}

static void json_indexes(struct json *j, int from, int to, int result)
{
	json_int(j, "from", from);
	json_int(j, "to", to);
	json_int(j, "result", result);
}

static void json_sums(struct json *j, const struct sfam_can_gw_rule *rule)
{
	const struct cgw_csum_crc8 *c = &rule->sum_crc8;
	const struct cgw_csum_xor *x = &rule->sum_xor;

	if (rule->have & SFAM_CAN_GW_HAVE_CRC8) {
		json_object(j, "crc8");
		json_indexes(j, c->from_idx, c->to_idx, c->result_idx);
		json_uint(j, "init", c->init_crc_val);
		json_uint(j, "final_xor", c->final_xor_val);
		json_hex(j, "table", c->crctab, sizeof(c->crctab));
		json_uint(j, "profile", c->profile);
		if (c->profile == CGW_CRC8PRF_1U8)
			json_hex(j, "profile_data", c->profile_data, 1);
		else if (c->profile == CGW_CRC8PRF_16U8)
			json_hex(j, "profile_data", c->profile_data, 16);
		json_end(j);
	}
	if (rule->have & SFAM_CAN_GW_HAVE_XOR) {
		json_object(j, "xor");
		json_indexes(j, x->from_idx, x->to_idx, x->result_idx);
		json_uint(j, "init", x->init_xor_val);
		json_end(j);
	}
}

static void json_flags(struct json *j, uint32_t flags)
{
	json_truth(j, "fd", (flags & CGW_FLAGS_CAN_FD) != 0);
	json_truth(j, "echo", (flags & CGW_FLAGS_CAN_ECHO) != 0);
	json_truth(j, "keep_timestamp",
		   (flags & CGW_FLAGS_CAN_SRC_TSTAMP) != 0);
	json_truth(j, "to_incoming", (flags & CGW_FLAGS_CAN_IIF_TX_OK) != 0);
}

static void json_entry(struct json *j, const struct sfam_can_gw_entry *e)
{
	char text[SFAM_CAN_GW_TEXT_STRLEN];

	json_object(j, NULL);
	json_text(j, "source", e->rule.source);
	json_text(j, "destination", e->rule.destination);
	json_flags(j, e->rule.flags);
	if (e->rule.hops)
		json_uint(j, "hops", e->rule.hops);
	json_filter(j, &e->rule.filter);
	json_mods(j, &e->rule);
	if (e->rule.uid)
		json_uint(j, "uid", e->rule.uid);
	json_sums(j, &e->rule);
	json_uint(j, "handled_frames", e->handled);
	json_uint(j, "dropped_frames", e->dropped);
	json_uint(j, "deleted_frames", e->deleted);
	if (sfam_can_gw_rule_format(&e->rule, text, sizeof(text)) >= 0)
		json_text(j, "rule", text);
	json_end(j);
}

static void print_all(const struct sfam_can_gw_entry *list, size_t n,
		      int as_json)
{
	struct json j = JSON_INIT(stdout);
	size_t i;

	if (as_json)
		json_list(&j, NULL);
	for (i = 0; i < n; i++)
		if (as_json)
			json_entry(&j, &list[i]);
		else
			print_line(&list[i]);
	if (as_json)
		json_end(&j);
}

/* As many as there are, and some more that may come meanwhile. */
static int get_all(struct sfam_can_gw_entry **ret, size_t *ret_n,
		   struct sfam_ctl_diag *diag)
{
	struct sfam_can_gw_entry *list;
	size_t room = 0;
	int r;

	for (*ret = NULL;; *ret = list) {
		r = sfam_can_gw_list(*ret, room, ret_n, diag);
		if (r != -ENOSPC)
			return r;
		room = *ret_n + 16;
		list = realloc(*ret, room * sizeof(*list));
		if (!list)
			return -ENOMEM;
	}
}

static int run_list(const struct cli_verb *self, int argc, char **argv)
{
	struct sfam_ctl_diag diag = { "" };
	struct sfam_can_gw_entry *list;
	int as_json = 0;
	size_t n = 0;
	int c, r;

	while ((c = cli_getopt_long(self, argc, argv, "+:", cli_json)) != -1) {
		if (c == '?')
			return CLI_USAGE;
		as_json = 1;
	}
	if (optind != argc)
		return cli_usage(self, "what is %s?", argv[optind]);
	r = get_all(&list, &n, &diag);
	if (r == 0)
		print_all(list, n, as_json);
	free(list);
	return r < 0 ? bad_call(r, &diag) : CLI_OK;
}

#define RULE "-s IF -d IF [OPTION]..."

const struct cli_verb can_gw_verbs[] = {
	{
		.name = "add",
		.args = RULE,
		.help = "pass frames of a CAN interface on to another",
		.details =
"  -s IF, -d IF   source and destination\n"
"  -X             CAN FD frames; without it classic ones\n"
"  -e             other sockets on the destination see them (for vcan)\n"
"  -t             keep the receive time of the source\n"
"  -i             also out of the interface where they came in\n"
"  -f ID:MASK     only these; ID~MASK: all but these\n"
"  -l HOPS        through at most so many rules (decimal)\n"
"  -m OP:WHAT:ID.LEN.DATA         change them: OP is AND, OR, XOR or SET,\n"
"                                 WHAT of I, L, D; always 8 bytes of data\n"
"  -M OP:WHAT:ID.FLAGS.LEN.DATA   for -X: WHAT of I, F, L, D; 64 bytes\n"
"  -x FROM:TO:RESULT:INIT         XOR checksum of data; indexes are decimal,\n"
"                                 negative ones from the end\n"
"  -c FROM:TO:RESULT:INIT:XOR:TABLE   CRC8, with 256 bytes of table\n"
"  -p 1:XX, 2:16 BYTES, 3:        and its profile\n"
"  -u UID         a name for the modifications: adding the same rule with\n"
"                 others replaces them\n"
"\n"
"The options of cangw(1). Numbers are hex but where it says decimal. Up to\n"
"four -m or -M, done in the order AND, OR, XOR, SET, then -c, then -x.\n"
"  sockfam can gw add -s can0 -d vcan3 -e -m SET:I:333.0.0000000000000000\n",
		.run = run_change,
	},
	{
		.name = "del",
		.args = RULE,
		.help = "delete one rule, given as it was added",
		.details =
"Of equal rules the newest goes. With -u the modifications may be others,\n"
"but there must be some.\n",
		.run = run_change,
	},
	{
		.name = "list",
		.args = "[--json]",
		.help = "show rules and their counters, as cangw -L does",
		.run = run_list,
	},
	{
		.name = "flush",
		.args = "",
		.help = "delete all rules",
		.run = run_flush,
	},
	{ .name = NULL },
};
