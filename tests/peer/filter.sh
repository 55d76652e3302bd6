#!/bin/sh
# SPDX-License-Identifier: MIT
# Filters of ours and tcpdump's: for each line of tests/data/filters.txt both
# make a program (filter.py), and filter-answers.c compares what they say of
# packets. Also the three forms of programs on paper.
PEER_NAME=peer-filter
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

filters=$here/../data/filters.txt
{
	python3 "$here/filter.py" "$build/.libs/libsockfam.so" "$filters" |
		"$build/tests/peer/filter-answers"
} >"$work/out" 2>&1
cat "$work/out"
passed=$(grep -c '^ok ' "$work/out")
failed=$(grep -c '^not ok ' "$work/out")
if [ $((passed + failed)) -ne "$(grep -vc '^#' "$filters")" ]; then
	not_ok "all filters" "only $passed and $failed"
fi

# Where both make the same instructions, both print the same.
for form in -d -dd -ddd; do
	for words in "host 10.0.0.1 and greater 100" "port 80"; do
		"$SOCKFAM" packet filter $form "$words" >"$work/ours"
		tcpdump $form -y EN10MB "$words" >"$work/theirs" 2>/dev/null
		same "$form $words" "$work/ours" "$work/theirs"
	done
done
peer_end
