#!/bin/sh
# SPDX-License-Identifier: MIT
# Names, and servers on them, against python3's socket module.
PEER_NAME=peer-names
here=$(dirname "$0")
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

library=$build/.libs/libsockfam.so
# A machine may have no hosts file; what is written here ends with the VM.
[ -z "${SFAM_IN_VM-}" ] ||
	printf '127.0.0.1 localhost\n::1 localhost\n' >/etc/hosts
timeout 1200 python3 "$here/names.py" "$library" "$SOCKFAM" >"$work/out" \
	2>"$work/err" || not_ok names.py "status $?: $(cat "$work/err")"
cat "$work/out"
passed=$((passed + $(grep -c '^ok ' "$work/out")))
failed=$((failed + $(grep -c '^not ok ' "$work/out")))
[ "$passed" -gt 0 ] || not_ok names.py "no case was run"

peer_end
