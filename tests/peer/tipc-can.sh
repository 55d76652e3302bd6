#!/bin/sh
# SPDX-License-Identifier: MIT
# CAN frames of each node seen on all nodes of a TIPC cluster: sockfam relay
# -g on three nodes, network namespaces with a vcan each, behind a bridge.
# Frames are seen by candump, links are set by iproute2's tipc.
set -u

PEER_NAME=peer-tipc-can
# shellcheck source=tests/peer/lib.sh
. "$(dirname "$0")/lib.sh"

nodes="n1 n2 n3"
jobs=

# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	# shellcheck disable=SC2086 # a list
	[ -z "$jobs" ] || kill $jobs 2>/dev/null
	for n in $nodes; do
		ip netns del "$n" 2>/dev/null
	done
	ip link del tcbr 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT

# must COMMAND...
must()
{
	"$@" >"$work/out" 2>&1 || not_ok "$*" "$(cat "$work/out")"
}

# on NODE COMMAND...
on()
{
	ip netns exec "$@"
}

# start NAME NODE COMMAND...: output to NAME.out and NAME.err, pid in $last
start()
{
	name=$1
	shift
	: >"$work/$name.out"
	ip netns exec "$@" >"$work/$name.out" 2>"$work/$name.err" </dev/null &
	last=$!
	jobs="$jobs $last"
}

# Links that no slowness ends: 30 s of silence are too long for any.
make_node()
{
	must ip netns add "$1"
	must ip link add "p-$1" type veth peer name eth netns "$1"
	must ip link set "p-$1" master tcbr up
	must ip -n "$1" link set lo up
	must ip -n "$1" link set eth up
	must ip -n "$1" link add vcan0 type vcan
	must ip -n "$1" link set vcan0 up
	must on "$1" tipc node set identity "$1"
	must on "$1" "$SOCKFAM" tipc bearer enable eth:eth tolerance 30000
}

start_relay()
{
	start "r-$1" "$1" "$SOCKFAM" relay -g can:vcan0 tipc:4711:1
	eval "relay_$1=$last"
}

# tells NODE N WORDS: its relay has told that so often
tells()
{
	wait_for has_lines "$work/r-$1.err" "$2" "$3" ||
		not_ok "$1 tells '$3'" "$(cat "$work/r-$1.err")"
}

# has_lines FILE N WORDS
has_lines()
{
	[ "$(grep -c -- "$3" "$1")" -ge "$2" ]
}

# has_listeners NODE IF N: so many sockets listen there
has_listeners()
{
	[ "$(on "$1" grep -c " $2 " /proc/net/can/rcvlist_all)" -ge "$3" ]
}

# frames NODE NUMBER...: a frame for each, with it as data
frames()
{
	node=$1
	shift
	# shellcheck disable=SC2046 # words
	must on "$node" "$SOCKFAM" can send vcan0 \
		$(printf "10${node#n}#%04d " "$@")
}

# sees WHAT NODE NUMBERS1 NUMBERS2 NUMBERS3: candump there has these frames of
# n1, n2 and n3 and no others, each once, and each node's in order.
sees()
{
	what=$1 node=$2
	shift 2
	for id in 101 102 103; do
		# shellcheck disable=SC2086 # words
		printf "$id#%04d\n" $1
		shift
	done >"$work/want"
	wait_for has_lines "$work/d-$node.out" "$(wc -l <"$work/want")" \
		' vcan0 10[123]#[0-9]\{4\}$'
	sed -n 's/.* vcan0 \(10[123]#\)/\1/p' "$work/d-$node.out" |
		sort -s -t '#' -k 1,1 >"$work/got"
	same "$what: what $node sees" "$work/want" "$work/got"
}

# From the others' side the cut is silence, and they are told to take little
# of it for the end; the node itself has no carrier.
cut()
{
	must ip link set "p-$1" down
	for n in $nodes; do
		[ "$n" = "$1" ] ||
			must on "$n" tipc link set tolerance 100 link \
				"$n:eth-$1:eth"
	done
}

