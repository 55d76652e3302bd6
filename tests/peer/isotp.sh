#!/bin/sh
# SPDX-License-Identifier: MIT
# sockfam can isotp against can-utils' programs and python3's sockets.
PEER_NAME=peer-isotp
here=$(dirname "$0")
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

ip link add name vcaniso mtu 72 up type vcan || exit 1
ip link set lo up
one_cpu
python_cases "$here/isotp.py" "$SOCKFAM" vcaniso "$work"

refuses "no such interface" 1 "nosuch" \
	"$SOCKFAM" can isotp recv -s 123 -d 321 nosuch
refuses "rx is tx" 1 "rx and tx are the same" \
	"$SOCKFAM" can isotp recv -s 123 -d 123 vcaniso
ip link add name vcanold mtu 16 up type vcan || exit 1
refuses "no FD" 1 "has no FD frames" \
	"$SOCKFAM" can isotp recv -s 123 -d 321 -L 72:64:0 vcanold
refuses "nobody answers" 1 "no flow control came" \
	"$SOCKFAM" can isotp send -s 123 -d 321 -D 100 vcanold
refuses "too long for one frame" 1 "the PDU is too long" \
	"$SOCKFAM" can isotp send -s 123 -S -D 8 vcanold
ip link set vcanold down
refuses "interface is down" 1 "Network is down" \
	"$SOCKFAM" can isotp send -s 123 -d 321 -D 1 vcanold
ip link del vcanold
ip link del vcaniso

peer_end
