#!/bin/sh
# SPDX-License-Identifier: MIT
# The bus tools against can-utils, on vcan and on emulated controllers:
# can0 and can1 (SJA1000, one bus), can2 and can3 (CTU CAN FD, another).
PEER_NAME=can-tools
here=$(dirname "$0")
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"
cd "$work" || exit 1
one_cpu

ip link add ct0 mtu 72 type vcan && ip link set ct0 up || exit 1
ip link add ctxl mtu 2060 type vcan && ip link set ctxl up || exit 1
for name in can0 can1; do
	ip link set $name type can bitrate 500000 && ip link set $name up ||
		exit 1
done
for name in can2 can3; do
	ip link set $name type can bitrate 500000 dbitrate 4000000 fd on &&
		ip link set $name up || exit 1
done

# Each kind of frame is confirmed, more than wait at once too.
many=
for i in $(seq 100 299); do
	many="$many $i#1122"
done
for to in ct0 can0 can2; do
	# shellcheck disable=SC2086 # a list
	if "$SOCKFAM" can send -c 300 $to 123# 12345678#11.22 7FF#R $many \
		>out 2>&1; then
		ok "send -c $to"
	else
		not_ok "send -c $to" "$(cat out)"
	fi
done
if "$SOCKFAM" can send -c 300 ctxl 123##1112233 20000004#0001 \
	45123#81:00:12345678#1122 && "$SOCKFAM" can send -c 300 can2 \
	123##1112233 12345678##311; then
	ok "send -c, FD, XL, an error frame"
else
	not_ok "send -c, FD, XL, an error frame" "status $?"
fi

# A controller that only listens drops what it shall send, without a word.
# bus: $name is that of the case.
for bus in can0 can2; do
	ip link set $bus down
	ip link set $bus type can listen-only on
	ip link set $bus up
	refuses "send -c, only listening $bus" 1 \
		"$bus: 124#: 0 of 2 frames are on the bus: not sent in time" \
		"$SOCKFAM" can send -c 0.01 $bus 124# 125#
	"$SOCKFAM" can send -c 300 $bus 124# 2>err &
	job=$!
	waiting $job
	ip link set $bus down
	wait $job
	if [ $? -eq 1 ] && grep -q "interface went down" err; then
		ok "send -c, $bus taken down"
	else
		not_ok "send -c, $bus taken down" "$(cat err)"
	fi
	ip link set $bus type can listen-only off
	ip link set $bus up
done


for bus in can0 can1 can2 can3; do
	ip link set $bus down
done
ip link del ct0
ip link del ctxl
peer_end
