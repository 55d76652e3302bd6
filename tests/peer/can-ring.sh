#!/bin/sh
# SPDX-License-Identifier: MIT
# sockfam can dump by a ring: candump's lines to the byte, and every loss.
PEER_NAME=peer-can-ring
here=$(dirname "$0")
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

"$SOCKFAM" link add -m 72 vcan0 vcan || exit 1
"$SOCKFAM" link add -m 72 vcanlong1 vcan || exit 1
"$SOCKFAM" link add -m 2060 vcanxl vcan || exit 1
one_cpu
# See can.sh.
python3 "$here/can-peer.py" stamp vcan0 >"$work/stamped" &
stamper=$!
wait_for grep -q stamped "$work/stamped"

# both NAME COUNT ARGUMENTS...: candump and a ring see the same of $traffic.
both()
{
	name=$1 count=$2
	shift 2
	candump -n "$count" -T 600000 -L "$@" >"$work/theirs" &
	theirs=$!
	"$SOCKFAM" can dump --engine ring -n "$count" -T 600000 -L "$@" \
		>"$work/ours" &
	ours=$!
	waiting $theirs $ours
	eval "$traffic"
	wait "$theirs" "$ours"
	same "$name" "$work/theirs" "$work/ours"
	lines=$(wc -l <"$work/ours")
	[ "$lines" -eq "$count" ] || not_ok "$name" "$lines lines, not $count"
}

traffic='cangen vcan0 -g 0 -n 200 -m; cangen vcan0 -g 0 -n 200 -e -R;
	cangen vcan0 -g 0 -n 200 -f -b -L r;
	cansend vcan0 20000004#0001000000000000; cansend vcan0 123#R7'
both "frames of all kinds" 602 vcan0,0:0,#FFFFFFFF
both "frames of any interface" 602 any,0:0,#FFFFFFFF

# shellcheck disable=SC2016 # for eval
traffic='for id in 100 101 123 200 7FF 00000123 12345678 1FFFFFFF; do
	cansend vcan0 $id#11; done; cansend vcan0 20000040#; cansend vcan0 7F0#22'
both "filter id:mask" 2 vcan0,123:7FF
both "filter inverse" 7 vcan0,123~7FF
both "filter list" 3 vcan0,100:7FF,200:7FF,7F0:7FF
both "filter joined" 7 vcan0,100~7FF,101~7FF,j
both "filter errors" 10 vcan0,#FFFFFFFF

# XL, which Debian's candump does not have: as by a socket.
for engine in raw ring; do
	"$SOCKFAM" can dump --engine $engine -L -n 3 -T 600000 vcanxl \
		>"$work/$engine" &
	eval $engine=$!
done
# shellcheck disable=SC2154 # by eval
waiting "$raw" "$ring"
"$SOCKFAM" can send vcanxl 45123#81:00:12345678#11.22.33 123##1AABB \
	007ff#80:ff:00000000#00
wait "$raw" "$ring"
same "XL" "$work/raw" "$work/ring"

# all_told FILE N: frames and those that are told as lost are N.
all_told()
{
	awk -v n="$2" '/^\(/ { sum++ } /^DROPCOUNT/ { sum += $3 }
		END { exit sum != n }' "$1"
}

# A reader that sleeps: what it lost it tells, though nothing comes any more.
# 900 are fewer than the kernel queues for a processor, so it loses none.
for engine in raw ring; do
	"$SOCKFAM" can dump --engine $engine -L -d -r 1 vcan0 \
		>"$work/out" 2>"$work/err" &
	reader=$!
	waiting $reader
	kill -STOP $reader
	wait_for grep -q '^State:.T' "/proc/$reader/status"
	cangen vcan0 -g 0 -n 900
	kill -CONT $reader
	if wait_for all_told "$work/out" 900 &&
			grep -q "^DROPCOUNT.*'vcan0'" "$work/out"; then
		ok "loss is told at once, $engine"
	else
		not_ok "loss is told at once, $engine" \
			"$(grep DROP "$work/out")"
	fi
	kill $reader
	wait $reader
	lost=$(awk '/^DROPCOUNT/ { sum += $3 } END { print sum }' "$work/out")
	if grep -q "vcan0: $lost frames lost" "$work/err"; then
		ok "loss is told at the end, $engine"
	else
		not_ok "loss is told at the end, $engine" "$(cat "$work/err")"
	fi
done

# A frame that is there before a signal comes is not left in the ring.
candump -L -n 1 vcan0 >"$work/seen" &
seen=$!
"$SOCKFAM" can dump --engine ring -L vcan0 >"$work/out" &
reader=$!
waiting $seen $reader
cansend vcan0 123#11
wait $seen
kill $reader
wait $reader
same "a signal behind a frame" "$work/seen" "$work/out"

# Where it may not have a ring, a log comes by a socket.
no_raw="setpriv --bounding-set=-net_raw --inh-caps=-net_raw"
# shellcheck disable=SC2086 # a command
refuses "no CAP_NET_RAW" 1 "a ring needs CAP_NET_RAW" \
	$no_raw "$SOCKFAM" can dump --engine ring -L vcan0
candump -L -n 1 vcan0 >"$work/seen" &
seen=$!
# shellcheck disable=SC2086
$no_raw "$SOCKFAM" can dump -L -n 1 vcan0 >"$work/out" &
reader=$!
waiting $seen $reader
cansend vcan0 123#22
wait $seen $reader
same "a socket instead" "$work/seen" "$work/out"

refuses "no such engine" 2 "--engine takes raw or ring" \
	"$SOCKFAM" can dump --engine shm vcan0
refuses "no direction" 2 "--engine ring goes without" \
	"$SOCKFAM" can dump --engine ring -x vcan0
refuses "no CAN interface" 1 "lo: " "$SOCKFAM" can dump --engine ring lo

"$SOCKFAM" can dump -L vcanlong1 >"$work/out" 2>"$work/err" &
reader=$!
waiting $reader
"$SOCKFAM" link del vcanlong1
wait $reader
if [ $? -eq 1 ] && grep -q "vcanlong1: interface is" "$work/err"; then
	ok "interface deleted"
else
	not_ok "interface deleted" "$(cat "$work/err")"
fi

kill $stamper
"$SOCKFAM" link del vcan0
"$SOCKFAM" link del vcanxl
peer_end
