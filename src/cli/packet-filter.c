/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_LIBPCAP
#include <pcap/pcap.h>
#endif

#include "packet-filter.h"

#define KEEP_ALL 262144		/* as tcpdump's programs say */

/* The words with a blank between; the caller frees it. NULL after printing. */
static char *join_words(int argc, char **argv)
{
	size_t size = 1;
	char *text, *end;
	int i;

	for (i = 0; i < argc; i++)
		size += strlen(argv[i]) + 1;
	text = malloc(size);
	if (!text) {
		cli_bad_call("filter", -ENOMEM);
		return NULL;
	}
	end = text;
	for (i = 0; i < argc; i++) {
		if (i > 0)
			*end++ = ' ';
		end = stpcpy(end, argv[i]);
	}
	*end = '\0';
	return text;
}

static ssize_t say_refused(const char *text, ssize_t error,
			   const struct sfam_diag *diag)
{
	if (error == -ENOSPC)
		cli_error("%s: the filter is too long", text);
	else
		cli_bad_text(text, (int)error, diag);
	return -1;
}

#ifdef HAVE_LIBPCAP
static ssize_t take_program(struct sock_filter *insns, size_t room,
			    const char *text, const struct bpf_program *prog)
{
	unsigned int i;

	if (prog->bf_len > room) {
		cli_error("%s: the filter is too long", text);
		return -1;
	}
	for (i = 0; i < prog->bf_len; i++) {
		insns[i].code = prog->bf_insns[i].code;
		insns[i].jt = prog->bf_insns[i].jt;
		insns[i].jf = prog->bf_insns[i].jf;
		insns[i].k = prog->bf_insns[i].k;
	}
	return (ssize_t)prog->bf_len;
}

static ssize_t compile_by_libpcap(struct sock_filter *insns, size_t room,
				  enum sfam_packet_link link,
				  uint32_t keep_bytes, const char *text)
{
	pcap_t *pcap = pcap_open_dead(link == SFAM_PACKET_LINK_IP ? DLT_RAW :
				      DLT_EN10MB,
				      keep_bytes > INT_MAX ? INT_MAX :
				      (int)keep_bytes);
	struct bpf_program prog;
	ssize_t n = -1;

	if (!pcap) {
		cli_bad_call("libpcap", -ENOMEM);
		return -1;
	}
	if (pcap_compile(pcap, &prog, text, 1, PCAP_NETMASK_UNKNOWN) < 0) {
		cli_error("%s: %s", text, pcap_geterr(pcap));
	} else {
		n = take_program(insns, room, text, &prog);
		pcap_freecode(&prog);
	}
	pcap_close(pcap);
	return n;
}

/*
 * libpcap makes programs for packets without a header only, and for tags
 * that the kernel took out of the bytes, for sockets of its own.
 */
static int is_for_libpcap(enum sfam_packet_link link, const char *text)
{
	return link != SFAM_PACKET_LINK_COOKED && !strstr(text, "vlan");
}
#endif

static ssize_t compile_text(struct sock_filter *insns, size_t room,
			    enum sfam_packet_link link, uint32_t keep_bytes,
			    const char *text)
{
	struct sfam_diag diag;
	ssize_t n = sfam_packet_filter_compile(insns, room, link, keep_bytes,
					       text, strlen(text), &diag);

	if (n >= 0)
		return n;
#ifdef HAVE_LIBPCAP
	if (n == -EINVAL && is_for_libpcap(link, text))
		return compile_by_libpcap(insns, room, link, keep_bytes,
					  text);
#endif
	return say_refused(text, n, &diag);
}

ssize_t packet_filter_compile(struct sock_filter *insns, size_t room,
			      enum sfam_packet_link link,
			      uint32_t keep_bytes, int argc, char **argv)
{
	char *text = join_words(argc, argv);
	ssize_t n;

	if (!text)
		return -1;
	n = compile_text(insns, room, link, keep_bytes, text);
	free(text);
	return n;
}

/* -------------------------------------------------------------- verb -- */

static void print_program(const struct sock_filter *insns, size_t n,
			  int form)
{
	char line[SFAM_BPF_STRLEN];
	size_t i;

	if (form >= 3)
		printf("%zu\n", n);
	for (i = 0; i < n; i++) {
		if (form >= 3) {
			printf("%u %u %u %u\n", insns[i].code, insns[i].jt,
			       insns[i].jf, insns[i].k);
		} else if (form == 2) {
			printf("{ 0x%x, %u, %u, 0x%08x },\n", insns[i].code,
			       insns[i].jt, insns[i].jf, insns[i].k);
		} else if (sfam_bpf_format(&insns[i], i, line,
					   sizeof(line)) > 0) {
			puts(line);
		}
	}
}

static int parse_link(const char *name, enum sfam_packet_link *ret)
{
	static const char *const names[] = {
		[SFAM_PACKET_LINK_ETHER] = "ether",
		[SFAM_PACKET_LINK_IP] = "ip",
		[SFAM_PACKET_LINK_COOKED] = "cooked",
	};
	size_t i;

	for (i = 0; i < CLI_ARRAY_LEN(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret = (enum sfam_packet_link)i;
			return 0;
		}
	}
	return -1;
}

int packet_filter_run(const struct cli_verb *self, int argc, char **argv)
{
	struct sock_filter insns[BPF_MAXINSNS];
	enum sfam_packet_link link = SFAM_PACKET_LINK_ETHER;
	uint64_t keep_bytes = KEEP_ALL;
	int form = 0;
	ssize_t n;
	int c;

	while ((c = cli_getopt(self, argc, argv, "+:ds:y:")) != -1) {
		if (c == 'd')
			form++;
		else if (c == 's' && cli_number(optarg, 1, INT32_MAX,
						&keep_bytes) < 0)
			return cli_usage(self, "-s %s: not a number of "
					 "bytes", optarg);
		else if (c == 'y' && parse_link(optarg, &link) < 0)
			return cli_usage(self, "-y %s: not ether, ip or "
					 "cooked", optarg);
		else if (c == '?')
			return CLI_USAGE;
	}
	n = packet_filter_compile(insns, CLI_ARRAY_LEN(insns), link,
				  (uint32_t)keep_bytes, argc - optind,
				  argv + optind);
	if (n < 0)
		return CLI_FAILED;
	print_program(insns, (size_t)n, form);
	return CLI_OK;
}
