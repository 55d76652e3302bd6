# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034 # used where this is sourced
# Sourced by try.sh and check.sh from the top of the tree: what they need,
# and the build. Everything comes from Debian's packages.

say()
{
	echo "==> $*"
}

die()
{
	echo "$(basename "$0"): $*" >&2
	exit 1
}

BUILD_PACKAGES="autoconf automake libtool make gcc g++ libc6-dev pkg-config
	libsocketcan-dev libnl-3-dev libnl-route-3-dev libnl-genl-3-dev check"
VM_PACKAGES="qemu-system-x86 busybox-static cpio kmod xz-utils iproute2
	util-linux procps"
TOUR_PACKAGES="iputils-ping iproute2 coreutils"
TEST_PACKAGES="$TOUR_PACKAGES git can-utils tcpdump socat ncat python3 clang
	libclang-rt-14-dev gcc-multilib shellcheck universal-ctags
	libc6-dev-i386 diffutils systemd libssl-dev kcapi-tools openssl xxd
	tshark libpcap-dev zlib1g-dev python3-can"

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "needs root to run: $*"
	fi
}

# need_packages PACKAGE...: installs those that are missing.
need_packages()
{
	missing=
	for package; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
			grep -q '^install ok installed$' ||
			missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	say "installing Debian packages:$missing"
	update_lists
	# shellcheck disable=SC2086 # a list
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
		--no-install-recommends $missing >"$log" 2>&1 ||
		fail_with_log "apt-get could not install:$missing"
}

# The VM's first run asks apt for a kernel: once per cache is enough.
update_lists()
{
	[ -z "$updated" ] || return 0
	updated=yes
	say "updating the package lists"
	as_root apt-get -qq update >"$log" 2>&1 ||
		fail_with_log "apt-get update failed"
}

need_kernel()
{
	cache=${SFAM_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sockfam-vm}
	[ -e "$cache/$1/version" ] || update_lists
}

fail_with_log()
{
	tail -n 30 "$log" >&2
	die "$1"
}

# quietly WHAT COMMAND...: the output is shown only if it fails.
quietly()
{
	say "$1"
	what=$1
	shift
	"$@" >"$log" 2>&1 || fail_with_log "failed: $what"
}

# build FOLDER CONFIGURE-ARGUMENT...
build()
{
	folder=$1
	shift
	[ -x configure ] || quietly "autogen.sh" ./autogen.sh
	mkdir -p "$folder"
	top=$PWD
	cd "$folder" || die "no folder $folder"
	[ -e config.status ] ||
		quietly "configure in $folder" "$top/configure" "$@"
	quietly "make in $folder" make -j "$(nproc)"
	cd "$top" || exit 1
}

updated=
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
