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
# In memory: they start often, and the VM's file system is slow.
programs=$(mktemp -d)
trap 'rm -rf "$programs"' EXIT
find "$build/examples" "$build/.libs" -maxdepth 1 -type f -perm -u+x \
	-exec cp {} "$programs" \; || exit 1
find "$build/.libs" -name 'libsockfam*.so.*' -exec cp -P {} "$programs" \;
LD_LIBRARY_PATH=$programs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
"$SOCKFAM" link up lo &&
	"$SOCKFAM" link add -m 72 vcan0 vcan &&
	ip link add sfx0 type veth peer name sfx1 &&
	ip link set sfx0 up && ip link set sfx1 up || exit 1
python3 "$here/examples.py" "$programs"
