#!/bin/bash
# test-root-file-systems-update-old-releases.sh - a resinhup in the other root
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires python3 debugfs e2fsck mke2fs md5sum tar
# shellcheck source=tests/lib/update.sh
. "$srcdir/tests/lib/update.sh"

image rpi3-2.2 old.img 256M
take_apart old.img
mkdir root
tar -C root -xf root.tar
rmdir root/lost+found
cp -R boot root/resin-boot
rm root/resin-boot/config.json
echo new >root/resin-boot/image-version-info
echo new >root/resin-boot/config.txt
echo added >root/resin-boot/added
sed -i 's/^VERSION=.*/VERSION="2.3.0"/' root/etc/os-release
mkdir -p root/quirks/etc root/deep/quirks
echo quirk >root/quirks/etc/hostname
echo lost >root/deep/quirks/file
(cd root && find . -type f ! -path './quirks/*' ! -path './resin-boot/*' \
	! -path './deep/*' ! -name '*.fingerprint' -exec md5sum {} + |
	sed 's|  ./|  /|' | sort -k 2 >../sums && mv ../sums resinos.fingerprint)
(cd root/resin-boot && find . -type f ! -name '*.fingerprint' \
	-exec md5sum {} + | sed 's|  ./|  /|' >../../sums &&
	mv ../../sums resinos.fingerprint)
tar -C root --owner=5 --group=5 -czf bad.tar.gz .
run 3 hup apply bad.tar.gz old.img -n
err_has 'is left out by the updater, for its name'
rm -r root/deep
tar -C root --owner=5 --group=5 -czf new.tar.gz .

mtools_cat old.img config.txt >config.was
run 0 hup apply new.tar.gz old.img -o new.img
out_has 'OS 2.3.0'
ext_clean new.img 3
mkdir dumped
debugfs -R 'rdump / dumped' ext.img >/dev/null 2>&1
rmdir dumped/lost+found
equal "$(cat dumped/etc/hostname)" quirk
cp root/quirks/etc/hostname root/etc/hostname
rm -r root/quirks root/resin-boot
diff -r --no-dereference root dumped
fsck_clean new.img
equal "$(mtools_cat new.img added)" added
equal "$(mtools_cat new.img image-version-info)" new
mtools_lacks new.img image-version-info.hup.old
mtools_cat new.img config.txt | cmp config.was -

# The second root of a fresh 1.x is blank: it becomes a file system.
image resin1 fresh.img 256M
run 0 hup build fresh.img -o fresh.tar.gz
run 0 hup verify fresh.tar.gz --against fresh.img
export SOURCE_DATE_EPOCH=1700000000
run 0 hup apply fresh.tar.gz fresh.img -o first.img
run 0 hup apply fresh.tar.gz fresh.img -o second.img
cmp first.img second.img
ext_clean first.img 3
equal "$(blkid -p -o value -s LABEL ext.img) $(blkid -p -o value -s TYPE \
	ext.img)" 'resin-updt ext3'
mkdir fresh
tar -C fresh -xf fresh.tar.gz
rm -rf fresh/resin-boot fresh/quirks dumped
mkdir dumped
debugfs -R 'rdump / dumped' ext.img >/dev/null 2>&1
rmdir dumped/lost+found
diff -r --no-dereference fresh dumped
fsck_clean first.img
# That updater keeps an old text beside the new one.
mtools_cat fresh.img image-version-info >version
mtools_cat first.img image-version-info.hup.old | cmp version -
