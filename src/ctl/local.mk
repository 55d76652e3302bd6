# SPDX-License-Identifier: MIT
lib_LTLIBRARIES += libsockfam-ctl.la
pkgconfig_DATA += src/ctl/sockfam-ctl.pc
EXTRA_DIST += src/ctl/libsockfam-ctl.map

libsockfam_ctl_la_CPPFLAGS = $(BASE_CPPFLAGS) $(NL_CFLAGS) \
	-I$(top_srcdir)/src/lib
libsockfam_ctl_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
libsockfam_ctl_la_LIBADD = libsockfam.la $(NL_LIBS)
libsockfam_ctl_la_LDFLAGS = $(BASE_LDFLAGS) -version-info 0:0:0 -no-undefined \
	-Wl,--version-script=$(top_srcdir)/src/ctl/libsockfam-ctl.map \
	-Wl,--no-undefined-version
EXTRA_libsockfam_ctl_la_DEPENDENCIES = src/ctl/libsockfam-ctl.map
libsockfam_ctl_la_SOURCES = \
	src/ctl/can-config.c \
	src/ctl/can-gw-format.c \
	src/ctl/can-gw-list.c \
	src/ctl/can-gw-parse.c \
	src/ctl/can-gw.c \
	src/ctl/can-gw.h \
	src/ctl/can-names.c \
	src/ctl/can-status.c \
	src/ctl/can-timing.c \
	src/ctl/can-wait.c \
	src/ctl/crypto-netlink.c \
	src/ctl/crypto-proc.c \
	src/ctl/crypto.c \
	src/ctl/crypto.h \
	src/ctl/diag-inet.c \
	src/ctl/diag-netlink.c \
	src/ctl/diag-owners.c \
	src/ctl/diag-packet.c \
	src/ctl/diag-unix.c \
	src/ctl/diag-vsock.c \
	src/ctl/diag-xdp.c \
	src/ctl/diag.c \
	src/ctl/diag.h \
	src/ctl/dump.c \
	src/ctl/genl.c \
	src/ctl/genl.h \
	src/ctl/link-info.c \
	src/ctl/link-info.h \
	src/ctl/link-step.c \
	src/ctl/link-step.h \
	src/ctl/link-wait.c \
	src/ctl/link-wait.h \
	src/ctl/link-watch.c \
	src/ctl/link.c \
	src/ctl/request.c \
	src/ctl/request.h \
	src/ctl/tipc-bearer.c \
	src/ctl/tipc-id.c \
	src/ctl/tipc-link.c \
	src/ctl/tipc-monitor.c \
	src/ctl/tipc-names.c \
	src/ctl/tipc-node.c \
	src/ctl/tipc-udp.c \
	src/ctl/tipc.c \
	src/ctl/tipc.h \
	src/ctl/wait.c \
	src/ctl/wait.h
# Scanners and writers of text: a second copy, since they are no interface.
libsockfam_ctl_la_SOURCES += \
	src/lib/base/hex.c \
	src/lib/base/scan.c \
	src/lib/base/write.c
