/* SPDX-License-Identifier: MIT */
/* Why a transfer was given up. */
#include "can/j1939.h"

/*
 * j1939_xtp_abort_to_errno() in net/can/j1939/transport.c makes an errno of
 * the number in the abort message, which stands in brackets here.
 */
SFAM_PUBLIC const char *sfam_j1939_abort_words(int error)
{
	switch (-error) {
	case EALREADY:
		return "the peer is in another transfer (1)";
	case EMSGSIZE:
		return "the peer has no room for it (2)";
	case EHOSTUNREACH:
		return "no answer in time (3)";
	case EBADMSG:
		return "asked for more data while data was sent (4)";
	case ENOTRECOVERABLE:
		return "repeated too often (5)";
	case ENOTCONN:
		return "data that was not expected (6)";
	case EILSEQ:
		return "wrong sequence number (7)";
	case EPROTO:
		return "against the protocol, or refused for another reason "
		       "(8-15, 250)";
	case ENETUNREACH:
		return "the queue of the interface stayed full";
	case ETIME:
		return "nobody on the bus takes it";
	case ENETDOWN:
		return "interface is down";
	case ENODEV:
		return "interface is gone";
	case ESHUTDOWN:
		return "the socket was closed";
	case EBUSY:
		return "another socket sends between the same addresses";
	default:
		return "not known why";
	}
}