heal()
{
	for n in $nodes; do
		[ "$n" = "$1" ] ||
			must on "$n" tipc link set tolerance 30000 link \
				"$n:eth-$1:eth"
	done
	must ip link set "p-$1" up
}

one_cpu
must ip link add tcbr type bridge
must ip link set tcbr up
for n in $nodes; do
	make_node "$n"
done
refuses "no group" 1 "neither is tipc:GROUP:MEMBER" \
	on n1 "$SOCKFAM" relay -g can:vcan0 tipc:4711:1-2
refuses "no type for all" 1 "ermission" \
	on n1 "$SOCKFAM" relay -g can:vcan0 tipc:63:1
for n in $nodes; do
	start "d-$n" "$n" candump -L vcan0
	start_relay "$n"
done
for n in $nodes; do
	tells "$n" 1 "listening on can:vcan0"
	tells "$n" 2 " joined; "
	wait_for has_listeners "$n" vcan0 2
done

all=$(seq -s ' ' 1 40)
for n in $nodes; do
	# shellcheck disable=SC2086 # words
	frames "$n" $all
done
for n in $nodes; do
	sees whole "$n" "$all" "$all" "$all"
done

# A bus whose frames the gateway copies: they go to all, nothing comes back.
must ip -n n1 link add bus0 type vcan
must ip -n n1 link set bus0 up
must on n1 "$SOCKFAM" can gw add -e -s bus0 -d vcan0
start d-bus n1 candump -L bus0
wait_for has_listeners n1 bus0 1
must on n1 "$SOCKFAM" can send bus0 105#01
for n in $nodes; do
	if wait_for grep -q 'vcan0 105#01' "$work/d-$n.out"; then
		ok "bus: $n sees it"
	else
		not_ok "bus: $n sees it" "$(cat "$work/d-$n.out")"
	fi
done

# n3 is cut off, and it is told everywhere; frames go on where there is a way.
cut n3
tells n1 1 "node n3 .* left or is lost; 1 others"
tells n2 1 "node n3 .* left or is lost; 1 others"
tells n3 1 "left or is lost; 0 others now: what is sent is lost"
for n in $nodes; do
	frames "$n" 41 42 43
done
while_cut="$all 41 42 43"
sees cut n1 "$while_cut" "$while_cut" "$all"
sees cut n2 "$while_cut" "$while_cut" "$all"
sees cut n3 "$all" "$all" "$while_cut"

heal n3
tells n1 3 " joined; "
tells n2 3 " joined; "
tells n3 4 " joined; "
for n in $nodes; do
	frames "$n" 44 45 46
done
again="44 45 46"
sees healed n1 "$while_cut $again" "$while_cut $again" "$all $again"
sees healed n2 "$while_cut $again" "$while_cut $again" "$all $again"
sees healed n3 "$all $again" "$all $again" "$while_cut $again"

echo '105#01' >"$work/want"
sed 's/.* //' "$work/d-bus.out" >"$work/got"
same "bus: nothing is put on it" "$work/want" "$work/got"

# A relay that ends is one that leaves, and what n3 had sent for nobody was
# counted.
# shellcheck disable=SC2154 # set by eval
kill "$relay_n3"
wait "$relay_n3"
tells n1 2 "node n3 .* left or is lost; 1 others"
if grep -q ' 0 errors, 3 messages lost$' "$work/r-n3.err"; then
	ok "lost ones are counted"
else
	not_ok "lost ones are counted" "$(cat "$work/r-n3.err")"
fi
# shellcheck disable=SC2154 # set by eval
kill "$relay_n1" "$relay_n2"
# shellcheck disable=SC2154 # set by eval
wait "$relay_n1" "$relay_n2"
for n in n1 n2; do
	if grep -q ' 0 errors, 0 messages lost$' "$work/r-$n.err"; then
		ok "$n lost none"
	else
		not_ok "$n lost none" "$(cat "$work/r-$n.err")"
	fi
done
peer_end
