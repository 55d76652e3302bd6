#!/bin/sh
# SPDX-License-Identifier: MIT
# Capture files beside tcpdump, tshark and its companions, and python's own
# reading of the formats. In the VM, as root.
PEER_NAME=peer-capture
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

python_cases "$here/capture.py" "$build/capture-tool" "$work"
peer_end
