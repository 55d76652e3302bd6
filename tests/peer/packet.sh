#!/bin/sh
# SPDX-License-Identifier: MIT
# sockfam packet with files, filters and namespaces, against tcpdump.
PEER_NAME=peer-packet
here=$(dirname "$0")
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"
cd "$work" || exit 1
chmod 755 "$work"

packet()
{
	"$SOCKFAM" packet "$@"
}

# begin NAME COMMAND...: runs until the capture has begun; $! goes to $job.
begin()
{
	name=$1
	shift
	"$@" >"$name.out" 2>"$name.err" &
	job=$!
	wait_for grep -q '^\(tcpdump: \)\?listening on' "$name.err" ||
		not_ok "$name begins" "$(cat "$name.err")"
}

# lines FILE: what tcpdump shows of a file, without the time.
lines()
{
	tcpdump -Z root -n -S -r "$1" 2>/dev/null | sed -E 's/^[0-9:.]+ //'
}

# words FILE: the same of the lines of packet sniff.
words()
{
	sed -E -e 's/^[0-9:.]+ +[^ ]+ +(In|Out|B|M|P|-) +//' "$1"
}

# count NAME WANTED GOT
count()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "$3, not $2"
	fi
}

one_cpu
plain_ports
ip netns add pka || exit 1
in_a="ip netns exec pka"
ip link add pk0 type veth peer name pk1 netns pka || exit 1
ip addr add 10.84.0.1/24 dev pk0
ip link set pk0 up
$in_a ip addr add 10.84.0.2/24 dev pk1
$in_a ip link set pk1 up
no_probes pk0
# shellcheck disable=SC2086 # words
no_probes pk1 $in_a
pings 10.84.0.2 1

# One process sends all: to start one for each takes the machine long.
mkfifo orders answers
python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for line in sys.stdin:
    text, port, host = line.split()
    s.sendto(text.encode(), (host, int(port)))
    print("sent", flush=True)' <orders >answers &
exec 8>orders 9<answers

# udp TEXT PORT [HOST]: a packet, to recognize; it is sent at the end.
udp()
{
	echo "$1 $2 ${3:-10.84.0.2}" >&8
	read -r _ <&9
}

traffic()
{
	pings 10.84.0.2 1
	for port in 5501 5502 5503 5504 5505; do
		udp "hello" "$port"
	done
	udp "end" 7099
}

ended()
{
	wait_for grep -q '\.7099: UDP' "$1"
}

# ------------------------------------------------------- files, both ways

begin ours "$SOCKFAM" packet sniff -w ours.pcapng pk0 udp
ours=$job
begin theirs tcpdump -Z root -U -w theirs.pcap -i pk0 udp
theirs=$job
begin live "$SOCKFAM" packet sniff pk0 udp
live=$job
traffic
ended live.out
wait_for sh -c "tcpdump -Z root -n -r theirs.pcap 2>/dev/null | grep -q '\.7099: UDP'"
wait_for sh -c "tcpdump -Z root -n -r ours.pcapng 2>/dev/null | grep -q '\.7099: UDP'"
kill $ours $theirs $live
wait $ours $theirs $live
lines ours.pcapng >ours.lines
lines theirs.pcap >theirs.lines
words live.out >live.lines
same "tcpdump reads our file" theirs.lines ours.lines
same "our lines are tcpdump's" theirs.lines live.lines
packet sniff -r theirs.pcap >got && words got >got.lines
same "we read tcpdump's file" theirs.lines got.lines
packet sniff -r ours.pcapng | cut -d ' ' -f 2- >got
cut -d ' ' -f 2- live.out >want
same "and our own, as it was shown" want got
count "packets captured" "$(wc -l <live.out) packets captured" \
	"$(head -n 2 live.err | tail -n 1)"
packet sniff -r ours.pcapng -w again.pcap && lines again.pcap >got.lines
same "pcapng to pcap" theirs.lines got.lines
packet sniff -c 2 -r ours.pcapng -w - 'port 5502 or port 5504' >two.pcapng &&
	lines two.pcapng >got.lines
grep '\.550[24]: ' theirs.lines >want.lines
same "-r, filter, -c and stdout" want.lines got.lines
packet sniff -r - <theirs.pcap >got && words got >got.lines
same "from stdin" theirs.lines got.lines
count "--json" "$(wc -l <live.out)" "$(packet sniff --json -r ours.pcapng |
	python3 -c 'import json, sys
print(len([json.loads(l)["udp"]["dst_port"] for l in sys.stdin]))')"

