#!/bin/sh
# SPDX-License-Identifier: MIT
# sockfam can against can-utils and python3, both ways, on vcan0.
PEER_NAME=peer-can
here=$(dirname "$0")
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

"$SOCKFAM" link add -m 72 vcan0 vcan || exit 1
"$SOCKFAM" link add -m 72 vcanlong1 vcan || exit 1
# Old can-utils refuse FD on an interface that takes XL.
"$SOCKFAM" link add -m 2060 vcanxl vcan || exit 1

one_cpu
# The kernel begins to stamp some time after the first has asked for it
# (net_enable_timestamp(), net/core/dev.c): one asks, and sees that it does.
python3 "$here/can-peer.py" stamp vcan0 >"$work/stamped" &
stamper=$!
wait_for grep -q stamped "$work/stamped"

tab=$(printf '\t')

# both NAME COUNT OPTIONS... : candump and sockfam with the same arguments
# see the same traffic; $traffic makes it.
both()
{
	name=$1 count=$2
	shift 2
	candump -n "$count" -T 600000 "$@" >"$work/theirs" &
	theirs=$!
	"$SOCKFAM" can dump -n "$count" -T 600000 "$@" >"$work/ours" &
	ours=$!
	waiting $theirs $ours
	eval "$traffic"
	wait "$theirs" "$ours"
	same "$name" "$work/theirs" "$work/ours"
	# The words of an error frame (-e) begin with a tab.
	lines=$(grep -vc "^$tab" "$work/ours")
	[ "$lines" -eq "$count" ] ||
		not_ok "$name" "$lines lines, not $count"
}

mixed='cangen vcan0 -g 1 -n 60 -m; cangen vcan0 -g 1 -n 40 -e -L i -D r;
	cangen vcan0 -g 1 -n 30 -R; cangen vcan0 -g 1 -n 30 -f -b -L r;
	cansend vcan0 20000004#0001000000000000;
	cansend vcan0 200000FF#0102030405060708; cansend vcan0 123#R7;
	cansend vcan0 123#; cansend vcan0 1F334455#1122'

traffic=$mixed
both screen 165 vcan0,0:0,#FFFFFFFF
both log 165 -L vcan0,0:0,#FFFFFFFF
for stamp in a A d z; do
	both "screen -t $stamp" 165 -t $stamp vcan0,0:0,#FFFFFFFF
done
both "log of any" 165 -L any,0:0,#FFFFFFFF
both "screen of any" 165 -ta any,0:0,#FFFFFFFF

# Each class, bit and place of an error; candump leaves out what the byte of
# the transceiver says, so it is 0.
# shellcheck disable=SC2016 # for eval
traffic='for i in 1 2 4 8 10 20 40 80 100 FF 1FF; do
		cansend vcan0 "$(printf 2%07X "0x$i")#0501C008007F0000"
		cansend vcan0 "$(printf 2%07X "0x$i")#00FEFF1900006007"
	done
	for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 \
		24 25 26 27 28 29 30 31 255; do
		cansend vcan0 "$(printf 20000008#000000%02X00000000 "$i")"
	done
	cansend vcan0 12345678#11'
both "screen -e" 56 -e vcan0,0:0,#FFFFFFFF

# Two interfaces with names of different length.
traffic='cangen vcan0 -g 2 -n 20; cangen vcanlong1 -g 2 -n 20 -f;
	cangen vcan0 -g 2 -n 20 -e'
both "two interfaces" 60 -ta vcan0 vcanlong1
both "two interfaces, log" 60 -L vcan0 vcanlong1
both "any, names of two lengths" 60 any

# Filters in candump's syntax; what passes is what passes there.
# shellcheck disable=SC2016 # for eval
traffic='for id in 100 101 123 200 7FF 00000123 12345678 1FFFFFFF; do
	cansend vcan0 $id#11; done; cansend vcan0 20000040#; cansend vcan0 7F0#22'
both "filter id:mask" 2 vcan0,123:7FF
both "filter extended" 1 vcan0,12345678:DFFFFFFF
both "filter inverse" 7 vcan0,123~7FF
both "filter list" 3 vcan0,100:7FF,200:7FF,7F0:7FF
both "filter joined" 7 vcan0,100~7FF,101~7FF,j
both "filter errors only" 10 vcan0,#FFFFFFFF

# Wire lengths: random frames, counted another way.
why=$(python3 "$here/can-bits.py" "$build/.libs/libsockfam.so" 1500 "$$" 2>&1)
case $? in
0) ok "bits on the wire" ;;
*) not_ok "bits on the wire, seed $$" "$why" ;;
esac

# Our frames seen by candump, and cansend's by us.
frames='123#DEADBEEF 123# 7FF#R 123#R5 00000123#11.22 1FFFFFFF#1122334455667788
	123##0 123##1112233445566778899 12345678##3AABB
	20000004#0001000000000000'
