# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154
# What the peer tests share: sourced with PEER_NAME set, in the VM, as root.
# Each case prints "ok NAME" or "not ok NAME - why"; peer_end the sum.

passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SOCKFAM=${SOCKFAM:?the path of the tool}
build=$(dirname "$SOCKFAM")
# libtool's script around the tool takes longer than the tool.
if [ -x "$build/.libs/sockfam" ]; then
	SOCKFAM=$build/.libs/sockfam
	LD_LIBRARY_PATH=$build/.libs
	export LD_LIBRARY_PATH
fi

# Vsock, modules: on a real machine they are others' too.
vm_only()
{
	[ -n "${SFAM_IN_VM-}" ] && return
	echo "$PEER_NAME: only in the VM (tests/vm/run)" >&2
	exit 1
}

ok()
{
	passed=$((passed + 1))
	echo "ok $1"
}

not_ok()
{
	failed=$((failed + 1))
	echo "not ok $1 - $2"
}

# same NAME FILE FILE: two files with the same bytes, and not empty.
same()
{
	if [ ! -s "$2" ]; then
		not_ok "$1" "nothing in $2"
	elif cmp -s "$2" "$3"; then
		ok "$1"
	else
		not_ok "$1" "they differ"
		diff -a "$2" "$3" | head -n 10
	fi
}

# read_lines FILE: into $said, their number into $said_lines. Neither here nor
# in has_words() a process is started: that takes the machine long.
read_lines()
{
	said='' said_lines=0
	while IFS= read -r line; do
		said="$said$line
"
		said_lines=$((said_lines + 1))
	done <"$1"
	said=$said$line
}

# has_words TEXT WORDS
has_words()
{
	case $1 in
	*"$2"*) ;;
	*) return 1 ;;
	esac
}

# refuses NAME STATUS WORDS COMMAND...: it ends so, with WORDS on stderr: one
# line, unless the usage follows (2).
refuses()
{
	name=$1 want=$2 words=$3
	shift 3
	"$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	read_lines "$work/err"
	if [ "$got" -ne "$want" ]; then
		not_ok "$name" "status $got, not $want: $said"
	elif ! has_words "$said" "$words"; then
		not_ok "$name" "says: $said"
	elif [ "$want" -eq 1 ] && [ "$said_lines" -ne 1 ]; then
		not_ok "$name" "not one line: $said"
	else
		ok "$name"
	fi
}

# python_cases FILE ARGUMENTS...: one python for all cases, since to start it
# takes the machine half a second. It prints the lines itself.
python_cases()
{
	timeout 1200 python3 "$@" >"$work/out"
	status=$?
	cat "$work/out"
	passed=$(grep -c '^ok ' "$work/out")
	failed=$(grep -c '^not ok ' "$work/out")
	if [ $status -ne 0 ] || [ "$passed" -eq 0 ]; then
		not_ok all-cases "python3 ended with $status"
	fi
}

# Waits until a command succeeds, for at most five minutes: a limit that no
# load reaches, for what never comes.
wait_for()
{
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 3000 ] || return 1
		sleep 0.1
	done
}

# waiting PID...: each waits for input, in poll, select, epoll or recvmmsg.
waiting()
{
	for pid; do
		wait_for grep -Eq '^(7|23|45|47|232|270|271|281|299) ' \
			"/proc/$pid/syscall" || return 1
	done
}

# has_listener OPTION END [COMMAND...]: a socket is there whose own address
# ends so, in words of ss: -t :99, --vsock :7711, -x /path. COMMAND: where.
has_listener()
{
	option=$1 end=$2
	shift 2
	"$@" ss -H -l -n "$option" | grep -qF -- "$end "
}

# until_back FILE COPY: FILE, and its end when COPY is as long. Where the end
# of stdin cannot be told to the peer (TIPC), our client takes a second of
# silence after it for the end: it shall come when all is back.
until_back()
{
	cat "$1" && wait_for has_size "$2" "$(stat -c %s "$1")"
}

has_size()
{
	[ "$(stat -c %s "$1")" -ge "$2" ]
}

# Since here all runs on one processor: what one sends after another then
# comes in that order, to all who listen. Each processor has a queue for what
# it has sent to itself (enqueue_to_backlog(), net/core/dev.c), and those
# are not emptied in turn.
one_cpu()
{
	taskset -p -c 0 $$ >/dev/null
}

# has_link_local IF [COMMAND...]: its IPv6 address is there, and known to be
# nobody else's, so the link is up and the kernel asks no more about it.
has_link_local()
{
	dev=$1
	shift
	"$@" ip -6 -o addr show dev "$dev" scope link | grep -qv tentative
}

# The emulated controllers: can0 and can1 are SJA1000 on one bus, can2 and
# can3 CTU CAN FD on another.
sja1000_up()
{
	for name in can0 can1; do
		ip link set $name type can bitrate 500000 &&
			ip link set $name up || return 1
	done
}

ctucan_up()
{
	for name in can2 can3; do
		ip link set $name type can bitrate 500000 dbitrate 4000000 \
			fd on && ip link set $name up || return 1
	done
}

# pings HOST N [OPTION...]: one after another, each when the last is answered.
pings()
{
	host=$1 left=$2
	shift 2
	while [ "$left" -gt 0 ]; do
		busybox ping -c 1 -W 300 "$@" "$host" || return 1
		left=$((left - 1))
	done >/dev/null
}

# no_probes IF [COMMAND...]: a neighbour that has been found is not looked
# for again. COMMAND: in which namespace.
no_probes()
{
	dev=$1
	shift
	# shellcheck disable=SC2016 # the other shell's
	"$@" sh -c 'for ip in ipv4 ipv6; do
		echo 100000 >"/proc/sys/net/$ip/neigh/$1/delay_first_probe_time"
	done' sh "$dev"
}

# No socket here gets the one port of those the kernel gives of which tcpdump
# takes the data for something else (BCM_LI_PORT in its udp.h).
plain_ports()
{
	sysctl -qw net.ipv4.ip_local_reserved_ports=49152
}

peer_end()
{
	echo "$PEER_NAME: $passed passed, $failed failed, 0 skipped"
	[ "$failed" -eq 0 ]
}
