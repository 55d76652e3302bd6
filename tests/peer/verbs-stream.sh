# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: MIT
# Part of verbs.sh: the verbs vsock and tipc

# echo_ours FAMILY LISTEN CLIENTS COMMAND...: our server, their client
echo_ours()
{
	family=$1
	listen=$2
	clients=$3
	shift 3
	background echo timeout 600 "$SOCKFAM" "$family" echo -n "$clients" \
		"$listen"
	server=$last
	ready echo || return 1
	"$@" || return 1
	wait "$server" || {
		cat "$tmp/echo.err"
		return 1
	}
}

# there_and_back FILE COMMAND...: data to its stdin, what it writes to FILE
there_and_back()
{
	back=$1
	shift
	: >"$back"
	if [ "$family" = tipc ]; then
		# shellcheck disable=SC2094 # it is to see it grow
		until_back "$tmp/data" "$back" | timeout 600 "$@" >"$back"
	else
		timeout 600 "$@" <"$tmp/data" >"$back"
	fi
}

# Our client (the rest of the line) against a server that was started
connect_ours()
{
	family=$1
	ready server || return 1
	roundtrip "$SOCKFAM" "$@"
}

roundtrip()
{
	there_and_back "$tmp/back" "$@" && same "$tmp/data" "$tmp/back"
}

python_client()
{
	timeout 600 python3 "$here/verbs.py" send "$@"
}

python_server()
{
	background server timeout 600 python3 "$here/verbs.py" echo "$1" "$2" \
		"$3"
	shift 3
	connect_ours "$@"
}

# One that does not read must not stop the others, nor lose bytes
lazy_client()
{
	background lazy timeout 600 python3 "$here/verbs.py" lazy "$1" "$2" "$3"
	lazy=$last
	ready lazy || return 1
	sleep 1
	shift 3
	roundtrip "$@" || return 1
	kill "$lazy"
}

many_clients()
{
	jobs=
	for i in 1 2 3 4 5 6 7 8; do
		there_and_back "$tmp/many$i" "$@" &
		jobs="$jobs $!"
	done
	for job in $jobs; do
		wait "$job" || return 1
	done
	for i in 1 2 3 4 5 6 7 8; do
		same "$tmp/data" "$tmp/many$i" || return 1
	done
}

# A peer that goes before it has taken all: that is no success
unsent()
{
	background server timeout 600 python3 "$here/verbs.py" go "$1" "$2" "$3"
	ready server || return 1
	shift 3
	# Not "exits": its stdin is empty
	"$SOCKFAM" "$@" <"$tmp/data" >/dev/null 2>"$tmp/exits.err"
	[ $? = 1 ] && grep 'bytes of stdin or more were not sent' \
		"$tmp/exits.err"
}

stopped_by()
{
	background stop "$SOCKFAM" "$2" echo "$3"
	s=$last
	ready stop || return 1
	kill "-$1" "$s"
	wait "$s"
}

# A program that does not tell when it listens
server_vsock()
{
	port=$1
	shift
	background server "$@"
	wait_for has_listener --vsock ":$port" && echo listening \
		>>"$tmp/server.err"
}

socat_server()
{
	server_vsock 7711 timeout 600 socat -t 300 VSOCK-LISTEN:7711 EXEC:cat &&
		connect_ours vsock connect local:7711
}

# One way: ncat ends as soon as its peer has half closed
ncat_server()
{
	server_vsock 7712 timeout 600 ncat --vsock -l 7712 --recv-only ||
		return 1
	ncat=$last
	"$SOCKFAM" vsock connect local:7712 <"$tmp/data" && wait "$ncat" &&
		same "$tmp/data" "$tmp/server.out"
}

