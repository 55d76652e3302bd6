#!/bin/sh
# SPDX-License-Identifier: MIT
# Sockets of every kind that python makes: `sockfam sockets` against ss(8),
# field by field, and against what the sockets say themselves. In a network
# namespace of its own: connections of other tests may not have ended.
if [ "${1:-}" != inside ]; then
	exec unshare -n "$0" inside
fi
PEER_NAME=peer-sockets
# shellcheck source=tests/peer/lib.sh
. "$(dirname "$0")/lib.sh"
vm_only

here=$(cd "$(dirname "$0")" && pwd)
chmod 755 "$work"
"$SOCKFAM" link up lo || exit 1
# A part of sock_diag that is not there, and that modprobe does not find, is
# told; a family that is not there has no sockets.
tells()
{
	if "$SOCKFAM" sockets "$2" >"$work/out" 2>"$work/err"; then
		not_ok "$1" "it went: $(cat "$work/out")"
	elif grep -qF "try: modprobe $3" "$work/err" && [ ! -s "$work/out" ]
	then
		ok "$1"
	else
		not_ok "$1" "$(cat "$work/out" "$work/err")"
	fi
}
modprobe=$(cat /proc/sys/kernel/modprobe)
echo /bin/false >/proc/sys/kernel/modprobe
rmmod vsock_diag && tells "no vsock_diag" vsock vsock_diag
rmmod af_packet_diag 2>/dev/null && tells "no packet_diag" packet \
	af_packet_diag
rmmod raw_diag && tells "no raw_diag" inet raw_diag
# Linux 6.1 does not let go of it once it has been in use.
if rmmod vsock_loopback 2>/dev/null &&
	rmmod vmw_vsock_virtio_transport_common vsock; then
	if "$SOCKFAM" sockets vsock >"$work/out" 2>&1 &&
		[ ! -s "$work/out" ]; then
		ok "no vsock, no sockets"
	else
		not_ok "no vsock, no sockets" "$(cat "$work/out")"
	fi
fi
echo "$modprobe" >/proc/sys/kernel/modprobe
modprobe -a vsock vsock_loopback vsock_diag raw_diag

# Where nobody can run it.
cp -L "$SOCKFAM" "$build"/.libs/*.so.0 "$work"
python3 "$here/sockets.py" "$SOCKFAM" "$work" >"$work/cases" 2>"$work/err"
while read -r result name; do
	case $result in
	ok) ok "$name" ;;
	*) not_ok "$name" "$(cat "$work/why.$result" 2>/dev/null)" ;;
	esac
done <"$work/cases"
[ -s "$work/err" ] && not_ok "python" "$(cat "$work/err")"
[ "$passed" -ge 24 ] || not_ok "all cases" "only $passed"

peer_end
