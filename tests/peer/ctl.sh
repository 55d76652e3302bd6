#!/bin/sh
# SPDX-License-Identifier: MIT
# CAN controllers (tests/vm/run --can-bus --canfd-bus) and other links: what we
# set and read, as ip(8) has it, in both directions; and events.
PEER_NAME=peer-ctl
# shellcheck source=tests/peer/lib.sh
. "$(dirname "$0")/lib.sh"

ips_view()
{
	# shellcheck disable=SC2086 # none is no word
	ip -details -statistics -json link show $dev 2>&1
}

# look: what we show of the link $dev, or of all, and what ip does; it is
# looked at while ip shows the same before and after. The kernel changes
# states in its own time (net/core/link_watch.c), and counters.
look()
{
	ips_view >"$work/ip"
	# shellcheck disable=SC2086 # none is no word
	"$SOCKFAM" link show --json $dev >"$work/show" 2>&1
	if [ $# -gt 0 ]; then
		"$SOCKFAM" can state "$dev" >"$work/text" 2>&1
		"$SOCKFAM" can state --json "$dev" >"$work/state" 2>&1
	fi
	ips_view | cmp -s - "$work/ip"
}

# compare NAME [IF [FILE...]]: our "link show", of all or one, is what ip has.
compare()
{
	name=$1 dev=${2-}
	[ $# -lt 2 ] || shift
	shift
	wait_for look "$@"
	if why=$(python3 "$(dirname "$0")/ctl.py" "$work/show" "$work/ip" \
			"$@" 2>&1); then
		ok "$name"
	else
		not_ok "$name" "$why"
	fi
}

# agree NAME [IF]: of a controller also all of our "can state".
agree()
{
	compare "$1" "${2-can0}" "$work/text" "$work/state"
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

agree "FD, off" can2
agree "other, fresh" can1
agree "FD, other, fresh" can3

refuses "busy" 1 "can0: the link is up" "$SOCKFAM" link set can0 bitrate 125000
refuses "no such link" 1 "No such device" "$SOCKFAM" link set no0 bitrate 125000
refuses "not CAN" 1 "lo: not a CAN interface" \
	"$SOCKFAM" link set lo down bitrate 5000
if ip link show up dev lo | grep -q lo; then
	ok "not CAN, left up"
else
	not_ok "not CAN, left up" "down"
fi
refuses "restart" 1 "not in bus-off" "$SOCKFAM" link set can0 restart
refuses "no privilege" 1 "no permission" setpriv --bounding-set -net_admin \
	"$SOCKFAM" link set can0 bitrate 125000
ours can0 down
refuses "rate" 1 "rate " "$SOCKFAM" link set can0 bitrate 1
refuses "mode" 1 "FD" "$SOCKFAM" link set can0 fd on


# ----------------------------------------------------- any link, and events

# Counters that stand still: no IPv6 that asks who is there, until the end.
echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
ours lo up
"$SOCKFAM" link add -m 72 sv0 vcan
"$SOCKFAM" link add -p sx1 sx0 vxcan
"$SOCKFAM" link add -p se1 se0 veth
"$SOCKFAM" link add sd0 dummy
compare "all links"
ours se0 down mtu 1400 txqueuelen 77 name sf0 up
compare "set" sf0
refuses "no MTU" 1 "mtu greater than device maximum" \
	"$SOCKFAM" link set sf0 mtu 70000
ip netns add blue
ours sf0 netns blue
compare "peer elsewhere" se1
if ip -n blue link show sf0 >"$work/out" 2>&1; then
	ok "moved"
else
	not_ok "moved" "$(cat "$work/out")"
fi
refuses "no such namespace" 1 "No such file" "$SOCKFAM" link set se1 netns green

"$SOCKFAM" link monitor >"$work/events" 2>&1 &
text=$!
"$SOCKFAM" link monitor --json >"$work/lines" 2>&1 &
lines=$!
wait_for grep -q '^sd0: present' "$work/events"
wait_for grep -q '"sd0"' "$work/lines"
ip link add sb0 type bridge
ips sd0 master sb0
ips sd0 nomaster	# tells AF_BRIDGE's RTM_DELLINK: not the end of it
ips sd0 down
ips sd0 name sd1
ip link set sd1 netns blue
ip link del sb0
wait_for grep -q '^sb0: gone' "$work/events"
wait_for grep -q '"gone", .*"sb0"' "$work/lines"
kill $text $lines
sed -n 's/^\(sd.: [a-z-]*\).*/\1/p' "$work/events" | grep -v changed \
	>"$work/seen"
printf '%s\n' 'sd0: present' 'sd0: down' 'sd1: renamed' 'sd1: moved' \
	>"$work/want"
same "events" "$work/seen" "$work/want"
sed -n 's/^{"change": "\([a-z]*\)", .*"name": "\(sd.\)".*}$/\2: \1/p' \
	"$work/lines" | grep -v changed >"$work/seen"
same "events, JSON" "$work/seen" "$work/want"
if "$SOCKFAM" can timing --json can2 500000 >"$work/out" 2>&1 &&
	grep -q '"bitrate_bps": 500000, .*"error_ppm": 0}$' "$work/out"; then
	ok "timing, JSON"
else
	not_ok "timing, JSON" "$(cat "$work/out")"
fi
ip netns del blue
"$SOCKFAM" link del sv0 sx0

echo 0 >/proc/sys/net/ipv6/conf/default/disable_ipv6
peer_end
