# SPDX-License-Identifier: MIT
bin_PROGRAMS += sockfam
sockfam_CPPFLAGS = $(BASE_CPPFLAGS)
sockfam_LDFLAGS = $(BASE_LDFLAGS)
sockfam_LDADD = libsockfam.la libsockfam-ctl.la
sockfam_SOURCES = \
	src/cli/addr.c \
	src/cli/alg-bench.c \
	src/cli/alg-check.c \
	src/cli/alg-cipher.c \
	src/cli/alg-cipher.h \
	src/cli/alg-cli.h \
	src/cli/alg-hash.c \
	src/cli/alg-key.c \
	src/cli/alg-key.h \
	src/cli/alg-list.c \
	src/cli/alg-rng.c \
	src/cli/alg-seal.c \
	src/cli/alg-seal.h \
	src/cli/alg-session.c \
	src/cli/alg-stream.c \
	src/cli/alg-sums.h \
	src/cli/alg-unseal.c \
	src/cli/alg.c \
	src/cli/can-cli.h \
	src/cli/can-ctl.c \
	src/cli/can-dump.c \
	src/cli/can-dump.h \
	src/cli/can-screen.c \
	src/cli/can-send.c \
	src/cli/can.c \
	src/cli/cli.c \
	src/cli/cli.h \
	src/cli/families.c \
	src/cli/fd-bundle.c \
	src/cli/fd-exec.c \
	src/cli/fd-expect.c \
	src/cli/fd-keep.c \
	src/cli/fd-recv.c \
	src/cli/fd-run.c \
	src/cli/fd-send.c \
	src/cli/fd-serve.c \
	src/cli/fd-store.c \
	src/cli/fd.c \
	src/cli/fd.h \
	src/cli/hex.c \
	src/cli/hex.h \
	src/cli/json.c \
	src/cli/json.h \
	src/cli/link-set.c \
	src/cli/link.c \
	src/cli/main.c \
	src/cli/output.c \
	src/cli/output.h \
	src/cli/packet-line.c \
	src/cli/packet-line.h \
	src/cli/packet.c \
	src/cli/progress.c \
	src/cli/progress.h \
	src/cli/relay-flow.c \
	src/cli/relay-loop.c \
	src/cli/relay-message.c \
	src/cli/relay-open.c \
	src/cli/relay-pair.c \
	src/cli/relay-sender.c \
	src/cli/relay-stream.c \
	src/cli/relay-text.c \
	src/cli/relay.c \
	src/cli/relay.h \
	src/cli/seal-format.c \
	src/cli/seal-format.h \
	src/cli/stream.c \
	src/cli/stream.h \
	src/cli/sum-line.c \
	src/cli/sum-line.h \
	src/cli/tipc.c \
	src/cli/vsock.c
