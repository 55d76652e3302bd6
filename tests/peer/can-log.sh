#!/bin/sh
# SPDX-License-Identifier: MIT
# Logs of CAN frames, converted: candump's into capture files and back, what
# tshark and can-utils read of ours, and we of theirs.
PEER_NAME=can-log
here=$(dirname "$0")
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"
cd "$work" || exit 1
one_cpu

convert()
{
	"$SOCKFAM" can convert "$@"
}

# listens FILE IFNAME: a socket with that filter list has appeared.
listens()
{
	grep -q " $2 " "/proc/net/can/rcvlist_$1"
}

for name in cl0 cl1; do
	ip link add $name mtu 72 type vcan && ip link set $name up || exit 1
done

# All kinds of frames, as candump logs them. The last one ends it.
candump -L -n 8 cl0 cl1 >theirs.log &
job=$!
for name in cl0 cl1; do
	wait_for listens all $name || not_ok "candump listens" "on $name"
done
for frame in 123# 123#DEADBEEF 12345678#11 7FF#R 123#R4 123##0 \
	12345678##7112233445566778899AABBCC; do
	cansend cl0 $frame
done
cansend cl1 000#00
wait $job
count=$(wc -l <theirs.log)
if [ "$count" = 8 ]; then
	ok "candump logs 8 frames"
else
	not_ok "candump logs 8 frames" "$count"
fi

convert theirs.log a.pcapng 2>err && convert a.pcapng back.log 2>>err
same "a log to pcapng and back" theirs.log back.log
printf '8 frames\n8 frames\n' >want
same "and nothing is left out" want err
tshark -r a.pcapng -T fields -e frame.interface_name -e can.id -e can.len \
	>got 2>/dev/null
sed -E 's/.*\) (cl[01]) .*/\1/' theirs.log >want
cut -f 1 got >names
same "tshark reads the interfaces" want names
printf '%s\n' 291,0 291,4 305419896,1 2047,0 291,4 291,0 305419896,12 0,1 >want
cut -f 2- got | tr '\t' , >fields
same "tshark reads the frames" want fields

# What another program wrote: old pcap, one interface without a name.
grep ' cl0 ' theirs.log >one.log
convert one.log one.pcapng 2>/dev/null
editcap -F pcap one.pcapng one.pcap
convert one.pcap got.log 2>/dev/null
sed 's/ cl0 / can0 /' one.log >want
same "we read editcap's pcap" want got.log
editcap -F nsecpcap one.pcapng ns.pcap
convert ns.pcap got.log 2>/dev/null
same "and that with nanoseconds" want got.log
refuses "two interfaces in a pcap" 1 "a pcap file has one interface" \
	"$SOCKFAM" can convert theirs.log two.pcap
if [ -e two.pcap ]; then
	not_ok "no half of it is left" "$(ls -l two.pcap)"
else
	ok "no half of it is left"
fi

# Frames that were lost after the last one, with which a packet would tell of
# them, stand in the statistics alone.
cat >lost.log <<END
(1700000000.000000) cl0 123#11
DROPCOUNT: dropped 2 CAN frames on 'cl0' socket (total drops 2)
(1700000000.000001) cl0 123#22
(1700000000.000002) cl1 123#33
DROPCOUNT: dropped 3 CAN frames on 'cl0' socket (total drops 5)
DROPCOUNT: dropped 1 CAN frame on 'cl1' socket (total drops 1)
END
convert lost.log lost.pcapng 2>err && convert lost.pcapng got.log 2>>err
same "losses, to pcapng and back" lost.log got.log
convert lost.pcapng again.pcapng 2>err && convert again.pcapng got.log 2>>err
same "losses, from pcapng to pcapng" lost.log got.log
python3 "$here/can-lost.py" >other.pcapng
convert other.pcapng got.log 2>err
cat >want <<END
(1700000000.000000) cl0 123#
DROPCOUNT: dropped 4 CAN frames on 'cl0' socket (total drops 4)
(1700000000.000001) cl0 123#
DROPCOUNT: dropped 3 CAN frames on 'cl0' socket (total drops 7)
END
same "losses, as others count them" want got.log

# can-utils read what we write.
log2long <back.log >ours.long
log2long <theirs.log >theirs.long
same "log2long" theirs.long ours.long
candump -L -n 7 cl1 >played.log &
job=$!
wait_for listens all cl1 || not_ok "candump listens" "on cl1"
canplayer -t -I back.log cl1=cl0 cl0=cl1
wait $job
cut -d ' ' -f 3 one.log >want
cut -d ' ' -f 3 played.log >got
same "canplayer" want got

for name in cl0 cl1; do
	ip link del $name
done
peer_end
