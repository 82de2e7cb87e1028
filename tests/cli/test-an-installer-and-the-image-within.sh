#!/bin/bash
# test-an-installer-and-the-image-within.sh - an edit goes where the device
# will find it
#
# SPDX-License-Identifier: Apache-2.0
#
# Settings, splash and networks are the installer's, which carries them over;
# other files are those of the image that it installs.  debugfs takes that out
# of the installer's root, for mtools, fsck.fat and sfdisk to look at.
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires mcopy sfdisk fsck.fat debugfs e2fsck jq

inner_file=/opt/balena-image-generic-amd64.balenaos-img
"$srcdir/tests/lib/make-image.sh" flasher stock.img

# cut IMAGE NUMBER FILE: the bytes of a partition
cut_out() {
	dd if="$1" of="$3" bs=512 conv=sparse status=none \
		skip="$(partition "$1" "$2" start)" \
		count="$(partition "$1" "$2" size)"
}

# take_apart IMAGE: root.ext4, inner.img and inner.fat, all judged
take_apart() {
	cut_out "$1" 2 root.ext4
	e2fsck -fn root.ext4 >e2fsck.out 2>&1 || fail "$(cat e2fsck.out)"
	debugfs -R "dump $inner_file inner.img" root.ext4 >debugfs.out 2>&1
	sfdisk --verify inner.img >sfdisk.out || fail "$(cat sfdisk.out)"
	cut_out inner.img 1 inner.fat
	fsck.fat -n inner.fat >fsck.out || fail "$(cat fsck.out)"
	cut_out "$1" 1 outer.fat
	fsck.fat -n outer.fat >fsck.out || fail "$(cat fsck.out)"
}

# Both are shown.
run 0 info --json stock.img
jq -e '.os.flasher and .inner.label == "gpt" and
	(.inner.partitions | length) == 5 and .inner.signed == false' \
	out >jq.out ||
	fail "$(cat out)"
run 0 info stock.img
grep -q "installs flash-rootA:$inner_file" out || fail 'not told in words'

# A file that lands in clusters that are a hole of the outer file system.
cp --sparse=always stock.img card.img
head -c 3000000 /dev/urandom >large
run 0 put large card.img:boot/large --undo undo
run 0 customize card.img --set hostname=kiosk --put large=boot/splash/large
take_apart card.img
mcopy -n -i inner.fat ::large got
cmp got large
mcopy -n -i outer.fat ::splash/large got2
cmp got2 large
equal "$(mtype -i outer.fat ::config.json | jq -r .hostname)" kiosk
equal "$(mtype -i inner.fat ::config.json | jq -r .hostname)" null
run 0 cat card.img:boot/large
cmp out large

# The other one, where it is asked for by name or option.
run 0 config set --inner card.img hostname=within
run 0 put --outer large card.img:boot/large2
run 0 mkdir card.img:flash-boot/outside
run 0 mkdir card.img:resin-boot/inside
take_apart card.img
equal "$(mtype -i inner.fat ::config.json | jq -r .hostname)" within
mdir -b -i inner.fat ::inside >mdir.out || fail 'no ::inside'
mdir -b -i outer.fat ::outside >mdir.out || fail 'no ::outside'
mcopy -n -i outer.fat ::large2 got3
cmp got3 large

# And back again.
cp --sparse=always stock.img card.img
run 0 put large card.img:boot/large --undo again
run 0 undo card.img again
cmp stock.img card.img

# A signature: refused if the installer will look at it.
run 0 put --force undo "card.img:flash-rootA$inner_file.sig"
run 0 put large card.img:boot/large
grep -q 'signature does not fit' err || fail "no warning: $(cat err)"
run 0 config set card.img installer.secureboot=true
run 5 put large card.img:boot/another
grep -q 'is signed' err || fail "no reason: $(cat err)"
run 5 config set --inner card.img hostname=other
run 0 config set card.img hostname=other
run 0 put --force large card.img:boot/another

# Installers of 2.0.0 to 2.0.8 lose their logo on the way: both get it.
cp --sparse=always stock.img card.img
printf 'ID="resin-os"\nVERSION="2.0.3"\n' >os-release
run 0 put os-release card.img:flash-rootA/etc/os-release
run 0 put os-release card.img:resin-boot/os-release
run 0 splash set card.img "$srcdir/tests/lib/sample-splash.png"
take_apart card.img
for fat in outer inner; do
	mcopy -n -i $fat.fat ::splash/resin-logo.png $fat.png
	cmp $fat.png "$srcdir/tests/lib/sample-splash.png"
done

# What is no installer has nothing within.
"$srcdir/tests/lib/make-image.sh" generic plain.img 256M
run 4 info --inner plain.img
run 2 info --inner --outer card.img
