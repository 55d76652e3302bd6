# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: MIT
# Part of alg.sh: the verbs enc and dec

# ours CIPHER FILE: ours.enc, and dec of theirs.enc in ours.dec
ours()
{
	"$SOCKFAM" alg enc -k $key $3 ${iv_option-} -o ours.enc "$1" "$2" \
		2>err &&
	"$SOCKFAM" alg dec -k $key $3 ${iv_option-} -o ours.dec "$1" \
		theirs.enc 2>err
}

# with_openssl CIPHER THEIR-NAME SIZES
with_openssl()
{
	for size in $3; do
		rm -f ours.enc ours.dec
		openssl enc -$2 -K "$(xxd -p -c 99 $key)" $their_iv \
			-in f$size -out theirs.enc
		ours "$1" f$size ""
		equal "enc $1 $key $size as openssl" theirs.enc ours.enc
		equal "dec $1 $key $size of openssl" f$size ours.dec
	done
}

iv_option="-i $iv" their_iv="-iv $iv"
key=key32 with_openssl 'cbc(aes)' aes-256-cbc "$sizes"
key=key16 with_openssl 'ctr(aes)' aes-128-ctr "0 17 65537"
iv_option='' their_iv=''
key=key24 with_openssl 'ecb(aes)' aes-192-ecb "1 4096"
iv_option="-i $iv"

# kcapi-enc pads only what is no whole number of blocks, takes no empty file,
# and of a key no more than 32 bytes.
with_kcapi()
{
	for size in $3; do
		rm -f ours.enc ours.dec theirs.dec
		n=
		[ $((size % 16)) -ne 0 ] || n=-n
		kcapi-enc -q -e -c "$1" --iv $iv --keyfd 3 -i f$size \
			-o theirs.enc 3<$2
		key=$2 ours "$1" f$size $n
		equal "enc $1 $size as kcapi-enc" theirs.enc ours.enc
		equal "dec $1 $size of kcapi-enc" f$size ours.dec
		kcapi-enc -q -d -c "$1" --iv $iv --keyfd 3 -i ours.enc \
			-o theirs.dec 3<$2
		equal "kcapi-enc reads enc $1 $size" f$size theirs.dec
	done
}

with_kcapi 'cbc(aes)' key32 "1 15 16 17 4095 4096 65535 65536 65537 1048577"
with_kcapi 'ctr(aes)' key16 "65535"
with_kcapi 'xts(aes)' key32 "16 65536"

"$SOCKFAM" alg enc -k key32 -i $iv -o ours.enc 'ctr(aes)' big 2>err
openssl enc -aes-256-ctr -K $hex -iv $iv -in big | cmp -s - ours.enc &&
	"$SOCKFAM" alg dec -k key32 -i $iv 'ctr(aes)' <ours.enc 2>>err |
	cmp -s - big && [ ! -s err ] && ok "enc and dec 64 MiB as openssl" ||
	not_ok "enc and dec 64 MiB as openssl" "$(cat err)"
rm -f ours.enc

# ---------------------------------------------------- our own IV in front

for cipher in 'cbc(aes)' 'ctr(aes)' 'xts(aes)' 'cts(cbc(aes))'; do
	case $cipher in
	cbc* | ctr*) list="0 65537" key=key32 ;;
	cts*) list="17 65537" key=key32 ;;
	*) list=17 key=key64 ;;
	esac
	for size in $list; do
		rm -f e d
		"$SOCKFAM" alg enc -k $key "$cipher" f$size >e 2>err &&
		"$SOCKFAM" alg dec -k $key -o d "$cipher" e 2>err
		equal "enc and dec $cipher $size" f$size d
	done
done
"$SOCKFAM" alg enc -k key32 'cbc(aes)' f65537 >e1
"$SOCKFAM" alg enc -k key32 'cbc(aes)' f65537 >e2
if cmp -s e1 e2; then
	not_ok "enc has a new IV each time" "twice the same"
else
	ok "enc has a new IV each time"
fi
tail -c +17 e1 | openssl enc -d -aes-256-cbc -K $hex \
	-iv "$(head -c 16 e1 | xxd -p)" >d
equal "openssl reads the IV in front" f65537 d

# ------------------------------------------------------------ what is bad

alg="$SOCKFAM alg"
refuses "enc wrong key size" 1 "16, 24 or 32" $alg enc -k f17 'cbc(aes)' f1
refuses "enc IV too short" 1 "an IV of 8 bytes" \
	$alg enc -k key32 -i 0001020304050607 'cbc(aes)' f1
refuses "enc IV no hex" 1 "hex digits" \
	$alg enc -k key32 -i 0x0102 'cbc(aes)' f1
refuses "enc IV for ecb" 1 "an IV of 16 bytes" \
	$alg enc -k key32 -i $iv 'ecb(aes)' f1
refuses "enc -n of a part of a block" 1 "no multiple of 16" \
	$alg enc -k key32 -n 'cbc(aes)' f17
refuses "dec of a part of a block" 1 "no multiple of 16" \
	$alg dec -k key32 'cbc(aes)' f4095
refuses "dec of nothing" 1 "too short" $alg dec -k key32 'cbc(aes)' f0
refuses "dec of an IV alone" 1 "not what was encrypted" \
	$alg dec -k key32 'cbc(aes)' f16
# Of random keys one in 256 would find padding that looks right.
printf '%032d' 1 >one32
printf '%032d' 2 >two32
$alg enc -k one32 -i $iv 'cbc(aes)' one32 >e3
refuses "dec with another key" 1 "not what was encrypted" \
	$alg dec -k two32 -i $iv -o d2 'cbc(aes)' e3
refuses "enc of a folder" 1 "Is a directory" $alg enc -k key32 'cbc(aes)' .
refuses "enc unknown" 1 "nosuch(aes)" $alg enc -k key32 'nosuch(aes)' f1
refuses "enc with an AEAD" 1 "gcm(aes)" $alg enc -k key32 'gcm(aes)' f1
truncate -s 67108865 longer
refuses "xts longer than a message" 1 "longer than the mode allows" \
	$alg enc -k key64 -o d2 'xts(aes)' longer
[ ! -e d2 ] && ok "enc and dec leave nothing" ||
	not_ok "enc and dec leave nothing" "there is a file"
