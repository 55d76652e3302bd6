#!/bin/sh
# SPDX-License-Identifier: MIT
# The broadcast manager: sockfam against candump, python3, python-can and
# bcmserver, on vcan0.
PEER_NAME=peer-bcm
here=$(dirname "$0")
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

one_cpu
"$SOCKFAM" link add -m 72 vcan0 vcan || exit 1
"$SOCKFAM" link add -m 16 vcan16 vcan || exit 1

# lines FILE N: it has so many.
lines()
{
	[ "$(wc -l <"$1")" -ge "$2" ]
}

# candump's frames in $work/log, without stamp; its process in $seen.
see()
{
	candump -L -r 8388608 vcan0 >"$work/log" &
	seen=$!
	waiting $seen
}

# seen NAME: what came up to a marker is $work/expected.
seen()
{
	wait_for lines "$work/log" "$(wc -l <"$work/expected")"
	cansend vcan0 7FF#
	wait_for grep -q ' 7FF#$' "$work/log"
	kill $seen
	wait $seen
	echo 7FF# >>"$work/expected"
	# Old can-utils keep the FDF flag off where none is given.
	cut -d ' ' -f 3 "$work/log" | sed 's/##1/##5/' >"$work/got"
	same "$1" "$work/expected" "$work/got"
}

# Frames in turn, as many as are asked for, and then none.
see
"$SOCKFAM" can cyclic -n 5 vcan0 0.002 123#01 12345678#0203 ||
	not_ok "cyclic" "status $?"
printf '%s\n' 123#01 12345678#0203 123#01 12345678#0203 123#01 \
	>"$work/expected"
seen "counted frames in candump"

see
"$SOCKFAM" can cyclic -n 1 vcan0 3600 123#01
"$SOCKFAM" can cyclic -n 3 vcan0 0.002 12345678##1112233
printf '%s\n' 123#01 12345678##5112233 12345678##5112233 \
	12345678##5112233 >"$work/expected"
seen "one frame, and FD frames with BRS, in candump"

# A second interval, after which nothing is counted.
see
"$SOCKFAM" can cyclic -n 2 -t 3600 vcan0 0.002 123#01 123#02 &
cyclic=$!
printf '%s\n' 123#01 123#02 >"$work/expected"
wait_for lines "$work/log" 2
if kill -0 $cyclic; then
	ok "it goes on after -n with -t"
else
	not_ok "it goes on after -n with -t" "it ended"
fi
kill $cyclic
wait $cyclic
seen "frames before the second interval"

# More than the kernel takes at once, once and a bit more.
python3 -c 'for i in range(650): print("123#%04X" % (i % 600))' \
	>"$work/expected"
see
# shellcheck disable=SC2046 # a list
"$SOCKFAM" can cyclic -n 650 vcan0 0.001 $(head -n 600 "$work/expected") ||
	not_ok "650 frames" "status $?"
seen "650 of 600 frames, in turn"

# A part of one frame, of which the kernel tells nothing.
head -n 257 "$work/expected" >"$work/some"
cp "$work/some" "$work/expected"
see
# shellcheck disable=SC2046 # a list
"$SOCKFAM" can cyclic -n 257 vcan0 0.001 $(cat "$work/some") ||
	not_ok "257 frames" "status $?"
seen "257 frames, in turn"

# Other data without a new start: first the old, then the new.
mkfifo "$work/lines"
"$SOCKFAM" can dump -L vcan0 >"$work/log" &
seen=$!
waiting $seen
"$SOCKFAM" can cyclic -u vcan0 0.005 123#01 123#02 <"$work/lines" \
	2>"$work/err" &
cyclic=$!
exec 7>"$work/lines"
wait_for lines "$work/log" 2
echo 123#03 >&7
echo 123#04 123##4 >&7
echo nonsense >&7
echo 123#05 123#06 123#07 >&7
wait_for lines "$work/err" 4
echo 123#08 123#09 >&7
wait_for grep -q '123#08' "$work/log"
wait_for grep -q '123#09' "$work/log"
exec 7>&-
n=$(wc -l <"$work/log")
wait_for lines "$work/log" $((n + 2))
kill $cyclic
wait $cyclic
status=$?
kill $seen
wait $seen
cut -d ' ' -f 3 "$work/log" | awk '
	$1 != "123#01" && $1 != "123#02" { new = 1 }
	$1 != (new ? "123#08" : "123#01") &&
	$1 != (new ? "123#09" : "123#02") { print "bad: " $1 }' >"$work/bad"
if [ ! -s "$work/bad" ] && [ $status -eq 1 ]; then
	ok "lines of frames, bad ones told"
else
	not_ok "lines of frames" "status $status: $(cat "$work/bad")"
fi

