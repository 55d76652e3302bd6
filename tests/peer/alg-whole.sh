# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: MIT
# Part of alg.sh: killed half way, disk full, no permission: the file is
# whole, or it is the old one, or there is none.

disk=$work/disk
mkdir $disk vfat
: >key
cp key32 key

# Every writer, once: "seal -k key f" ...
enc="alg enc -k key cbc(aes)"
dec="alg dec -k key cbc(aes)"
seal="alg aead seal -k key"
unseal="alg aead open -k key"
$SOCKFAM $enc f1048577 >enc.in
$SOCKFAM $seal f1048577 >seal.in

# writer WHAT: $verb, its input $in and what comes out for good, if known
writer()
{
	case $1 in
	enc) verb=$enc in=f1048577 ;;
	dec) verb=$dec in=enc.in ;;
	seal) verb=$seal in=f1048577 ;;
	open) verb=$unseal in=seal.in ;;
	esac
	# -o goes before the operands
	before=${verb%% cbc*} after=${verb#"$before"}
}

# out_to FILE [INPUT]: the command line, in $@ of the caller's shell
to_file()
{
	$SOCKFAM $before -o "$1" $after $2
}

# untouched NAME FOLDER [FILE]: only that is in the folder, as it was
untouched()
{
	if [ "$(ls -A "$2")" != "${3:-}" ]; then
		not_ok "$1" "in the folder: $(ls -A "$2")"
	elif [ "${3:-}" = old ] && [ "$(cat "$2/$3")" != old ]; then
		not_ok "$1" "the old file is changed"
	else
		ok "$1"
	fi
}

# ---------------------------------------------------------------- disk full

mount -t tmpfs -o size=256k tmpfs $disk
for what in enc dec seal open; do
	writer $what
	refuses "$what on a full disk" 1 "No space left" to_file $disk/new $in
	untouched "$what on a full disk leaves nothing" $disk
	echo old >$disk/old
	to_file $disk/old $in 2>err
	untouched "$what on a full disk keeps the old file" $disk old
	rm $disk/old
done
umount $disk

# -------------------------------------------------------------- file limit

for what in enc open; do
	writer $what
	(ulimit -f 100; to_file $disk/new $in) 2>err
	if [ $? -eq 1 ] && grep -q 'File too large' err; then
		untouched "$what and ulimit -f" $disk
	else
		not_ok "$what and ulimit -f" "$(cat err)"
	fi
done

# ------------------------------------------------------------------ killed

mkfifo half
# killed NAME FOLDER SIGNAL: half of the input comes, then the signal
killed()
{
	$SOCKFAM $before -o "$2/old" $after half 2>err &
	pid=$!
	exec 9>half
	# More than a pipe holds: it is well under way.
	head -c 500000 $in >&9
	kill -$3 $pid
	wait $pid 2>/dev/null
	status=$?
	exec 9>&-
	[ $status -gt 128 ] || not_ok "$1" "status $status: $(cat err)"
}

for what in enc dec seal open; do
	writer $what
	killed "$what and SIGTERM" $disk TERM
	untouched "$what and SIGTERM leaves nothing" $disk
	echo old >$disk/old
	killed "$what and SIGKILL" $disk KILL
	untouched "$what and SIGKILL keeps the old file" $disk old
	rm $disk/old
done

# A file system that has no nameless files
truncate -s 4M image
busybox mkdosfs image >/dev/null &&
	modprobe -a loop vfat nls_cp437 nls_ascii &&
	mount -o loop,iocharset=ascii image vfat ||
	not_ok "vfat" "cannot be mounted"
for what in enc open; do
	writer $what
	echo old >vfat/old
	killed "$what and SIGTERM on vfat" vfat TERM
	untouched "$what and SIGTERM on vfat" vfat old
	killed "$what and SIGKILL on vfat" vfat KILL
	[ "$(cat vfat/old)" = old ] && ok "$what and SIGKILL on vfat" ||
		not_ok "$what and SIGKILL on vfat" "the old file is changed"
	rm -f vfat/.sockfam-*
	to_file vfat/old $in 2>err
	[ "$(ls -A vfat)" = old ] && [ "$(stat -c %s vfat/old)" -gt 1000000 ] &&
		ok "$what replaces on vfat" ||
		not_ok "$what replaces on vfat" "$(ls -A vfat; cat err)"
	rm -f vfat/old
done
head -c 3500000 /dev/zero >vfat/filler
writer seal
refuses "seal on a full vfat" 1 "No space left" to_file vfat/new f1048577
untouched "seal on a full vfat leaves nothing" vfat filler
umount vfat

# -------------------------------------------------------------- permission

# Root without its powers over files, in a folder of another's
as_user()
{
	setpriv --inh-caps=-dac_override,-dac_read_search \
		--bounding-set=-dac_override,-dac_read_search \
		$SOCKFAM $before -o "$1" $after $2
}
for what in enc seal; do
	writer $what
	chown 65534 $disk
	refuses "$what into another's folder" 1 "Permission denied" \
		as_user $disk/new $in
	untouched "$what into another's folder leaves nothing" $disk
	chown 0 $disk
	echo old >$disk/old
	chmod 444 $disk/old
	refuses "$what over a read-only file" 1 "Permission denied" \
		as_user $disk/old $in
	untouched "$what over a read-only file keeps it" $disk old
	rm $disk/old
	refuses "$what into no folder" 1 "No such file" to_file none/new $in
	refuses "$what over a folder" 1 "Is a directory" to_file $disk $in
	mount -t tmpfs -o ro tmpfs $disk
	refuses "$what on a read-only disk" 1 "Read-only" to_file $disk/new $in
	umount $disk
done

# ------------------------------------------------------- what is kept, too

writer seal
echo old >$disk/old
chmod 640 $disk/old
ln -s old $disk/link
to_file $disk/link f16 2>err
if [ "$(stat -c %a $disk/old)" = 640 ] && [ -L $disk/link ] &&
	$SOCKFAM $unseal $disk/old | cmp -s - f16; then
	ok "a link is followed, and the mode kept"
else
	not_ok "a link is followed, and the mode kept" "$(ls -l $disk; cat err)"
fi
rm $disk/*
(umask 077; to_file $disk/new f16)
[ "$(stat -c %a $disk/new)" = 600 ] && ok "umask holds" ||
	not_ok "umask holds" "$(stat -c %a $disk/new)"
cp f65537 $disk/new
to_file $disk/new $disk/new 2>err && $SOCKFAM $unseal -o $disk/new $disk/new \
	2>>err
equal "a file onto itself" f65537 $disk/new
for name in /dev/stdout /dev/fd/1 /proc/self/fd/1 -; do
	to_file $name f16 2>err | $SOCKFAM $unseal >o 2>>err
	equal "seal to $name, a pipe" f16 o
done
{ echo first; to_file /dev/stdout f16; } >o
[ "$(head -n 1 o)" = first ] && ok "/dev/stdout goes on where it stands" ||
	not_ok "/dev/stdout goes on where it stands" "$(head -c 20 o)"
mkfifo fifo
cat fifo >o &
to_file fifo f16
wait $!
[ -p fifo ] && $SOCKFAM $unseal o 2>err | cmp -s - f16 && ok "seal to a fifo" ||
	not_ok "seal to a fifo" "$(cat err)"
refuses "seal to /dev/full" 1 "No space left" to_file /dev/full f16
