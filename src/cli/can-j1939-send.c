/* SPDX-License-Identifier: MIT */
/* sockfam can j1939 send: one message, and what became of it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "can-j1939.h"
#include "hex.h"

struct send {
	int is_hex;		/* -x */
	int is_verbose;		/* -v */
	int prio;		/* -p, or -1 */
	struct can_j1939_addr from, to;
	unsigned char *data;
	size_t len;
};

/* Room for one more byte than there is, and than any message has. */
static int grow(struct send *s, size_t *size)
{
	unsigned char *data;

	if (s->len < *size)
		return CLI_OK;
	*size = *size ? 2 * *size : 65536;
	if (*size > (size_t)SFAM_J1939_SIZE_MAX + 1)
		*size = (size_t)SFAM_J1939_SIZE_MAX + 1;
	data = realloc(s->data, *size);
	if (!data)
		return cli_bad_call("stdin", -ENOMEM);
	s->data = data;
	return CLI_OK;
}

static int read_stdin(struct send *s)
{
	size_t size = 0;
	ssize_t n;

	do {
		if (s->len > SFAM_J1939_SIZE_MAX)
			return cli_error("stdin: more than the %u bytes of a "
					 "message", SFAM_J1939_SIZE_MAX);
		if (grow(s, &size) != CLI_OK)
			return CLI_FAILED;
		n = read(STDIN_FILENO, s->data + s->len, size - s->len);
		if (n < 0 && errno != EINTR)
			return cli_bad_call("stdin", -errno);
		s->len += n > 0 ? (size_t)n : 0;
	} while (n != 0);
	return CLI_OK;
}

static int read_hex(struct send *s, char **texts)
{
	size_t size = 1;
	int i, n;

	for (i = 0; texts[i]; i++)
		size += strlen(texts[i]) / 2;
	s->data = malloc(size);
	if (!s->data)
		return cli_bad_call("send", -ENOMEM);
	for (i = 0; texts[i]; i++) {
		n = hex_read(texts[i], s->data + s->len, size - s->len);
		if (n < 0)
			return cli_error("%s: not bytes in hex", texts[i]);
		s->len += (size_t)n;
	}
	return CLI_OK;
}

/* Until it is out, or was given up. */
static int await_end(const struct send *s, int fd)
{
	struct sfam_j1939_event e;
	int r;

	for (;;) {
		r = sfam_j1939_recv(fd, &e, NULL, 0, SFAM_FOREVER);
		if (r < 0)
			return can_j1939_failed(s->from.ifname, r);
		if (e.kind == SFAM_J1939_TX_ABORT)
			return cli_error("%s: given up after %zu of %zu "
					 "bytes: %s", cli_path, e.len, s->len,
					 sfam_j1939_abort_words(e.error));
		if (s->is_verbose)
			fprintf(stderr, "%zu of %zu bytes\n", e.len, s->len);
		if (e.kind == SFAM_J1939_TX_DONE)
			return CLI_OK;
	}
}

static int explain(const struct send *s, int error)
{
	const char *name = s->from.ifname;

	switch (error) {
	case -EBADFD:
		return cli_error("%s: which address does it come from?", name);
	case -EADDRNOTAVAIL:
		return cli_error("%s: no address has been claimed for that "
				 "NAME", name);
	case -EDESTADDRREQ:
		return cli_error("%s: to all go %d bytes at most", name, 1785);
	case -EDOM:
		return cli_error("%s: PGN 0x%x is for the transport alone",
				 name, s->to.pgn);
	case -ENOBUFS:
		return cli_error("%s: %zu bytes do not fit into a send "
				 "buffer; try: sysctl net.core.wmem_max=%zu",
				 name, s->len, s->len * 3 + 4608);
	case -EINVAL:
		return cli_error("%s: an empty message cannot be sent", name);
	}
	return can_j1939_failed(name, error);
}

static int send_to(const struct send *s, int fd)
{
	struct sfam_addr to;
	int r;

	if (can_j1939_sfam_addr(&to, &s->to) != CLI_OK)
		return CLI_FAILED;
	r = s->prio < 0 ? 0 : sfam_j1939_set_priority(fd, s->prio);
	if (r < 0)
		return cli_bad_call("-p", r);
	r = sfam_j1939_send(fd, s->data, s->len, &to, SFAM_FOREVER);
	if (r < 0)
		return explain(s, r);
	return await_end(s, fd);
}

static int send_message(const struct send *s)
{
	uint32_t options = SFAM_J1939_OPT_TX_EVENTS;
	int fd, status;

	if (s->to.addr == J1939_NO_ADDR && s->to.name == J1939_NO_NAME)
		options |= SFAM_J1939_OPT_BROADCAST;
	fd = can_j1939_open(&s->from, options);
	if (fd < 0)
		return CLI_FAILED;
	status = send_to(s, fd);
	close(fd);
	return status;
}

static int read_options(const struct cli_verb *self, struct send *s, int argc,
			char **argv)
{
	uint64_t v;
	int o;

	while ((o = cli_getopt(self, argc, argv, "+:xvp:")) != -1) {
		switch (o) {
		case 'x':
			s->is_hex = 1;
			break;
		case 'v':
			s->is_verbose = 1;
			break;
		case 'p':
			if (cli_number(optarg, 0, 7, &v) < 0)
				return cli_usage(self, "-p takes 0 to 7");
			s->prio = (int)v;
			break;
		default:
			return CLI_USAGE;
		}
	}
	if (argc - optind < 2)
		return cli_usage(self, "from where, and to where?");
	return CLI_OK;
}

int can_j1939_send_run(const struct cli_verb *self, int argc, char **argv)
{
	struct send s = { .prio = -1 };
	int status = read_options(self, &s, argc, argv);

	if (status != CLI_OK)
		return status;
	status = can_j1939_local(&s.from, argv[optind], s.is_hex);
	if (status == CLI_OK)
		status = can_j1939_remote(&s.to, argv[optind + 1], s.is_hex,
					  &s.from);
	if (status == CLI_OK && s.to.pgn == J1939_NO_PGN)
		status = cli_error("%s: which PGN?", argv[optind + 1]);
	if (status == CLI_OK)
		status = argv[optind + 2] ? read_hex(&s, argv + optind + 2) :
					    read_stdin(&s);
	if (status == CLI_OK)
		status = send_message(&s);
	free(s.data);
	return status;
}
