/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define ADDRS_MAX 256

static void print_bytes(const struct sfam_addr *addr)
{
	const unsigned char *b = (const unsigned char *)&addr->storage;
	socklen_t i;

	for (i = 0; i < addr->len; i++)
		printf("%s%02x", i && i % 4 == 0 ? " " : "", b[i]);
}

/*
 * In memory order; of more than 8 bytes without the zeros at the end.
 * Returns how wide that was.
 */
static int print_hex(const unsigned char *b, size_t size)
{
	size_t n = size;
	size_t i;

	while (n > 8 && b[n - 1] == 0)
		n--;
	for (i = 0; i < n; i++)
		printf("%02x", b[i]);
	if (n < size)
		printf("..");
	return (int)(2 * n + (n < size ? 2 : 0));
}

static uint64_t number(const unsigned char *b, const struct sfam_addr_field *f)
{
	bool little = f->kind == SFAM_FIELD_LITTLE ||
		      (f->kind != SFAM_FIELD_NET && htons(1) != 1);
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < f->size; i++)
		v = v << 8 | b[little ? f->size - 1 - i : i];
	return v;
}

static void print_number(const unsigned char *b,
			 const struct sfam_addr_field *f)
{
	uint64_t v = number(b, f);
	uint64_t sign = (uint64_t)1 << (8 * f->size - 1);
	size_t i;

	if (f->kind == SFAM_FIELD_SIGNED)
		printf("%" PRId64, (int64_t)(v ^ sign) - (int64_t)sign);
	else if (f->kind == SFAM_FIELD_LITTLE && f->size == 6)
		for (i = 6; i-- > 0;)
			printf("%02X%s", b[i], i ? ":" : "");
	else
		printf("%" PRIu64, v);
	if (v > 9 && f->size != 6)
		printf(" (0x%" PRIx64 ")", v);
}

static void print_text(const unsigned char *b, size_t size)
{
	size_t i;

	while (size && b[size - 1] == 0)
		size--;
	putchar('"');
	for (i = 0; i < size; i++)
		if (b[i] < ' ' || b[i] > '~' || b[i] == '"' || b[i] == '\\')
			printf("\\x%02x", b[i]);
		else
			putchar(b[i]);
	putchar('"');
}

static void print_value(const unsigned char *b,
			const struct sfam_addr_field *f)
{
	char host[INET6_ADDRSTRLEN];

	if (f->kind <= SFAM_FIELD_LITTLE)
		print_number(b, f);
	else if (f->kind == SFAM_FIELD_TEXT)
		print_text(b, f->size);
	else if (f->kind == SFAM_FIELD_INET)
		printf("%s", inet_ntop(f->size == 4 ? AF_INET : AF_INET6, b,
				       host, sizeof(host)));
}

static void print_field(const struct sfam_addr *addr,
			const struct sfam_addr_field *f)
{
	const unsigned char *b = (const unsigned char *)&addr->storage +
				 f->offset;
	int width;

	printf("%6zu %3zu  %-23s  ", f->offset, f->size, f->name);
	width = print_hex(b, f->size);
	if (f->kind != SFAM_FIELD_BYTES && f->kind != SFAM_FIELD_PADDING) {
		printf("%*s", width < 16 ? 18 - width : 2, "");
		print_value(b, f);
	}
	putchar('\n');
}

static void print_addr(const struct sfam_addr *addr)
{
	char canonical[SFAM_ADDR_STRLEN];
	struct sfam_addr_field field;
	size_t n;

	printf("%s  socket(%d, %d, %d)  len %u  ",
	       cli_addr_text(addr, canonical, sizeof(canonical)),
	       sfam_family_af(addr->family), addr->type, addr->protocol,
	       (unsigned int)addr->len);
	print_bytes(addr);
	putchar('\n');
	for (n = 0; sfam_addr_field(addr, n, &field) == 1; n++)
		print_field(addr, &field);
}

static int print_addrs(const char *text, uint32_t flags)
{
	struct sfam_addr addrs[ADDRS_MAX];
	struct sfam_diag diag;
	size_t n, i;
	int r = sfam_resolve(text, strlen(text), flags, addrs, ADDRS_MAX, &n,
			     &diag);

	if (r < 0)
		return cli_bad_text(text, r, &diag);
	for (i = 0; i < n && i < ADDRS_MAX; i++)
		print_addr(&addrs[i]);
	if (n > ADDRS_MAX)
		return cli_error("%s: has %zu addresses, of which only %d "
				 "are shown", text, n, ADDRS_MAX);
	return CLI_OK;
}

static int run(const struct cli_verb *self, int argc, char **argv)
{
	uint32_t flags = 0;
	int status = CLI_OK;
	int c, i;

	while ((c = cli_getopt(self, argc, argv, "+:l")) != -1) {
		if (c != 'l')
			return CLI_USAGE;
		flags = SFAM_RESOLVE_PASSIVE;
	}
	if (optind == argc)
		return cli_usage(self, "which address?");
	for (i = optind; i < argc; i++)
		if (print_addrs(argv[i], flags) != CLI_OK)
			status = CLI_FAILED;
	return status;
}

const struct cli_verb cli_addr = {
	.name = "addr",
	.args = "[-l] TEXT...",
	.help = "what an address text means: canonical text, socket, bytes",
	.details =
"  -l  a name without a host is that of a server: all of this machine's\n"
"      addresses, where a client gets the loopback ones\n"
"Of each address its canonical form, the socket(2) triple, the length and\n"
"the bytes of the sockaddr; then a line per field: offset, size, name in the\n"
"kernel's headers, bytes, value. 'sockfam families' has the syntax. Names,\n"
"tcp:HOST:SERVICE, with udp, udplite, mptcp and sctp likewise, are resolved;\n"
"they may have several addresses, in the order in which they are tried.\n",
	.run = run,
};
