#!/bin/sh
# SPDX-License-Identifier: MIT
# TIPC as iproute2's tipc(8) has it and as we have it: two network namespaces
# are two nodes, brought up once by each, over Ethernet and UDP.
PEER_NAME=peer-tipc-ctl
# shellcheck source=tests/peer/lib.sh
. "$(dirname "$0")/lib.sh"

# agree NAME COMMAND...: what we list is what tipc lists, run by COMMAND. Not
# at the first look, perhaps: nodes that come and go do so in their time.
agree()
{
	name=$1
	shift
	if wait_for looks_alike "$@"; then
		ok "$name"
	else
		not_ok "$name" "$(cat "$work/why")"
	fi
}

looks_alike()
{
	"$@" python3 "$here/tipc-ctl.py" "$SOCKFAM" >"$work/why" 2>&1
}

# must COMMAND...
must()
{
	"$@" >"$work/out" 2>&1 || not_ok "$*" "$(cat "$work/out")"
}

# two_nodes: namespaces ta and tb, and veth va and vb between them.
two_nodes()
{
	must ip netns add ta
	must ip netns add tb
	must ip -n ta link add va type veth peer name vb netns tb
	must ip -n ta addr add 10.1.2.1/24 dev va
	must ip -n tb addr add 10.1.2.2/24 dev vb
	for it in "ta lo" "ta va" "tb lo" "tb vb"; do
		must ip -n "${it% *}" link set "${it#* }" up
	done
}

links_up()
{
	[ "$(ip netns exec ta tipc link list | grep -c ': up$')" -eq 3 ]
}

here=$(dirname "$0")
in_a="ip netns exec ta"
in_b="ip netns exec tb"

# Here each variable is some words.
# shellcheck disable=SC2086
ours()
{
	two_nodes
	must $in_a "$SOCKFAM" tipc node set identity ours-a cluster 77
	must $in_a "$SOCKFAM" tipc bearer enable eth:va priority 12 \
		tolerance 29000
	must $in_a "$SOCKFAM" tipc bearer enable udp:U local \
		inet:10.1.2.1:0 mtu 9000 tolerance 29000
	must $in_b "$SOCKFAM" tipc node set identity ours:b cluster 77
	must $in_b "$SOCKFAM" tipc bearer enable eth:vb tolerance 29000
	must $in_b "$SOCKFAM" tipc bearer enable udp:U local \
		inet:10.1.2.2:0 tolerance 29000
	must wait_for links_up
	agree "enabled by us" $in_a
	head -c 3000000 /dev/urandom >"$work/sent"
	$in_b "$SOCKFAM" tipc echo -n 1 "7000:1-9,type=stream" \
		2>"$work/echo" &
	echo=$!
	wait_for grep -q listening "$work/echo"
	wait_for sh -c "$in_a '$SOCKFAM' tipc names | grep -q ' 7000 '"
	agree "with a service" $in_a
	: >"$work/got"
	# shellcheck disable=SC2094 # it is to see it grow
	until_back "$work/sent" "$work/got" |
		$in_a timeout 600 "$SOCKFAM" tipc connect \
			"7000:5,type=stream" >"$work/got"
	wait "$echo"
	same "every byte, there and back" "$work/sent" "$work/got"
	must $in_a "$SOCKFAM" tipc links set "ours-a:va-ours:b:vb" window 55
	must $in_a "$SOCKFAM" tipc bearer set eth:va tolerance 28000
	must $in_a "$SOCKFAM" tipc monitor threshold 1
	agree "set by us" $in_a
	must $in_a "$SOCKFAM" tipc bearer disable eth:va udp:U
	agree "disabled by us" $in_a
	ip netns del ta
	ip netns del tb
}

# shellcheck disable=SC2086
theirs()
{
	two_nodes
	for it in "ta va 10.1.2.1" "tb vb 10.1.2.2"; do
		# shellcheck disable=SC2046
		set -- $it
		must ip netns exec "$1" tipc node set identity "theirs-$1"
		must ip netns exec "$1" tipc bearer enable media eth device \
			"$2"
		must ip netns exec "$1" tipc bearer enable media udp name U \
			localip "$3"
	done
	must wait_for links_up
	agree "enabled by tipc" $in_b
	must $in_b tipc bearer set tolerance 27777 media eth device vb
	must $in_b tipc link set tolerance 26666 link \
		"theirs-tb:U-theirs-ta:U"
	must $in_b tipc bearer disable media eth device vb
	agree "changed by tipc" $in_b
	ip netns del ta
	ip netns del tb
}

refusals()
{
	refuses "no such interface" 1 "no such interface" \
		"$SOCKFAM" tipc bearer enable eth:nosuch
	refuses "no privilege" 1 "no permission" setpriv --bounding-set -net_admin \
		"$SOCKFAM" tipc monitor threshold 30
	refuses "usage" 2 "usage: sockfam tipc bearer enable" \
		"$SOCKFAM" tipc bearer enable eth:lo priority high
	refuses "bad word" 2 "what is color?" \
		"$SOCKFAM" tipc bearer set eth:lo color 5
	refuses "bad address" 1 "want inet:" "$SOCKFAM" tipc bearer enable udp:x \
		local unix:/x
	refuses "bad identity" 2 "no identity" "$SOCKFAM" tipc node set \
		identity "a b"
	# The module away; it comes again for those who follow.
	# Sockets let go of it in their time.
	must wait_for modprobe -r tipc
	refuses "no TIPC" 1 "try: modprobe tipc" "$SOCKFAM" tipc names
	must modprobe tipc
}

ours
theirs
refusals
peer_end
