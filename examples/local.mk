# SPDX-License-Identifier: MIT
check_PROGRAMS += examples/can-sniff examples/pass-fd
examples_can_sniff_CPPFLAGS = $(BASE_CPPFLAGS)
examples_can_sniff_LDADD = libsockfam.la
examples_pass_fd_CPPFLAGS = $(BASE_CPPFLAGS)
examples_pass_fd_LDADD = libsockfam.la
