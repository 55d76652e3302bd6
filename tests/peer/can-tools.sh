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
sja1000_up && ctucan_up || exit 1

# The emulated CTU CAN FD never gets more frames at once than it has buffers
# (4): with more, its queue was once seen to stay full for good, on 6.1.

# Each kind of frame is confirmed, more than wait at once too.
many=
for i in $(seq 100 299); do
	many="$many $i#1122"
done
for to in ct0 can0; do
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
	123##1112233 12345678##311 7FF#R 123#11; then
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


# holds NAME FILE COMMAND...: it succeeds; if not, FILE tells.
holds()
{
	name=$1 file=$2
	shift 2
	if "$@"; then
		ok "$name"
	else
		not_ok "$name" "$(tail -n 5 "$file")"
	fi
}

# ended STATUS GOT WORDS FILE: a program has, and said so.
ended()
{
	[ "$2" -eq "$1" ] && grep -qF -- "$3" "$4"
}

# One way over one interface, and over each pair of controllers. No more
# frames than a socket holds, so that none depends on who runs when.
for pair in "ct0 ct0" "can0 can1"; do
	from=${pair% *} to=${pair#* }
	"$SOCKFAM" can seq -r -n 200 "$to" >out &
	job=$!
	waiting $job
	cansequence -p --loop=200 "$from" >/dev/null
	wait $job
	holds "seq of cansequence, $pair" out ended 0 $? \
		"200 frames, 0 gaps, 0 missing, 0 dropped here" out
	cansequence -r -v -v -q1 --loop=200 -e -i 0x12345678 "$to" >out 2>&1 &
	job=$!
	waiting $job
	"$SOCKFAM" can seq -n 200 -i 12345678 "$from"
	wait $job
	grep -c "^sequence CNT: .* RX: [ 0-9]*\$" out >n
	holds "cansequence of seq, $pair" out grep -qx 200 n
done
"$SOCKFAM" can seq -b -r -n 4 can2 >out &
job=$!
waiting $job
"$SOCKFAM" can seq -b -n 4 can3
wait $job
holds "seq, FD" out ended 0 $? "4 frames, 0 gaps" out

"$SOCKFAM" can seq -r -q 2 ct0 >out &
job=$!
waiting $job
"$SOCKFAM" can send ct0 002#FE 002#FF 002#02 003#09 002#03 002#03
wait $job
holds "seq, gaps, status" out [ $? -eq 1 ]
cat >want <<END
frame 3, number 2: 2 missing
frame 5, number 3: 255 missing
5 frames, 2 gaps, 257 missing, 0 dropped here
END
same "seq, gaps" want out

# What the socket dropped is told apart, and none is missing then. It has
# emptied its socket when it has said something and waits again.
"$SOCKFAM" can seq -r -v ct0 >out &
job=$!
waiting $job
kill -STOP $job
"$SOCKFAM" can seq -n 1000 ct0
kill -CONT $job
wait_for test -s out
waiting $job
"$SOCKFAM" can send ct0 002#E8
wait_for grep -q dropped out
kill $job
wait $job
tail -n 1 out >sum
read -r frames _ gaps _ missing _ dropped _ <sum
holds "seq, drops" sum [ "$((frames + dropped)) $gaps $missing" = \
	"1001 1 0" ]

"$SOCKFAM" can seq -r ct0 >out 2>err &
job=$!
waiting $job
ip link set ct0 down
wait $job
holds "seq, interface down" err ended 1 $? "ct0: interface is down" err
refuses "seq to an interface that is down" 1 "the interface is down" \
	"$SOCKFAM" can seq -n 1 ct0
ip link set ct0 up

# There and back.
times='min [0-9.]+ p50 [0-9.]+ p90 [0-9.]+ p99 [0-9.]+ max [0-9.]+'
for pair in "ct0 ct0" "can0 can1"; do
	from=${pair% *} to=${pair#* }
	canfdtest "$to" >/dev/null 2>&1 &
	job=$!
	waiting $job
	"$SOCKFAM" can ping -n 200 -f 20 -W 300 "$from" >out 2>&1
	holds "ping of canfdtest, $pair" out grep -Eqx "$from: 200 sent, 200 \
answered, 0 not expected; round trip ms: $times" out
	kill $job
	wait $job
	"$SOCKFAM" can ping -r "$to" >answered &
	job=$!
	waiting $job
	canfdtest -g -l 200 "$from" >out 2>&1
	holds "canfdtest of ping, $pair" out grep -q "received: 200" out
	kill $job
	wait $job
	holds "ping -r, $pair" answered ended 0 $? "answered" answered
done
"$SOCKFAM" can ping -r -n 300 -i 12345678 can3 >answered &
job=$!
waiting $job
"$SOCKFAM" can ping -b -n 300 -i 12345678 -W 300 --json can2 >out
wait $job
cat >check.py <<'END'
import json
t = json.load(open("out"))
times = [t[k + "_ns"] for k in ("min", "p50", "p90", "p99", "max")]
assert times == sorted(times) and times[0] > 0, times
assert (t["sent"], t["answered"], t["not_expected"]) == (300, 300, 0), t
assert open("answered").read() == "can3: 300 answered\n"
END
holds "ping, FD" out python3 check.py

# Which second a frame falls into is nobody's choice: the sum is. The bits are
# counted in other tests; the rate is the controller's.
"$SOCKFAM" can load --json can1 can3 ct0@1000000 >out 2>err &
job=$!
waiting $job
"$SOCKFAM" can send can0 123#1122 7FF#R4
"$SOCKFAM" can send can2 123##1112233 123#1122
"$SOCKFAM" can send ct0 000# 000#R
cat >check.py <<'END'
import collections
import json
total = collections.Counter()
for line in open("out"):
    if not line.endswith("\n"):
        break
    t = json.loads(line)
    total[t["interface"]] += t["frames"]
    total[t["interface"] + " bits"] += t["nominal_bits"] + t["data_bits"]
    total[t["interface"] + " payload"] += t["payload_bits"]
    total[t["interface"] + " ns"] += t["busy_ns"]
    # The CTU CAN FD driver says STOPPED as long as it had no error.
    if t["interface"] == "can1":
        assert t["bitrate_bps"] == 500000 and t["state"] == "ERROR-ACTIVE", t
    if t["interface"] == "can3":
        assert t["data_bitrate_bps"] == 4000000, t
assert total["can1"] == 2 and total["can1 payload"] == 16, total
assert total["can1 ns"] == total["can1 bits"] * 2000, total
assert total["can3"] == 2 and total["can3 payload"] == 40, total
assert total["ct0 bits"] == 103 and total["ct0 ns"] == 103000, total
END
if wait_for python3 check.py; then
	ok "load"
else
	not_ok "load" "$(python3 check.py 2>&1 | tail -n 1; cat out err)"
fi
ip link set can1 down
wait $job
holds "load, interface down" err ended 1 $? "can1: interface is down" err
ip link set can1 up
"$SOCKFAM" can load -b -t -n 2 ct0@500000,2000000 >out
sed 's/^2[-0-9]* [0-9:]*$/time/' out >got
cat >want <<END
time
ct0@500000,2000000      0        0        0   0.0% |....................|
time
ct0@500000,2000000      0        0        0   0.0% |....................|
END
same "load, nothing" want got
refuses "load, no rate" 1 "ct0: has no bit rate; try: ct0@500000" \
	"$SOCKFAM" can load ct0

# The same frames, by the same formula: canbusload's of -e knows classic data
# frames. How they fall into seconds is its own matter for each.
"$SOCKFAM" can load --json ct0@10000 >ours.out &
job=$!
canbusload -e ct0@10000 >theirs.out &
other=$!
waiting $job $other
"$SOCKFAM" can gen -g 0 -n 100 ct0 2>/dev/null
"$SOCKFAM" can gen -g 0 -n 100 -e -D 00 ct0 2>/dev/null
cat >check.py <<'END'
import collections
import json
import re
ours, theirs = collections.Counter(), collections.Counter()
for line in open("ours.out"):
    if line.endswith("\n"):
        t = json.loads(line)
        ours += collections.Counter(
            frames=t["frames"], payload=t["payload_bits"],
            bits=t["nominal_bits"] + t["data_bits"])
        assert t["busy_ns"] == t["nominal_bits"] * 100000, t
for line in re.findall(r"ct0@10000 +(\d+) +(\d+) +(\d+) +(\d+)%.*\n",
                       open("theirs.out").read()):
    frames, bits, payload, percent = map(int, line)
    theirs += collections.Counter(frames=frames, bits=bits, payload=payload)
    assert percent == bits * 100 // 10000, line
assert ours["frames"] == 200 and ours == theirs, (ours, theirs)
END
if wait_for python3 check.py; then
	ok "load and canbusload"
else
	not_ok "load and canbusload" \
		"$(python3 check.py 2>&1 | tail -n 1; tail theirs.out)"
fi
kill $job $other
wait $job $other

# On a terminal of its own.
python3 "$here/can-watch.py" "$SOCKFAM" ct0 >out 2>&1
holds "watch" out grep -qx "all well" out

refuses "ping, nobody" 1 "can0: no answer to 3 frames" \
	"$SOCKFAM" can ping -f 3 -W 0.01 can0
"$SOCKFAM" can ping -n 1 -i 100 -W 300 can0 >out &
job=$!
waiting $job
"$SOCKFAM" can send can1 101#0102030405060709 101#01020304050607 \
	101#0203040506070809 101#0102030405060708
wait $job
holds "ping, strange answers" out ended 1 $? \
	"1 sent, 1 answered, 3 not expected" out
"$SOCKFAM" can ping -W 300 can0 >out 2>err &
job=$!
waiting $job
ip link set can0 down
wait $job
holds "ping, interface down" err ended 1 $? "can0: interface is down" err
holds "ping, interface down, sum" out grep -q "1 sent, 0 answered" out

for bus in can0 can1 can2 can3; do
	ip link set $bus down
done
ip link del ct0
ip link del ctxl
peer_end
