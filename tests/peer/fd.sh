#!/bin/sh
# SPDX-License-Identifier: MIT
# The verb fd of the tool beside python3's socket module and programs that
# are started as by a service manager. In the VM, as root.
PEER_NAME=fd
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

python_cases "$here/fd.py" "$SOCKFAM" "$work"
peer_end
