#!/bin/sh
# SPDX-License-Identifier: MIT
# The verbs alg, packet, vsock, tipc and fd of the tool against the programs
# that know the same things. Run as root in the VM; $SOCKFAM is the tool.
# One line per case; the last one counts. Where a kernel lacks a family its
# cases are skipped, but with SFAM_REQUIRE=all that is a failure.
set -u

here=$(cd "$(dirname "$0")" && pwd)
PEER_NAME=verbs
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"
tmp=$work
skipped=0
started=

# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	for pid in $started; do
		kill "$pid" 2>/dev/null
	done
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

# shellcheck disable=SC2015 # echo does not fail
result()
{
	if [ "$2" = 0 ]; then
		echo "ok $1"
		passed=$((passed + 1))
	else
		echo "not ok $1 - $(tr '\n' ' ' <"$tmp/why" | cut -c 1-300)"
		failed=$((failed + 1))
	fi
}

# check NAME COMMAND...: it succeeds; what it writes is the reason if not
check()
{
	case_name=$1
	shift
	"$@" >"$tmp/why" 2>&1
	result "$case_name" $?
}

skip()
{
	if [ "${SFAM_REQUIRE:-}" = all ]; then
		echo "$2" >"$tmp/why"
		result "$1" 1
	else
		echo "skip $1 - $2"
		skipped=$((skipped + 1))
	fi
}

has()
{
	"$SOCKFAM" families "$1" | grep -q "^$1  *yes "
}

# background NAME COMMAND...: output to NAME.out and NAME.err, pid in $last
background()
{
	job=$1
	shift
	: >"$tmp/$job.err"	# ready() shall not see the last one's
	# exec: $last is the program itself, not a shell that waits for it
	exec "$@" >"$tmp/$job.out" 2>"$tmp/$job.err" &
	last=$!
	started="$started $last"
}

# Until the background job NAME says that it listens
ready()
{
	wait_for grep -q '^\(tcpdump: \)\{0,1\}listening' "$tmp/$1.err" &&
		return 0
	echo "$1 does not listen: $(cat "$tmp/$1.err")"
	return 1
}

same()
{
	cmp "$1" "$2" || {
		diff "$1" "$2"
		return 1
	}
}

# exits STATUS WORDS COMMAND...: so it ends, with WORDS in its error
exits()
{
	want=$1
	words=$2
	shift 2
	"$@" >"$tmp/exits.out" 2>"$tmp/exits.err" </dev/null
	got=$?
	cat "$tmp/exits.err"
	if [ "$got" != "$want" ]; then
		echo "exit status $got, expected $want"
		return 1
	fi
	[ -z "$words" ] || grep -q -- "$words" "$tmp/exits.err"
}

# --------------------------------------------------------------- usage

usage_cases()
{
	check usage-no-verb exits 2 'usage:' "$SOCKFAM"
	check usage-unknown exits 2 'no such verb' "$SOCKFAM" alg nosuch
	for verb in 'alg hash' 'packet sniff' 'vsock echo' 'vsock connect' \
		'vsock cid' 'tipc echo' 'tipc connect' 'fd send' 'fd recv'; do
		# shellcheck disable=SC2086 # two words
		check "usage-option-$verb" exits 2 'no such option: -Y' \
			"$SOCKFAM" $verb -Y
		# shellcheck disable=SC2086
		check "help-$verb" exits 0 '' "$SOCKFAM" $verb -h
	done
	for verb in 'packet sniff' 'vsock echo' 'vsock connect' \
		'tipc echo' 'tipc connect' 'fd send' 'fd recv'; do
		# shellcheck disable=SC2086
		check "usage-nothing-$verb" exits 2 'which' "$SOCKFAM" $verb
	done
	check usage-n exits 2 'not a number' "$SOCKFAM" tipc echo -n 0 70:1
	check usage-q exits 2 'not a number' "$SOCKFAM" tipc connect -q x 70:1
	check usage-c exits 2 'not a number' "$SOCKFAM" packet sniff -c -1 lo
	check usage-two exits 2 'one address' "$SOCKFAM" vsock connect 1:2 3:4
	check bad-vsock exits 1 'expected a CID' "$SOCKFAM" vsock echo nobody:1
	check bad-tipc exits 1 'expected' "$SOCKFAM" tipc echo 70
	check bad-link exits 1 'existing interface' "$SOCKFAM" packet sniff no0
	check bad-names exits 2 'not 1 name' "$SOCKFAM" fd send -n a:b @x /
}