expected=$work/expected
cat >"$expected" <<END
vcan0 123#DEADBEEF
vcan0 123#
vcan0 7FF#R
vcan0 123#R5
vcan0 00000123#1122
vcan0 1FFFFFFF#1122334455667788
vcan0 123##4
vcan0 123##5112233445566778899000000
vcan0 12345678##7AABB
vcan0 20000004#0001000000000000
END
candump -L -n 10 -T 600000 vcan0,0:0,#FFFFFFFF >"$work/log" &
seen=$!
waiting $seen
# shellcheck disable=SC2086 # a list
"$SOCKFAM" can send vcan0 $frames || not_ok "send" "status $?"
wait $seen
# Old can-utils keep the FDF flag off where none is given.
cut -d ' ' -f 2- "$work/log" | sed 's/##0$/##4/; s/##1/##5/; s/##3/##7/' \
	>"$work/got"
same "our frames in candump" "$expected" "$work/got"

"$SOCKFAM" can dump -L -n 10 -T 600000 vcan0,0:0,#FFFFFFFF >"$work/log" &
seen=$!
waiting $seen
for frame in $frames; do
	cansend vcan0 "$frame"
done
wait $seen
cut -d ' ' -f 2- "$work/log" | sed 's/##0$/##4/; s/##1/##5/; s/##3/##7/' \
	>"$work/got"
same "cansend's frames here" "$expected" "$work/got"

# What Debian's can-utils cannot: XL and raw DLC, by the grammar.
cat >"$expected" <<END
vcanxl 123#1122334455667788_E
vcanxl 123#R8_9
vcanxl 45123#81:00:12345678#112233
vcanxl 007FF#80:FF:00000000#00
END
"$SOCKFAM" can dump -L -n 4 -T 600000 vcanxl >"$work/log" &
seen=$!
"$SOCKFAM" can dump -n 4 -T 600000 vcanxl >"$work/screen" &
screen=$!
waiting $seen $screen
"$SOCKFAM" can send vcanxl 123#1122334455667788_E 123#R8_9 \
	45123#81:00:12345678#11.22.33 007ff#80:ff:00000000#00
wait $seen $screen
cut -d ' ' -f 2- "$work/log" >"$work/got"
same "XL and raw DLC, log" "$expected" "$work/got"
cat >"$expected" <<END
  vcanxl  123   [8]  11 22 33 44 55 66 77 88
  vcanxl  123   [8]  remote request
  vcanxl  123 [0003] (45|81:00:12345678) 11 22 33
  vcanxl  7FF [0001] (00|80:FF:00000000) 00
END
same "XL and raw DLC, screen" "$expected" "$work/screen"

# python3's socket module, both ways.
python3 "$here/can-peer.py" send vcan0 &
sender=$!
# By a socket, for which the sender waits.
"$SOCKFAM" can dump --engine raw -L -n 3 -T 600000 vcan0 >"$work/log"
wait $sender
cut -d ' ' -f 2- "$work/log" >"$work/got"
cat >"$expected" <<END
vcan0 123#010203
vcan0 9ABCDEF0#
vcan0 12345678##5000102030405060708090A0B
END
sed -i 's/9ABCDEF0/1ABCDEF0/' "$expected"
same "python's frames here" "$expected" "$work/got"

python3 "$here/can-peer.py" recv vcan0 3 >"$work/got" &
receiver=$!
waiting $receiver
"$SOCKFAM" can send vcan0 123#010203 1ABCDEF0#R 12345678##1000102030405060708090A0B
wait $receiver
cat >"$expected" <<END
16 00000123 03 0102030000000000
16 dabcdef0 00 0000000000000000
72 92345678 0c 000102030405060708090a0b
END
same "our frames in python" "$expected" "$work/got"

# Errors in words and statuses.
status()
{
	want=$1 words=$2
	shift 2
	"$SOCKFAM" "$@" >"$work/out" 2>"$work/err"
	got=$?
	if [ $got -ne "$want" ]; then
		not_ok "$*" "status $got, not $want"
	elif ! grep -q -- "$words" "$work/err"; then
		not_ok "$*" "$(cat "$work/err")"
	else
		ok "$*"
	fi
}
"$SOCKFAM" link add -m 16 vcanold vcan
status 1 "mtu 72" can send vcanold 123##1
status 1 "mtu 2060" can send vcanlong1 00123#80:00:00000000#11
status 1 "at 5: expected" can send vcan0 123#11 123#1
"$SOCKFAM" link down vcanold
status 1 "is down" can send vcanold 123#11
status 1 "is down" can dump vcanold
status 1 "existing interface" can dump nosuch0
status 1 "at 9: expected" can dump vcan0,12:zz
status 1 "expected" can dump vcan0,
status 2 "usage" can dump
status 2 "usage" can dump -t x vcan0
status 2 "usage" can dump -n 0 vcan0
status 2 "no such option" can dump -y vcan0
status 2 "usage" can send vcan0
status 2 "one of: dump filter send" can nosuch

# The interface goes away under a reader.
"$SOCKFAM" link up vcanold
"$SOCKFAM" can dump vcanold 2>"$work/err" &
reader=$!
waiting $reader
"$SOCKFAM" link del vcanold
wait $reader
if [ $? -eq 1 ] && grep -q vcanold "$work/err"; then
	ok "interface deleted under dump"
else
	not_ok "interface deleted under dump" "$(cat "$work/err")"
fi

kill $stamper
for name in vcan0 vcanlong1 vcanxl; do
	"$SOCKFAM" link del $name
done
peer_end
