/* SPDX-License-Identifier: MIT */
/*
 * What headers lack is defined here: those of Linux 6.1 are behind the
 * kernels that run.
 */
#include <netinet/in.h>
#include <netinet/udp.h>
#include <time.h>

#include <linux/can.h>
#include <linux/can/j1939.h>
#include <linux/can/raw.h>
#include <linux/errqueue.h>
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/rxrpc.h>
#include <linux/tipc.h>
#include <linux/vm_sockets.h>

#include "socket/cmsg-layout.h"
#include "socket/cmsg-table.h"

#define SCM_SECURITY 0x03	/* linux/socket.h, never in a user header */
#ifndef SCM_PIDFD
#define SCM_PIDFD 0x04		/* Linux 6.5 */
#endif
#ifndef SOL_VSOCK
#define SOL_VSOCK 287		/* Linux 6.7 */
#endif
#ifndef VSOCK_RECVERR
#define VSOCK_RECVERR 1		/* Linux 6.7 */
#endif

#define OLD sizeof(struct sfam__time_old)
#define NEW sizeof(struct sfam__time_new)
#define EE sizeof(struct sock_extended_err)

/* Those that a busy program gets with every message come first. */
static const struct sfam__cmsg_row rows[] = {
	{ SOL_SOCKET, SCM_RIGHTS, SFAM_CMSG_RIGHTS,
	  0, &sfam__cmsg_fds },
	{ SOL_SOCKET, SCM_CREDENTIALS, SFAM_CMSG_CREDENTIALS,
	  sizeof(struct ucred), &sfam__cmsg_credentials },
	{ SOL_SOCKET, SCM_PIDFD, SFAM_CMSG_PIDFD,
	  sizeof(int), &sfam__cmsg_pidfd },
	{ SOL_SOCKET, SCM_SECURITY, SFAM_CMSG_SECURITY,
	  0, &sfam__cmsg_bytes },
	{ SOL_SOCKET, SO_TIMESTAMPNS_NEW, SFAM_CMSG_TIMESTAMP,
	  NEW, &sfam__cmsg_new_ns },
	{ SOL_SOCKET, SO_TIMESTAMPNS_OLD, SFAM_CMSG_TIMESTAMP,
	  OLD, &sfam__cmsg_old_ns },
	{ SOL_SOCKET, SO_TIMESTAMP_NEW, SFAM_CMSG_TIMESTAMP,
	  NEW, &sfam__cmsg_new_us },
	{ SOL_SOCKET, SO_TIMESTAMP_OLD, SFAM_CMSG_TIMESTAMP,
	  OLD, &sfam__cmsg_old_us },
	{ SOL_SOCKET, SO_TIMESTAMPING_NEW, SFAM_CMSG_TIMESTAMPING,
	  3 * NEW, &sfam__cmsg_new_stamps },
	{ SOL_SOCKET, SO_TIMESTAMPING_OLD, SFAM_CMSG_TIMESTAMPING,
	  3 * OLD, &sfam__cmsg_old_stamps },
	{ SOL_SOCKET, SO_RXQ_OVFL, SFAM_CMSG_DROPS,
	  4, &sfam__cmsg_number },

	{ SOL_PACKET, PACKET_AUXDATA, SFAM_CMSG_AUXDATA,
	  sizeof(struct tpacket_auxdata), &sfam__cmsg_auxdata },
	{ SOL_IP, IP_PKTINFO, SFAM_CMSG_PKTINFO,
	  sizeof(struct in_pktinfo), &sfam__cmsg_pktinfo },
	{ SOL_IPV6, IPV6_PKTINFO, SFAM_CMSG_PKTINFO_INET6,
	  sizeof(struct in6_pktinfo), &sfam__cmsg_pktinfo_inet6 },
	{ IPPROTO_UDP, UDP_GRO, SFAM_CMSG_GRO,
	  4, &sfam__cmsg_number },
	{ IPPROTO_UDP, UDP_SEGMENT, SFAM_CMSG_SEGMENT,
	  2, &sfam__cmsg_number },

	{ SOL_IP, IP_RECVERR, SFAM_CMSG_ERROR,
	  EE, &sfam__cmsg_error },
	{ SOL_IPV6, IPV6_RECVERR, SFAM_CMSG_ERROR,
	  EE, &sfam__cmsg_error },
	{ SOL_PACKET, PACKET_TX_TIMESTAMP, SFAM_CMSG_ERROR,
	  EE, &sfam__cmsg_error },
	{ SOL_CAN_RAW, SCM_CAN_RAW_ERRQUEUE, SFAM_CMSG_ERROR,
	  EE, &sfam__cmsg_error },
	{ SOL_CAN_J1939, SCM_J1939_ERRQUEUE, SFAM_CMSG_ERROR,
	  EE, &sfam__cmsg_error },
	{ SOL_VSOCK, VSOCK_RECVERR, SFAM_CMSG_ERROR,
	  EE, &sfam__cmsg_error },

	{ SOL_ALG, ALG_SET_IV, SFAM_CMSG_ALG_IV,
	  sizeof(struct af_alg_iv), &sfam__cmsg_iv },
	{ SOL_ALG, ALG_SET_OP, SFAM_CMSG_ALG_OP,
	  4, &sfam__cmsg_number },
	{ SOL_ALG, ALG_SET_AEAD_ASSOCLEN, SFAM_CMSG_ALG_ASSOCLEN,
	  4, &sfam__cmsg_number },

	{ SOL_TIPC, TIPC_ERRINFO, SFAM_CMSG_TIPC_ERROR,
	  2 * 4, &sfam__cmsg_words },
	{ SOL_TIPC, TIPC_RETDATA, SFAM_CMSG_TIPC_RETURNED,
	  0, &sfam__cmsg_bytes },
	{ SOL_TIPC, TIPC_DESTNAME, SFAM_CMSG_TIPC_NAME,
	  3 * 4, &sfam__cmsg_words },

	{ SOL_CAN_J1939, SCM_J1939_DEST_ADDR, SFAM_CMSG_J1939_ADDR,
	  1, &sfam__cmsg_number },
	{ SOL_CAN_J1939, SCM_J1939_DEST_NAME, SFAM_CMSG_J1939_NAME,
	  8, &sfam__cmsg_number },
	{ SOL_CAN_J1939, SCM_J1939_PRIO, SFAM_CMSG_J1939_PRIO,
	  1, &sfam__cmsg_number },

	{ SOL_RXRPC, RXRPC_USER_CALL_ID, SFAM_CMSG_RXRPC_CALL,
	  sizeof(long), &sfam__cmsg_number },
	{ SOL_RXRPC, RXRPC_ABORT, SFAM_CMSG_RXRPC_ABORT,
	  4, &sfam__cmsg_number },
	{ SOL_RXRPC, RXRPC_ACK, SFAM_CMSG_RXRPC_ACK,
	  0, &sfam__cmsg_nothing },
	{ SOL_RXRPC, RXRPC_NET_ERROR, SFAM_CMSG_RXRPC_NET_ERROR,
	  4, &sfam__cmsg_number },
	{ SOL_RXRPC, RXRPC_BUSY, SFAM_CMSG_RXRPC_BUSY,
	  0, &sfam__cmsg_nothing },
	{ SOL_RXRPC, RXRPC_LOCAL_ERROR, SFAM_CMSG_RXRPC_LOCAL_ERROR,
	  4, &sfam__cmsg_number },
	{ SOL_RXRPC, RXRPC_NEW_CALL, SFAM_CMSG_RXRPC_NEW_CALL,
	  0, &sfam__cmsg_nothing },
	{ SOL_RXRPC, RXRPC_EXCLUSIVE_CALL, SFAM_CMSG_RXRPC_EXCLUSIVE,
	  0, &sfam__cmsg_nothing },
	{ SOL_RXRPC, RXRPC_UPGRADE_SERVICE, SFAM_CMSG_RXRPC_UPGRADE,
	  0, &sfam__cmsg_nothing },
	{ SOL_RXRPC, RXRPC_TX_LENGTH, SFAM_CMSG_RXRPC_TX_LENGTH,
	  8, &sfam__cmsg_number },
	{ SOL_RXRPC, RXRPC_SET_CALL_TIMEOUT, SFAM_CMSG_RXRPC_TIMEOUT,
	  3 * 4, &sfam__cmsg_words },
	{ SOL_RXRPC, RXRPC_CHARGE_ACCEPT, SFAM_CMSG_RXRPC_CHARGE,
	  sizeof(long), &sfam__cmsg_number },
};

#define ROWS_END (rows + SFAM_ARRAY_LEN(rows))

const struct sfam__cmsg_row *sfam__cmsg_row(int level, int type)
{
	const struct sfam__cmsg_row *row;

	for (row = rows; row < ROWS_END; row++)
		if (row->type == type && row->level == level)
			return row;
	return NULL;
}

const struct sfam__cmsg_row *sfam__cmsg_row_of_kind(enum sfam_cmsg_kind kind,
						    int level, int type)
{
	const struct sfam__cmsg_row *row = sfam__cmsg_row(level, type);

	if (row && row->kind == kind)
		return row;
	for (row = rows; row < ROWS_END; row++)
		if (row->kind == kind)
			return row;
	return NULL;
}
