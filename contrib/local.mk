# SPDX-License-Identifier: MIT
EXTRA_DIST += .ci/run contrib/check.sh contrib/install-check \
	contrib/lint/run contrib/setup.sh \
	contrib/systemd/sockfam-forward.service \
	contrib/tour.sh contrib/try.sh