# All that comes, cooked.
begin any "$SOCKFAM" packet sniff -w any.pcapng any udp
any=$job
begin anylive "$SOCKFAM" packet sniff any udp
anylive=$job
begin anylink "$SOCKFAM" packet sniff -e any udp
anylink=$job
traffic
ended anylive.out
ended anylink.out
wait_for sh -c "tcpdump -Z root -n -r any.pcapng 2>/dev/null | grep -q '\.7099: UDP'"
kill $any $anylive $anylink
wait $any $anylive $anylink
lines any.pcapng | sed -E 's/^[^ ]+ +(In|Out|B|M|P) +//' >got.lines
words anylive.out >want.lines
same "any, in a file" want.lines got.lines
tcpdump -Z root -n -S -e -r any.pcapng 2>/dev/null |
	sed -E 's/^[^ ]+ +[^ ]+ +(In|Out|B|M|P) +//' >want.lines
words anylink.out >got.lines
same "any -e" want.lines got.lines
packet sniff -e -r any.pcapng >got && words got >got.lines
same "any -e, from a file" want.lines got.lines

# Counts so far, of lines and of files.
begin told "$SOCKFAM" packet sniff pk0,lo udp port 5502
told=$job
begin toldfile "$SOCKFAM" packet sniff -w told.pcapng pk0 udp port 5502
toldfile=$job
counts="packets captured, 3 packets received by filter"
for i in 1 2 3; do
	udp "$i" 5502
done
wait_for sh -c "[ \$(wc -l <told.out) -eq 3 ]"
wait_for sh -c "[ \$(tcpdump -Z root -n -r told.pcapng 2>/dev/null |
	wc -l) -eq 3 ]"
kill -USR1 $told $toldfile
for name in told toldfile; do
	wait_for grep -q 'sockfam: .* received' $name.err
	count "SIGUSR1, $name" \
		"sockfam: 3 $counts, 0 packets dropped by kernel" \
		"$(grep received $name.err)"
done
udp 4 5502
wait_for sh -c "[ \$(wc -l <told.out) -eq 4 ]"
kill $told $toldfile
wait $told
count "and goes on" 0 $?
wait $toldfile

# ------------------------------------------------------------- rotation

begin ring "$SOCKFAM" packet sniff -w ring -C 4p -W 3 pk0 udp
ring=$job
for port in 1 2 3 4 5 6 7 8 9 10; do
	udp x $((7100 + port))
done
udp end 7099
wait_for sh -c "tcpdump -Z root -n -r ring2 2>/dev/null | grep -q '\.7099: UDP'"
kill $ring
wait $ring
count "ring of files" "4 4 3" "$(for file in ring0 ring1 ring2; do
	lines $file | wc -l; done | paste -s -d ' ')"
begin pair "$SOCKFAM" packet sniff -w pair.pcapng pk0,lo udp
pair=$job
udp x 7601
udp x 7602 127.0.0.1
udp end 7099
for port in 7602 7099; do
	wait_for sh -c "tcpdump -Z root -n -r pair.pcapng 2>/dev/null |
		grep -q '\.$port: UDP'"
done
kill $pair
wait $pair
packet sniff -r pair.pcapng -w part -C 1p -W 5
for part in part0 part1 part2; do
	lines $part
done >got.lines
lines pair.pcapng >want.lines
same "two interfaces, into three files" want.lines got.lines
count "with their names" "lo pk0 pk0" "$(for part in part0 part1 part2; do
	packet sniff -r $part
done | cut -d ' ' -f 2 | sort | paste -s -d ' ')"
begin period "$SOCKFAM" packet sniff -w p%H%M%S -G 1 -W 2 pk0 udp
period=$job
until ! kill -0 $period 2>/dev/null; do
	udp x 7200
	sleep 0.1
done
wait $period
files=$(find . -name 'p[0-9]*' | wc -l)
count "-G and -W end" 2 "$files"
count "and the counts" "$(for file in p[0-9]*; do
	lines "$file"; done | wc -l) packets captured" \
	"$(grep captured period.err)"

# --------------------------------------------------------- send, replay

hex=ffffffffffff02000000000188b5$(printf '%092d' 0)
# shellcheck disable=SC2086 # words
begin sent $in_a tcpdump -Z root -U -xx -c 2 -n -i pk1 ether proto 0x88b5
sent=$job
packet send pk0 "$hex" && echo "$hex" | packet send pk0
wait $sent
count "send" 2 "$(grep -c '0x0000:  ffff ffff ffff 0200 0000 0001 88b5' \
	sent.out)"
