// SPDX-License-Identifier: MIT
/*
 * Prints packets as src/cli/decode.h does. Each line of stdin is a packet:
 * its link, how long it was, its bytes in hex; a line "#" comes after each.
 * Arguments: -e -v -x -xx -X -XX -A -AA as those of tcpdump, or --json.
 */
#include <stdlib.h>
#include <string.h>

#include "decode.h"

static unsigned int read_flags(int argc, char **argv)
{
	unsigned int flags = 0;
	const char *letter;
	int i;

	for (i = 1; i < argc; i++)
		for (letter = argv[i] + 1; *letter; letter++)
			flags = decode_option(flags, *letter);
	return flags;
}

/* What follows in the line, as bytes over the line itself. */
static size_t read_hex(uint8_t *to, const char *text)
{
	unsigned int byte;
	size_t n = 0;

	for (; sscanf(text, "%2x", &byte) == 1; text += 2)
		to[n++] = (uint8_t)byte;
	return n;
}

static void print_line(char *line, unsigned int flags, int is_json)
{
	struct decode_packet p = { .data = (uint8_t *)line };
	struct json j = JSON_INIT(stdout);
	char *hex;

	p.link = (unsigned int)strtoul(line, &hex, 10);
	p.origlen = strtoul(hex, &hex, 10);
	p.caplen = read_hex((uint8_t *)line, hex + (*hex == ' '));
	if (is_json) {
		json_object(&j, NULL);
		decode_json(&j, &p);
		json_end(&j);
	} else {
		decode_print(stdout, &p, flags);
	}
	puts("#");
}

int main(int argc, char **argv)
{
	int is_json = argc > 1 && strcmp(argv[1], "--json") == 0;
	unsigned int flags = is_json ? 0 : read_flags(argc, argv);
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0)
		print_line(line, flags, is_json);
	free(line);
	return 0;
}
