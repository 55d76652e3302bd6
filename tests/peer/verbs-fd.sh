# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: MIT
# Part of verbs.sh: the verb fd

fd_files()
{
	printf 'one\n' >"$tmp/one"
	printf 'two\n' >"$tmp/two"
	cat "$tmp/one" "$tmp/two" >"$tmp/both"
}

# fd_recv ADDR [CMD...]: ours in the background, then what $sender says
fd_recv()
{
	background recv timeout 600 "$SOCKFAM" fd recv "$@"
	receiver=$last
	ready recv
}

fd_ours()
{
	fd_recv "$1" || return 1
	"$SOCKFAM" fd send "$1" "$tmp/one" "$tmp/two" || return 1
	wait "$receiver" && same "$tmp/recv.out" "$tmp/both" &&
		grep -q '^fd 4: regular file, 4 bytes, ".*/two"' \
			"$tmp/recv.err" && [ ! -e "$1" ]
}

fd_command()
{
	fd_recv "$tmp/s" sh -c 'cat <&4 <&3; cat <&4; ls /proc/$$/fd' \
		5<"$tmp/one" || return 1
	"$SOCKFAM" fd send "$tmp/s" "$tmp/one" - <"$tmp/two" || return 1
	wait "$receiver"
	{
		cat "$tmp/both"
		printf '0\n1\n2\n3\n4\n'
	} >"$tmp/want"
	same "$tmp/want" "$tmp/recv.out"
}

# Signals must reach the command as if we had not been there
fd_command_signals()
{
	fd_recv "$tmp/s" sh -c 'kill -TERM $$; sleep 5' || return 1
	"$SOCKFAM" fd send "$tmp/s" "$tmp/one"
	wait "$receiver"
	[ $? = 143 ]
}

fd_python_sends()
{
	fd_recv "$tmp/s" || return 1
	python3 "$here/verbs.py" fdsend "$tmp/s" "$tmp/one" "$tmp/two" ||
		return 1
	wait "$receiver" && same "$tmp/recv.out" "$tmp/both"
}

fd_python_receives()
{
	background pyrecv timeout 600 python3 "$here/verbs.py" fdrecv "$tmp/p"
	receiver=$last
	ready pyrecv || return 1
	cd "$tmp" || return 1
	"$SOCKFAM" fd send "$tmp/p" one two || return 1
	wait "$receiver"
	printf 'one\ntwo 2 0\none\ntwo\n' >"$tmp/want"
	same "$tmp/want" "$tmp/pyrecv.out"
}

fd_names()
{
	name="$tmp/$(printf 'bad\033[1m\n\042')"
	printf 'x' >"$name"
	fd_recv "$tmp/s" || return 1
	"$SOCKFAM" fd send "$tmp/s" "$name" / /dev/null || return 1
	wait "$receiver"
	[ $? = 1 ] && grep -q 'bad\\x1b\[1m?\\""' "$tmp/recv.err" &&
		grep -q '^fd 4: directory, "/"' "$tmp/recv.err" &&
		grep -q '^fd 5: character device' "$tmp/recv.err" &&
		grep -q 'fd 4: Is a directory' "$tmp/recv.err"
}

fd_most()
{
	fd_recv "$tmp/s" || return 1
	# shellcheck disable=SC2046 # words
	(cd "$tmp" && "$SOCKFAM" fd send "$tmp/s" $(yes one | head -n 253)) ||
		return 1
	wait "$receiver" && [ "$(wc -l <"$tmp/recv.out")" = 253 ] &&
		grep -q '^fd 255: ' "$tmp/recv.err"
}

fd_limit()
{
	background recv sh -c "ulimit -n 10; exec timeout 600 \
		'$SOCKFAM' fd recv '$tmp/s'"
	receiver=$last
	ready recv || return 1
	(cd "$tmp" && "$SOCKFAM" fd send "$tmp/s" one one one one one one one)
	wait "$receiver"
	[ $? = 1 ] && grep -q 'ulimit' "$tmp/recv.err"
}

fd_nothing()
{
	fd_recv "$tmp/s" || return 1
	socat -u EXEC:true "UNIX-CONNECT:$tmp/s"
	wait "$receiver"
	[ $? = 1 ] && grep -q 'sent nothing' "$tmp/recv.err"
}

fd_bytes()
{
	fd_recv "$tmp/s" || return 1
	echo hello | socat -u - "UNIX-CONNECT:$tmp/s"
	wait "$receiver"
	[ $? = 1 ] && grep -q 'no descriptor' "$tmp/recv.err"
}

fd_interrupted()
{
	background recv "$SOCKFAM" fd recv "$tmp/s"
	receiver=$last
	ready recv || return 1
	kill -TERM "$receiver"
	wait "$receiver"
	[ $? = 1 ] && [ ! -e "$tmp/s" ]
}

fd_stale()
{
	socat "UNIX-LISTEN:$tmp/stale,unlink-close=0" - </dev/null \
		>/dev/null 2>&1 &
	stale=$!
	wait_for [ -S "$tmp/stale" ]
	kill -KILL "$stale"
	wait "$stale" 2>/dev/null
	exits 1 'try: rm' "$SOCKFAM" fd recv "$tmp/stale" &&
		exits 1 'refused' "$SOCKFAM" fd send "$tmp/stale" "$tmp/one" &&
		[ -e "$tmp/stale" ]
}

fd_no_command()
{
	fd_recv "$tmp/s" "$tmp/none" || return 1
	"$SOCKFAM" fd send "$tmp/s" "$tmp/one"
	wait "$receiver"
	[ $? = 1 ]
}

fd_cases()
{
	fd_files
	check fd-path fd_ours "$tmp/s"
	check fd-abstract fd_ours "@sockfam-verbs-$$"
	check fd-seqpacket fd_ours "unix:@sockfam-verbs-$$,type=seqpacket"
	check fd-command fd_command
	check fd-command-signals fd_command_signals
	check fd-python-sends fd_python_sends
	check fd-python-receives fd_python_receives
	check fd-names fd_names
	check fd-most fd_most
	check fd-limit fd_limit
	check fd-nothing fd_nothing
	check fd-bytes fd_bytes
	check fd-interrupted fd_interrupted
	check fd-stale fd_stale
	check fd-no-file exits 1 'No such file' "$SOCKFAM" fd send "$tmp/s" \
		"$tmp/none"
	check fd-no-command fd_no_command
	check fd-taken-file exits 1 'no socket' "$SOCKFAM" fd recv "$tmp/one"
}
