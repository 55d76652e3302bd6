#!/bin/sh
# SPDX-License-Identifier: MIT
# Filters of ours and tcpdump's: for each line of tests/data/filters.txt both
# make a program, and filter-answers.c compares what they say of packets. Also
# the three forms of programs on paper.
PEER_NAME=peer-filter
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"

link_of()
{
	case $1 in
	EN10MB) echo ether ;;
	RAW) echo ip ;;
	LINUX_SLL) echo cooked ;;
	esac
}

grep -v '^#' "$here/../data/filters.txt" >"$work/filters"
while read -r link words; do
	if "$SOCKFAM" packet filter -ddd -y "$(link_of "$link")" "$words" \
		>"$work/ours" 2>&1 &&
		tcpdump -ddd -y "$link" "$words" >"$work/theirs" 2>&1; then
		{
			printf '%s %s\n' "$link" "$words"
			cat "$work/ours" "$work/theirs"
		} >>"$work/programs"
	else
		not_ok "$link: $words" "refused: $(tail -n 1 "$work/ours" \
			"$work/theirs")"
	fi
done <"$work/filters"

"$build/tests/peer/filter-answers" <"$work/programs" >"$work/out" 2>&1
status=$?
cat "$work/out"
passed=$((passed + $(grep -c '^ok ' "$work/out")))
failed=$((failed + $(grep -c '^not ok ' "$work/out")))
if [ $status -ne 0 ] || [ $((passed + failed)) -ne \
	"$(wc -l <"$work/filters")" ]; then
	not_ok "all filters" "status $status"
fi

# Where both make the same instructions, both print the same.
for form in -d -dd -ddd; do
	for words in arp "host 10.0.0.1" "port 80" tcp "greater 100" \
		"ether host 1:2:3:4:5:6" "host 2001:db8::1"; do
		"$SOCKFAM" packet filter $form "$words" >"$work/ours"
		tcpdump $form -y EN10MB "$words" >"$work/theirs" 2>/dev/null
		same "$form $words" "$work/ours" "$work/theirs"
	done
done
peer_end
