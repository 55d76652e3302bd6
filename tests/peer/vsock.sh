#!/bin/sh
# SPDX-License-Identifier: MIT
# The verb vsock beside socat, ncat and python3's socket module, in the VM, as
# root. Its echo and connect against them: verbs.sh.
PEER_NAME=vsock
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"
vm_only

python_cases "$here/vsock.py" "$SOCKFAM" "$work"
peer_end
