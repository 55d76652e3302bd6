#!/bin/sh
# SPDX-License-Identifier: MIT
# The tool's words and exit statuses, where no special family is needed.
PEER_NAME=cli
# shellcheck source=tests/peer/lib.sh
. "$(dirname "$0")/peer/lib.sh"

# says STATUS WORDS ARGUMENT...: the exit status, WORDS somewhere in what is
# printed, and at most one line on stderr but for usage.
says()
{
	want=$1 words=$2
	shift 2
	out=$("$SOCKFAM" "$@" 2>"$work/err" </dev/null)
	got=$?
	read_lines "$work/err"
	if [ $got -ne "$want" ]; then
		not_ok "$*" "status $got, not $want: $said"
	elif ! has_words "$out
$said" "$words"; then
		not_ok "$*" "$out $said"
	elif [ "$want" -eq 1 ] && [ "$said_lines" -ne 1 ]; then
		not_ok "$*" "$said_lines lines on stderr"
	else
		ok "$*"
	fi
}

long=$(printf '%0200d' 0)
zeros=$(printf '%030d' 0)

says 2 "usage: sockfam VERB"
says 0 "usage: sockfam VERB" -h
says 0 "sockfam 0." --version
says 2 "no such verb: nosuch" nosuch
says 0 "usage: sockfam addr" addr -h
says 0 "usage: sockfam can VERB" can --help
says 0 "[-evxXA] [--json] IF[,IF]...|-r FILE" packet sniff -h
says 2 "-c x: not a number of packets" packet sniff -evvxxXA --json -c x lo

says 0 "unix        yes" families
says 0 "unix        yes" families unix
says 1 "nosuch: no such family" families nosuch
says 2 "no such option: -x" families -x

says 0 "unix:/x  socket(1, 1, 0)  len 5  01002f78 00" addr unix:/x
says 0 "vsock:host:1024" addr vsock:2:0x400
says 0 "packet:lo  socket(17, 3, 0)  len 20" addr packet:%1
says 0 "2   2  sin_port                 0050              80 (0x50)" \
	addr inet:127.0.0.1:80
says 0 "4   4  sin_addr                 7f000001          127.0.0.1" \
	addr inet:127.0.0.1:80
says 0 "8   8  sin_zero                 0000000000000000" \
	addr inet:127.0.0.1:80
says 0 "3   1  scope                    fd                -3 (0xfd)" \
	addr tipc:1:2@-node
says 0 "4   6  l2_bdaddr                ab8967452301      01:23:45:67:89:AB" \
	addr bt-l2cap:01:23:45:67:89:AB:25
says 0 '2   4  sun_path                 00610062          "\x00a\x00b"' \
	addr 'unix:@a\x00b'
says 0 "8  16  sin6_addr                ${zeros}01  ::1" addr 'inet6:[::1]:1'
says 2 "which address?" addr
says 2 "no such option: -x" addr -x unix:
says 1 'at 0: expected SCHEME:' addr nosuch:x
says 1 'at 0: expected SCHEME:' addr ""
says 1 'at 4: expected the name of an existing interface, found "nosuch0"' \
	addr can:nosuch0
says 1 'at 19: expected tx=ID too, found the end' addr can-isotp:lo,rx=123
says 1 'at 7: expected ":PORT", found the end' addr vsock:3
says 1 'at 8: expected a key: type= proto=' addr packet:,
says 1 'at 10: expected a key:' addr packet:lo,,proto=ip
says 1 'at 5: expected a path of at most 108 bytes' addr "unix:/$long"
says 1 'expected an interface name of at most 15 bytes' addr "can:$long"
says 1 'expected an algorithm name of 1 to 103 bytes' addr "alg:hash:$long"
says 1 'at 14: expected a port 0..65535, found "65536"' \
	addr inet:10.0.0.1:65536

says 0 "inet:127.0.0.1:80  socket(2, 1, 0)" addr tcp:127.0.0.1:80
says 0 "inet6:[::1]:80,proto=sctp,type=seqpacket  socket(10, 5, 132)" \
	addr "sctp:[::1]:80,type=seqpacket"
