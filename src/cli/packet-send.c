/* SPDX-License-Identifier: MIT */
/* sockfam packet send: packets as hex. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hex.h"
#include "packet-cli.h"

#define TIMEOUT_NS INT64_C(10000000000)

int packet_sender_open(const char *name)
{
	struct sfam_packet_opts opts = SFAM_PACKET_OPTS_INIT;
	struct sockaddr_ll ll;
	struct sfam_addr addr;
	int fd;

	if (cli_parse_addr("packet", name, &addr) != CLI_OK)
		return -1;
	memcpy(&ll, &addr.storage, sizeof(ll));
	if (ll.sll_ifindex == 0) {
		cli_error("%s: packets are sent to one interface", name);
		return -1;
	}
	ll.sll_protocol = 0;	/* it hears nothing */
	memcpy(&addr.storage, &ll, sizeof(ll));
	opts.flags = SFAM_PACKET_DOWN_OK;
	fd = sfam_packet_open(&addr, &opts);
	if (fd < 0)
		packet_bad_open(name, fd);
	return fd;
}

static int bad_packet(const char *name, size_t len, int error)
{
	if (error == -EINVAL)
		return cli_error("%s: %zu bytes are less than its link header",
				 name, len);
	if (error == -EMSGSIZE)
		return cli_error("%s: %zu bytes are more than its MTU lets "
				 "through", name, len);
	return cli_bad_call(name, error);
}

int packet_sender_send(int fd, const char *name, const struct iovec *packets,
		       size_t n, uint64_t *sent)
{
	ssize_t r;

	while (n) {
		r = sfam_packet_send(fd, packets, n, NULL, TIMEOUT_NS);
		if (r < 0)
			return bad_packet(name, packets->iov_len, (int)r);
		*sent += (uint64_t)r;
		packets += r;
		n -= (size_t)r;
	}
	return CLI_OK;
}

/* Its length, or -1 after printing. */
static ssize_t read_packet(uint8_t **ret, const char *text, const char *where)
{
	size_t size = strlen(text) / 2;
	int n;

	*ret = malloc(size + 1);
	if (!*ret) {
		cli_bad_call(where, -ENOMEM);
		return -1;
	}
	n = hex_read(text, *ret, size);
	if (n <= 0) {
		cli_error("%s: not a packet: want two hex digits a byte",
			  where);
		free(*ret);
		return -1;
	}
	return n;
}

/* None goes out unless all of them can be read. */
static int send_words(int fd, const char *name, int n, char **words)
{
	struct iovec *packets = calloc((size_t)n, sizeof(*packets));
	int status = packets ? CLI_OK : cli_bad_call(name, -ENOMEM);
	uint64_t sent = 0;
	uint8_t *data;
	ssize_t len;
	int read;

	for (read = 0; status == CLI_OK && read < n; read++) {
		len = read_packet(&data, words[read], words[read]);
		if (len < 0) {
			status = CLI_FAILED;
			break;
		}
		packets[read].iov_base = data;
		packets[read].iov_len = (size_t)len;
	}
	if (status == CLI_OK)
		status = packet_sender_send(fd, name, packets, (size_t)n,
					    &sent);
	while (read > 0)
		free(packets[--read].iov_base);
	free(packets);
	return status;
}

static int send_line(int fd, const char *name, char *line, unsigned int number)
{
	struct iovec packet;
	uint64_t sent = 0;
	char where[32];
	uint8_t *data;
	ssize_t len;
	int status;

	line[strcspn(line, "\r\n")] = '\0';
	if (!*line)
		return CLI_OK;
	snprintf(where, sizeof(where), "line %u", number);
	len = read_packet(&data, line, where);
	if (len < 0)
		return CLI_FAILED;
	packet.iov_base = data;
	packet.iov_len = (size_t)len;
	status = packet_sender_send(fd, name, &packet, 1, &sent);
	free(data);
	return status;
}

static int send_lines(int fd, const char *name)
{
	unsigned int number = 0;
	int status = CLI_OK;
	char *line = NULL;
	size_t size = 0;

	while (status == CLI_OK && getline(&line, &size, stdin) >= 0)
		status = send_line(fd, name, line, ++number);
	if (status == CLI_OK && ferror(stdin))
		status = cli_bad_call("stdin", -errno);
	free(line);
	return status;
}

int packet_send_run(const struct cli_verb *self, int argc, char **argv)
{
	const char *name;
	int fd, status;

	if (cli_getopt(self, argc, argv, "+:") != -1)
		return CLI_USAGE;
	if (optind == argc)
		return cli_usage(self, "which interface?");
	name = argv[optind++];
	fd = packet_sender_open(name);
	if (fd < 0)
		return CLI_FAILED;
	status = optind == argc ? send_lines(fd, name) :
		 send_words(fd, name, argc - optind, argv + optind);
	close(fd);
	return status;
}
