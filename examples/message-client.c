/* SPDX-License-Identifier: MIT */
/*
 * Asks a message server for a word and prints its answer, a JSON text:
 *     message-client [ADDR [WORD]]      inet:127.0.0.1:65432 unless told
 */
#include <unistd.h>

#include "message.h"

static int fail(const char *what, ssize_t error)
{
	fprintf(stderr, "%s: %s\n", what, strerror((int)-error));
	return 1;
}

static int connect_to(const char *text)
{
	struct sfam_open_opts opts = SFAM_OPEN_OPTS_INIT;
	struct sfam_diag diag = { 0 };
	char why[SFAM_ERROR_STRLEN];
	int fd;

	opts.timeout_ns = PATIENCE_NS;
	fd = sfam_open_text(text, strlen(text), SFAM_OPEN_CONNECT, &opts,
			    &diag);
	if (fd < 0 && sfam_error_format(fd, why, sizeof(why)) > 0)
		fprintf(stderr, "%s: %s%s%s\n", text, why,
			*diag.expected ? ", expected " : "", diag.expected);
	return fd;
}

/* The length of the JSON text, or -EMSGSIZE. */
static int write_request(char *out, size_t size, const char *word)
{
	const char *begin = "{\"action\": \"search\", \"value\": \"";
	size_t n = strlen(begin);

	memcpy(out, begin, n);
	for (; *word && n + 9 < size; word++) {
		if ((unsigned char)*word < ' ') {
			n += (size_t)sprintf(out + n, "\\u%04x", *word);
			continue;
		}
		if (*word == '"' || *word == '\\')
			out[n++] = '\\';
		out[n++] = *word;
	}
	memcpy(out + n, "\"}", 3);
	return *word ? -EMSGSIZE : (int)n + 2;
}

static int ask(int fd, const char *word)
{
	static char header[HEADER_MAX + 1], content[CONTENT_MAX + 1];
	ssize_t n = write_request(content, sizeof(content), word);

	if (n >= 0)
		n = message_send(fd, "text/json", "utf-8", content, (size_t)n);
	if (n < 0)
		return fail("request", n);
	n = message_recv(fd, header, content);
	if (n < 0)
		return fail("answer", n);
	puts(content);
	return fflush(stdout) == EOF ? fail("stdout", -errno) : 0;
}

int main(int argc, char **argv)
{
	int fd = connect_to(argc > 1 ? argv[1] : "inet:127.0.0.1:65432");
	int status;

	if (fd < 0)
		return 1;
	status = ask(fd, argc > 2 ? argv[2] : "can");
	close(fd);
	return status;
}
