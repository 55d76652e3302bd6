# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: MIT
# Part of alg.sh: keys, rng, list, bench, progress

# --------------------------------------------------------------------- keys

$alg hmac -k key32 f17 >theirs
$alg hmac -k fd:3 f17 3<key32 >ours
same "key from a descriptor" theirs ours
$alg hmac -k /dev/stdin f17 <key32 >ours
same "key from stdin" theirs ours
$alg hmac -k hex:$hex f17 >ours 2>err
same "key from the command line" theirs ours
grep -q 'seen by every user' err && [ "$(wc -l <err)" -eq 1 ] &&
	ok "key from the command line warns" ||
	not_ok "key from the command line warns" "$(cat err)"

# A key of the session's keyring, which ends with python: so it runs us.
with_serial()
{
	python3 -c '
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
key = open(sys.argv[1], "rb").read()
serial = libc.syscall(248, b"user", b"sockfam-test", key, len(key), -3)
assert serial > 0, ctypes.get_errno()
sys.exit(os.spawnvp(os.P_WAIT, sys.argv[2],
         [a.replace("SERIAL", str(serial)) for a in sys.argv[2:]]))
' "$@"
}
rm -f s o
if with_serial key32 $alg hmac -k key:SERIAL f17 >ours 2>err; then
	same "key from the keyring" theirs ours
	with_serial key32 $alg aead seal -k key:SERIAL -o s f65537 2>err &&
		$alg aead open -k key32 -o o s 2>err
	equal "seal with a key from the keyring" f65537 o
	with_serial key32 $alg enc -k key:SERIAL 'ctr(aes)' f65537 >s 2>err &&
		$alg dec -k key32 'ctr(aes)' s >o 2>err
	equal "enc with a key from the keyring" f65537 o
elif uname -r | grep -q '^6\.1\.' && grep -q '6\.2' err; then
	ok "key from the keyring: this kernel cannot, and it says so"
else
	not_ok "key from the keyring" "$(cat err)"
fi
if uname -r | grep -qv '^6\.1\.'; then
	refuses "key of no such serial" 1 "key 7: Required key not available" \
		$alg hmac -k key:7 f1
fi
refuses "key from nowhere" 1 "key none: No such file" $alg hmac -k none f1
refuses "key of nothing" 1 "nothing in it" $alg hmac -k f0 f1
refuses "key too long" 1 "longer than any key" $alg hmac -k f65536 f1
refuses "key from no descriptor" 1 "Bad file" $alg hmac -k fd:77 f1
refuses "key no hex" 1 "hex digits" $alg hmac -k hex:123 f1
{ cat key32; echo; } >keyline
refuses "key with a newline" 1 "its last byte is a newline" \
	$alg enc -k keyline 'ctr(aes)' f1

# ---------------------------------------------------------------------- rng

for n in 0 1 127 128 129 65537; do
	$alg rng $n >o 2>err
	[ "$(stat -c %s o)" -eq $n ] && ok "rng $n" ||
		not_ok "rng $n" "$(stat -c %s o) bytes; $(cat err)"
done
# It does not shrink, and does not repeat.
$alg rng 65537 | gzip -c | wc -c >size
[ "$(cat size)" -gt 65537 ] && ok "rng is random" ||
	not_ok "rng is random" "$(cat size)"
$alg rng -x 32 >o
$alg rng -x 32 >o2
grep -qx '[0-9a-f]\{64\}' o && ! cmp -s o o2 && ok "rng -x" ||
	not_ok "rng -x" "$(cat o o2)"
kcapi-rng -b 32 --hex -n drbg_nopr_hmac_sha256 </dev/null >theirs
$alg rng -x -a drbg_nopr_hmac_sha256 32 >ours 2>err
[ "$(tr -d '\n' <ours | wc -c)" = "$(tr -d '\n' <theirs | wc -c)" ] &&
	ok "rng by name, as long as kcapi-rng's" ||
	not_ok "rng by name, as long as kcapi-rng's" "$(cat err ours theirs)"
refuses "rng unknown" 1 "nosuch" $alg rng -a nosuch 1
refuses "rng on a full disk" 1 "No space" sh -c "$alg rng 100 >/dev/full"

# --------------------------------------------------------------------- list

$alg list >ours 2>err
for name in sha256 'cbc(aes)' 'gcm(aes)' stdrng; do
	driver=$(awk -v n="$name" '$1 == "name" { is = substr($0, 16) == n }
		is && $1 == "driver" { print $3; exit }' /proc/crypto)
	[ -n "$driver" ] && grep -F " $name " ours | grep -qF "driver $driver" &&
		ok "list has $name" || not_ok "list has $name" "$(cat err)"
done
# The kernel drops what a better driver has replaced, in its own time.
as_proc_crypto()
{
	awk '$1 == "driver" { print $3 }' /proc/crypto | cut -c 1-63 >theirs
	$alg list --json | python3 -c 'import json, sys
for a in json.load(sys.stdin):
    print(a["driver"])' >ours
	cmp -s theirs ours && [ "$($alg list | wc -l)" -ge "$(wc -l <theirs)" ]
}
wait_for as_proc_crypto && ok "list has all" ||
	not_ok "list has all" "$(diff ours theirs)"
$alg list -t hash | grep -q '^shash .* sha256 .*digest 32; block 64;' &&
	! $alg list -t hash | grep -qv '^[as]hash ' && ok "list by type" ||
	not_ok "list by type" "$($alg list -t hash | head)"
$alg list sha512 'xts(aes)' 'rfc4106(gcm(aes))' drbg_nopr_hmac_sha256 >o 2>err
[ $? -eq 0 ] && [ "$(cut -d ' ' -f 1 o | sort -u | wc -l)" -eq 4 ] &&
	grep -q 'driver xts' o && ok "list by name" ||
	not_ok "list by name" "$(cat o err)"
refuses "list unknown" 1 "nosuch(aes): no hash, skcipher, aead" $alg list 'nosuch(aes)'
refuses "list wrong kind" 1 "aes: " $alg list aes

# -------------------------------------------------------------------- bench

$alg bench -t 0.01 >o 2>err
[ $? -eq 0 ] && head -n 1 o | grep -q '^timings' && [ "$(wc -l <o)" -eq 42 ] &&
	ok "bench" || not_ok "bench" "$(cat err o)"
refuses "bench unknown" 1 "nosuch" $alg bench -t 0.01 nosuch

# ----------------------------------------------------------------- progress

# It shows after a second, on a terminal only, and is gone in the end.
script -qec "(cat f65537; sleep 1.3; cat f1) | $alg hash" o >/dev/null 2>&1
cat f65537 f1 | sha256sum >theirs
tr -d '\r' <o | grep -aq ' MB/s' && grep -aqF "$(cut -c 1-64 theirs)" o &&
	ok "progress on a terminal" || not_ok "progress on a terminal" "$(cat o)"
(cat f65537; sleep 1.3; cat f1) | $alg hash >o 2>err
[ ! -s err ] && ok "no progress into a file" ||
	not_ok "no progress into a file" "$(cat err)"
