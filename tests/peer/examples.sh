#!/bin/sh
# SPDX-License-Identifier: MIT
# The programs of examples/ against python3's socket module: examples.py, in
# a network namespace of its own.
if [ "${1:-}" != inside ]; then
	exec unshare -n "$0" inside
fi
# The system's python3: a version manager's is a shell script, and slow.
PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
here=$(dirname "$0")
SOCKFAM=${SOCKFAM:?the path of the tool}
build=$(dirname "$SOCKFAM")
programs=$build/examples
# In memory, and without libtool's scripts around them: they start often,
# and the VM's file system is slow.
if [ -d "$programs/.libs" ]; then
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	cp "$programs"/.libs/* "$build"/.libs/libsockfam.so.* "$work"
	programs=$work
	LD_LIBRARY_PATH=$work${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
	export LD_LIBRARY_PATH
fi
"$SOCKFAM" link up lo &&
	"$SOCKFAM" link add -m 72 vcan0 vcan &&
	ip link add sfx0 type veth peer name sfx1 &&
	ip link set sfx0 up && ip link set sfx1 up || exit 1
python3 "$here/examples.py" "$programs"