says 0 "inet:127.0.0.1:7,type=dgram" addr udp::7
says 0 "inet6:[::]:7,proto=mptcp" addr -l mptcp:*:7
says 1 'at 5: expected a service: port or name' addr tcp:::1:80
says 1 'at 14: expected a port 0..65535, found "65616"' addr tcp:127.0.0.1:65616
says 1 'at 8: expected ":SERVICE"' addr "tcp:[::]80"
says 1 'at 6: expected ":SERVICE", a port or a name, found the end' addr udp:ab
says 1 'at 9: expected a key: type= family=' addr tcp:x:80,proto=tcp
says 1 'at 14: expected one of stream, found "dgram"' addr tcp:x:80,type=dgram
says 1 'an IPv6 address in [ ], * or nothing, found "a b:1"' addr 'tcp:a b:1'
says 1 'nosuch0' addr 'tcp:[fe80::1%nosuch0]:1'
says 1 "Address family for hostname not supported" \
	addr "tcp:[::1]:80,family=inet"
says 1 "service not known" addr tcp:127.0.0.1:no-such-service
says 1 "at 0: expected SCHEME:" addr tcp6:x:80

# A good text beside a bad one is still answered.
"$SOCKFAM" addr unix:/x nosuch:y unix:/z >"$work/out" 2>"$work/err"
if [ $? -eq 1 ] && [ "$(grep -c ^unix: "$work/out")" -eq 2 ]; then
	ok "addr goes on after a bad text"
else
	not_ok "addr goes on after a bad text" "$(cat "$work/out")"
fi

# Nothing is read as an option behind the first operand.
says 1 "at 0: expected SCHEME:" addr unix:/x -h

says 2 "which interface?" can dump
says 2 "-t takes a, A, d or z" can dump -t q vcan0
says 2 "-n takes a number of frames" can dump -n -1 vcan0
says 2 "-T takes milliseconds" can dump -T 1.5 vcan0
says 2 "-r takes a number of bytes" can dump -r 0 vcan0
says 2 "-r wants a value" can dump -r
says 2 "-s takes 0, 1 or 2" can dump -s 3 vcan0
says 2 "-f takes a file" can dump -f "" vcan0
says 2 "-C takes million bytes" can dump -f x -C 0 vcan0
says 2 "-C takes million bytes" can dump -f x -C 1q vcan0
says 2 "-C takes million bytes" can dump -f x -G p vcan0
says 2 "-C takes million bytes" can dump -f x -C 1 -W -1 vcan0
says 2 "-C, -G and -W need files" can dump -L -C 1 vcan0
says 2 "-C, -G and -W need files" can dump -f - -G 1 vcan0
says 2 "-W needs -C or -G" can dump -l -W 3 vcan0
says 2 "are not for a log (-L)" can dump -L -a vcan0
says 2 "are not for a log (-L)" can dump -e -f - vcan0
says 2 "--json goes with" can dump --json -x vcan0
says 2 "--json goes with" can dump --json -l vcan0
says 2 "--json goes with" can dump -s1 --json vcan0
says 2 "which interface and which frames?" can send vcan0
says 2 "-c takes seconds" can send -c x vcan0 123#
says 2 "-n takes a number of frames" can seq -n 0 lo
says 2 "-q takes a number of gaps" can seq -q x lo
says 1 "1234: not an identifier" can seq -i 1234 lo
says 1 "20000001: not an identifier" can seq -i 20000001 lo
says 2 "which interface?" can seq
says 2 "-f takes 1 to 255 frames" can ping -f 256 lo
says 2 "-W takes seconds" can ping -W x lo
says 2 "-n takes a number of frames" can ping -n x lo
says 2 "no identifier above 7ff" can ping -i 7ff lo
says 1 "nosuch0" can ping nosuch0
says 2 "lo@...: not a bit rate" can load lo@x
says 2 "lo@...: not a bit rate" can load lo@500000,
says 2 "lo@...: not a bit rate" can load lo@0
says 2 "-n takes a number of seconds" can load -n 0 lo@1
says 1 "lo: not a CAN interface" can load lo@500000
says 2 "which interface?" can load
says 1 "stdin and stdout are no terminal" can watch lo
says 2 "which interface?" can watch
says 1 'at 0: expected an identifier' can send lo zz
says 1 'at 4: expected' can send lo 123#G
says 1 'at 20: expected' can send lo 123#112233445566778899
says 1 'at 4: expected the name of an existing interface' \
	can send nosuch0 123#
