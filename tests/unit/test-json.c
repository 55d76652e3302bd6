/* SPDX-License-Identifier: MIT */
/* The tool's JSON: nesting, commas, and text that is no UTF-8. */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "json.h"

static char *out;
static size_t out_len;

static struct json start(void)
{
	struct json j = JSON_INIT(open_memstream(&out, &out_len));

	ck_assert_ptr_nonnull(j.to);
	return j;
}

static void expect(struct json *j, const char *want)
{
	ck_assert_int_eq(fclose(j->to), 0);
	ck_assert_str_eq(out, want);
	free(out);
}

START_TEST(nested)
{
	struct json j = start();

	json_list(&j, NULL);
	json_object(&j, NULL);
	json_text(&j, "name", "can0");
	json_list(&j, "rates");
	json_uint(&j, NULL, UINT64_MAX);
	json_int(&j, NULL, INT64_MIN);
	json_end(&j);
	json_object(&j, "none");
	json_end(&j);
	json_end(&j);
	json_object(&j, NULL);
	json_truth(&j, "up", 8);
	json_truth(&j, "down", 0);
	json_null(&j, "peer");
	json_end(&j);
	json_end(&j);
	expect(&j, "[{\"name\": \"can0\", \"rates\": [18446744073709551615, "
	       "-9223372036854775808], \"none\": {}},\n"
	       "{\"up\": true, \"down\": false, \"peer\": null}]\n");
}
END_TEST

/* Events: one text after another, each on its line, no comma between. */
START_TEST(one_after_another)
{
	struct json j = start();

	json_object(&j, NULL);
	json_truth(&j, "a", 1);
	json_truth(&j, "b", 1);
	json_end(&j);
	json_list(&j, NULL);
	json_end(&j);
	expect(&j, "{\"a\": true, \"b\": true}\n[]\n");
}
END_TEST

static const struct {
	const char *text;
	const char *want;
} texts[] = {
	{ "", "" },
	{ "a\"b\\c/", "a\\\"b\\\\c/" },
	{ "\x01\n\x1f\x7f", "\\u0001\\u000a\\u001f\\u007f" },
	{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf",
	  "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf" },
	{ "\xff-\x80", "\\udcff-\\udc80" },
	{ "\xc3", "\\udcc3" },				/* cut */
	{ "\xe2\x82", "\\udce2\\udc82" },
	{ "\xc3\xc3\xa4", "\\udcc3\xc3\xa4" },		/* cut, then whole */
	{ "\xc0\x80", "\\udcc0\\udc80" },		/* too long a form */
	{ "\xe0\x9f\xbf", "\\udce0\\udc9f\\udcbf" },
	{ "\xf0\x8f\xbf\xbf", "\\udcf0\\udc8f\\udcbf\\udcbf" },
	{ "\xed\xa0\x80", "\\udced\\udca0\\udc80" },	/* a surrogate */
	{ "\xf4\x90\x80\x80", "\\udcf4\\udc90\\udc80\\udc80" },
	{ "\xf5\x80", "\\udcf5\\udc80" },
};

START_TEST(text)
{
	char want[128];
	size_t i;

	for (i = 0; i < HARNESS_LEN(texts); i++) {
		struct json j = start();

		json_text(&j, NULL, texts[i].text);
		snprintf(want, sizeof(want), "\"%s\"", texts[i].want);
		expect(&j, want);
	}
}
END_TEST

START_TEST(bytes_may_be_zero)
{
	struct json j = start();

	json_object(&j, NULL);
	json_bytes(&j, "k\n", "a\0b", 3);
	json_end(&j);
	expect(&j, "{\"k\\u000a\": \"a\\u0000b\"}\n");
}
END_TEST

int main(void)
{
	const struct harness_test tests[] = {
		{ nested, NULL },
		{ one_after_another, NULL },
		{ text, NULL },
		{ bytes_may_be_zero, NULL },
	};

	return harness_run("json", tests, HARNESS_LEN(tests));
}
