/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static const struct cli_verb *const verbs[] = {
	&cli_families,
	&cli_addr,
	&cli_can,
	&cli_alg,
	&cli_packet,
	&cli_vsock,
	&cli_tipc,
	&cli_fd,
	&cli_link,
	&cli_relay,
	&cli_sockets,
};

static void print_verb(FILE *to, const char *prefix, const struct cli_verb *v)
{
	const struct cli_verb *sub;
	char name[32];

	snprintf(name, sizeof(name), "%s%s%s", prefix, *prefix ? " " : "",
		 v->name);
	if (v->below) {
		for (sub = v->below; sub->name; sub++)
			print_verb(to, name, sub);
		return;
	}
	fprintf(to, "  %-14s %s\n", name, v->help);
}

static void print_help(FILE *to)
{
	size_t i;

	fputs("usage: sockfam VERB ...\n\n"
	      "Addresses and sockets of every Linux family.\n\n", to);
	for (i = 0; i < CLI_ARRAY_LEN(verbs); i++)
		print_verb(to, "", verbs[i]);
	fputs("\n'sockfam VERB -h' has the details. "
	      "Exit status: 0 done, 1 failed, 2 usage.\n", to);
}

static int wants_help(const char *arg)
{
	return strcmp(arg, "-h") == 0 || strcmp(arg, "--help") == 0;
}

static void print_verb_help(const struct cli_verb *v)
{
	const struct cli_verb *sub;

	if (!v->below) {
		printf("usage: sockfam %s%s%s\n\n%s.\n", cli_path,
		       *v->args ? " " : "", v->args, v->help);
		if (v->details)
			printf("\n%s", v->details);
		return;
	}
	printf(v->run ? "usage: sockfam %s [VERB ...]\n\n%s.\n\n" :
	       "usage: sockfam %s VERB ...\n\n", cli_path, v->help);
	for (sub = v->below; sub->name; sub++)
		printf("  %s %s\n      %s\n", sub->name, sub->args, sub->help);
}

/* argv[0] is v's own name. */
static int run_verb(const struct cli_verb *v, int argc, char **argv)
{
	const struct cli_verb *sub;
	size_t n = strlen(cli_path);

	snprintf(cli_path + n, sizeof(cli_path) - n, "%s%s", n ? " " : "",
		 v->name);
	if (argc > 1 && wants_help(argv[1])) {
		print_verb_help(v);
		return CLI_OK;
	}
	for (sub = v->below; sub && argc > 1 && sub->name; sub++)
		if (strcmp(sub->name, argv[1]) == 0)
			return run_verb(sub, argc - 1, argv + 1);
	if (v->run)
		return v->run(v, argc, argv);
	fprintf(stderr, "sockfam: %s: %s%s; one of:", cli_path,
		argc > 1 ? "no such verb: " : "which verb",
		argc > 1 ? argv[1] : "");
	for (sub = v->below; sub->name; sub++)
		fprintf(stderr, " %s", sub->name);
	fputc('\n', stderr);
	return CLI_USAGE;
}

/* A socket that became stdout would be written to. */
static int fill_standard_fds(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	return fd < 0 ? -1 : close(fd);
}

static int dispatch(int argc, char **argv)
{
	size_t i;


	if (argc > 1 && wants_help(argv[1])) {
		print_help(stdout);
		return CLI_OK;
	}
	if (argc > 1 && strcmp(argv[1], "--version") == 0) {
		printf("sockfam %s\n", sfam_version());
		return CLI_OK;
	}
	for (i = 0; argc > 1 && i < CLI_ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i]->name, argv[1]) == 0)
			return run_verb(verbs[i], argc - 1, argv + 1);
	if (argc > 1)
		fprintf(stderr, "sockfam: no such verb: %s\n", argv[1]);
	print_help(stderr);
	return CLI_USAGE;
}

/* What stdio still holds may yet fail to be written. */
int main(int argc, char **argv)
{
	int status;

	if (fill_standard_fds() < 0)
		return CLI_FAILED;
	status = dispatch(argc, argv);
	if (fflush(stdout) != 0 && errno != EPIPE)
		return cli_bad_call("stdout", -errno);
	return status;
}
