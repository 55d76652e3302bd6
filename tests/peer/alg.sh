#!/bin/sh
# SPDX-License-Identifier: MIT
# sockfam alg against coreutils, openssl and kcapi-tools, in both directions.
# Run in the VM, as root.
PEER_NAME=peer-alg
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/peer/lib.sh
. "$here/lib.sh"
cd "$work" || exit 1

sizes="0 1 15 16 17 4095 4096 65535 65536 65537 1048577"
big=67108864
iv=000102030405060708090a0b0c0d0e0f

# The last byte is none that could be padding: kcapi-enc -d takes away bytes
# at the end that look like it (PKCS#7), of files that have none too.
random_file()
{
	if [ "$1" -eq 0 ]; then
		: >"$2"
	else
		{ head -c $(($1 - 1)) /dev/urandom && printf x; } >"$2"
	fi
}

for size in $sizes; do
	random_file "$size" "f$size"
done
random_file $big big
for size in 16 24 32 64 129; do
	head -c "$size" /dev/urandom >"key$size"
done
hex=$(xxd -p -c 99 key32)

# equal NAME FILE FILE: as same(), but both may be empty.
equal()
{
	if cmp -s "$2" "$3"; then
		ok "$1"
	else
		not_ok "$1" "they differ: $(head -n 1 err 2>/dev/null)"
	fi
}

# shellcheck source=tests/peer/alg-sums.sh
. "$here/alg-sums.sh"
# shellcheck source=tests/peer/alg-cipher.sh
. "$here/alg-cipher.sh"
# shellcheck source=tests/peer/alg-seal.sh
. "$here/alg-seal.sh"
# shellcheck source=tests/peer/alg-whole.sh
. "$here/alg-whole.sh"
# shellcheck source=tests/peer/alg-rest.sh
. "$here/alg-rest.sh"
peer_end
