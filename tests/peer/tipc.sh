#!/bin/sh
# SPDX-License-Identifier: MIT
# sockfam tipc send, recv, watch, group, listen, ping and perf against
# python3's sockets and iproute2's tipc(8). Run as root in the VM; $SOCKFAM is
# the tool.
PEER_NAME=peer-tipc
# shellcheck source=tests/peer/lib.sh
. "$(dirname "$0")/lib.sh"
export SOCKFAM

python_cases "$(dirname "$0")/tipc.py"
peer_end
