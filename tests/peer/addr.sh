#!/bin/sh
# SPDX-License-Identifier: MIT
# Addresses against python3's socket module, both ways (addr.py), and which
# families the tool says are here. Run as root in the VM.
PEER_NAME=peer-addr
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

# The whole python: one built without Bluetooth's header knows less.
PATH=/usr/bin:$PATH
libs=$build/.libs

"$SOCKFAM" link add vcan0 vcan || exit 1
LD_PRELOAD=$libs/libaddrspy.so python3 "$here/addr.py" \
	"$libs/libsockfam.so" >"$work/out" 2>&1
status=$?
"$SOCKFAM" link del vcan0
cat "$work/out"
passed=$(grep -c '^ok ' "$work/out")
failed=$(grep -c '^not ok ' "$work/out")
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
	not_ok addr.py "status $status: $(tail -n 1 "$work/out")"
fi

"$SOCKFAM" families | awk '$2 != "yes" { print $1 }' >"$work/missing"
printf '%s\n' bt-iso mctp x25 iucv caif >"$work/expected"
same "families: yes but for what Debian lacks" "$work/missing" \
	"$work/expected"
peer_end
