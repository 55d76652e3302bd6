#!/bin/sh
# SPDX-License-Identifier: MIT
# J1939 messages of many sizes, to and from j1939cat, j1939sr and python3, on
# vcan0.
#
# The kernel ends a transfer that stands still for 1250 ms, which a machine
# that stops for so long does to it. Then it is begun anew, for that reason
# alone, which one of the two ends tells.
PEER_NAME=peer-j1939
here=$(dirname "$0")
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

"$SOCKFAM" link add -m 72 vcan0 vcan || exit 1
one_cpu
mkfifo "$work/open"
exec 9<>"$work/open"

j1939()
{
	"$SOCKFAM" can j1939 "$@"
}

was_slow()
{
	grep -qE "no answer in time|tx error: 113" "$work/sent" "$work/recv"
}

came_or_slow()
{
	has_size "$work/got" $((base + size)) || was_slow
}

start()
{
	base=0
	: >"$work/sent"
	eval "$receiver" >"$work/got" 2>"$work/recv" <&9 &
	pid=$!
	waiting $pid
}

stop()
{
	kill "$pid" 2>/dev/null
	wait "$pid"
}

# passes NAME SIZE...: $receiver writes out what $sender sends of $work/part.
# That j1939cat fails says nothing: its room for an acknowledgement is too
# small for some kernels.
passes()
{
	name=$1
	shift
	start
	for size; do
		head -c "$size" "$work/all" >"$work/part"
		while :; do
			eval "$sender" >"$work/sent" 2>&1 <"$work/part"
			status=$?
			wait_for came_or_slow
			was_slow || break
			stop
			start
		done
		base=$((base + size))
		tail -c "$size" "$work/got" >"$work/last"
		case $status$sender in
		0* | *j1939cat*)
			same "$name, $size bytes" "$work/part" "$work/last" ;;
		*)
			not_ok "$name, $size bytes" "$(cat "$work/sent")" ;;
		esac
	done
	stop
}

python3 -c 'import sys
sys.stdout.buffer.write(bytes((i ^ i >> 8) & 255 for i in range(150000)))' \
	>"$work/all"
ours="exec \"$SOCKFAM\" can j1939"
python="python3 $here/j1939.py"

sizes="1 7 8 9 62 63 1785 1786 4095"
# shellcheck disable=SC2086 # a list
{
	sender="j1939 send vcan0:0x80 :0x90,0x12300"
	receiver="exec j1939cat vcan0:0x90 -r"
	passes "to j1939cat" $sizes 150000
	sender="j1939cat -i $work/part vcan0:0x80 :0x90,0x12300"
	receiver="$ours recv vcan0:0x90"
	# Of more, j1939cat may end before it has handed over all.
	passes "from j1939cat" $sizes
}
sender="j1939 send -x vcan0:80 90,12300"
receiver="exec j1939sr -s 5000 vcan0:90"
passes "to j1939sr" 8 4095
receiver="exec $python recv vcan0 0x90"
passes "to python3" 8 4095
sender="j1939sr vcan0:80 vcan0:90,12300"
receiver="$ours recv -x vcan0:90 80"
passes "from j1939sr" 8 4095
sender="$python send vcan0 0x80"
passes "from python3" 8 4095

"$SOCKFAM" link del vcan0
peer_end
