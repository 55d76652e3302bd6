#!/bin/sh
# SPDX-License-Identifier: MIT
# The library beside python3's socket module and other programs that pass
# descriptors, and a server that is replaced under load. In the VM, as root.
PEER_NAME=fdpass
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"
build=$(dirname "$SOCKFAM")
LIBRARY=$build/.libs/libsockfam.so
export LIBRARY

# run NAME ARGUMENT...: a case of fdpass.py
run()
{
	name=$1
	shift
	if timeout 120 python3 "$here/fdpass.py" "$@" >"$work/out" 2>&1; then
		ok "$name"
	else
		not_ok "$name" "$(tail -n 3 "$work/out" | tr '\n' ' ')"
	fi
}

run python-receives to_python
run python-sends from_python
run python-activates activate
run listen-env-to-python inherit
# systemd's own, where it is installed
if command -v systemd-socket-activate >/dev/null; then
	run systemd-activates systemd "$work/socket"
fi
run handover-under-load handover "$build/examples/handover" "$work"
peer_end
