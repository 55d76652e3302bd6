# SPDX-License-Identifier: MIT
# make bench: see tests/bench/run. Not built otherwise.
EXTRA_PROGRAMS = tests/bench/bench
tests_bench_bench_LDADD = libsockfam.la
tests_bench_bench_SOURCES = \
	tests/bench/addr.c \
	tests/bench/alg-file.c \
	tests/bench/alg.c \
	tests/bench/bench.h \
	tests/bench/bus.c \
	tests/bench/bus.h \
	tests/bench/count.c \
	tests/bench/echo.c \
	tests/bench/fdpass.c \
	tests/bench/main.c \
	tests/bench/packet-send.c \
	tests/bench/packet-file.c \
	tests/bench/packet.c \
	tests/bench/play.c \
	tests/bench/receive.c \
	tests/bench/relay.c \
	tests/bench/send.c \
	tests/bench/stream.c \
	tests/bench/text.c \
	tests/bench/tipc.c \
	tests/bench/veth.c \
	tests/bench/veth.h

EXTRA_DIST += tests/bench/run
CLEANFILES += tests/bench/bench$(EXEEXT)

bench: all tests/bench/bench$(EXEEXT)
	$(srcdir)/tests/bench/run
.PHONY: bench
