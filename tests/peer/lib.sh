# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154
# What the peer tests share: sourced with PEER_NAME set, in the VM, as root.
# Each case prints "ok NAME" or "not ok NAME - why"; peer_end the sum.

passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SOCKFAM=${SOCKFAM:?the path of the tool}

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

# Waits until a command succeeds, for at most 20 s.
wait_for()
{
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 200 ] || return 1
		sleep 0.1
	done
}

peer_end()
{
	echo "$PEER_NAME: $passed passed, $failed failed, 0 skipped"
	[ "$failed" -eq 0 ]
}