# ------------------------------------------------------------ alg hash

hash_file()
{
	"$SOCKFAM" alg hash -a "$1" "$2" >"$tmp/ours" &&
		"${1}sum" "$2" >"$tmp/theirs" && same "$tmp/ours" "$tmp/theirs"
}

hash_pipe()
{
	# shellcheck disable=SC2002 # a pipe is what is tested
	cat "$1" | "$SOCKFAM" alg hash >"$tmp/ours" &&
		sha256sum <"$1" >"$tmp/theirs" &&
		same "$tmp/ours" "$tmp/theirs"
}

hash_names()
{
	printf 1 >"$tmp/new
line"
	printf 2 >"$tmp/back\\slash"
	printf 3 >"$tmp/return"
	set -- "$tmp/new
line" "$tmp/back\\slash" "$tmp/return" /proc/version
	"$SOCKFAM" alg hash "$@" >"$tmp/ours" &&
		sha256sum "$@" >"$tmp/theirs" &&
		same "$tmp/ours" "$tmp/theirs" && sha256sum -c "$tmp/ours"
}

# A bad file between two good ones, and the state after a failure
hash_goes_on()
{
	"$SOCKFAM" alg hash "$tmp/f64" "$tmp/none" / "$tmp/f65" \
		>"$tmp/ours" 2>"$tmp/err" && return 1
	sha256sum "$tmp/f64" "$tmp/f65" >"$tmp/theirs"
	same "$tmp/ours" "$tmp/theirs" && [ "$(wc -l <"$tmp/err")" = 2 ]
}

# stdin that is a file, from where it stands
hash_offset()
{
	{
		head -c 63 >/dev/null	# reads more than it takes, seeks back
		"$SOCKFAM" alg hash
	} <"$tmp/f4096" >"$tmp/ours"
	tail -c +64 "$tmp/f4096" | sha256sum >"$tmp/theirs"
	same "$tmp/ours" "$tmp/theirs"
}

alg_cases()
{
	for size in 0 1 63 64 65 4095 4096 4097 65535 65536 65537 1048577 \
		3000000; do
		head -c "$size" /dev/urandom >"$tmp/f$size"
		check "alg-hash-file-$size" hash_file sha256 "$tmp/f$size"
		check "alg-hash-pipe-$size" hash_pipe "$tmp/f$size"
	done
	for alg in md5 sha1 sha224 sha384 sha512; do
		check "alg-hash-$alg" hash_file "$alg" "$tmp/f65537"
	done
	check alg-hash-names hash_names
	check alg-hash-goes-on hash_goes_on
	check alg-hash-offset hash_offset
	check alg-hash-unknown exits 1 'no algorithm nosuch' "$SOCKFAM" alg hash \
		-a nosuch "$tmp/f1"
	check alg-hash-key exits 1 'wants a key' "$SOCKFAM" alg hash \
		-a 'hmac(sha256)' "$tmp/f1"
	check alg-hash-full exits 1 'No space' sh -c \
		"'$SOCKFAM' alg hash '$tmp/f1' >/dev/full"
}

# -------------------------------------------------------- packet sniff

# From the first packet of packet_traffic() to the last: the programs start
# and end one after another, and of what the kernel sends by itself not all
# see the same before and after. Without the time, and without what one of
# the two leaves out. tcpdump has names of protocols from /etc/protocols, if
# there is one.
only_words()
{
	sed '/10\.83\.0\.255\.97: UDP/,/10\.83\.0\.2\.98: UDP/!d' "$1" |
		grep "$2" |
		sed -E -e 's/^[0-9:.]+ //' \
		-e 's/^[a-z0-9.]+ +(In|Out|B|M|P) +//' \
		-e 's/^vlan 7, p 0, //' -e 's/: ip-proto-1$/: icmp/' \
		-e 's/, options \[[^]]*\]//'
}

inside()
{
	nsenter -t "$ns" -n "$@"
}