packet sniff -r ours.pcapng --json >/dev/null
# shellcheck disable=SC2086 # words
begin replayed $in_a "$SOCKFAM" packet sniff -w back.pcapng -c 12 pk1 udp
replayed=$job
packet replay -x 4 -l 2 ours.pcapng pk0 2>replay.err
wait $replayed
lines back.pcapng >got.lines
cat theirs.lines theirs.lines >want.lines
same "replay, twice" want.lines got.lines
count "replay says so" "12 packets sent" "$(cat replay.err)"

# All at once, and what stands before what cannot be sent.
# shellcheck disable=SC2086 # words
begin flat $in_a "$SOCKFAM" packet sniff -w back.pcapng -c 6000 pk1 udp
flat=$job
packet replay -t -l 1000 ours.pcapng pk0 2>replay.err
wait $flat
count "replay -t" "6000 packets sent" "$(cat replay.err)"
lines back.pcapng | sort | uniq -c | sed 's/^ *//' >got.lines
sort theirs.lines | sed 's/^/1000 /' >want.lines
same "each as often" want.lines got.lines
cat ours.pcapng any.pcapng >mixed.pcapng
# shellcheck disable=SC2086 # words
begin mixed $in_a "$SOCKFAM" packet sniff -c 6 pk1 udp
mixed=$job
packet replay -t mixed.pcapng pk0 2>replay.err
count "replay of a mixture" 1 $?
wait $mixed
count "what it says" "sockfam: mixed.pcapng: packet 7: its link type is 276,\
 that of pk0 is 1
6 packets sent" "$(cat replay.err)"
packet replay -t - pk0 <theirs.pcap 2>replay.err
count "replay from stdin" "6 packets sent" "$(cat replay.err)"

# ------------------------------------------- directions, users, namespaces

begin in "$SOCKFAM" packet sniff -Q in pk0 icmp
in=$job
begin out "$SOCKFAM" packet sniff -Q out pk0 icmp
out=$job
begin both "$SOCKFAM" packet sniff pk0 icmp
both=$job
pings 10.84.0.2 3
for name in in out; do
	wait_for sh -c "[ \$(grep -c echo $name.out) -ge 3 ]"
done
wait_for sh -c "[ \$(grep -c echo both.out) -ge 6 ]"
kill $in $out $both
wait $in $out $both
for name in in out both; do	# each socket has a time of its own
	grep echo $name.out | cut -d ' ' -f 2- >$name.lines
done
grep 'In ' both.lines >want
same "-Q in" want in.lines
grep 'Out ' both.lines >want
same "-Q out" want out.lines
mkdir -m 777 open
begin user "$SOCKFAM" packet sniff -Z nobody -w open/file -c 1 pk0 udp
user=$job
count "-Z" "$(id -u nobody)" "$(sed -n 's/^Uid:\t\([0-9]*\).*/\1/p' \
	/proc/$user/status)"
udp x 7300
wait $user
count "-Z, the file" nobody "$(stat -c %U open/file)"
begin name "$SOCKFAM" packet sniff -N pka -c 1 pk1 udp
name_job=$job
$in_a sleep 100000 &
inside=$!
wait_for sh -c "[ \$(stat -Lc %i /proc/$inside/ns/net) = \
	\$(stat -Lc %i /run/netns/pka) ]"
begin pid "$SOCKFAM" packet sniff -N $inside -c 1 pk1 udp
pid_job=$job
udp x 7400
wait $name_job $pid_job
count "-N NAME" 1 "$(grep -c 'pk1 .*\.7400: UDP' name.out)"
count "-N PID" 1 "$(grep -c 'pk1 .*\.7400: UDP' pid.out)"
kill $inside
mkdir bin
cp "$SOCKFAM" "$(dirname "$SOCKFAM")"/lib*.so.0 bin
# shellcheck disable=SC2016 # the other shell's
if LD_LIBRARY_PATH=$work/bin setpriv --reuid nobody --clear-groups \
	unshare -rn sh -c 'ip link set lo up
		bin/sockfam packet sniff lo icmp >open/mine 2>open/err &
		until grep -q listening open/err; do sleep 0.1; done
		busybox ping -c 1 127.0.0.1 >/dev/null
		until grep -q "ICMP echo reply" open/mine; do sleep 0.1; done
		kill $!; wait $!'; then
	ok "an ordinary user's namespace"
else
	not_ok "an ordinary user's namespace" "$(cat open/err)"
fi

# ------------------------------------------------------------- statistics

sums()
{
	python3 -c 'import json
rows = [json.loads(line) for line in open("rates") if line.endswith("}\n")]
print(*(sum(r[k] for r in rows) for k in ("packets", "bytes", "dropped")))'
}

