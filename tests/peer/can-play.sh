#!/bin/sh
# SPDX-License-Identifier: MIT
# sockfam can play against canplayer, can gen against cangen: what candump
# sees of each.
PEER_NAME=can-play
here=$(dirname "$0")
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"
cd "$work" || exit 1
one_cpu

for name in cp0 cp1; do
	ip link add $name mtu 72 type vcan && ip link set $name up || exit 1
done

# seen FILE N COMMAND...: what candump sees while the command sends N frames;
# stamps are left out. One socket, so that their order is that of sending,
# and it holds all of them.
seen()
{
	file=$1 want=$2
	shift 2
	candump -L -r 100000000 -n "$want" any,0:0,#FFFFFFFF >seen.log &
	listener=$!
	waiting $listener
	"$@" >out 2>err </dev/null || not_ok "$*" "status $?: $(cat err)"
	wait $listener
	cut -d ' ' -f 2- seen.log >"$file"
}

# is_so NAME WANT GOT
is_so()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "$3, not $2: $(cat err)"
	fi
}

play()
{
	"$SOCKFAM" can play "$@"
}

# both NAME N ARGUMENTS...: the same of canplayer and of ours, from $log.
both()
{
	name=$1 n=$2
	shift 2
	seen theirs "$n" canplayer -I "$log" "$@"
	seen ours "$n" "$SOCKFAM" can play -I "$log" "$@"
	same "$name" theirs ours
}

# All kinds of frames, on two interfaces, 100 us from each to the next.
i=0
for frame in 123# 123#DEADBEEF 12345678#11 7FF#R 123#R4 123##4 000#00 \
	12345678##7112233445566778899AABBCC 20000004#0001000000000000 \
	1FFFFFFF#1122334455667788 123##5$(printf '%0128d' 7); do
	for name in cp0 cp1; do
		printf '(1700000000.%06d) %s %s\n' $((i * 100)) $name "$frame"
		i=$((i + 1))
	done
done >all.log
count=$i
log=all.log
both "all kinds, at once" $count -t
both "by their stamps" $count
both "three times" $((3 * count)) -t -l 3
both "exchanged" $count -t cp0=cp1 cp1=cp0
both "onto one" $count -t cp1=cp0 cp1=cp1
both "one of two" $((count / 2)) -t cp1=cp0
both "a poll interval" $count -g 3

# Stamps that jump back, and a gap: an hour is more than the test lasts.
sed 's/^(17000000/(17000009/' all.log >later.log
{ cat later.log; cat all.log; echo '# comment'; cat all.log; } >back.log
log=back.log
both "stamps that jump back" $((3 * count))
sed 's/^(1700000000/(1700003600/' all.log | cat all.log - >gap.log
log=gap.log
both "a gap left out" $((2 * count)) -s 10

# What only ours has.
seen ours $((count / 2)) play -I all.log -t -n $((count / 2))
cut -d ' ' -f 2- all.log | head -n $((count / 2)) >want
same "-n" want ours
seen ours $((count + 3)) play -I all.log -t -l i -n $((count + 3))
cut -d ' ' -f 2- all.log | cat - all.log | sed 's/^(.*) //' |
	head -n $((count + 3)) >want
same "-n ends what is for ever" want ours
seen ours $((2 * count)) play -I gap.log -f 100000
cut -d ' ' -f 2- gap.log >want
same "a faster clock" want ours
seen ours $count play -I all.log -t -g 0.01
cut -d ' ' -f 2- all.log >want
same "a gap instead of stamps" want ours
"$SOCKFAM" can convert all.log all.pcapng 2>err
seen ours $count play -I all.pcapng -t
same "from a capture file" want ours
# shellcheck disable=SC2016 # another shell's
seen ours $count sh -c 'cat all.log | "$0" can play -t' "$SOCKFAM"
same "from a pipe" want ours
seen ours $count play -I all.log -t -v
is_so "-v" $count "$(wc -l <out)"

# What is damaged is told and left out.
{ echo '(1700000000.000000) cp0 12#11'; cat all.log; } >damaged.log
refuses "a damaged line ends it" 1 "damaged.log: line 1: at 26" \
	"$SOCKFAM" can play -t -e -I damaged.log cp0=cp0
"$SOCKFAM" can play -t -I damaged.log stdout=cp1 >got 2>err
is_so "status after a damaged line" 1 $?

# Lines instead of frames.
grep ' cp1 ' all.log >want
same "stdout=, and the rest is left out" want got
printf '%s\n' "0 frames sent" >want
grep sent err >got
same "and told" want got
canplayer -t -I all.log stdout=cp0 >want
"$SOCKFAM" can play -t -I all.log stdout=cp0 >got 2>err
same "stdout= as canplayer" want got

