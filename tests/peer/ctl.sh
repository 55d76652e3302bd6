#!/bin/sh
# SPDX-License-Identifier: MIT
# CAN controllers (tests/vm/run --can-bus): what we set and read, as ip(8)
# has it, in both directions.
PEER_NAME=peer-ctl
# shellcheck source=tests/peer/lib.sh
. "$(dirname "$0")/lib.sh"

# agree NAME: every number of our "can state can0" is in ip's answer.
agree()
{
	"$SOCKFAM" can state can0 >"$work/ours" 2>&1
	ip -details -statistics -json link show can0 >"$work/ip" 2>&1
	if why=$(python3 "$(dirname "$0")/ctl.py" "$work/ours" "$work/ip" \
			2>&1); then
		ok "$1"
	else
		not_ok "$1" "$why"
	fi
}

# fails NAME WORDS COMMAND...
fails()
{
	name=$1 words=$2
	shift 2
	if "$@" >"$work/out" 2>&1; then
		not_ok "$name" "it went"
	elif grep -qF -- "$words" "$work/out"; then
		ok "$name"
	else
		not_ok "$name" "$(cat "$work/out")"
	fi
}

set_can0() { "$SOCKFAM" link set can0 "$@"; }

ip link set can0 down
agree "fresh"
set_can0 bitrate 500000 sample-point 0.75 restart-ms 100 up
agree "ours, up"
set_can0 down bitrate 125000 listen-only on triple-sampling on
agree "ours, modes"
set_can0 listen-only off triple-sampling off tq 500 prop-seg 6 phase-seg1 7 \
	phase-seg2 2 sjw 1
agree "ours, explicit"
ip link set can0 type can bitrate 800000 one-shot on restart-ms 0
agree "ip's"
ip link set can0 type can one-shot off
ip link set can0 up type can bitrate 500000
agree "ip's, up"

fails "busy" "can0: the link is up" "$SOCKFAM" link set can0 bitrate 125000
fails "no such link" "No such device" "$SOCKFAM" link set no0 bitrate 125000
fails "not CAN" "lo: not a CAN interface" "$SOCKFAM" link set lo bitrate 5000
fails "restart" "not in bus-off" "$SOCKFAM" link set can0 restart
fails "no privilege" "no permission" setpriv --bounding-set -net_admin \
	"$SOCKFAM" link set can0 bitrate 125000
set_can0 down
fails "rate" "rate " "$SOCKFAM" link set can0 bitrate 1
fails "mode" "FD" "$SOCKFAM" link set can0 fd on

peer_end
