#!/bin/sh
# SPDX-License-Identifier: MIT
# Text of packets against tcpdump's: a corpus that python builds, and what
# the kernel itself sends between two namespaces, captured by tcpdump.
if [ "${1:-}" != inside ]; then
	exec unshare -n "$0" inside
fi
PEER_NAME=peer-decode
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"
print=$build/tests/peer/decode-print
[ -x "$print" ] || exit 1

# cases MODE ARGUMENT...: one line for each mode of decode.py, and whatever
# did not agree.
cases()
{
	mode=$1
	shift
	if python3 "$here/decode.py" "$mode" "$print" "$@" \
		>"$work/cases" 2>&1; then
		ok "$mode: $(grep -c '^ok ' "$work/cases") cases"
	else
		not_ok "$mode" "$(grep -v '^ok ' "$work/cases")"
	fi
}

# ------------------------------------------------------ the kernel's own --

inside()
{
	nsenter -t "$other" -n "$@"
}

is_inside()
{
	[ "$(readlink "/proc/$other/ns/net")" != \
		"$(readlink /proc/self/ns/net)" ]
}

# one_side N NS-COMMAND...: all links and addresses of an end.
one_side()
{
	n=$1
	shift
	"$@" ip link set lo up &&
	"$@" ip addr add "10.83.0.$n/24" dev "dv$n" &&
	"$@" ip addr add "2001:db8::$n/64" dev "dv$n" nodad &&
	"$@" ip link set "dv$n" up &&
	"$@" ip link add link "dv$n" name "dv$n.7" type vlan id 7 &&
	"$@" ip addr add "10.83.7.$n/24" dev "dv$n.7" &&
	"$@" ip link set "dv$n.7" up &&
	"$@" ip link add link "dv$n" name "dq$n" type vlan id 8 \
		proto 802.1ad &&
	"$@" ip link set "dq$n" up &&
	"$@" ip link add link "dq$n" name "dq$n.9" type vlan id 9 &&
	"$@" ip addr add "10.83.9.$n/24" dev "dq$n.9" &&
	"$@" ip link set "dq$n.9" up
}

tunnels()
{
	n=$1
	far=$((3 - n))
	shift
	"$@" ip link add "dg$n" type gre local "10.83.0.$n" \
		remote "10.83.0.$far" key 42 &&
	"$@" ip addr add "10.84.0.$n/24" dev "dg$n" &&
	"$@" ip link set "dg$n" up &&
	"$@" ip link add "dx$n" type vxlan id 42 local "10.83.0.$n" \
		remote "10.83.0.$far" dstport 4789 srcport 50000 60000 &&
	"$@" ip addr add "10.85.0.$n/24" dev "dx$n" &&
	"$@" ip link set "dx$n" up
}

setup()
{
	plain_ports || return 1
	unshare -n sleep 100000 &
	other=$!
	wait_for is_inside &&
	ip link add dv1 type veth peer name dv2 &&
	ip link set dv2 netns "$other" &&
	one_side 1 env && one_side 2 inside &&
	tunnels 1 env && tunnels 2 inside &&
	inside sysctl -qw net.ipv4.ip_forward=1 &&
	modprobe mpls_iptunnel && modprobe sctp &&
	ip route add 10.86.0.0/16 encap mpls 100/200 via 10.83.0.2 &&
	ip route add 10.87.0.0/16 via 10.83.0.2 &&
	inside ip route add 10.87.0.0/16 via 10.83.0.1 &&
	wait_for has_link_local dv1 && wait_for has_link_local dv2 inside
}

# Each has come and gone when it ends, so all of them are on the wire.
traffic()
{
	for host in 10.83.0.2 2001:db8::2; do
		ping -c 1 -W 300 $host &&
		ping -c 1 -W 300 -s 4000 $host || return 1
	done
	for host in 10.83.7.2 10.83.9.2 10.84.0.2 10.85.0.2; do
		ping -c 1 -W 300 $host || return 1
	done
	python3 "$here/decode-traffic.py" "$other"
}

capture()
{
	tcpdump -Z root -i dv1 -s 0 -U -w "$work/pcap" 2>"$work/err" &
	dump=$!
	wait_for grep -q listening "$work/err" || return 1
	traffic >"$work/traffic" 2>&1
	status=$?
	# What was sent last has been captured, or it has not been sent.
	wait_for grep -qa 'the last one' "$work/pcap" || status=1
	kill -INT $dump
	wait $dump
	return $status
}

kernel_cases()
{
	if ! setup >"$work/setup" 2>&1; then
		not_ok "links of the kernel" "$(cat "$work/setup")"
	elif ! capture; then
		not_ok "traffic" "$(cat "$work/traffic" "$work/err")"
	else
		cases file "$work/pcap"
	fi
	kill "$other"
}

cases corpus
cases json
[ -z "${SFAM_IN_VM:-}" ] || kernel_cases
peer_end