says 2 "onto which interface?" can gen
says 2 "-I does not take x" can gen -I x lo
says 2 "an identifier over 7FF is extended" can gen -I 800 lo
says 2 "-L does not take 2049" can gen -L 2049 lo
says 2 "a classic frame has 8 bytes at most" can gen -L 9 lo
says 2 "only classic frames are remote requests" can gen -R -f lo
says 2 "-D does not take 123" can gen -D 123 lo
says 2 "-g does not take x" can gen -g x lo
says 2 "-i does not wait for what -p says" can gen -i -p 5 lo
says 1 "existing interface" can gen nosuch0
says 2 "not IF=LOGIF: x" can play x
says 2 "can0 is to go to two interfaces" can play stdout=can0 stdout=can0
says 2 "-l wants a file" can play -l 2
says 2 "-l 0: want 1 or more, or i" can play -l 0
says 2 "-f 0: want a number above 0" can play -f 0
says 2 "-s takes seconds, not 0" can play -s 0
says 2 "-n takes a number of frames" can play -n 0
says 1 "nosuch.log: No such file" can play -I nosuch.log
says 1 "existing interface" can play nosuch0=can0
says 0 "0 frames sent" can play
says 0 "rate 500000 bit/s, sample point 87.5 %: tq 125 ns, prop 6, seg1 7, seg2 2" \
	can timing -c 8000000 -l 1-16,1-8,4,1-64,1 500000
says 0 '"error_ppm": 4012' \
	can timing --json -c 8000000 -l 1-16,1-8,4,1-64,1 83000
says 0 "sample point 70.0 %" \
	can timing -s 0.7 -c 80000000 -l 2-190,1-63,31,1-255,1 500000
says 1 "cannot get within 5 %" \
	can timing -c 8000000 -l 1-16,1-8,4,1-64,1 5000000
says 2 "not limits: 1-16" can timing -c 8000000 -l 1-16 500000
says 1 "contradict" can timing -c 8000000 -l 16-1,1-8,4,1-64,1 500000
says 2 "-c and -l go together" can timing -c 8000000 500000
says 2 "not a clock: 0" can timing -c 0 -l 1-16,1-8,4,1-64,1 500000
says 0 "usage: sockfam can j1939 VERB" can j1939 -h
says 2 "from where, and to where?" can j1939 send lo:1
says 2 "-p takes 0 to 7" can j1939 send -p 8 lo:1 :2,0xef00 01
says 2 "-n takes a number" can j1939 recv -n 0 lo:1
says 2 "at which address" can j1939 recv
says 2 "-t takes a, A, d or z" can j1939 spy -t aa lo
says 2 "on which interface?" can j1939 spy
says 2 "-r takes addresses" can j1939 claim -r 1,254 1 lo
says 2 "-r takes addresses" can j1939 claim -r 9-8 1 lo
says 2 "-a takes an address" can j1939 claim -a x 1 lo
says 2 "a NAME is up to 16 hex digits, not 1g" can j1939 claim 1g lo
says 2 "which NAME" can j1939 claim 1
says 1 "no NAME" can j1939 claim 0 lo
says 1 '"256" is no address 0..255' can j1939 recv lo:256
says 1 '"08" is no address' can j1939 recv lo:08
says 1 '"-1" is no address' can j1939 recv lo:-1
says 1 '"0x40000" is no PGN' can j1939 recv lo:1,0x40000
says 1 '"0x10000000000000000" is no NAME' \
	can j1939 recv lo:1,,0x10000000000000000
says 1 '"5" is too much' can j1939 recv lo:1,2,3,5
says 1 '"2" is too much' can j1939 recv -x lo:01,1,2
says 1 '"g1" is no address' can j1939 recv -x lo:g1
says 1 '"1x1" is no NAME' can j1939 recv -x lo:1x1
says 1 "which interface?" can j1939 spy :1
says 1 "longer than any interface" can j1939 spy "$long"
says 1 "no such interface" can j1939 spy nosuch0
says 1 "on another interface than lo" can j1939 send lo:1 eth:2,0 01
says 1 "which PGN?" can j1939 send lo:1 :2 01
says 1 "0g: not bytes in hex" can j1939 send lo:1 :2,0xef00 01 0g
says 1 "ends in 00" can j1939 recv lo:1,0xef01
says 2 "which name and kind?" link add
says 2 "not an MTU: x" link add -m x v vcan
says 1 "nosuch0: no such interface" link del nosuch0
says 0 "lo: " link show lo
says 0 '"name": "lo", "index": 1, "kind": null, "type": 772' \
	link show --json lo
