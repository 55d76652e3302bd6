#!/bin/sh
# SPDX-License-Identifier: MIT
# Every test there is: host, virtual machine on both kernels, peers, lint.
# Installs and builds what it needs. The last line is the sum of all.
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=contrib/setup.sh
. contrib/setup.sh

passed=0 failed=0 skipped=0 bad=
started=$(date +%s)
side=$(mktemp) side_pid=
trap clean EXIT

# run NAME COMMAND...: shows its output and adds up its last result line.
run()
{
	say "$1 ($(($(date +%s) - started)) s so far)"
	name=$1
	shift
	status=$(mktemp)
	{
		"$@" 2>&1
		echo $? >"$status"
	} | tee "$log"
	numbers=$(sed -n 's/^[^ ]*: \([0-9]*\) passed, \([0-9]*\) failed, '\
'\([0-9]*\) skipped$/\1 \2 \3/p' "$log" | tail -n 1)
	code=$(cat "$status")
	rm -f "$status"
	if [ -z "$numbers" ]; then
		numbers="$((code == 0)) $((code != 0)) 0"
	elif [ "$code" -ne 0 ] && [ "${numbers#* 0 }" != "$numbers" ]; then
		echo "$name: status $code though no test failed"
		failed=$((failed + 1))
	fi
	# shellcheck disable=SC2086 # three numbers
	set -- $numbers
	if [ "$2" -ne 0 ] || [ "$code" -ne 0 ]; then
		bad="$bad${bad:+; }$name"
	fi
	passed=$((passed + $1)) failed=$((failed + $2))
	skipped=$((skipped + $3))
}

# beside NAME COMMAND...: begins to run it in the background, one at a time.
beside()
{
	say "in the background: $1"
	shift
	: >"$side"
	# shellcheck disable=SC2016 # for the shell below
	setsid sh -c 'out=$1; shift; "$@" >"$out" 2>&1; echo $? >"$out.status"' \
		beside "$side" "$@" </dev/null &
	side_pid=$!
}

# show: the output of what was begun, to its end, and its status.
show()
{
	tail -n +1 -f --pid="$side_pid" "$side"
	return "$(cat "$side.status")"
}

# finish NAME: as run, of what was begun.
finish()
{
	run "$1" show
	side_pid=
}

# shellcheck disable=SC2317 # called by the traps of setup.sh
clean()
{
	[ -z "$side_pid" ] || kill -- "-$side_pid" 2>/dev/null
	rm -f "$log" "$side" "$side.status"
}

# shellcheck disable=SC2086 # lists
need_packages $BUILD_PACKAGES $VM_PACKAGES $TEST_PACKAGES

build build-gcc --enable-werror
run "lint" contrib/lint/run build-gcc
run "install" contrib/install-check build-gcc
run "host, gcc" make -C build-gcc -s check
# What counts instructions does not mind company.
need_kernel 6.12
beside "bench" make -C build-gcc -s bench
build build-clang --enable-werror --with-libpcap --with-zlib \
	CC=clang CXX=clang++
run "host, clang" make -C build-clang -s check
build build-dev --enable-dev --with-zlib
run "host, ASan and UBSan, 1 000 000 round trips" \
	env SFAM_ROUNDS=1000000 SFAM_PACKETS=1000000 \
		make -C build-dev -s check
finish "bench"
need_kernel 6.1
quietly "make for the VM" make -C build-gcc -s check-vm-programs
beside "VM, Linux 6.1" make -C build-gcc -s check-vm KERNEL=6.1
run "fuzz, 20 s each" make -C build-gcc -s fuzz SECONDS=20
run "distcheck" make -C build-gcc -s distcheck
run "VM, Linux 6.12" make -C build-gcc -s check-vm KERNEL=6.12
finish "VM, Linux 6.1"
run "VM pair, Linux 6.12" make -C build-gcc -s check-vmpair
run "the tour" env PATH="$PWD/build-gcc:$PATH" tests/vm/run sh \
	"$PWD/contrib/tour.sh"

say "done in $(($(date +%s) - started)) s; what this kernel lacks was skipped" \
	"here, and run in the VM"
[ -z "$bad" ] || echo "failed: $bad"
echo "check: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
