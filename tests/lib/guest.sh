# guest.sh - what tests share that start a virtual machine; to be sourced
# shellcheck shell=bash
#
# SPDX-License-Identifier: Apache-2.0
#
# After cli.sh.  Skips where there is no libguestfs or none of what it needs,
# and with BALIMG_NO_GUEST in the environment: starting one takes 10 s and
# more, so a test does much with each.
export BALIMG_GUEST=${GUEST:?the program that has libguestfs}

[ -z "${BALIMG_NO_GUEST:-}" ] || skip 'told to start no virtual machine'
[ -x "$BALIMG_GUEST" ] || skip 'built without libguestfs'
for kernel in /boot/vmlinuz-*; do
	[ -r "$kernel" ] || skip 'no kernel to be read in /boot'
done
command -v supermin >/dev/null || skip 'no supermin here'
ls /usr/bin/qemu-system-* /usr/libexec/qemu-kvm >/dev/null 2>&1 ||
	[ -n "$(command -v qemu-system-x86_64)" ] || skip 'no qemu here'

mkdir scratch
export TMPDIR=${work:?}/scratch
export LIBGUESTFS_CACHEDIR=${LIBGUESTFS_CACHEDIR:-/var/tmp}

# put_partition IMAGE NUMBER FILE, take_partition IMAGE NUMBER FILE
put_partition() {
	local start size
	start=$(partition "$1" "$2" start)
	size=$(partition "$1" "$2" size)
	[ "$(stat -c %s "$3")" -le $((size * 512)) ] || fail "$3 is too large"
	fallocate -p -o $((start * 512)) -l $((size * 512)) "$1"
	dd if="$3" of="$1" bs=512 seek="$start" conv=notrunc,sparse status=none
}

take_partition() {
	local start size
	start=$(partition "$1" "$2" start)
	size=$(partition "$1" "$2" size)
	rm -f "$3"
	dd if="$1" of="$3" bs=512 skip="$start" count="$size" conv=sparse \
		status=none
	truncate -s $((size * 512)) "$3"
}

# For root, libguestfs has its sockets in a folder in /tmp, wherever it is told
# to: those that were made since, and that nobody listens in.
stray_sockets() {
	local folder
	for folder in /tmp/libguestfs*; do
		[ "$folder" -nt made ] && ! grep -q "$folder/" /proc/net/unix &&
			echo "$folder"
	done
	:
}
touch made

# left: what is left of a machine that has ended
left() {
	pgrep -f "$work/scratch"
	ls -A scratch
	stray_sockets
}

# tidy: nothing that was started or made is left, in a moment at the latest
tidy() {
	local tries=0
	while [ -n "$(left)" ]; do
		tries=$((tries + 1))
		[ $tries -lt 50 ] || fail "left behind: $(left)"
		sleep 0.2
	done
}