says 1 "nosuch0: No such device" link show nosuch0
says 1 "[]" link show --json nosuch0
says 2 "no such option: --nosuch" link show --nosuch
says 2 "not a word of this: lo" link monitor lo
says 2 "not a setting: mtu x" link set lo mtu x
says 2 "not a setting: txqueuelen -1" link set lo txqueuelen -1
says 2 "set it up there" link set lo netns 1 up
says 1 "nosuch0: no such interface" link set nosuch0 mtu 72
says 1 "lo: not a CAN interface" link set lo bitrate 500000
says 1 "lo: not a CAN interface" can state --json lo

says 0 "usage: sockfam alg VERB" alg -h
says 0 "usage: sockfam alg aead VERB" alg aead -h
says 0 "usage: sockfam alg aead open -k KEY" alg aead open -h
says 0 "alg aead seal" -h
says 2 "no such verb: nosuch; one of: seal open" alg aead nosuch
says 2 "no such option: -k" alg hash -k key file
says 2 "no such option: --nosuch" alg hash --nosuch
says 2 "no such option: --quiet=x" alg hash -c --quiet=x
says 2 "go with -c only" alg hash --quiet
says 2 "-z does not go with -c" alg hash -c -z
says 2 "which key? (-k)" alg hmac file
says 2 "-k wants a value" alg hmac -k
says 2 "which key? (-k)" alg enc "cbc(aes)"
says 2 "which cipher?" alg enc -k key
says 2 "one file at a time" alg dec -k key "cbc(aes)" a b
says 2 "which key? (-k)" alg aead seal file
says 2 "one file at a time" alg aead open -k key a b
says 2 "no such option: -a" alg aead open -k key -a "gcm(aes)" file
says 2 "how many bytes?" alg rng
says 1 "nosuch: no algorithm of that type" alg list -t nosuch
says 2 "no such option: --no" alg list --no
says 2 "how many bytes?" alg rng 1 2
says 2 "not a number of bytes: -1" alg rng -- -1
says 2 "not a number of seconds: 0" alg bench -t 0
says 1 "key nosuch: No such file" alg hmac -k nosuch file
says 1 "key /: Is a directory" alg aead seal -k / file
says 1 "key fd:x: expected fd:NUMBER" alg hmac -k fd:x file
says 1 "key key:0: expected key:SERIAL" alg hmac -k key:0 file
says 1 "key hex:...: expected hex digits" alg hmac -k hex:5g file
printf '%015d' 0 >"$work/short"
says 1 "fewer than 16 bytes" alg aead seal -k "$work/short" file

says 2 "two addresses, please" relay unix:@x
says 1 "foo:b: at 0: expected SCHEME:" relay unix:@sockfam-cli foo:b
says 1 'tcp:a: at 5: expected ":SERVICE"' relay unix:@sockfam-cli tcp:a
says 1 "the name of an existing interface" relay unix:@sockfam-cli can:no0

printf 'unix:@x\n' >"$work/rules"
says 1 "rules:1:1: expected two addresses" vsock forward "$work/rules"
says 2 "which file of rules?" vsock forward
says 2 "-s takes 1 to 65536 bytes" vsock ping -s 65537 local:1
says 2 "are the client's" vsock perf -l -r any:1
says 1 "expected a CID" vsock listen -a mars any:1

says 2 "no such option: -x" sockets -x
says 1 "nosuch: no such family" sockets nosuch
says 1 "can: the kernel has no list of sockets" sockets can
says 0 "netlink:route" sockets -l netlink

says 0 "100:80000700" can filter 100-1FF
says 0 "00000120:9FFFFFFE,123~7FF,#1FF" can filter \
	"00000120,00000121,123~7FF,#1FF"
says 0 "100:7FF,101:7FF,j" can filter 100:7FF,101:7FF,j
says 1 "800: at 0: expected an identifier" can filter 800
says 2 "which filters?" can filter
says 0 "(001) jeq      #0x806           jt 2	jf 3" packet filter arp
says 0 "(000) ret      #96" packet filter -s 96
says 0 "{ 0x15, 0, 1, 0x00000806 }," packet filter -dd arp
says 0 "21 0 1 2054" packet filter -ddd arp
says 0 "(000) ldh      [12]" packet filter tcp and not port 80
says 0 "[proto]" packet filter -y cooked -d arp
says 1 "at 0: expected no link address" packet filter -y cooked broadcast
says 1 "vlan 5000: at 5: expected a VLAN ID up to 4095" packet filter vlan 5000
says 1 "sockfam: hots 1.2.3.4: " packet filter hots 1.2.3.4
says 2 "-y token: not ether, ip or cooked" packet filter -y token ip
says 2 "-s 0: not a number of bytes" packet filter -s 0 ip
says 2 "no such option: -x" packet filter -x ip
# Whether it was built --with-libpcap shows here first.
syn="tcp[13] & 2 != 0"
if "$SOCKFAM" packet filter "$syn" >/dev/null 2>&1; then
	says 0 "jset     #0x2" packet filter "$syn"
	says 0 "ret      #96" packet filter -s 96 "$syn"
	says 0 "[x + 13]" packet filter -y ip "$syn"
	says 1 "tcp[: " packet filter "tcp["
	says 1 "at 12: expected and, or, or the end" packet filter \
		"vlan and tcp[13] & 2 != 0"
