# SPDX-License-Identifier: MIT
lib_LTLIBRARIES += libsockfam.la
pkgconfig_DATA += src/lib/sockfam.pc
EXTRA_DIST += src/lib/libsockfam.map

libsockfam_la_CPPFLAGS = $(BASE_CPPFLAGS) -I$(top_srcdir)/src/lib \
	-DSFAM_VERSION='"$(PACKAGE_VERSION)"'
libsockfam_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden

# -version-info CURRENT:REVISION:AGE (libtool's rules): code changed: C:R+1:A;
# interfaces added: C+1:0:A+1; removed or changed: C+1:0:0.
libsockfam_la_LDFLAGS = $(BASE_LDFLAGS) -version-info 0:0:0 -no-undefined \
	-Wl,--version-script=$(top_srcdir)/src/lib/libsockfam.map \
	-Wl,--no-undefined-version
EXTRA_libsockfam_la_DEPENDENCIES = src/lib/libsockfam.map

libsockfam_la_SOURCES = \
	src/lib/alg/aead-pieces.c \
	src/lib/alg/aead.c \
	src/lib/alg/alg.h \
	src/lib/alg/facts.c \
	src/lib/alg/hash-fd.c \
	src/lib/alg/hash.c \
	src/lib/alg/kernel.c \
	src/lib/alg/key.c \
	src/lib/alg/nonce.c \
	src/lib/alg/pieces.c \
	src/lib/alg/proc.c \
	src/lib/alg/proc.h \
	src/lib/alg/record.c \
	src/lib/alg/rng.c \
	src/lib/alg/room.c \
	src/lib/alg/session.c \
	src/lib/alg/sizes.c \
	src/lib/alg/skcipher.c \
	src/lib/alg/stream.c \
	src/lib/alg/why-session.c \
	src/lib/alg/why.c \
	src/lib/alg/why.h \
	src/lib/base/common.h \
	src/lib/base/connect.c \
	src/lib/base/diag.c \
	src/lib/base/fd.c \
	src/lib/base/file.c \
	src/lib/base/hex.c \
	src/lib/base/interface-list.c \
	src/lib/base/interface.c \
	src/lib/base/memory.c \
	src/lib/base/move.c \
	src/lib/base/now.c \
	src/lib/base/opts.c \
	src/lib/base/process.c \
	src/lib/base/read.c \
	src/lib/base/resolve.c \
	src/lib/base/resolve.h \
	src/lib/base/scan.c \
	src/lib/base/sys.c \
	src/lib/base/sys.h \
	src/lib/base/text.h \
	src/lib/base/write.c \
	src/lib/family/addr.c \
	src/lib/family/families.def \
	src/lib/family/fields.c \
	src/lib/family/interface.c \
	src/lib/family/keys.c \
	src/lib/family/layout.c \
	src/lib/family/probe.c \
	src/lib/family/row.h \
	src/lib/family/shorthand.c \
	src/lib/family/shorthand.h \
	src/lib/family/table.c \
	src/lib/family/alg.c \
	src/lib/family/appletalk.c \
	src/lib/family/atmpvc.c \
	src/lib/family/ax25-common.c \
	src/lib/family/ax25.c \
	src/lib/family/ax25.h \
	src/lib/family/bare.c \
	src/lib/family/bare.h \
	src/lib/family/bt-common.c \
	src/lib/family/bt-hci.c \
	src/lib/family/bt-iso.c \
	src/lib/family/bt-l2cap.c \
	src/lib/family/bt-rfcomm.c \
	src/lib/family/bt-sco.c \
	src/lib/family/bt.h \
	src/lib/family/caif.c \
	src/lib/family/can-bcm.c \
	src/lib/family/can-isotp.c \
	src/lib/family/can-j1939.c \
	src/lib/family/can.c \
	src/lib/family/can.h \
	src/lib/family/ieee802154.c \
	src/lib/family/inet-common.c \
	src/lib/family/inet-either.c \
	src/lib/family/inet.c \
	src/lib/family/inet.h \
	src/lib/family/inet6.c \
	src/lib/family/iucv.c \
	src/lib/family/kcm.c \
	src/lib/family/key.c \
	src/lib/family/l2tpip.c \
	src/lib/family/l2tpip6.c \
	src/lib/family/llc.c \
	src/lib/family/mctp.c \
	src/lib/family/netlink.c \
	src/lib/family/netrom.c \
	src/lib/family/nfc-llcp.c \
	src/lib/family/nfc.c \
	src/lib/family/nfc.h \
	src/lib/family/packet.c \
	src/lib/family/phonet.c \
	src/lib/family/pppox.c \
	src/lib/family/qrtr.c \
	src/lib/family/rds.c \
	src/lib/family/rose.c \
	src/lib/family/rxrpc.c \
	src/lib/family/smc.c \
	src/lib/family/tipc.c \
	src/lib/family/unix.c \
	src/lib/family/vsock.c \
	src/lib/family/x25.c \
	src/lib/family/xdp.c \
	src/lib/can/bits.c \
	src/lib/can/filter.c \
	src/lib/can/frame.c \
	src/lib/can/hex16.h \
	src/lib/can/layout.h \
	src/lib/can/log.c \
	src/lib/can/option.c \
	src/lib/can/receive.c \
	src/lib/can/send.c \
	src/lib/can/text-format.c \
	src/lib/can/text-parse.c \
	src/lib/socket/cmsg-codec.c \
	src/lib/socket/cmsg-layout.h \
	src/lib/socket/cmsg-stamp.c \
	src/lib/socket/cmsg-table.c \
	src/lib/socket/cmsg-table.h \
	src/lib/socket/cmsg.c \
	src/lib/socket/connect.c \
	src/lib/socket/error.c \
	src/lib/socket/fd.c \
	src/lib/socket/fdbox.c \
	src/lib/socket/fdbox.h \
	src/lib/socket/fdcheck.c \
	src/lib/socket/fdmessage.c \
	src/lib/socket/fdnames.c \
	src/lib/socket/fdpass.c \
	src/lib/socket/fdreceive.c \
	src/lib/socket/fdsend.h \
	src/lib/socket/fdstore-ask.c \
	src/lib/socket/fdstore-message.c \
	src/lib/socket/fdstore-notify.c \
	src/lib/socket/fdstore-serve.c \
	src/lib/socket/fdstore.c \
	src/lib/socket/fdstore.h \
	src/lib/socket/flow.c \
	src/lib/socket/flow.h \
	src/lib/socket/handover.c \
	src/lib/socket/interface.c \
	src/lib/socket/io.c \
	src/lib/socket/listen-env.c \
	src/lib/socket/listen-place.c \
	src/lib/socket/listen.c \
	src/lib/socket/listen.h \
	src/lib/socket/memfd.c \
	src/lib/socket/message.c \
	src/lib/socket/message.h \
	src/lib/socket/named.c \
	src/lib/socket/open.c \
	src/lib/socket/open.h \
	src/lib/socket/option.c \
	src/lib/socket/peer.c \
	src/lib/socket/resolve.c \
	src/lib/socket/resolve.h \
	src/lib/socket/sendfile.c \
	src/lib/socket/splice.c
