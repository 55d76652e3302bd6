/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a filter's text: refused with a reason, or a program that
 * the kernel would take. As a program and a packet: what the check takes
 * runs to its end, and so does what it refuses; lines of text of both.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockfam/sockfam.h>

#define MUST(cond) do { if (!(cond)) abort(); } while (0)
#define INSNS 512

static void as_text(const char *text, size_t len)
{
	struct sock_filter insns[INSNS];
	struct sfam_bpf_packet packet = { .data = text, .len = len };
	struct sfam_diag diag;
	uint32_t bytes;
	ssize_t n;
	int link;

	for (link = 0; link <= SFAM_PACKET_LINK_COOKED; link++) {
		n = sfam_packet_filter_compile(insns, INSNS,
					       (enum sfam_packet_link)link,
					       96, text, len, &diag);
		if (n == -EINVAL || n == -E2BIG)
			MUST(diag.offset <= len && diag.expected[0]);
		else if (n < 0)
			MUST(n == -ENOSPC);
		if (n < 0)
			continue;
		MUST(n > 0 && sfam_bpf_check(insns, (size_t)n, NULL) == 0);
		MUST(sfam_bpf_run(insns, (size_t)n, &packet, &bytes) == 0);
		MUST(bytes == 0 || bytes == 96);
	}
}

static void as_program(const uint8_t *data, size_t size)
{
	struct sock_filter insns[INSNS];
	const size_t n = size / sizeof(insns[0]) < INSNS ?
			 size / sizeof(insns[0]) : INSNS;
	struct sfam_bpf_packet packet = {
		.data = data, .len = size, .wire_len = size,
		.net_offset = size / 2, .ifindex = 1,
	};
	char line[SFAM_BPF_STRLEN];
	struct sfam_diag diag;
	uint32_t bytes;
	size_t i;
	int checked, r;

	memcpy(insns, data, n * sizeof(insns[0]));
	checked = sfam_bpf_check(insns, n, &diag);
	MUST(checked == 0 || (diag.offset <= n && diag.expected[0]));
	r = sfam_bpf_run(insns, n, &packet, &bytes);
	MUST(r == 0 || r == -EOPNOTSUPP || (r == -EINVAL && checked < 0));
	for (i = 0; i < n; i++)
		MUST(sfam_bpf_format(&insns[i], i, line, sizeof(line)) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_text((const char *)data, size);
	as_program(data, size);
	return 0;
}