# What changes, and what stays away.
"$SOCKFAM" can changes -n 3 vcan0 123#00FF 124#F0,10FF,20000F 125## \
	>"$work/got" &
reader=$!
waiting $reader
for frame in 123#0102 123#0302 124#3011 124#20FF01 124#20FFF1 125#11 \
		125##1AA; do
	cansend vcan0 $frame
done
wait $reader
cat >"$work/expected" <<END
  vcan0  123   [2]  01 02
  vcan0  124   [3]  20 FF 01
  vcan0  125  [01]  AA
END
same "cansend's changes here" "$work/expected" "$work/got"

"$SOCKFAM" can changes -m 0.05 -n 2 any 123#FF >"$work/got" &
reader=$!
wait_for grep -q missing "$work/got"
cansend vcan0 123#01
wait $reader
printf '  any  123  missing\n  vcan0  123   [1]  01\n' >"$work/expected"
same "missing, then there" "$work/expected" "$work/got"

"$SOCKFAM" can changes --json -r 0.001 -m 3600 -n 1 vcan0 12345678 \
	>"$work/json" &
reader=$!
waiting $reader
cansend vcan0 12345678#AB
wait $reader
python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
assert d.pop("time_ns") > 10 ** 18
assert d == {"event": "changed", "interface": "vcan0", "id": "12345678",
	     "fd": False, "frame": "12345678#AB"}, d' "$work/json" >"$work/why" 2>&1
case $? in
0) ok "json" ;;
*) not_ok "json" "$(cat "$work/why")" ;;
esac

# python3 on the same socket, python-can, bcmserver.
bcmserver &
server=$!
timeout 1200 python3 "$here/bcm.py" "$build/.libs/libsockfam.so" "$SOCKFAM" \
	>"$work/out"
status=$?
kill $server
wait $server
cat "$work/out"
passed=$((passed + $(grep -c '^ok ' "$work/out")))
failed=$((failed + $(grep -c '^not ok ' "$work/out")))
[ $status -eq 0 ] || not_ok "python" "it ended with $status"

# Errors.
no_cyclic()
{
	name=$1 want=$2 words=$3
	shift 3
	refuses "$name" "$want" "$words" "$SOCKFAM" can cyclic "$@"
}
no_changes()
{
	name=$1 want=$2 words=$3
	shift 3
	refuses "$name" "$want" "$words" "$SOCKFAM" can changes "$@"
}
no_cyclic "XL" 1 "no CAN XL" vcan0 1 45123#81:00:12345678#11
no_cyclic "two kinds" 1 "all classic or all FD" vcan0 1 123# 123##1
no_cyclic "bad frame" 1 "at 5: expected" vcan0 1 123#1
no_cyclic "FD, small MTU" 1 "mtu 72" vcan16 1 123##1
no_cyclic "any" 1 "one interface" any 1 123#
no_cyclic "no interface" 1 "existing interface" nosuch0 1 123#
no_cyclic "interval" 2 "seconds" vcan0 x 123#
no_cyclic "no interval" 2 "seconds" vcan0 0 123#
no_cyclic "too fine" 2 "seconds" vcan0 0.0000001 123#
no_cyclic "no count" 2 "-t comes after" -t 1 vcan0 1 123#
no_cyclic "no frame" 2 "usage" vcan0 1
# shellcheck disable=SC2046 # a list
no_cyclic "too many for -u" 2 "256" -u vcan0 1 $(cat "$work/some")
no_changes "bad mask" 1 "expected" vcan0 123#1
no_changes "empty mask" 1 "expected a mask" vcan0 123##0
no_changes "error frame" 1 "no identifier" vcan0 20000004
no_changes "nothing to watch" 2 "which" vcan0
no_changes "bad time" 2 "seconds" -m 0 vcan0 123
no_changes "too long" 2 "seconds" -r 34560001 vcan0 123
"$SOCKFAM" link down vcan16
no_cyclic "down" 1 "is down" vcan16 1 123#

# The interface goes down, and away, in the middle.
for end in down del; do
	"$SOCKFAM" link up vcan16
	"$SOCKFAM" can cyclic vcan16 0.005 123#01 2>"$work/err" &
	cyclic=$!
	"$SOCKFAM" can changes vcan16 124 2>"$work/err2" &
	changes=$!
	waiting $cyclic $changes
	"$SOCKFAM" link $end vcan16
	wait $cyclic
	a=$?
	wait $changes
	b=$?
	if [ $a -eq 1 ] && [ $b -eq 1 ] &&
	   grep -q 'vcan16: interface is ' "$work/err" &&
	   grep -q 'vcan16: interface is ' "$work/err2"; then
		ok "link $end in the middle"
	else
		not_ok "link $end in the middle" "$a: $(cat "$work/err") $b: \
$(cat "$work/err2")"
	fi
done

"$SOCKFAM" link del vcan0
peer_end