# None is lost where the queue is short, and others fill it.
tc qdisc add dev cp0 root tbf rate 400kbit burst 2kb limit 1kb 2>/dev/null
sed -n 's/ cp0 / cp0 /p' all.log >one.log
seen ours $((20 * count / 2)) play -t -l 20 -I one.log
i=0
while [ $i -lt 20 ]; do
	cut -d ' ' -f 2- one.log
	i=$((i + 1))
done >want
same "a queue that is full" want ours
tc qdisc del dev cp0 root 2>/dev/null

# cangen and ours make the same where nothing is random.
gen_both()
{
	name=$1 n=$2
	shift 2
	seen theirs "$n" cangen cp0 -g 0 -n "$n" "$@"
	seen ours "$n" "$SOCKFAM" can gen -g 0 -n "$n" "$@" cp0
	# Old can-utils keep the FDF flag off.
	sed -i -E 's/##([0-3])/##\1/; s/##0/##4/; s/##1/##5/; s/##2/##6/
		s/##3/##7/' theirs
	same "gen $name" theirs ours
}
gen_both "all counted" 600 -I i -L i -D i
gen_both "over the last standard one" 2100 -I i -L 1 -D i
gen_both "extended" 300 -e -I i -L i -D 1122334455667788
gen_both "requests" 40 -R -I 7F -L i -D 00
gen_both "fixed" 20 -I 42A -L 8 -D 11223344DEADBEEF
gen_both "a short pattern" 20 -I i -L 8 -D 1122
gen_both "FD" 70 -f -I i -L i -D i
gen_both "FD, BRS and ESI" 40 -b -E -e -I i -L i -D 11223344556677889900
gen_both "FD, a length that is none" 3 -f -I 1 -L 9 -D i

# What is certain of random ones.
seen ours 500 "$SOCKFAM" can gen -g 0 -n 500 -m cp0
grep -Evc '^cp0 ([0-7][0-9A-F]{2}|[01][0-9A-F]{7})#(R[0-8]?|([0-9A-F]{2}){0,8}|#[4-7]([0-9A-F]{2}){0,64})$' \
	ours >got
echo 0 >want
same "a mix is of CAN frames" want got
seen ours 100 "$SOCKFAM" can gen -g 0 -c 7 -n 100 -I o -L 2 -D x1Ax cp0
grep -Evc '^cp0 [0-7][0-9A-F][13579BDF]#[0-9A-F]1A[0-9A-F]$' ours >got
same "odd identifiers, random digits" want got
seen ours 9 "$SOCKFAM" can gen -g 1 -c 4 -n 9 -P 3 -p 300000 -v cp0
is_so "gen -v" 9 "$(wc -l <out)"
"$SOCKFAM" can gen -g 0 -n 50 -x cp1 2>got
echo "50 frames sent" >want
same "-x" want got

# All that -i leaves out is counted.
sent()
{
	cat /sys/class/net/cp0/statistics/tx_packets
}
tc qdisc add dev cp0 root tbf rate 400kbit burst 2kb limit 1kb
before=$(sent)
"$SOCKFAM" can gen -g 0 -n 300 -i -I 1 -L 8 cp0 2>err
wait_for sh -c 'tc -s qdisc show dev cp0 | grep -q "backlog 0b"'
awk '{ n += $1 } END { print n }' err >got
echo 300 >want
same "sent and left out are all" want got
awk 'NR == 1 { print $1 }' err >want
echo $(($(sent) - before)) >got
same "and as many went" want got
tc qdisc del dev cp0 root

# A signal ends it, and what it did is told.
"$SOCKFAM" can gen -g 1 cp0 2>err &
job=$!
before=$(sent)
wait_for sh -c "[ \$(cat /sys/class/net/cp0/statistics/tx_packets) -gt $before ]"
kill -TERM $job
wait $job
status=$?
if [ $status -eq 0 ] && grep -q 'frames sent' err; then
	ok "gen ends at a signal"
else
	not_ok "gen ends at a signal" "status $status: $(cat err)"
fi

# The interface goes down meanwhile.
down()
{
	name=$1
	shift
	before=$(sent)
	"$@" >out 2>err </dev/null &
	job=$!
	wait_for sh -c "[ \$(cat /sys/class/net/cp0/statistics/tx_packets) -gt $before ]"
	ip link set cp0 down
	wait $job
	status=$?
	ip link set cp0 up
	if [ $status -eq 1 ] && grep -q "interface is down" err; then
		ok "$name"
	else
		not_ok "$name" "status $status: $(cat err)"
	fi
}
down "down under play" "$SOCKFAM" can play -t -g 1 -l i -I one.log
down "down under gen" "$SOCKFAM" can gen -g 1 cp0

for name in cp0 cp1; do
	ip link del $name
done
peer_end
