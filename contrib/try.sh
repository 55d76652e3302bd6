#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: sh contrib/try.sh          a tour of what sockfam does
#        sh contrib/try.sh CMD...   run CMD on a kernel that has everything
# On this kernel if it has every family and you are root, else in a small
# virtual machine with Debian's kernel. Installs and builds what it needs.
cd "$(dirname "$0")/.." || exit 1
here=$PWD
# shellcheck source=contrib/setup.sh
. contrib/setup.sh

# The families of the tour, a vcan interface in a network namespace of its
# own, and vsock's loopback: this last and only where all else is there, for
# vsock sockets are the whole machine's.
this_kernel_has_all()
{
	[ "$(id -u)" -eq 0 ] || return 1
	! "$here/build/sockfam" families unix packet can alg tipc vsock |
		grep -qv ' yes ' || return 1
	unshare -n "$here/build/sockfam" link add vcan0 vcan \
		2>/dev/null || return 1
	modprobe vsock_loopback 2>/dev/null
	grep -q '^vsock_loopback ' /proc/modules
}

# shellcheck disable=SC2086 # lists
need_packages $BUILD_PACKAGES $TOUR_PACKAGES
build build
PATH=$here/build:$PATH
export PATH
[ $# -gt 0 ] || set -- sh "$here/contrib/tour.sh"

if this_kernel_has_all; then
	say "on this kernel: Linux $(uname -r)"
	exec unshare -n "$@"
fi
say "this kernel lacks some families (sockfam families): using a VM"
# shellcheck disable=SC2086 # a list
need_packages $VM_PACKAGES
need_kernel 6.12
rm -f "$log"
exec tests/vm/run "$@"
