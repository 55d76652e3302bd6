#!/bin/sh
# SPDX-License-Identifier: MIT
# Rules of the CAN gateway against cangw: added by either, listed by both.
PEER_NAME=peer-gw
here=$(dirname "$0")
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

gw()
{
	"$SOCKFAM" can gw "$@"
}

# both NAME: the same list, byte for byte; $work/cangw keeps it.
both()
{
	cangw -L >"$work/cangw"
	gw list >"$work/ours" || not_ok "$1" "gw list failed"
	same "$1" "$work/cangw" "$work/ours"
}

# each COMMAND...: with each rule of $work/rules; how many went.
each()
{
	went=0
	while read -r rule; do
		# shellcheck disable=SC2086 # options
		"$@" $rule 2>>"$work/err" && went=$((went + 1))
	done <"$work/rules"
}

count()
{
	if [ "$2" -eq "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "$2, not $3: $(head -n 3 "$work/err")"
	fi
}

for link in gwa gwb gwc; do
	ip link add name $link mtu 72 up type vcan || exit 1
done
python3 "$here/gw.py" rules >"$work/rules"
rules=$(wc -l <"$work/rules")

modprobe -r can-gw
refuses "no module, add" 1 "modprobe can-gw" gw add -s gwa -d gwb
refuses "no module, flush" 1 "modprobe can-gw" gw flush
ip link set lo up
refuses "no module, list" 1 "modprobe can-gw" gw list
modprobe can-gw max_hops=6

each cangw -A
count "cangw adds" $went "$rules"
both "cangw's rules"
cp "$work/cangw" "$work/first"
gw list --json >"$work/json"
if why=$(python3 "$here/gw.py" json "$work/json" "$work/first" 2>&1); then
	ok "JSON"
else
	not_ok "JSON" "$why"
fi
cp "$work/rules" "$work/all"
sed -n 'n;p' "$work/all" >"$work/rules"
each gw del
count "ours deletes what cangw added" $went $((rules / 2))
sed -n 'p;n' "$work/all" >"$work/rules"
each cangw -D
count "and just that" $went $((rules - rules / 2))
cp "$work/all" "$work/rules"

each gw add
count "ours adds" $went "$rules"
both "our rules"
same "as cangw's" "$work/first" "$work/ours"
each cangw -D
count "cangw deletes what we added" $went "$rules"

# With counters: handled and changed; dropped; deleted, being too long.
gw add -s gwa -d gwb -e -f 1:7FF -m SET:I:2.0.0000000000000000
gw add -s gwa -d gwc -f 1:7FF
gw add -s gwa -d gwb -e -f 3:7FF -m SET:L:0.10.0000000000000000
ip link set gwc down
candump -L -n 1 -T 600000 gwb,2:7FF >"$work/dump" &
dump=$!
waiting $dump
cansend gwa 001#1122
cansend gwa 003#1122
wait $dump
count "a frame, changed" "$(grep -c 'gwb 002#1122$' "$work/dump")" 1
counted()
{
	[ "$(gw list | grep -cE '# .*\<1\>')" -eq 3 ]
}
wait_for counted
both "counters"
count "of all kinds" "$(sed 's/.*# //' "$work/ours" | sort -u | wc -l)" 3
gw flush

# What cangw makes something else of is an error here.
refuses "digits" 1 "at 23: expected 8 bytes" \
	gw add -s a -d b -m SET:D:0.0.1z00000000000000
refuses "a byte" 1 "at 21: expected a length" \
	gw add -s a -d b -m SET:D:0.100.0000000000000000
refuses "uid alone" 1 "the kernel ignores" gw add -s gwa -d gwb -u 5

refuses "no rule" 2 "usage: sockfam can gw add" gw add
refuses "too many words" 2 "usage: sockfam can gw list" gw list all
refuses "not CAN" 1 "lo: not a CAN interface" gw add -s gwa -d lo
refuses "hops" 1 "more hops than the module allows" gw add -s gwa -d gwb -l 7
refuses "no such rule" 1 "no such rule" gw del -s gwa -d gwb
unprivileged()
{
	setpriv --bounding-set -net_admin "$SOCKFAM" can gw "$@"
}
refuses "add, unprivileged" 1 "no permission" unprivileged add -s gwa -d gwb
cangw -A -s gwa -d gwb
count "list, unprivileged" "$(unprivileged list | wc -l)" 1

for link in gwa gwb gwc; do
	ip link del $link
done
modprobe -r can-gw
modprobe can-gw
peer_end