vsock_cases()
{
	head -c 3000000 /dev/urandom >"$tmp/data"
	check vsock-ours echo_ours vsock any:7701 1 \
		roundtrip "$SOCKFAM" vsock connect local:7701
	check vsock-many echo_ours vsock any:7702 8 \
		many_clients "$SOCKFAM" vsock connect vsock:local:7702
	check vsock-socat-client echo_ours vsock any:7703 1 \
		roundtrip socat -t 300 - VSOCK-CONNECT:1:7703
	check vsock-ncat-client echo_ours vsock local:7704 1 \
		roundtrip ncat --vsock 1 7704
	check vsock-python-client echo_ours vsock any:7705 1 \
		python_client vsock stream 1:7705
	check vsock-python-messages echo_ours vsock any:7706,type=seqpacket \
		1 python_client vsock seqpacket 1:7706
	check vsock-ours-messages echo_ours vsock any:7707,type=seqpacket 1 \
		roundtrip "$SOCKFAM" vsock connect local:7707,type=seqpacket
	check vsock-many-messages echo_ours vsock any:7708,type=seqpacket 8 \
		many_clients "$SOCKFAM" vsock connect local:7708,type=seqpacket
	check vsock-lazy echo_ours vsock any:7709 2 lazy_client \
		vsock stream 1:7709 "$SOCKFAM" vsock connect local:7709
	check vsock-lazy-messages echo_ours vsock any:7710,type=seqpacket 2 \
		lazy_client vsock seqpacket 1:7710 \
		"$SOCKFAM" vsock connect local:7710,type=seqpacket
	check vsock-socat-server socat_server
	check vsock-ncat-server ncat_server
	check vsock-python-server python_server vsock stream 1:7713 \
		vsock connect local:7713
	check vsock-python-server-messages python_server vsock seqpacket \
		1:7714 vsock connect local:7714,type=seqpacket
	check vsock-unsent unsent vsock stream 1:7715 \
		vsock connect local:7715
	check vsock-unsent-messages unsent vsock seqpacket 1:7716 \
		vsock connect local:7716,type=seqpacket
	check vsock-refused exits 1 'nothing listens' \
		"$SOCKFAM" vsock connect local:7799
	check vsock-int stopped_by INT vsock any:any
	check vsock-term stopped_by TERM vsock any:any,type=seqpacket
	check vsock-cid sh -c "'$SOCKFAM' vsock cid | grep -q '^[0-9]'"
}

tipc_cases()
{
	head -c 1000000 /dev/urandom >"$tmp/data"
	for type in seqpacket stream; do
		check "tipc-ours-$type" echo_ours tipc "4701:1,type=$type" 1 \
			roundtrip "$SOCKFAM" tipc connect "4701:1,type=$type"
		check "tipc-many-$type" echo_ours tipc \
			"4702:1-9,type=$type" 8 \
			many_clients "$SOCKFAM" tipc connect \
			"tipc:4702:5,type=$type"
		check "tipc-python-client-$type" echo_ours tipc \
			"4703:1,type=$type" 1 python_client tipc "$type" 4703:1
		check "tipc-lazy-$type" echo_ours tipc "4704:1,type=$type" 2 \
			lazy_client tipc "$type" 4704:1 \
			"$SOCKFAM" tipc connect "4704:1,type=$type"
		check "tipc-python-server-$type" python_server tipc "$type" \
			4705:1 tipc connect "4705:1,type=$type"
		check "tipc-unsent-$type" unsent tipc "$type" 4709:1 \
			tipc connect "4709:1,type=$type"
	done
	check tipc-quiet echo_ours tipc 4706:1 1 roundtrip \
		"$SOCKFAM" tipc connect -q 0.5 4706:1
	check tipc-nobody exits 1 'tipc:4799:1' \
		"$SOCKFAM" tipc connect 4799:1
	check tipc-reserved exits 1 'tipc:1:1' "$SOCKFAM" tipc echo 1:1
	check tipc-rdm exits 1 'not supported' \
		"$SOCKFAM" tipc echo 4707:1,type=rdm
	check tipc-int stopped_by INT tipc 4708:1
}
