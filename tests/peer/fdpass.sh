#!/bin/sh
# SPDX-License-Identifier: MIT
# The library beside python3's socket module and other programs that pass
# descriptors, and a server that is replaced under load. In the VM, as root.
PEER_NAME=fdpass
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"
LIBRARY=$build/.libs/libsockfam.so
export LIBRARY

python3 "$here/fdpass.py" "$build" "$work" >"$work/out" 2>"$work/err" ||
	not_ok python3 "$(tail -n 3 "$work/err" | tr '\n' ' ')"
while read -r word rest; do
	case $word in
	ok) ok "$rest" ;;
	*) not_ok "${rest#ok }" "see above" ;;
	esac
done <"$work/out"
peer_end
