#!/bin/sh
# SPDX-License-Identifier: MIT
# sockfam relay against socat, can-utils and Python's socket module. Run as
# root in the VM; $SOCKFAM is the tool.
set -u

here=$(cd "$(dirname "$0")" && pwd)
PEER_NAME=relay
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"
vm_only
export SOCKFAM
jobs=

# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	# shellcheck disable=SC2086 # a list
	[ -z "$jobs" ] || kill $jobs 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT

# start NAME COMMAND...: output to NAME.out and NAME.err, pid in $last
start()
{
	name=$1
	shift
	: >"$work/$name.err"
	"$@" >"$work/$name.out" 2>"$work/$name.err" </dev/null &
	last=$!
	jobs="$jobs $last"
}

# says NAME WORDS: until they are in its stderr
says()
{
	wait_for grep -q -- "$2" "$work/$1.err" ||
		not_ok "$1" "it does not say '$2': $(cat "$work/$1.err")"
}

relay()
{
	start "$@"
	says "$1" 'listening on'
}

# refused NAME STATUS WORDS ARGUMENTS...
refused()
{
	name=$1 status=$2 words=$3
	shift 3
	timeout 600 "$SOCKFAM" relay "$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	if [ "$got" != "$status" ]; then
		not_ok "$name" "status $got, not $status: $(cat "$work/err")"
	elif ! grep -q -- "$words" "$work/err"; then
		not_ok "$name" "no '$words' in: $(cat "$work/err")"
	else
		ok "$name"
	fi
}

# true_that NAME FILE COMMAND...: it succeeds; FILE says why not
true_that()
{
	name=$1 file=$2
	shift 2
	if "$@"; then
		ok "$name"
	else
		not_ok "$name" "$(cat "$file")"
	fi
}

# -------------------------------------------------------------- words

refused usage-two 2 'two addresses' unix:@x
refused usage-stdio 2 'for one of them only' - -
refused usage-m 2 'not a number of clients' -m 0 unix:@x unix:@y
refused usage-i 2 'not a number of seconds' -i x unix:@x unix:@y
refused bad-address 1 'expected a CID' vsock:nobody:1 unix:@y
refused bad-scheme 1 'SCHEME' nosuch:1 unix:@y
refused bad-interface 1 'existing interface' - can:no0
refused stream-to-messages 1 'boundaries would be lost' \
	unix:@x tipc:4801:1
refused messages-to-stream 1 'boundaries would be lost' \
	unix:@x,type=dgram inet:127.0.0.1:1
refused nobody 1 'nobody listens there' - unix:@nobody
: >"$work/there"
refused path-exists 1 'in use' "unix:$work/there" unix:@y
true_that path-exists-still "$work/err" [ -e "$work/there" ]

# -------------------------------------------------------------- socat

head -c 3000000 /dev/urandom >"$work/data"

# echoes ADDRESS OPTION END: socat does, and listens: see has_listener
echoes()
{
	# -t: it would not wait for a slow cat when its client has no more
	start server socat -t 300 "$1,fork" EXEC:cat
	server=$last
	wait_for has_listener "$2" "$3" || not_ok "$1" "does not listen"
}

# through NAME CLIENT SERVER OPTION END A B: socat's two ends, the relay
# between
through()
{
	echoes "$3" "$4" "$5"
	relay ours "$SOCKFAM" relay "$6" "$7"
	ours=$last
	timeout 600 socat -t 300 - "$2" <"$work/data" >"$work/back"
	same "socat-$1" "$work/data" "$work/back"
	kill "$ours" "$server"
	true_that "socat-$1-ends" "$work/ours.err" wait "$ours"
}

through vsock-to-unix VSOCK-CONNECT:1:7801 "UNIX-LISTEN:$work/s1" \
	-x "$work/s1" vsock:any:7801 "unix:$work/s1"
through unix-to-vsock "UNIX-CONNECT:$work/s2" VSOCK-LISTEN:7802 \
	--vsock :7802 "unix:$work/s2" vsock:local:7802
through tcp-to-unix TCP4:127.0.0.1:7803 "UNIX-LISTEN:$work/s3" \
	-x "$work/s3" inet:127.0.0.1:7803 "unix:$work/s3"

# stdin and stdout, a pipe and a file; socat is the echo
echoes "UNIX-LISTEN:$work/s4" -x "$work/s4"
# shellcheck disable=SC2002 # a pipe is meant
cat "$work/data" | timeout 600 "$SOCKFAM" relay - "unix:$work/s4" \
	2>"$work/err" | cat >"$work/back"
same stdio-pipes "$work/data" "$work/back"
timeout 600 "$SOCKFAM" relay -c "unix:$work/s4" - <"$work/data" \
	>"$work/back" 2>"$work/err"