has_sum()
{
	[ "$(sums)" = "$1" ]
}

"$SOCKFAM" packet stats --json -i 0.2 pk0 udp >rates &
stats=$!
wait_for [ -s rates ]
for text in 12345 23451 34512; do
	udp $text 7500
done
wait_for has_sum "3 141 0"
count "stats" "3 141 0" "$(sums)"
kill $stats
wait $stats
count "stats end well" 0 $?

# ---------------------------------------------------- ends, and bad input

begin gone "$SOCKFAM" packet sniff pk0
gone=$job
ip link set pk0 down
wait_for grep -q 'is down' gone.err
ip link set pk0 name pk9
wait_for grep -q 'another name' gone.err
ip link set pk9 up
wait_for grep -q 'up again' gone.err
udp after 7600
wait_for grep -q 'pk9 .*\.7600: UDP' gone.out
ip link del pk9
wait $gone
count "deleted while sniffing" 1 $?
count "says so" 1 "$(grep -c 'pk0: the interface has gone' gone.err)"

# One of several: the others go on, and the status tells of it.
ip link add pm0 type veth peer name pm1
ip link set pm0 up
ip link set pm1 up
begin several "$SOCKFAM" packet sniff -w several.pcapng pm0,lo,pm1 \
	udp or ether proto 0x88b5
several=$job
packet send pm0 "$hex"
for way in Out B; do
	wait_for sh -c "'$SOCKFAM' packet sniff -r several.pcapng |
		grep -q ' $way .*0x88b5'"
done
ip link set pm1 down
wait_for grep -q 'pm1: the interface is down' several.err
ip link set pm1 name pm9
wait_for grep -q 'pm1: the interface has another name' several.err
ip link del pm0
for name in pm0 pm1; do
	wait_for grep -q "$name: the interface has gone" several.err
done
printf after | socat - UDP-SENDTO:127.0.0.1:7650
wait_for sh -c "tcpdump -Z root -n -r several.pcapng 2>/dev/null |
	grep -q '\.7650: UDP'"
kill -USR1 $several
wait_for grep -q '^sockfam: [0-9]* packets captured' several.err
kill $several
wait $several
count "two of three are deleted" 1 $?
count "lo is still there" 0 "$(grep -c 'lo:' several.err)"
count "each is told of once" "1 1" "$(for name in pm0 pm1; do
	grep -c "$name: the interface has gone" several.err
done | paste -s -d ' ')"

ip netns add pkb
ip -n pkb link add pk2 type veth peer name pk3
ip -n pkb link set pk2 up
begin nsgone "$SOCKFAM" packet sniff -N pkb pk2
nsgone=$job
ip netns del pkb
if kill -0 $nsgone 2>/dev/null; then
	ok "its namespace lives as long"
else
	not_ok "its namespace lives as long" "$(cat nsgone.err)"
fi
kill $nsgone
wait $nsgone
count "and ends well" 0 $?
ip netns del pka

head -c 100 ours.pcapng >short
refuses "a file that is cut" 1 "at 100: expected the header of a block" \
	"$SOCKFAM" packet sniff -r short
refuses "no capture file" 1 "expected a pcap or pcapng file" \
	"$SOCKFAM" packet sniff -r ours.lines
refuses "no file" 1 "No such file" "$SOCKFAM" packet sniff -r none
refuses "bad filter" 1 "at 5: expected a port" "$SOCKFAM" packet sniff lo port x
refuses "-W alone" 2 "need files" "$SOCKFAM" packet sniff -W 3 lo
refuses "-Q" 2 "want in, out or inout" "$SOCKFAM" packet sniff -Q up lo
refuses "no user" 1 "no such user" "$SOCKFAM" packet sniff -Z nosuch lo
refuses "no namespace" 1 "No such file" "$SOCKFAM" packet sniff -N nosuch lo
refuses "no privilege" 1 "CAP_NET_RAW" setpriv --bounding-set -net_raw \
	--inh-caps -net_raw "$SOCKFAM" packet sniff lo
refuses "two interfaces in a pcap" 1 "one interface" \
	"$SOCKFAM" packet sniff -w two.pcap lo,any
refuses "no room" 1 "No space" "$SOCKFAM" packet sniff -w /dev/full lo
refuses "no hex" 1 "two hex digits" "$SOCKFAM" packet send lo 0g
refuses "too short" 1 "less than its link header" \
	"$SOCKFAM" packet send lo 0000
refuses "another link type" 1 "its link type is 276" \
	"$SOCKFAM" packet replay any.pcapng lo
peer_end