else
	says 1 "at 3: expected and, or, or the end" packet filter "$syn"
fi

# Three packets of IPv4 without a link-layer header.
{
	printf '\324\303\262\241\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0e\0\0\0'
	for id in '\0001' '\0002' '\0003'; do
		printf '\0\0\0\0\0\0\0\0\24\0\0\0\24\0\0\0E\0\0\24\0%b' "$id"
		printf '\0\0\100\143\0\0\12\0\0\1\12\0\0\2'
	done
} >"$work/a.pcap"
cd "$work" || exit 1
says 0 "IP 10.0.0.1 > 10.0.0.2:" packet sniff -r a.pcap
"$SOCKFAM" packet sniff -r a.pcap -w plain.pcap 2>/dev/null
# Whether it was built --with-zlib shows here first.
if "$SOCKFAM" packet sniff -r a.pcap -w b.pcap.gz 2>err; then
	gzip -dc b.pcap.gz >b.pcap
	same "-w .gz" plain.pcap b.pcap
	"$SOCKFAM" packet sniff -r a.pcap >a.lines
	"$SOCKFAM" packet sniff -r b.pcap.gz >b.lines
	same "-r .gz" a.lines b.lines
	"$SOCKFAM" packet sniff -r a.pcap -w ring.pcap.gz -C 1p -W 2
	"$SOCKFAM" packet sniff -r a.pcap -w ring.pcap -C 1p -W 2
	for i in 0 1; do
		gzip -dc "ring.pcap$i.gz" >"ring$i"
		same "-w .gz, ring $i" "ring.pcap$i" "ring$i"
	done
	head -c 50 b.pcap.gz >short.gz
	says 1 "short.gz: at 50: the compressed data ends too early" \
		packet sniff -r short.gz
	{ head -c 30 b.pcap.gz; printf 'damage!'; } >damaged.gz
	says 1 ": the compressed data is damaged" packet sniff -r damaged.gz
	says 1 "No such file" packet sniff -r a.pcap -w no/b.pcap.gz
	if [ -w /dev/full ]; then
		ln -s /dev/full full.gz
		says 1 "No space left" packet sniff -r a.pcap -w full.gz
	fi
else
	refuses "-w .gz" 1 "was built without zlib" \
		"$SOCKFAM" packet sniff -r a.pcap -w b.pcap.gz
	gzip -k plain.pcap
	says 1 "was built without zlib" packet sniff -r plain.pcap.gz
fi

# Logs of CAN frames, there and back, and what is damaged in them.
cat >can.log <<-'END'
	(1700000000.000001) can0 123#DEADBEEF R
	# a comment
	DROPCOUNT: dropped 3 CAN frames on 'can1' socket (total drops 3)
	(1700000000.000002) can1 12345678#R8_9
	(1700000000.000003) can0 123##511 T
	(1700000000.000004) can1 45123#81:00:12345678#11223344
	DROPCOUNT: dropped 1 CAN frame on 'can1' socket (total drops 4)
END
says 0 "4 frames" can convert can.log can.pcapng
grep -v '^#' can.log >can.want
"$SOCKFAM" can convert can.pcapng - >can.back 2>/dev/null
same "can convert there and back" can.want can.back
{
	cat can.log
	echo "(1700000000.5) can0 123#"
} >bad.log
refuses "can convert, a damaged line, -s" 1 \
	"bad.log: line 8: at 12: expected six or nine digits" \
	"$SOCKFAM" can convert -s bad.log bad.pcapng
if [ -e bad.pcapng ]; then
	not_ok "nothing is left of it" "$(ls -l bad.pcapng)"
else
	ok "nothing is left of it"
fi
if ! "$SOCKFAM" can convert bad.log bad.pcapng 2>err &&
	grep -q "^1 damaged and left out" err &&
	"$SOCKFAM" can convert bad.pcapng - 2>/dev/null | cmp -s - can.want; then
	ok "can convert, a damaged line"
