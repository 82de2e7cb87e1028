#!/bin/bash
# test-a-device-is-edited-like-a-file.sh - an SD card is an image, too
#
# SPDX-License-Identifier: Apache-2.0
#
# A loop device stands for the card; needs root.
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires losetup mcopy fsck.fat sfdisk strace
[ "$(id -u)" = 0 ] || skip 'not root'

export XDG_STATE_HOME=$work/state ASAN_OPTIONS=detect_leaks=0:${ASAN_OPTIONS:-}
"$srcdir/tests/lib/make-image.sh" rpi4 card.img
card=$(losetup -f --show card.img 2>/dev/null) || skip 'no loop devices'
trap 'losetup -d "$card"; rm -rf "$work"' EXIT

# host_name: as mtools finds it in the file behind the device
host_name() {
	sync "$card"
	mtype -i card.img@@4M ::config.json | jq -r .hostname
}

run 0 info "$card"
grep -q raspberrypi4-64 out || fail 'info does not know the card'
XDG_STATE_HOME=/dev/null/state run 4 config set "$card" hostname=card
err_has 'the journal of the write needs a folder: set XDG_STATE_HOME'
run 0 config set "$card" hostname=card --undo undo
equal "$(host_name)" card
run 0 put "$srcdir/README" "$card:boot/README"
mcopy -n -i card.img@@4M ::README copied
cmp copied "$srcdir/README"

# Its file is in use by it, and not to be written behind its back.
run 5 config set card.img hostname=file
grep -q "$card" err || fail 'does not say what uses the file'
run 5 undo "$card" undo
run 0 rm "$card:boot/README"

# Killed at the first write after the journal has its name: finished only
# when a person says that this is the same card.
strace -f -o trace -e trace=linkat,pwrite64,fsync,fdatasync \
	"$BALIMG" config set "$card" hostname=other >out 2>err </dev/null
write=$(sed '/linkat(/q' trace | grep -c pwrite64)
run 0 config set "$card" hostname=card
{
	strace -f -o trace -e trace=pwrite64 \
		-e "inject=pwrite64:signal=KILL:when=$((write + 1))" \
		"$BALIMG" config set "$card" hostname=third </dev/null || :
} >out 2>err
run 0 config get "$card" hostname
equal "$(cat out)" third
run 5 mkdir "$card:boot/new"
run 0 repair --yes "$card"
equal "$(host_name)" third
run 0 mkdir "$card:boot/new"
dd if=card.img of=boot.fat bs=1M skip=4 count=40 status=none
fsck.fat -n boot.fat >/dev/null || fail 'the volume is not clean'
