/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>

#include "hex.h"
#include "sum-line.h"

/* ------------------------------------------------------------- writing -- */

static int wants_escape(const char *name)
{
	return strpbrk(name, "\\\n\r") != NULL;
}

static void print_escaped(FILE *to, const char *name)
{
	for (; *name; name++) {
		if (*name == '\n')
			fputs("\\n", to);
		else if (*name == '\r')
			fputs("\\r", to);
		else if (*name == '\\')
			fputs("\\\\", to);
		else
			putc(*name, to);
	}
}

/* Only what would break the line is a reason to escape here. */
void sum_name_print(FILE *to, const char *name)
{
	if (!strchr(name, '\n')) {
		fputs(name, to);
		return;
	}
	putc('\\', to);
	print_escaped(to, name);
}

void sum_line_print(FILE *to, const unsigned char *digest, size_t size,
		    const char *name, char end)
{
	size_t i;

	if (end && wants_escape(name))
		putc('\\', to);
	for (i = 0; i < size; i++)
		fprintf(to, "%02x", digest[i]);
	fputs("  ", to);
	if (end)
		print_escaped(to, name);
	else
		fputs(name, to);
	putc(end, to);
}

/* ------------------------------------------------------------- reading -- */

static int unescape(char *name)
{
	char *to = name;

	for (; *name; name++) {
		if (*name != '\\') {
			*to++ = *name;
			continue;
		}
		name++;
		if (*name == 'n')
			*to++ = '\n';
		else if (*name == 'r')
			*to++ = '\r';
		else if (*name == '\\')
			*to++ = '\\';
		else
			return -1;
	}
	*to = '\0';
	return 0;
}

/* Takes the first 2 * size bytes as digits. */
static int parse_digest(char *text, unsigned char *ret, size_t size)
{
	char kept = text[2 * size];
	int n;

	text[2 * size] = '\0';
	n = hex_read(text, ret, size);
	text[2 * size] = kept;
	return n == (int)size ? 0 : -1;
}

/* "SHA3-256" is "sha3-256", and "SHA256" is. The length, 0: another's. */
static size_t tag_length(const char *text, const char *algorithm)
{
	const char *p = text;

	for (; *algorithm; algorithm++, p++)
		if (toupper((unsigned char)*algorithm) != *p)
			return 0;
	return (size_t)(p - text);
}

/* text stands behind the algorithm: " (NAME) = DIGEST". */
static int parse_bsd(char *text, unsigned char *ret_digest, size_t size,
		     char **ret_name)
{
	char *end = strrchr(text, ')');
	char *digits;

	text += *text == ' ';
	if (*text != '(' || !end)
		return -1;
	digits = end + 1 + strspn(end + 1, " \t");
	if (*digits != '=')
		return -1;
	digits += 1 + strspn(digits + 1, " \t");
	if (strlen(digits) != 2 * size ||
	    parse_digest(digits, ret_digest, size) != 0)
		return -1;
	*end = '\0';
	*ret_name = text + 1;
	return 0;
}

/*
 * Behind the digest is a blank, then a blank or '*' (text or binary, once
 * upon a time); BSD's md5 -r writes one blank alone.
 */
static int parse_gnu(char *text, size_t len, unsigned char *ret_digest,
		     size_t size, char **ret_name)
{
	char *rest = text + 2 * size;

	if (len < 2 * size + 2 || (*rest != ' ' && *rest != '\t') ||
	    parse_digest(text, ret_digest, size) != 0)
		return -1;
	rest++;
	if ((*rest == ' ' || *rest == '*') && rest[1])
		rest++;
	*ret_name = rest;
	return 0;
}

int sum_line_parse(char *line, size_t len, const char *algorithm,
		   unsigned char *ret_digest, size_t size, char **ret_name)
{
	size_t skip = strspn(line, " \t");
	int escaped = line[skip] == '\\';
	size_t tag;
	int r;

	line += skip + (size_t)escaped;
	len -= skip + (size_t)escaped;
	tag = tag_length(line, algorithm);
	r = tag ? parse_bsd(line + tag, ret_digest, size, ret_name) :
		  parse_gnu(line, len, ret_digest, size, ret_name);
	if (r == 0 && escaped)
		r = unescape(*ret_name);
	return r;
}
