/* SPDX-License-Identifier: MIT */
/*
 * sockfam can isotp serve: PDUs as text, <112233>, over TCP, as isotpserver.
 * A process for each client, as there, for a PDU that is on its way holds up
 * who sends the next.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "can-isotp.h"

struct serve {
	struct isotp_socket socket;
	const char *ifname;
	uint64_t port;
	int is_verbose;
};

struct client {
	const struct serve *serve;
	int tcp, can;
	uint8_t *pdu;		/* ISOTP_PDU_MAX bytes */
	char *out;		/* its text */
	size_t len;		/* of pdu: what came of one */
	int digit;		/* the first of two; -1: none */
	enum { OUTSIDE, INSIDE, BAD } state;
};

/* ------------------------------------------------------------- to CAN -- */

/*
 * A transfer's error comes with the next call, which then has sent nothing:
 * so that goes again.
 */
static int send_pdu(struct client *c)
{
	int r;

	if (c->serve->is_verbose) {
		c->out[isotp_write_hex(c->out, c->pdu, c->len, "")] = '\0';
		printf("TCP>CAN <%s>\n", c->out);
		fflush(stdout);
	}
	do {
		r = sfam_isotp_send(c->can, c->pdu, c->len, SFAM_FOREVER);
		if (r == 0)
			return CLI_OK;
		isotp_failed(c->serve->ifname, r);
	} while (isotp_is_of_pdu(r) && r != -EMSGSIZE);
	return r == -EMSGSIZE ? CLI_OK : CLI_FAILED;
}

static int value_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void take_digit(struct client *c, char ch)
{
	const int value = value_of(ch);

	if (value < 0 || c->len == ISOTP_PDU_MAX) {
		c->state = BAD;
	} else if (c->digit < 0) {
		c->digit = value;
	} else {
		c->pdu[c->len++] = (uint8_t)(c->digit << 4 | value);
		c->digit = -1;
	}
}

static int take_char(struct client *c, char ch)
{
	const int is_whole = c->state == INSIDE && c->digit < 0 && c->len > 0;

	if (c->state == OUTSIDE) {
		c->state = ch == '<' ? INSIDE : OUTSIDE;
		c->digit = -1;
		c->len = 0;
		return CLI_OK;
	}
	if (ch != '>') {
		take_digit(c, ch);
		return CLI_OK;
	}
	c->state = OUTSIDE;
	if (is_whole)
		return send_pdu(c);
	cli_error("a client's PDU is left out: not pairs of hex digits");
	return CLI_OK;
}

/* CLI_FAILED: it is over. */
static int from_tcp(struct client *c)
{
	char buf[4096];
	ssize_t i, n = read(c->tcp, buf, sizeof(buf));

	if (n < 0 && errno == EINTR)
		return CLI_OK;
	if (n <= 0)
		return CLI_FAILED;
	for (i = 0; i < n; i++)
		if (take_char(c, buf[i]) != CLI_OK)
			return CLI_FAILED;
	return CLI_OK;
}

/* ------------------------------------------------------------- to TCP -- */

/* The PDU that is read from TCP may be half there: not into its buffer. */
static int from_can(struct client *c, uint8_t *buf)
{
	ssize_t n = sfam_isotp_recv(c->can, buf, ISOTP_PDU_MAX, 0);
	size_t len;

	if (n == -ETIMEDOUT)
		return CLI_OK;
	if (n < 0) {
		isotp_failed(c->serve->ifname, (int)n);
		return isotp_is_of_pdu((int)n) ? CLI_OK : CLI_FAILED;
	}
	c->out[0] = '<';
	len = 1 + isotp_write_hex(c->out + 1, buf, (size_t)n, "");
	memcpy(c->out + len, ">\n", 3);
	if (c->serve->is_verbose) {
		printf("CAN>TCP %s", c->out);
		fflush(stdout);
	}
	return sfam_send_all(c->tcp, c->out, len + 2, 0, SFAM_FOREVER,
			     NULL) < 0 ? CLI_FAILED : CLI_OK;
}

