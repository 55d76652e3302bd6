#!/bin/sh
# SPDX-License-Identifier: MIT
# Interfaces that are taken down or deleted while CAN's verbs use them: vcan,
# and emulated controllers, of each pair one.
PEER_NAME=can-gone
here=$(dirname "$0")
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

sja1000_up && ctucan_up || exit 1
python_cases "$here/can-gone.py" "$SOCKFAM" "$work"
for name in can0 can1 can2 can3; do
	ip link set $name down
done
peer_end
