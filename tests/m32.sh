#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the 32-bit program that make built in the current folder, if it could.
if [ -x ./m32-bits ]; then
	exec ./m32-bits
fi
why="no 32-bit compiler or kernel (gcc-multilib): $(head -n 1 m32.log 2>&1)"
if [ "${SFAM_REQUIRE-}" = all ]; then
	echo "FAIL bits-32: $why"
	echo "bits-32: 0 passed, 1 failed, 0 skipped"
	exit 1
fi
echo "SKIP bits-32: $why"
echo "bits-32: 0 passed, 0 failed, 1 skipped"
