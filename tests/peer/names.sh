#!/bin/sh
# SPDX-License-Identifier: MIT
# Names, and servers on them, against python3's socket module.
PEER_NAME=peer-names
here=$(dirname "$0")
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

library=$(dirname "$SOCKFAM")/.libs/libsockfam.so
timeout 120 python3 "$here/names.py" "$library" "$SOCKFAM" >"$work/out" \
	2>"$work/err" || not_ok names.py "status $?: $(cat "$work/err")"
cat "$work/out"
passed=$((passed + $(grep -c '^ok ' "$work/out")))
failed=$((failed + $(grep -c '^not ok ' "$work/out")))
[ "$passed" -gt 0 ] || not_ok names.py "no case was run"

peer_end
