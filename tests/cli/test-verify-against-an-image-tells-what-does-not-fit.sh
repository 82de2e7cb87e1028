#!/bin/bash
# test-verify-against-an-image-tells-what-does-not-fit.sh - device type,
# release, room in the root, and 512 KiB in the boot partition
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires python3 jq mke2fs debugfs
# shellcheck source=tests/lib/update.sh
. "$srcdir/tests/lib/update.sh"

image generic old.img 256M
take_apart old.img
bundle new.docker 6.2.0
run 0 hup verify new.docker --against old.img

# against BUNDLE IMAGE WORDS: an error says so, to people and to programs
against() {
	run 1 hup verify "$1" --against "$2"
	out_has "$3"
	run 1 --json hup verify "$1" --against "$2"
	jq -e --arg words "$3" '[.findings[] | select(.severity == "error" and
		(.text | contains($words)))] | length == 1' out >jq.out ||
		fail "$(cat out)"
}

bundle other.docker 6.2.0 \
	'boot_changes["device-type.json"] = b"{\"slug\":\"raspberrypi4-64\"}"'
against other.docker old.img 'the bundle is for raspberrypi4-64'
bundle large.docker 6.2.0 'size = 70000000'
against large.docker old.img 'which has room for'

# Any image of a docker archive has its sums, but not a kernel.
mkdir -p bare/etc
printf 'VERSION="6.2.0"\n' >bare/etc/os-release
run 0 hup build bare -o kernel-less.docker
run 0 hup verify kernel-less.docker
against kernel-less.docker old.img 'holds nothing in /boot'
run 5 hup apply kernel-less.docker old.img -n
err_has 'holds nothing in /boot'

# A file fills the boot partition but for 512 KiB, what is new there and a
# few clusters; then for a few less.
bundle more.docker 6.2.0 'boot_changes = {"more": bytes(8000000)}'
free=$(mdir -i "old.img@@$(boot_offset old.img)" :: | tail -n 2 | head -n 1 |
	tr -dc 0-9)
cp --sparse=always old.img enough.img
cp --sparse=always old.img full.img
head -c $((free - 8000000 - 524288 - 16384)) /dev/zero >fill
mcopy -i "enough.img@@$(boot_offset enough.img)" fill ::fill
run 0 hup verify more.docker --against enough.img
head -c $((free - 8000000 - 524288 + 16384)) /dev/zero >fill
mcopy -i "full.img@@$(boot_offset full.img)" fill ::fill
against more.docker full.img 'less than the 512 KiB'
run 5 hup apply more.docker full.img -n
err_has 'less than the 512 KiB'

# Root file systems up to 2.4, hostapps from 2.5 on.
image resin1 first.img 256M
run 0 hup build first.img -o first.tar.gz
against first.tar.gz old.img 'is updated by hostapps, not by root file'
against new.docker first.img 'cannot be updated by a hostapp'
# Back is warned of, and not refused.
bundle back.docker 5.1.0
run 0 hup verify back.docker --against old.img
out_has 'goes back from OS 6.1.25 to 5.1.0'

run 0 hup verify --help
out_has '--against'
