#!/bin/sh
# SPDX-License-Identifier: MIT
# What runs on vcan in other tests, on emulated controllers: can0 and can1
# (SJA1000, one bus), can2 and can3 (CTU CAN FD, another).
PEER_NAME=can-hw
here=$(dirname "$0")
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"
one_cpu

sja1000_up && ctucan_up || exit 1
python_cases "$here/can-hw.py" "$SOCKFAM" "$work"
for name in can0 can1 can2 can3; do
	ip link set $name down
done
peer_end
