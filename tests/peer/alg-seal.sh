# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: MIT
# Part of alg.sh: aead seal and aead open

py() { python3 "$here/alg-seal.py" "$@"; }

for size in $sizes; do
	rm -f s o
	"$SOCKFAM" alg aead seal -k key32 -o s f$size 2>err &&
		"$SOCKFAM" alg aead open -k key32 -o o s 2>err
	equal "seal and open $size" f$size o
done
"$SOCKFAM" alg aead seal -k key32 <big 2>err | "$SOCKFAM" alg aead open \
	-k key32 2>>err | cmp -s - big && [ ! -s err ] &&
	ok "seal and open 64 MiB through pipes" ||
	not_ok "seal and open 64 MiB through pipes" "$(cat err)"

# cross LETTER ALGORITHM SIZES FRAMES: another program that has the format
# from its description
cross()
{
	jobs=
	for size in $3; do
		"$SOCKFAM" alg aead seal -k key64 -a "$2" f$size >$1$size 2>err
		jobs="$jobs $1$size $1$size.text"
	done
	py open key64 $jobs
	for size in $3; do
		equal "python opens $2 $size" f$size $1$size.text
	done
	jobs=
	for frame in $4; do
		jobs="$jobs $frame $1$frame.sealed"
	done
	py seal key16 "$2" f4096 $jobs
	for frame in $4; do
		"$SOCKFAM" alg aead open -k key16 <$1$frame.sealed >o 2>err
		equal "open $2 in frames of $frame" f4096 o
	done
}
cross a 'gcm(aes)' "0 1 65535 65536 65537 1048577" "1 100 4096 65536"
cross b 'rfc7539(chacha20,poly1305)' "0 65537" "1 65536"
"$SOCKFAM" alg aead seal -k key32 -a aegis128 f65537 >s 2>err &&
	"$SOCKFAM" alg aead open -k key32 s >o 2>err
equal "seal and open with aegis128" f65537 o

# ------------------------------------------------------------- what is bad

head -c 350 f4095 >text
head -c 350 f65535 >text2
py seal key32 'gcm(aes)' text 100 good
py seal key32 'gcm(aes)' text2 100 other
mkdir spoilt target
py spoil key32 good other spoilt
bad='' n=0
for file in spoilt/*; do
	n=$((n + 1))
	"$SOCKFAM" alg aead open -k key32 -o target/o "$file" 2>err
	[ $? -eq 1 ] && [ ! -e target/o ] && [ "$(wc -l <err)" -eq 1 ] ||
		bad="$bad $file: $(cat err)"
done
[ -z "$(ls -A target)" ] || bad="$bad; in the folder: $(ls -A target)"
if [ -z "$bad" ] && [ $n -gt 50 ]; then
	ok "open refuses $n damaged files and leaves nothing"
else
	not_ok "open refuses $n damaged files and leaves nothing" "$bad"
fi

# To a pipe go whole frames that are authentic: how many says the list.
for case in flip-0-last:0 flip-1-tag:1 cut-in-2-text:2 swapped:0 ended-1:1 \
	longer-by-1:3 cut-before-3:3 frame-of-another:1 header-salt:0; do
	"$SOCKFAM" alg aead open -k key32 spoilt/${case%:*} 2>err | cat >o
	head -c $((100 * ${case#*:})) text >want
	equal "open writes ${case#*:} frames of ${case%:*}" want o
done
echo old >target/o
"$SOCKFAM" alg aead open -k key32 -o target/o spoilt/longer-by-1 2>err
[ "$(cat target/o)" = old ] && ok "open keeps the old file" ||
	not_ok "open keeps the old file" "it does not"

refuses "open says cut" 1 "frame 2: the file ends in it: cut short" \
	$alg aead open -k key32 -o o spoilt/cut-before-2
refuses "open says what went out" 1 "frame 1: not authentic: changed, or not \
in its place; the 100 bytes before it are written, and are authentic" \
	$alg aead open -k key32 spoilt/flip-1-tag
refuses "open says longer" 1 "frame 3: it is the last, but the file goes on" \
	$alg aead open -k key32 -o o spoilt/longer-by-1
refuses "open with another key" 1 "sealed with another key" \
	$alg aead open -k key24 good
refuses "open of another file" 1 "no sealed file" \
	$alg aead open -k key32 f4096
refuses "seal with a short key" 1 "fewer than 16 bytes" \
	$alg aead seal -k f15 f1
refuses "seal with ccm" 1 "not for sealed files" \
	$alg aead seal -k key32 -a 'ccm(aes)' f1
$alg aead seal -k key32 f1 >s
$alg aead seal -k key32 f1 >s2
cmp -s s s2 && not_ok "two seals differ" "the same bytes" ||
	ok "two seals differ"
