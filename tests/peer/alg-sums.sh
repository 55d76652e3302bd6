# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: MIT
# Part of alg.sh: the verbs hash and hmac

# Names that are words
files=$(for size in $sizes; do echo "f$size"; done)

# --------------------------------------------------------------- writing

for hash in md5 sha1 sha224 sha256 sha384 sha512; do
	"$SOCKFAM" alg hash -a $hash $files >ours 2>err
	${hash}sum $files >theirs
	same "hash $hash as coreutils" theirs ours
done
for hash in sha3-256 sha3-512; do
	"$SOCKFAM" alg hash -a $hash $files >ours 2>err
	openssl dgst -$hash -r $files | sed 's/ \*/  /' >theirs
	same "hash $hash as openssl" theirs ours
done
for file in $files; do
	kcapi-dgst -q -c sha256 --hex -i "$file"
	echo "  $file"
done >theirs 2>err
# It cannot hash nothing.
"$SOCKFAM" alg hash $files | sed '1d' >ours
sed -i 1d theirs
same "hash sha256 as kcapi-dgst" theirs ours

"$SOCKFAM" alg hash big >ours 2>err
sha256sum big >theirs
same "hash 64 MiB as coreutils" theirs ours
kcapi-dgst -q -c sha256 --hex -i big >theirs
cut -c 1-64 ours | tr -d '\n' >ours.hex
same "hash 64 MiB as kcapi-dgst" theirs ours.hex

"$SOCKFAM" alg hash -z f1 "f16" >ours
sha256sum -z f1 f16 >theirs
same "hash -z" theirs ours

# --------------------------------------------------------------- keyed

# A key shorter than a block, as long, and longer
for pair in sha1:key16 sha256:key64 sha512:key129; do
	hash=${pair%:*} key=${pair#*:}
	"$SOCKFAM" alg hmac -k $key -a $hash $files >ours 2>err
	openssl dgst -$hash -r -mac HMAC \
		-macopt "hexkey:$(xxd -p -c 999 $key)" $files |
		sed 's/ \*/  /' >theirs
	same "hmac $hash with $key as openssl" theirs ours
done
few="f1 f4095 f65537 f1048577"
"$SOCKFAM" alg hmac -k key32 $few >ours 2>err
for file in $few; do
	kcapi-dgst -q -c 'hmac(sha256)' --hex --keyfd 3 -i "$file" 3<key32
	echo "  $file"
done >theirs
same "hmac sha256 as kcapi-dgst" theirs ours
"$SOCKFAM" alg hmac -k key32 -a 'cmac(aes)' $few | cut -c 1-32 >ours
for file in $few; do
	openssl mac -macopt "hexkey:$hex" -cipher AES-256-CBC -in "$file" CMAC
done | tr A-F a-f >theirs
same "hmac -a 'cmac(aes)' as openssl" theirs ours

# --------------------------------------------------------------- checking

printf a >'back\slash'
printf b >'new
line'
printf c >'re'"$(printf '\r')"'turn'
printf d >' blank'
printf e >'*star'
odd() { sha256sum 'back\slash' 'new
line' re*turn ' blank' '*star'; }
"$SOCKFAM" alg hash 'back\slash' 'new
line' re*turn ' blank' '*star' >ours
odd >theirs
same "hash of odd names" theirs ours

sha256sum f1 f16 f17 >good
sed 's/^..../beef/' good >wrong
sed '2s/^..../beef/' good >mixed
sed 's/ f16$/ none/' good >missing
sed 's/f[0-9]*$/none/' good >nothing
{ echo '# comment'; cat good; echo; echo 'no line'; echo 'deadbeef  f1'; } \
	>malformed
sha512sum f1 f16 >longer
sha256sum --tag f1 f16 >tagged
sed 's/ *(/(/; s/ *= */=/' tagged >squeezed
sha512sum --tag f1 >tag512
sha256sum -b f1 f16 >binary
sed 's/  / /' good >reversed
tr a-f A-F <good | sed 's/F\([0-9]*\)$/f\1/' >upper
sed 's/$/\r/' good >dos
sed 's/^/  /' good >indented
printf '%s' "$(cat good)" >unended
odd >odd
sed 's/^\\\(.*\)back\\\\/\\\1back\\q/' odd >badescape
sha256sum - <f1 >minus
: >empty
cat malformed wrong missing >all

# both NAME ARGUMENT...: the same words, in the same order, and status.
both()
{
	name=$1
	shift
	theirs=$(sha256sum "$@" <in 2>&1)
	want=$?
	ours=$("$SOCKFAM" alg hash "$@" <in 2>&1)
	got=$?
	# Older ones name the algorithm; quotes are theirs.
	theirs=$(printf '%s' "$theirs" | sed -e "s/'//g" -e 's/ SHA256 / /' \
		-e 's/^sha256sum: /sockfam: /')
	if [ $got -ne $want ]; then
		not_ok "$name" "status $got, not $want: $ours"
	elif [ "$ours" != "$theirs" ]; then
		not_ok "$name" "$(printf '%s\nOURS: %s' "$theirs" "$ours" |
			cat -A)"
	else
		ok "$name"
	fi
}

: >in
lists="good wrong mixed missing nothing malformed longer tagged squeezed
	tag512 binary reversed upper dos indented unended odd badescape minus
	empty all none"
for list in $lists; do
	both "check $list" -c $list
done
for options in --quiet --status "-w --strict" --ignore-missing; do
	# It keeps in mind how the first list was formatted.
	both "check all lists $options" -c $options \
		$(echo "$lists" | sed 's/reversed//')
done
for list in good malformed; do
	both "check $list, status of --strict" -c --strict --status $list
done
for list in missing nothing; do
	both "check $list --ignore-missing" -c --ignore-missing $list
done
both "check --check" --check good
cp good in
both "check stdin" -c
both "check - twice" -c - -
cp minus in
both "check - from stdin" -c -
cp f1 in
both "check - from a file" -c minus

"$SOCKFAM" alg hmac -k key32 f1 f16 f17 >macs
"$SOCKFAM" alg hmac -k key32 -c macs >ours
printf 'f1: OK\nf16: OK\nf17: OK\n' >theirs
same "hmac -c" theirs ours
refuses "hmac -c with another key" 1 "3 computed checksums did NOT match" \
	"$SOCKFAM" alg hmac -k key16 -c macs