same stdio-files "$work/data" "$work/back"
kill "$server"

# One read is one message for a datagram socket
start server socat -u UDP4-RECV:7804 -
server=$last
wait_for has_listener -u :7804
printf hello | timeout 600 "$SOCKFAM" relay -q 0.2 - \
	inet:127.0.0.1:7804,type=dgram 2>"$work/err"
true_that stdio-datagram "$work/err" wait_for grep -q hello "$work/server.out"
kill "$server"

# ------------------------------------------------------------- python

timeout 1800 python3 "$here/relay.py" cases | tee "$work/cases"
passed=$((passed + $(grep -c '^ok ' "$work/cases")))
failed=$((failed + $(grep -c '^not ok ' "$work/cases")))
grep -q few-descriptors "$work/cases" ||
	not_ok python 'it did not come to its end'

# ---------------------------------------------------------------- can

# listeners IF N: until so many sockets listen there
has_listeners()
{
	[ "$(grep -c " $1 " /proc/net/can/rcvlist_all)" -ge "$2" ]
}

listeners()
{
	wait_for has_listeners "$1" "$2" ||
		not_ok "listeners on $1" "$(cat /proc/net/can/rcvlist_all)"
}

one_cpu
for dev in rl0 rl1 rl2; do
	[ -d /sys/class/net/$dev ] || "$SOCKFAM" link add $dev vcan
done
# CAN FD and XL frames on rl0 and rl1; rl2 is classic
ip link set rl2 down && ip link set rl2 mtu 16 && ip link set rl2 up
printf '%s\n' '123#1122' '12345678#' '124##7AABBCC00' '456#R' >"$work/frames"

# From text to the bus, candump sees it; an error is told with its line
start dump timeout 600 candump -L -n 4 rl0
dump=$last
listeners rl0 1
{
	cat "$work/frames"
	echo 'what is this'
} | timeout 600 "$SOCKFAM" relay -q 0.2 - can:rl0 2>"$work/err" >"$work/out"
true_that can-bad-line-status "$work/err" [ $? = 1 ]
true_that can-bad-line "$work/err" grep -q "no frame in 'what is this'" \
	"$work/err"
wait "$dump"
sed 's/.* //' "$work/dump.out" >"$work/seen"
same can-text-in "$work/frames" "$work/seen"

# From the bus to text, in candump's form; a log of candump is taken too
start text "$SOCKFAM" relay -q 1000 - can:rl0
text=$last
listeners rl0 1
timeout 600 "$SOCKFAM" relay -q 0.2 - can:rl0 <"$work/dump.out" 2>"$work/err"
wait_for grep -q '456#R' "$work/text.out"
kill "$text"
wait "$text"
sed 's/.* //' "$work/text.out" >"$work/seen"
same can-text-out "$work/frames" "$work/seen"
form='^\([0-9]+\.[0-9]{6}\) rl0 [0-9A-F]+#'
true_that can-text-form "$work/text.out" \
	[ "$(grep -cE "$form" "$work/text.out")" = 4 ]

# Two buses over TIPC, both ways, and no frame goes round for ever
relay in "$SOCKFAM" relay tipc:4802:1,type=rdm can:rl1
in=$last
relay out "$SOCKFAM" relay can:rl0 tipc:4802:1,type=rdm
out=$last
start dump timeout 600 candump -L rl1 rl0
dump=$last
listeners rl0 2
listeners rl1 2
while read -r frame; do
	cansend rl0 "$frame"
done <"$work/frames"
wait_for grep -q 'rl1 456#R' "$work/dump.out"
cansend rl1 321#FF
wait_for grep -q 'rl0 321#FF' "$work/dump.out"
sleep 0.3
kill "$dump" "$in" "$out"
wait "$dump" "$in" "$out"
grep ' rl1 ' "$work/dump.out" | sed 's/.* //' >"$work/seen"
echo '321#FF' | cat "$work/frames" - >"$work/want"
same can-tipc "$work/want" "$work/seen"
grep ' rl0 ' "$work/dump.out" | sed 's/.* //' >"$work/seen"
same can-tipc-back "$work/want" "$work/seen"

# What a bus cannot take is counted, and the next one goes
start both "$SOCKFAM" relay can:rl0 can:rl2
both=$last
start dump timeout 600 candump -L -n 3 rl2
dump=$last
listeners rl0 1
listeners rl2 2
while read -r frame; do
	cansend rl0 "$frame"
done <"$work/frames"
wait "$dump"
grep -v '##' "$work/frames" >"$work/want"
sed 's/.* //' "$work/dump.out" >"$work/seen"
same can-classic "$work/want" "$work/seen"
kill "$both"
wait "$both"
true_that can-counted "$work/both.err" \
	grep -q ' 1 errors, 1 messages lost' "$work/both.err"

peer_end
