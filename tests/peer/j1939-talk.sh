#!/bin/sh
# SPDX-License-Identifier: MIT
# J1939 beside j1939spy, testj1939 and j1939acd.
PEER_NAME=peer-j1939-talk
here=$(dirname "$0")
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

one_cpu
python_cases "$here/j1939-talk.py" "$SOCKFAM" "$work"
peer_end