else
	not_ok "can convert, a damaged line" "$(cat err)"
fi
echo "(1.000000001) can0 123#" | "$SOCKFAM" can convert - - >out 2>err
if grep -q "^1 stamps cut" err; then
	ok "can convert cuts stamps"
else
	not_ok "can convert cuts stamps" "$(cat err)"
fi
says 2 "from which file, to which?" can convert can.log
says 1 "No such file" can convert nosuch.log -
says 1 "no compressed file is written" can convert can.log x.pcapng.gz
says 0 "3 packets left out: their interface is not CAN" can convert a.pcap -

cat >isotp.log <<'END'
(1.000000) can0 123#1009010203040506
(1.000100) can0 321#300000
(1.000200) can0 123#21070809
(1.000300) can0 123#1009010203040506
(1.000400) can0 321#0155
END
says 0 "can0  321  [3]  [FC] FC: 0 = CTS # BS: 0 = off # STmin: 0x00 = 0 ms" \
	can isotp dump -s 123 -d 321 -I isotp.log
says 0 "can0  123  [9]  01 02 03 04 05 06 07 08 09  - '.........'" \
	can isotp dump -s 123 -d 321 -r -I isotp.log
says 0 "123  lost: 6 of 9 bytes had come: the frames end" \
	can isotp dump -s 123 -d 321 -r -I isotp.log
says 0 "(0.000400)  can0  321" can isotp dump -s 123 -d 321 -t z -I isotp.log
echo "(1.0004) can0 123#01" >>isotp.log
says 1 "isotp.log: line 6: at 3: expected" \
	can isotp dump -s 123 -d 321 -I isotp.log
says 1 "No such file" can isotp dump -s 123 -d 321 -I nosuch.log
says 1 "-s and -d are the same" can isotp dump -s 123 -d 123 -r -I isotp.log
says 2 "which -d?" can isotp dump -s 123 lo
says 2 "which -s?" can isotp send -d 123 lo
says 2 "which -d?" can isotp recv -s 123 lo
says 2 "which -l?" can isotp serve -s 123 -d 321 lo
says 2 "which interface?" can isotp recv -s 123 -d 321
says 2 "what is vcan1?" can isotp recv -s 123 -d 321 vcan0 vcan1
says 2 "-s 800: not one" can isotp send -s 800 -d 123 lo
says 2 "-d 20000000: not one" can isotp send -s 123 -d 20000000 lo
says 2 "-s 12x: not one" can isotp recv -s 12x -d 123 lo
says 2 "-x :5: not one" can isotp recv -x :5 -s 123 -d 321 lo
says 2 "-x 123: not one" can isotp recv -x 123 -s 123 -d 321 lo
says 2 "-p :: not one" can isotp recv -p : -s 123 -d 321 lo
says 2 "-P x: not one" can isotp recv -P x -s 123 -d 321 lo
says 2 "-L 17:8:0: not one" can isotp recv -L 17:8:0 -s 123 -d 321 lo
says 2 "-L 72:64: not one" can isotp recv -L 72:64 -s 123 -d 321 lo
says 2 "-t -1: not one" can isotp recv -t -1 -s 123 -d 321 lo
says 2 "-b 100: not one" can isotp recv -b 100 -s 123 -d 321 lo
says 2 "-D 0: not one" can isotp send -D 0 -s 123 -d 321 lo
says 2 "-l 0: not one" can isotp serve -l 0 -s 123 -d 321 lo
says 2 "-X goes with -x" can isotp dump -s 123 -d 321 -X 5 lo
says 2 "-r wants one address" can isotp dump -s 123 -d 321 -x any -r lo
says 2 "-t x: not one" can isotp dump -s 123 -d 321 -t x lo

says 2 "to which address?" tipc send -i high
says 2 "-w waits for one name" tipc watch -w 1
says 2 "-w 9300000000: not a number of seconds" tipc watch -w 9300000000 1:1
says 0 "leave after so many messages; 0: by a signal only" tipc group -h

# A full disk is told, and a reader that goes away ends it in silence.
if [ -w /dev/full ]; then
	"$SOCKFAM" addr unix:/x >/dev/full 2>"$work/err"
	if [ $? -eq 1 ] && grep -q "No space left" "$work/err"; then
		ok "addr on a full disk"
	else
		not_ok "addr on a full disk" "$(cat "$work/err")"
	fi
fi

peer_end
