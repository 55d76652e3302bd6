#!/bin/sh
# SPDX-License-Identifier: MIT
# The main jobs once each, with real data, each compared with what is right.
# Run by try.sh, as root, in a network namespace or machine of its own.
passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step()
{
	echo
	echo "--- $1"
}

# check WORDS COMMAND...: COMMAND says whether the step did it.
check()
{
	words=$1
	shift
	if "$@" >/dev/null 2>&1; then
		passed=$((passed + 1))
		echo "    ok: $words"
	else
		failed=$((failed + 1))
		echo "    FAILED: $words"
	fi
}

# The programs say on stderr when they listen; sniffers when they wait.
wait_for()
{
	n=0
	until "$@" >/dev/null 2>&1; do
		n=$((n + 1))
		[ $n -lt 3000 ] || return 1
		sleep 0.1
	done
}

waiting()
{
	wait_for grep -Eq '^(7|23|47|232|270|271|281|299) ' "/proc/$1/syscall"
}

show()
{
	sed 's/^/    /' "$1"
}

sockfam link up lo

step "A CAN sniffer sees what a CAN sender sends"
sockfam link add -m 72 vcan0 vcan
echo '    $ sockfam can dump vcan0 &'
echo '    $ sockfam can send vcan0 123#DEADBEEF 12345678#R 7FF##1AABBCC'
sockfam can dump -n 3 -T 600000 vcan0 >"$work/dump" &
waiting $!
sockfam can send vcan0 123#DEADBEEF 12345678#R 7FF##1AABBCC
wait
show "$work/dump"
check "three frames came" grep -c 'DE AD BE EF' "$work/dump"

step "The kernel hashes a file"
file=$(command -v sockfam)
echo "    \$ sockfam alg hash $file"
sockfam alg hash "$file" >"$work/hash"
show "$work/hash"
sha256sum "$file" >"$work/want"
check "sha256sum says the same" cmp "$work/hash" "$work/want"

step "A vsock service echoes"
echo '    $ sockfam vsock echo vsock:local:7000 &'
echo '    $ echo hello over vsock | sockfam vsock connect vsock:local:7000'
timeout 600 sockfam vsock echo -n 1 vsock:local:7000 2>"$work/err" &
wait_for grep -q listening "$work/err"
echo "hello over vsock" | timeout 600 sockfam vsock connect vsock:local:7000 \
	>"$work/vsock"
wait
show "$work/vsock"
check "it came back" grep -qx "hello over vsock" "$work/vsock"

step "A packet sniffer sees a ping between two namespaces"
sockfam link add -p v1 v0 veth
unshare -n sleep 100000 &
other=$!
wait_for sh -c "[ \"\$(readlink /proc/$other/ns/net)\" != \
	\"\$(readlink /proc/$$/ns/net)\" ]"
ip link set v1 netns $other
ip addr add 10.99.0.1/24 dev v0
nsenter -t $other -n sh -c 'ip addr add 10.99.0.2/24 dev v1 &&
	ip link set v1 up'
echo '    $ sockfam packet sniff v0 &'
echo '    $ ping -c 1 10.99.0.2'
sockfam packet sniff v0 >"$work/sniff" 2>"$work/err" &
sniffer=$!
wait_for grep -q listening "$work/err"
ping -c 1 -W 300 10.99.0.2 >/dev/null
wait_for grep -q 'echo reply' "$work/sniff"
kill $sniffer $other
wait
grep -v IP6 "$work/sniff" >"$work/shown"
show "$work/shown"
check "request and reply" sh -c "grep -q 'echo request' '$work/sniff' &&
	grep -q 'echo reply' '$work/sniff'"

step "A TIPC service answers"
echo '    $ sockfam tipc echo tipc:1000:1 &'
echo '    $ echo hello over tipc | sockfam tipc connect tipc:1000:1'
timeout 600 sockfam tipc echo -n 1 tipc:1000:1 2>"$work/err" &
wait_for grep -q listening "$work/err"
# It ends a second after its stdin, so that ends when the answer is there.
: >"$work/tipc"
# shellcheck disable=SC2094 # it is to see it come
{
	echo "hello over tipc"
	wait_for grep -q hello "$work/tipc"
} | timeout 600 sockfam tipc connect tipc:1000:1 >"$work/tipc"
wait
show "$work/tipc"
check "it came back" grep -qx "hello over tipc" "$work/tipc"

step "One process passes an open file to another"
echo "only the sender could open this" >"$work/secret"
chmod 600 "$work/secret"
echo '    $ sockfam fd recv unix:@tour cat /dev/fd/3 &'
echo '    $ sockfam fd send unix:@tour secret'
timeout 600 sockfam fd recv unix:@tour cat /dev/fd/3 >"$work/fd" \
	2>"$work/err" &
wait_for grep -q listening "$work/err"
sockfam fd send unix:@tour "$work/secret"
wait
show "$work/err"
show "$work/fd"
check "the content came through" cmp "$work/fd" "$work/secret"

echo
echo "tour: $passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
