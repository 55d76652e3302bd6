#!/bin/sh
# SPDX-License-Identifier: MIT
# The store of descriptors beside python3's socket module and libsystemd's
# sd_notify and sd_listen_fds. In the VM, as root.
PEER_NAME=fdstore
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

python_cases "$here/fdstore.py" "$SOCKFAM" "$work"
peer_end
