/* SPDX-License-Identifier: MIT */
/* sockfam can isotp send, recv: as isotpsend and isotprecv of can-utils. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "can-isotp.h"

/* -------------------------------------------------------------- send -- */

struct send {
	struct isotp_socket socket;
	uint64_t times;		/* 0: for ever */
	uint64_t wait_us;
	uint64_t fill;		/* -D, or 0 */
	const char *file;	/* -i, or NULL */
	uint8_t *pdu;
	size_t len;
};

static int set_times(struct send *s, const char *text)
{
	s->times = 0;
	return strcmp(text, "i") == 0 ? 0 :
	       cli_number(text, 1, UINT64_MAX, &s->times);
}

static int send_option(struct send *s, const struct cli_verb *self, int c)
{
	struct sfam_isotp_opts *o = &s->socket.opts;
	int r = 0;

	switch (c) {
	case 'f':
		r = isotp_ns(optarg, &o->tx_stmin_ns);
		break;
	case 'D':
		r = cli_number(optarg, 1, ISOTP_PDU_MAX, &s->fill);
		break;
	case 'l':
		r = set_times(s, optarg);
		break;
	case 'g':
		r = cli_number(optarg, 0, UINT32_MAX, &s->wait_us);
		break;
	case 'i':
		s->file = optarg;
		break;
	case 'b':
		break;
	case 'S':
		o->flags |= SFAM_ISOTP_SF_BROADCAST;
		break;
	case 'C':
		o->flags |= SFAM_ISOTP_CF_BROADCAST;
		break;
	case 'F':
		o->flags |= SFAM_ISOTP_DYNAMIC_FLOW;
		break;
	default:
		return isotp_option(&s->socket, self, c);
	}
	return r < 0 ? cli_usage(self, "-%c %s: not one", c, optarg) : CLI_OK;
}

/* Bytes of one or two digits, with blanks between them. */
static int read_text(struct send *s, FILE *f)
{
	char word[8];
	uint8_t byte;

	while (fscanf(f, "%7s", word) == 1) {
		if (isotp_hex_byte(word, &byte) < 0)
			return cli_error("stdin: byte %zu: %s: expected two "
					 "hex digits", s->len, word);
		if (s->len == ISOTP_PDU_MAX)
			return cli_error("stdin: longer than any PDU");
		s->pdu[s->len++] = byte;
	}
	return ferror(f) ? cli_bad_call("stdin", -errno) : CLI_OK;
}

static int read_file(struct send *s)
{
	FILE *f = fopen(s->file, "rb");
	int status = CLI_OK;

	if (!f)
		return cli_bad_call(s->file, -errno);
	s->len = fread(s->pdu, 1, ISOTP_PDU_MAX, f);
	if (ferror(f))
		status = cli_bad_call(s->file, -errno);
	else if (s->len == ISOTP_PDU_MAX && getc(f) != EOF)
		status = cli_error("%s: longer than any PDU", s->file);
	fclose(f);
	return status;
}

static int get_pdu(struct send *s)
{
	int status = CLI_OK;

	if (s->file)
		status = read_file(s);
	else if (s->fill)
		for (; s->len < s->fill; s->len++)
			s->pdu[s->len] = (uint8_t)(s->len % 0xff + 1);
	else
		status = read_text(s, stdin);
	if (status == CLI_OK && s->len == 0)
		return cli_error("%s: no bytes to send",
				 s->file ? s->file : "stdin");
	return status;
}

static int send_all(const struct send *s, int fd, const char *ifname)
{
	const struct timespec wait = {
		.tv_sec = (time_t)(s->wait_us / 1000000),
		.tv_nsec = (long)(s->wait_us % 1000000) * 1000,
	};
	uint64_t i;
	int r;

	for (i = 0; s->times == 0 || i < s->times; i++) {
		if (s->wait_us)
			nanosleep(&wait, NULL);
		r = sfam_isotp_send(fd, s->pdu, s->len, SFAM_FOREVER);
		if (r < 0)
			return isotp_failed(ifname, r);
	}
	return CLI_OK;
}

int can_isotp_send_run(const struct cli_verb *self, int argc, char **argv)
{
	struct send s = {
		.socket.opts = SFAM_ISOTP_OPTS_INIT,
		.times = 1,
	};
	int c, fd, status;

	while ((c = cli_getopt(self, argc, argv,
			       "+:" ISOTP_OPTIONS "f:D:l:g:i:bSCF")) != -1)
		if (c == '?' || send_option(&s, self, c) != CLI_OK)
			return CLI_USAGE;
	status = isotp_complete(&s.socket, self, argc, argv);
	if (status != CLI_OK)
		return status;
	s.socket.opts.flags |= SFAM_ISOTP_WAIT_SENT;
	fd = isotp_open(&s.socket, argv[optind]);
	if (fd < 0)
		return CLI_FAILED;
	s.pdu = malloc(ISOTP_PDU_MAX);
	status = s.pdu ? get_pdu(&s) : cli_bad_call("send", -ENOMEM);
	if (status == CLI_OK)
		status = send_all(&s, fd, argv[optind]);
	free(s.pdu);
	close(fd);
	return status;
}

/* -------------------------------------------------------------- recv -- */

struct recv {
	struct isotp_socket socket;
	int goes_on;
};

static int recv_option(struct recv *v, const struct cli_verb *self, int c)
{
	int r = 0;

	switch (c) {
	case 'f':
		r = isotp_ns(optarg, &v->socket.opts.rx_stmin_ns);
		break;
	case 'l':
		v->goes_on = 1;
		break;
	default:
		return isotp_flow_option(&v->socket, self, c);
	}
	return r < 0 ? cli_usage(self, "-%c %s: not one", c, optarg) : CLI_OK;
}

/* pdu and text: room for any, and for its digits and blanks. */
static int recv_all(const struct recv *v, int fd, const char *ifname,
		    uint8_t *pdu, char *text)
{
	ssize_t n;
	size_t len;

	do {
		n = sfam_isotp_recv(fd, pdu, ISOTP_PDU_MAX, SFAM_FOREVER);
		if (n < 0) {
			isotp_failed(ifname, (int)n);
			if (!v->goes_on || !isotp_is_of_pdu((int)n))
				return CLI_FAILED;
			continue;
		}
		len = isotp_write_hex(text, pdu, (size_t)n, " ");
		text[len++] = '\n';
		if (cli_write(STDOUT_FILENO, text, len) < 0)
			return CLI_FAILED;
	} while (v->goes_on);
	return CLI_OK;
}

int can_isotp_recv_run(const struct cli_verb *self, int argc, char **argv)
{
	struct recv v = { .socket.opts = SFAM_ISOTP_OPTS_INIT };
	uint8_t *pdu;
	char *text;
	int c, fd, status;

	while ((c = cli_getopt(self, argc, argv,
			       "+:" ISOTP_OPTIONS
			       ISOTP_FLOW_OPTIONS "f:l")) != -1)
		if (c == '?' || recv_option(&v, self, c) != CLI_OK)
			return CLI_USAGE;
	status = isotp_complete(&v.socket, self, argc, argv);
	if (status != CLI_OK)
		return status;
	fd = isotp_open(&v.socket, argv[optind]);
	if (fd < 0)
		return CLI_FAILED;
	pdu = malloc(ISOTP_PDU_MAX);
	text = malloc(3 * ISOTP_PDU_MAX + 2);
	status = pdu && text ? recv_all(&v, fd, argv[optind], pdu, text) :
			       cli_bad_call("recv", -ENOMEM);
	free(pdu);
	free(text);
	close(fd);
	return status;
}
