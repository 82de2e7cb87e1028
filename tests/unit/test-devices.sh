#!/bin/sh
# test-devices.sh - block devices: edited when free, refused when in use
#
# SPDX-License-Identifier: Apache-2.0
#
# Needs root and loop devices.
set -eu
# shellcheck source=tests/lib/fault.sh
. "${srcdir:-.}/tests/lib/fault.sh"

[ "$(id -u)" = 0 ] || skip "not root"
requires losetup addpart mkfs.ext4
open_backing=$build/tests/unit/open-backing

truncate -s 64M disk
loop=$(losetup -f --show disk 2>/dev/null) || skip "no loop devices"
mapped=
undo() {
	cd /
	umount "$work/mounted" 2>/dev/null || :
	[ -z "$mapped" ] || dmsetup remove "$mapped" 2>/dev/null || :
	delpart "$loop" 1 2>/dev/null || :
	delpart "$loop" 2 2>/dev/null || :
	losetup -d "$loop" 2>/dev/null || :
	rm -rf "$work"
}
trap undo EXIT

# expect PATH PATTERN
expect() {
	said=$("$open_backing" "$1") || :
	# shellcheck disable=SC2254 # it is a pattern
	case $said in
	$2) ;;
	*) fail "$1: $said" ;;
	esac
}

expect "$loop" '67108864 -'
expect disk "refused: */disk is in use: behind $loop"
expect /dev/zero 'invalid: *character device*'

# An edit of the device, its journal in the state folder.
"$commit_once" "$loop" 5000=hello / 5000=HELLO 40000000:4096
[ "$(tail -c +5001 "$loop" | head -c 5)" = HELLO ] || fail "not written"
[ -d "$work/state/balimg" ] || fail "no state folder"
mode=$(stat -c %a "$work/state/balimg")
[ "$mode" = 700 ] || fail "mode of the state folder: $mode"
[ -z "$(ls -A "$work/state/balimg")" ] || fail "the journal stays"

# Killed after its commit record, it is finished by the next.
faulty COUNT=count -- "$commit_once" "$loop" 5000=other
calls=$(cat count)
found=0
call=1
while [ "$call" -le "$calls" ]; do
	"$commit_once" "$loop" 5000=HELLO
	faulty STOP="$call" -- "$commit_once" "$loop" 5000=third || :
	if [ -n "$(ls -A "$work/state/balimg")" ]; then
		found=$((found + 1))
		"$commit_once" "$loop"
		[ "$(tail -c +5001 "$loop" | head -c 5)" = third ] ||
			fail "call $call: not finished"
	fi
	call=$((call + 1))
done
[ "$found" -gt 2 ] || fail "only $found journals were left"

# Mounted: the disk, if a partition of it is.
addpart "$loop" 1 2048 32768
addpart "$loop" 2 34816 90000
[ -b "${loop}p1" ] || skip "no partitions of loop devices"
mkfs.ext4 -q "${loop}p1"
mkdir mounted
mount "${loop}p1" mounted
expect "$loop" "refused: $loop is in use: mounted at */mounted"
expect "${loop}p1" "refused: *mounted at */mounted"
expect "${loop}p2" '* -'
umount mounted
expect "$loop" '67108864 -'

# btrfs shows a device number that is none of the disk's.
if mkfs.btrfs -q -f "${loop}p2" 2>/dev/null &&
	mount "${loop}p2" mounted 2>/dev/null; then
	expect "$loop" "refused: *mounted at */mounted"
	umount mounted
fi

# Held by a device mapper target.
mapped=balimg-test-$$
if echo "0 2048 linear ${loop}p2 0" | dmsetup create "$mapped" 2>/dev/null
then
	expect "$loop" "refused: $loop is in use: held by dm-*"
	expect "${loop}p2" "refused: *held by dm-*"
	dmsetup remove "$mapped"
	expect "$loop" '67108864 -'
fi
mapped=

# Swap space.
mkswap "${loop}p2" >/dev/null
if swapon "${loop}p2" 2>/dev/null; then
	expect "${loop}p2" 'refused: *swap space'
	expect "$loop" 'refused: *swap space'
	swapoff "${loop}p2"
fi
