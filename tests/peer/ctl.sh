#!/bin/sh
# SPDX-License-Identifier: MIT
# CAN controllers (tests/vm/run --can-bus --canfd-bus): what we set and read, as ip(8)
# has it, in both directions.
PEER_NAME=peer-ctl
# shellcheck source=tests/peer/lib.sh
. "$(dirname "$0")/lib.sh"

# agree NAME [IF]: every number of our "can state" is in ip's answer.
agree()
{
	"$SOCKFAM" can state "${2-can0}" >"$work/ours" 2>&1
	ip -details -statistics -json link show "${2-can0}" >"$work/ip" 2>&1
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

# ours IF WORDS..., ips IF WORDS...: a change that must go.
ours()
{
	"$SOCKFAM" link set "$@" 2>"$work/err" ||
		not_ok "link set $*" "$(cat "$work/err")"
}
ips()
{
	ip link set "$@" 2>"$work/err" ||
		not_ok "ip link set $*" "$(cat "$work/err")"
}

ips can0 down
agree "fresh"
ours can0 bitrate 500000 sample-point 0.75 restart-ms 100 up
agree "ours, up"
ours can0 down bitrate 125000 listen-only on triple-sampling on
agree "ours, modes"
ours can0 listen-only off triple-sampling off tq 500 prop-seg 6 \
	phase-seg1 7 phase-seg2 2 sjw 1
agree "ours, explicit"
ips can0 type can bitrate 800000 one-shot on restart-ms 0
agree "ip's"
ips can0 type can one-shot off
ips can0 up type can bitrate 500000
agree "ip's, up"
ips can2 down
agree "FD, fresh" can2
ours can2 bitrate 500000 dbitrate 4000000 fd on up
agree "FD, ours, up" can2
ours can2 down fd-non-iso on dbitrate 2000000 dsample-point 0.7 up
agree "FD, ours, changed" can2
ips can2 down
ips can2 type can bitrate 250000 fd-non-iso off dbitrate 1000000 fd on
agree "FD, ip's" can2
ips can2 type can fd off

fails "busy" "can0: the link is up" "$SOCKFAM" link set can0 bitrate 125000
fails "no such link" "No such device" "$SOCKFAM" link set no0 bitrate 125000
fails "not CAN" "lo: not a CAN interface" "$SOCKFAM" link set lo bitrate 5000
fails "restart" "not in bus-off" "$SOCKFAM" link set can0 restart
fails "no privilege" "no permission" setpriv --bounding-set -net_admin \
	"$SOCKFAM" link set can0 bitrate 125000
ours can0 down
fails "rate" "rate " "$SOCKFAM" link set can0 bitrate 1
fails "mode" "FD" "$SOCKFAM" link set can0 fd on

peer_end
