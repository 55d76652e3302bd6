/* SPDX-License-Identifier: MIT */
/* All of libsockfam. */
#ifndef SOCKFAM_SOCKFAM_H
#define SOCKFAM_SOCKFAM_H

#include <sockfam/addr.h>
#include <sockfam/alg.h>
#include <sockfam/base.h>
#include <sockfam/bpf.h>
#include <sockfam/can-asc.h>
#include <sockfam/can-bcm.h>
#include <sockfam/can-bits.h>
#include <sockfam/can-confirm.h>
#include <sockfam/can-error.h>
#include <sockfam/can-filter.h>
#include <sockfam/can-isotp.h>
#include <sockfam/can-ring.h>
#include <sockfam/can-txtime.h>
#include <sockfam/can-j1939.h>
#include <sockfam/can.h>
#include <sockfam/capture.h>
#include <sockfam/cmsg.h>
#include <sockfam/error.h>
#include <sockfam/family.h>
#include <sockfam/fd.h>
#include <sockfam/fdpass.h>
#include <sockfam/fdstore.h>
#include <sockfam/handover.h>
#include <sockfam/interface.h>
#include <sockfam/memfd.h>
#include <sockfam/option.h>
#include <sockfam/packet-readers.h>
#include <sockfam/packet-ring.h>
#include <sockfam/packet.h>
#include <sockfam/packet-filter.h>
#include <sockfam/peer.h>
#include <sockfam/resolve.h>
#include <sockfam/service.h>
#include <sockfam/socket.h>
#include <sockfam/tipc.h>
#include <sockfam/vsock.h>

#endif
