# SPDX-License-Identifier: MIT
pkgincludedir = $(includedir)/sockfam
pkginclude_HEADERS = \
	include/sockfam/addr.h \
	include/sockfam/alg.h \
	include/sockfam/base.h \
	include/sockfam/bpf.h \
	include/sockfam/can-asc.h \
	include/sockfam/can-bcm.h \
	include/sockfam/can-bits.h \
	include/sockfam/can-confirm.h \
	include/sockfam/can-error.h \
	include/sockfam/can-filter.h \
	include/sockfam/can-isotp.h \
	include/sockfam/can-ring.h \
	include/sockfam/can-j1939.h \
	include/sockfam/can.h \
	include/sockfam/capture.h \
	include/sockfam/cmsg.h \
	include/sockfam/ctl-base.h \
	include/sockfam/ctl-can.h \
	include/sockfam/ctl-crypto.h \
	include/sockfam/ctl-diag.h \
	include/sockfam/ctl-gw.h \
	include/sockfam/ctl-link.h \
	include/sockfam/ctl-tipc.h \
	include/sockfam/ctl-watch.h \
	include/sockfam/ctl.h \
	include/sockfam/error.h \
	include/sockfam/family.h \
	include/sockfam/fd.h \
	include/sockfam/fdpass.h \
	include/sockfam/fdstore.h \
	include/sockfam/handover.h \
	include/sockfam/interface.h \
	include/sockfam/memfd.h \
	include/sockfam/option.h \
	include/sockfam/packet-readers.h \
	include/sockfam/packet-ring.h \
	include/sockfam/packet.h \
	include/sockfam/packet-filter.h \
	include/sockfam/peer.h \
	include/sockfam/resolve.h \
	include/sockfam/service.h \
	include/sockfam/socket.h \
	include/sockfam/sockfam.h \
	include/sockfam/tipc.h \
	include/sockfam/vsock.h