static int talk(struct client *c, uint8_t *buf)
{
	struct pollfd polls[] = {
		{ c->can, POLLIN, 0 },
		{ c->tcp, POLLIN, 0 },
	};
	int status = CLI_OK;

	while (status == CLI_OK) {
		if (poll(polls, 2, -1) < 0 && errno != EINTR)
			return cli_bad_call("poll", -errno);
		if (polls[0].revents)
			status = from_can(c, buf);
		if (status == CLI_OK && polls[1].revents)
			status = from_tcp(c);
	}
	return status;
}

static int serve_client(const struct serve *s, int tcp)
{
	struct client c = { .serve = s, .tcp = tcp, .digit = -1 };
	uint8_t *buf = malloc(ISOTP_PDU_MAX);

	c.pdu = malloc(ISOTP_PDU_MAX);
	c.out = malloc(2 * ISOTP_PDU_MAX + 4);
	c.can = isotp_open(&s->socket, s->ifname);
	if (!buf || !c.pdu || !c.out)
		cli_bad_call("serve", -ENOMEM);
	else if (c.can >= 0)
		talk(&c, buf);
	free(buf);
	free(c.pdu);
	free(c.out);
	if (c.can >= 0)
		close(c.can);
	close(tcp);
	return CLI_OK;
}

/* ------------------------------------------------------------ clients -- */

static int accept_all(const struct serve *s, int listener)
{
	const pid_t self = getpid();
	int fd;
	pid_t pid;

	signal(SIGCHLD, SIG_IGN);	/* nobody waits for them */
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		fd = sfam_accept(listener, 0, SFAM_FOREVER, NULL);
		if (fd < 0)
			return cli_bad_call("accept", fd);
		pid = fork();
		if (pid < 0)
			cli_bad_call("fork", -errno);
		if (pid == 0) {
			close(listener);
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			_exit(getppid() != self ? CLI_FAILED :
			      serve_client(s, fd));
		}
		close(fd);
	}
}

static int option(struct serve *s, const struct cli_verb *self, int c)
{
	int r = 0;

	switch (c) {
	case 'l':
		r = cli_number(optarg, 1, UINT16_MAX, &s->port);
		break;
	case 'v':
		s->is_verbose = 1;
		break;
	default:
		return isotp_flow_option(&s->socket, self, c);
	}
	return r < 0 ? cli_usage(self, "-%c %s: not one", c, optarg) : CLI_OK;
}

/* What is wrong with the options is told now, and not by the first client. */
static int try_socket(const struct serve *s)
{
	int fd = isotp_open(&s->socket, s->ifname);

	if (fd < 0)
		return CLI_FAILED;
	close(fd);
	return CLI_OK;
}

int can_isotp_serve_run(const struct cli_verb *self, int argc, char **argv)
{
	struct serve s = { .socket.opts = SFAM_ISOTP_OPTS_INIT };
	char text[32];
	int c, fd, status;

	while ((c = cli_getopt(self, argc, argv,
			       "+:" ISOTP_OPTIONS
			       ISOTP_FLOW_OPTIONS "l:v")) != -1)
		if (c == '?' || option(&s, self, c) != CLI_OK)
			return CLI_USAGE;
	status = isotp_complete(&s.socket, self, argc, argv);
	if (status == CLI_OK && s.port == 0)
		status = cli_usage(self, "which -l?");
	if (status != CLI_OK)
		return status;
	s.ifname = argv[optind];
	if (try_socket(&s) != CLI_OK)
		return CLI_FAILED;
	snprintf(text, sizeof(text), "inet::%u", (unsigned int)s.port);
	fd = sfam_open_text(text, strlen(text), SFAM_OPEN_LISTEN, NULL, NULL);
	if (fd < 0)
		return cli_bad_call(text, fd);
	status = accept_all(&s, fd);
	close(fd);
	return status;
}
