#!/bin/sh
# SPDX-License-Identifier: MIT
# Vector's ASC: what log2asc and python-can write is read, and what asc2log
# and python-can read is written; and no less comes out of a way back.
PEER_NAME=can-asc
here=$(dirname "$0")
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"
cd "$work" || exit 1
TZ=CET-1CEST,M3.5.0,M10.5.0/3
export TZ

convert()
{
	"$SOCKFAM" can convert "$@"
}

# All that ASC holds, with directions as log2asc would suppose them.
cat >all.log <<END
(1700000000.000000) can0 123#11223344 R
(1700000000.123456) can1 000# T
(1700000000.200000) can1 12345678#DEADBEEF R
(1700000000.300000) can0 7FF#R R
(1700000000.400000) can0 00000001#R5 T
(1700000000.500000) can1 12345678##7112233445566778899AABBCC T
(1700000000.600000) can1 123##4 R
(1700000000.700000) can0 20000080#0000000000000000
(1700012345.999999) can0 1FFFFFFF##4$(printf '%0128d' 5) R
END

# The same text as log2asc's, but for our comments.
log2asc -I all.log can0 can1 >theirs.asc
convert -i can0,can1 all.log ours.asc 2>err
grep -v '^//' ours.asc >got
same "we write what log2asc does" theirs.asc got
printf '9 frames\nchannel 1 is can0, 2 is can1\n' >want
same "nothing is left out, and the channels are told" want err
convert theirs.asc back.log 2>err
same "we read what log2asc writes" all.log back.log
same "and tell the channels" want err
log2asc -4 -n -I all.log can0 can1 >four.asc
convert four.asc got.log 2>/dev/null
sed -E 's/(\.[0-9]{4})[0-9]{2}\)/\100)/' all.log >want
same "with four digits and CR LF" want got.log
# log2asc -f: classic frames as CANFD lines; errors become frames there.
log2asc -f -I all.log can0 can1 | grep -v '^   0.700000' >fd.asc
convert fd.asc got.log 2>/dev/null
grep -v '#0000000000000000$' all.log >want
same "log2asc -f" want got.log

# asc2log takes the time of day for a date unless the locale de_DE is there,
# so only what is behind the stamps is compared.
asc2log -I theirs.asc 2>/dev/null | cut -d ' ' -f 2- >want
asc2log -I ours.asc 2>/dev/null | cut -d ' ' -f 2- >got
same "asc2log reads ours as log2asc's" want got
# It writes no FDF flag.
cut -d ' ' -f 2- all.log | sed 's/##7/##3/;s/##4/##0/' >want
same "and these are the frames" want got

# What only we write and read: interfaces, losses, DLCs, XL.
cat >more.log <<END
(1698541200.000001)   vcan0 123#1122334455667788_E R
(1698541200.000002) a-long-name-000 123#R8_9 T
DROPCOUNT: dropped 3 CAN frames on 'vcan0' socket (total drops 3)
(1698541201.000000) vcan0 45123#83:00:12345678#112233 R
DROPCOUNT: dropped 1 CAN frame on 'vcan0' socket (total drops 4)
END
convert more.log more.asc 2>err && convert more.asc back.log 2>>err
sed 's/  *vcan0 / vcan0 /' more.log >want
same "more than that, there and back" want back.log
{
	printf '3 frames\nchannel 1 is vcan0, 2 is a-long-name-000\n'
	printf '3 frames\nchannel 1 is vcan0, 2 is a-long-name-000\n'
} >want
same "without a loss" want err
convert more.asc more.pcapng 2>/dev/null
convert more.pcapng got.asc 2>/dev/null
same "through pcapng" more.asc got.asc
{
	sed -n '1,6p' ours.asc
	sed -n '7,$p' ours.asc | grep ' 2 '
} >second.asc
convert second.asc got.asc 2>/dev/null
same "a channel keeps its number" second.asc got.asc
convert -i can5 ours.asc got.log 2>err
sed 's/can0/can5/' all.log >want
same "-i before the file's names" want got.log

# What it cannot hold is told.
cat >less.log <<END
(1700000001.000000001) can0 123#11
(1700000001.000001000) can0 20000004#0001000000000000
(1700000000.000000000) can0 123#11 R
END
convert less.log less.asc 2>err
cat >want <<END
3 frames
1 stamps cut to microseconds: ASC holds no more
1 stamps from before the first frame's second written as 0
1 error frames without their class and data: ASC does not hold them
1 frames without a direction written as received
channel 1 is can0
END
same "what is lost is told" want err

# Damage, and what is no frame.
cat >bad.asc <<END
date Die Nov 14 11:13:20.000 pm 2023
base hex timestamps absolute
   0.000000 Start of measurement
   0.100000 1  123             Rx   d 1 11
   0.200000 1  123             Rx   d 2 11
   0.300000 1  123             TxRq d 1 11
   0.400000 1  124             Rx   d 1 11
END
convert bad.asc got.log 2>err
status=$?
cat >want <<END
(1700000000.100000) can0 123#11 R
(1700000000.400000) can0 124#11 R
END
same "a German date; the rest of a damaged file" want got.log
cat >want <<END
sockfam: bad.asc: line 5: at 42: expected a byte of data, found the end
2 frames
1 damaged and left out
2 lines left out that are no frames
channel 1 is can0
END
same "the damage is told" want err
if [ $status = 1 ]; then
	ok "and is a failure"
else
	not_ok "and is a failure" "status $status"
fi
refuses "-s ends there" 1 "line 5: at 42" "$SOCKFAM" can convert -s bad.asc x
refuses "-i without .asc" 2 "-i is of .asc files" \
	"$SOCKFAM" can convert -i can0 all.log x.log
refuses "an empty name" 1 "expected up to 255 interfaces" \
	"$SOCKFAM" can convert -i can0,,can1 all.log x.asc

# A filter leaves out of a log what it keeps from a socket.
convert -f '7FF,1FFFFFFF,canfd+[1]=22,123[3]=44' all.log got.log 2>err
grep -E ' (7FF#R|1FFFFFFF##|12345678##|123#11223344)' all.log >want
same "-f" want got.log
printf '4 frames\n5 frames that no filter let pass\n' >want
same "and what it left out is counted" want err
refuses "a bad filter" 1 "at 3: expected the number of a byte" \
	"$SOCKFAM" can convert -f '12[x]' all.log got.log
"$SOCKFAM" can filter '123[0]=12' >got
sed -n '1p;2p;$p' got >got3
cat >want <<'END'
123:800007FF
(000) ld       [0]
(020) ret      #0
END
same "can filter shows filters and program" want got3

# python-can, with our files and its own.
python3 "$here/can-asc.py" "$SOCKFAM" >out
cat out
passed=$((passed + $(grep -c '^ok ' out)))
failed=$((failed + $(grep -c '^not ok ' out)))
[ "$(wc -l <out)" = 4 ] || not_ok "python-can's cases" "not all of them"

peer_end
