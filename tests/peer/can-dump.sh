#!/bin/sh
# SPDX-License-Identifier: MIT
# sockfam can dump against candump: every option, alone and in pairs; its log
# files; JSON. Interfaces of its own, where nobody else sends.
PEER_NAME=peer-can-dump
here=$(dirname "$0")
[ -n "$SFAM_ALONE" ] || exec env SFAM_ALONE=1 unshare -n -m "$0"
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

one_cpu
python_cases "$here/can-dump.py" "$SOCKFAM" "$work"
peer_end