is_inside()
{
	[ "$(readlink "/proc/$ns/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

packet_setup()
{
	plain_ports || return 1
	unshare -n sleep 100000 &
	ns=$!
	started="$started $ns"
	wait_for is_inside || return 1
	ip link add sfv0 type veth peer name sfv1 &&
		ip link set sfv1 netns "$ns" &&
		ip addr add 10.83.0.1/24 dev sfv0 &&
		ip link set sfv0 up && inside ip link set lo up &&
		inside ip addr add 10.83.0.2/24 dev sfv1 &&
		inside ip link set sfv1 up || return 1
	ip link add link sfv0 name sfv0.7 type vlan id 7 &&
		ip addr add 10.83.7.1/24 dev sfv0.7 &&
		ip link set sfv0.7 up &&
		inside ip link add link sfv1 name sfv1.7 type vlan id 7 &&
		inside ip addr add 10.83.7.2/24 dev sfv1.7 &&
		inside ip link set sfv1.7 up
	for dev in sfv0 sfv0.7; do
		wait_for has_link_local $dev && no_probes $dev || return 1
	done
	for dev in sfv1 sfv1.7; do
		wait_for has_link_local $dev inside &&
			no_probes $dev inside || return 1
	done
}

# tcp_is_over COMMAND...: in that place no connection can send any more.
tcp_is_over()
{
	[ -z "$("$@" ss -H -n -t state connected exclude time-wait \
		dst 10.83.0.0/24)" ]
}

packet_traffic()
{
	# To all, so that no address has to be found for it.
	echo begin | socat -u - UDP-SENDTO:10.83.0.255:97,broadcast
	peer6=$(inside ip -6 -o addr show dev sfv1 |
		sed 's/.*inet6 \([^/]*\).*/\1/')
	pings 10.83.0.2 3 && pings 10.83.0.2 1 -s 4000 &&
		pings 10.83.7.2 2 && pings "$peer6%sfv0" 2 -6 || return 1
	# cat is done when it is done: socat would wait half a second for it.
	background tcp nsenter -t "$ns" -n \
		socat -t 300 TCP-LISTEN:99,bind=10.83.0.2 EXEC:cat
	server=$last
	background udp nsenter -t "$ns" -n \
		socat -u UDP-RECV:98,bind=10.83.0.2 -
	wait_for has_listener -t 10.83.0.2:99 inside &&
		wait_for has_listener -u 10.83.0.2:98 inside || return 1
	seq 100 | socat -t 300 - TCP:10.83.0.2:99 >/dev/null
	wait "$server" && wait_for tcp_is_over env &&
		wait_for tcp_is_over inside || return 1
	echo hello | socat -u - UDP-SENDTO:10.83.0.2:98
}

packet_watch()
{
	background ours "$SOCKFAM" packet sniff sfv0
	o=$last
	background ourse "$SOCKFAM" packet sniff -e sfv0
	oe=$last
	background any "$SOCKFAM" packet sniff any
	a=$last
	background dump tcpdump -n -S -l -i sfv0
	d=$last
	background dumpe tcpdump -n -e -S -l -i sfv0
	de=$last
	for job in ours ourse any dump dumpe; do
		ready "$job" || return 1
	done
	packet_traffic || return 1
	# The last packet is there, so are those before it.
	for job in ours ourse any dump dumpe; do
		wait_for grep -q '10.83.0.2.98: UDP' "$tmp/$job.out" ||
			return 1
	done
	kill -INT "$d" "$de" "$a" "$oe"
	kill -TERM "$o"
	wait "$o" && wait "$oe" && wait "$a"
}

# packet_same OURS THEIRS WORDS COUNT [ORDER]: lines with these words, COUNT
# or more. ORDER: cat where one packet follows from the last; two processors
# may tell the two programs of other packets in different order, so sort.
packet_same()
{
	only_words "$tmp/$1.out" "$3" | ${5:-sort} >"$tmp/ours"
	only_words "$tmp/$2.out" "$3" | ${5:-sort} >"$tmp/theirs"
	[ "$(wc -l <"$tmp/theirs")" -ge "$4" ] || {
		echo "tcpdump saw too little"
		return 1
	}
	same "$tmp/ours" "$tmp/theirs"
}

packet_summary()
{
	[ "$(sed -n 's/ packets captured//p' "$tmp/ours.err")" = \
		"$(wc -l <"$tmp/ours.out")" ] &&
		grep -q '^[0-9]* packets received by filter' "$tmp/ours.err" &&
		grep -q '^0 packets dropped by kernel' "$tmp/ours.err"
}

packet_count()
{
	background counted timeout 600 "$SOCKFAM" packet sniff -c 2 sfv0
	c=$last
	ready counted || return 1
	pings 10.83.0.2 3
	wait "$c" && [ "$(wc -l <"$tmp/counted.out")" = 2 ]
}

# Packets as objects, and with all of the header and the bytes.
packet_json()
{
	background json "$SOCKFAM" packet sniff --json sfv0
	j=$last
	background bytes "$SOCKFAM" packet sniff -evX sfv0
	b=$last
	ready json && ready bytes || return 1
	pings 10.83.0.2 1
	for job in json bytes; do
		wait_for grep -q 'ICMP echo reply' "$tmp/$job.out" || return 1
	done
	kill -INT "$j" "$b"
	wait "$j" && wait "$b" && python3 "$here/verbs.py" packets \
		<"$tmp/json.out" &&
		grep -q 'ethertype IPv4.*proto ICMP (1)' "$tmp/bytes.out" &&
		grep -q '0x0000:  4500 0054' "$tmp/bytes.out"
}

packet_gone()
{
	ip link add sfd0 type dummy && ip link set sfd0 up || return 1
	background gone timeout 600 "$SOCKFAM" packet sniff sfd0
	g=$last
	ready gone || return 1
	ip link set sfd0 down
	wait_for grep -q 'is down' "$tmp/gone.err"
	ip link set sfd0 up
	wait_for grep -q 'up again' "$tmp/gone.err"
	ip link del sfd0
	wait "$g"
	[ $? = 1 ] && grep -q 'is down' "$tmp/gone.err" &&
		grep -q 'has gone' "$tmp/gone.err"
}

packet_can()
{
	ip link add sfc0 type vcan && ip link set sfc0 mtu 72 up || return 1
	background can timeout 600 "$SOCKFAM" packet sniff -c 2 sfc0
	c=$last
	ready can || return 1
	cansend sfc0 123#DEADBEEF
	cansend sfc0 12345678##111223344
	wait "$c"
	ip link del sfc0
	cat "$tmp/can.out"
	grep -q 'CAN 123#DEADBEEF$' "$tmp/can.out" &&
		grep -q 'CAN 12345678##[15]11223344$' "$tmp/can.out"
}

packet_cases()
{
	if ! check_setup packet_setup; then
		skip packet-sniff 'no veth or vlan here'
		return
	fi
	check packet-watch packet_watch
	check packet-ping packet_same ours dump 'IP .*ICMP echo' 10 cat
	check packet-fragments packet_same ours dump 'IP .*: \(icmp\|ip-proto-1\)$' 4
	check packet-arp packet_same ours dump 'ARP, ' 2
	check packet-ping6 packet_same ours dump 'IP6 .*echo' 4
	check packet-neighbor packet_same ours dump 'neighbor' 2
	check packet-tcp packet_same ours dump 'IP .*Flags' 8
	check packet-udp packet_same ours dump 'IP .*UDP' 1
	check packet-link packet_same ourse dumpe \
		'ARP\|echo\|: icmp$\|: ip-proto-1$\|Flags\|UDP\|neighbor' 30
	check packet-any grep -q 'sfv0  *Out IP 10.83.0.1 >' "$tmp/any.out"
	check packet-summary packet_summary
	check packet-count packet_count
	check packet-json packet_json
	check packet-gone packet_gone
	check packet-denied exits 1 'CAP_NET_RAW' \
		setpriv --inh-caps=-net_raw --bounding-set=-net_raw \
		"$SOCKFAM" packet sniff lo
	if has can; then
		check packet-can packet_can
	else
		skip packet-can 'no CAN in this kernel'
	fi
}

check_setup()
{
	"$@" >"$tmp/why" 2>&1
}

# ---------------------------------------------------------------- main

# shellcheck source=tests/peer/verbs-fd.sh
. "$here/verbs-fd.sh"
# shellcheck source=tests/peer/verbs-stream.sh
. "$here/verbs-stream.sh"
usage_cases
fd_cases
if has alg; then
	alg_cases
else
	skip alg-hash 'no AF_ALG in this kernel'
	check alg-missing exits 1 'modprobe af_alg' "$SOCKFAM" alg hash /
fi
packet_cases
if [ -z "${SFAM_IN_VM:-}" ]; then
	skip vsock 'only in the VM'
elif has vsock; then
	vsock_cases
else
	skip vsock 'no AF_VSOCK in this kernel'
fi
if has tipc; then
	tipc_cases
else
	skip tipc 'no AF_TIPC in this kernel'
	check tipc-missing exits 1 'modprobe tipc' "$SOCKFAM" tipc echo 4701:1
fi
echo "verbs: $passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
