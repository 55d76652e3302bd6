#!/bin/sh
# SPDX-License-Identifier: MIT
# The verb fd of the tool beside python3's socket module and programs that
# are started as by a service manager. In the VM, as root.
PEER_NAME=fd
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

# libtool's script around the tool takes longer than the tool.
build=$(dirname "$SOCKFAM")
if [ -x "$build/.libs/sockfam" ]; then
	SOCKFAM=$build/.libs/sockfam
	LD_LIBRARY_PATH=$build/.libs
	export LD_LIBRARY_PATH
fi

# One python for all cases: to start it takes the machine half a second.
timeout 300 python3 "$here/fd.py" "$SOCKFAM" "$work" >"$work/out"
status=$?
cat "$work/out"
passed=$(grep -c '^ok ' "$work/out")
failed=$(grep -c '^not ok ' "$work/out")
if [ $status -ne 0 ] || [ "$passed" -eq 0 ]; then
	not_ok all-cases "python3 ended with $status"
fi
peer_end
