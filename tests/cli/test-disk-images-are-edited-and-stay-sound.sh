#!/bin/bash
# Edits of qcow2, VMDK and VDI images, in place and as copies: qemu-img finds
# the edit, no fault, and nothing else changed.
#
# SPDX-License-Identifier: Apache-2.0
. "${srcdir:-.}/tests/lib/cli.sh"
. "$srcdir/tests/lib/disk-image.sh"
requires fsck.fat mcopy setfattr getfattr setfacl getfacl
export SOURCE_DATE_EPOCH=1700000000

image generic raw.img 512M
cp --sparse=always raw.img want.img
run 0 config set want.img hostname=kiosk

# holds FILE IMAGE: the disk in FILE is that of the raw IMAGE
holds() {
	[ "${1##*.}" = vdi ] || [ "${1##*.}" = img ] ||
		[ "${1##*.}" = vmdk ] || qemu-img check -q "$1" ||
		fail "qemu-img check $1"
	qemu-img compare -q "$1" "$2" || fail "$1 is not $2"
}

# In place; and back again.
convert qcow2 raw.img v3.qcow2
convert qcow2,compat=0.10 raw.img v2.qcow2
convert qcow2,lazy_refcounts=on,cluster_size=4k raw.img lazy.qcow2
qemu-img convert -c -O qcow2 raw.img compressed.qcow2
convert vmdk raw.img one.vmdk
convert vdi raw.img disk.vdi
for file in *.qcow2 *.vmdk *.vdi; do
	chmod 640 "$file"
	run 0 config set --undo undo "$file" hostname=kiosk
	holds "$file" want.img
	equal "$(stat -c %a "$file")" 640
	qemu-img convert -O raw "$file" got.img
	equal "$(config got.img .hostname)" '"kiosk"'
	fsck_clean got.img
	run 0 undo "$file" undo
	holds "$file" raw.img
	rm undo
	# What is so already is not written.
	inode=$(stat -c %i "$file")
	run 0 config set "$file" deviceType=generic-aarch64
	equal "$(stat -c %i "$file")" "$inode"
done
tidy

# A file larger than a piece, in an ext volume; a snapshot comes along.
head -c 5000001 /dev/urandom >large
qemu-img snapshot -c before v3.qcow2
run 0 put large v3.qcow2:rootA//large
qemu-img convert -O raw v3.qcow2 got.img
ext_clean got.img resin-rootA
debugfs -R 'dump /large large.got' ext.img 2>/dev/null
cmp large.got large
qemu-img check -q v3.qcow2
qemu-img snapshot -a before v3.qcow2
holds v3.qcow2 raw.img

# Attributes and access lists stay; other names and links are seen.
if setfattr -n user.note -v kept v2.qcow2 2>/dev/null &&
	setfacl -m u:1:r v2.qcow2 2>/dev/null; then
	getfacl v2.qcow2 >acl
	run 0 config set v2.qcow2 hostname=kiosk
	equal "$(getfattr --only-values -n user.note v2.qcow2)" kept
	getfacl v2.qcow2 | cmp - acl
fi
ln -s lazy.qcow2 link.qcow2
run 0 config set link.qcow2 hostname=kiosk
[ -L link.qcow2 ] || fail 'the link was replaced'
holds lazy.qcow2 want.img
ln one.vmdk other.vmdk
sum=$(sha256sum <one.vmdk)
run 5 config set one.vmdk hostname=kiosk
err_has 'other names'
equal "$(sha256sum <one.vmdk)" "$sum"
rm other.vmdk link.qcow2

# A journal that was a raw image's is not taken for one.
cp raw.img .disk.vdi.balimg-journal
run 5 info disk.vdi
err_has 'journal'
rm .disk.vdi.balimg-journal

# Copies: the suffix says the form, and nothing of the source changes.
convert vmdk,subformat=streamOptimized raw.img stream.vmdk
run 3 config set stream.vmdk hostname=kiosk
err_has 'stream-optimized'
err_has 'hint'
for file in raw.img compressed.qcow2 stream.vmdk disk.vdi; do
	sum=$(sha256sum <"$file")
	for copy in copy.img copy.qcow2; do
		run 0 config set -o $copy "$file" hostname=kiosk
		holds $copy want.img
		run 5 config set -o $copy "$file" hostname=kiosk
		[ $(($(stat -c %b $copy) * 512)) -lt 60000000 ] ||
			fail "$copy is not sparse"
		rm $copy
	done
	equal "$(sha256sum <"$file")" "$sum"
done
for form in vmdk vdi vhdx; do
	run 3 config set -o copy.$form raw.img hostname=kiosk
	[ ! -e copy.$form ] || fail "a copy.$form was made"
done
# The same command makes the same bytes.
run 0 config set -o a.qcow2 raw.img hostname=kiosk
run 0 config set -o b.qcow2 raw.img hostname=kiosk
cmp a.qcow2 b.qcow2
# Sizes that are no multiple of anything, and one with several L1 clusters'
# worth of nothing.
for size in 536873728 536871424 9000000000000; do
	rm -f odd.img odd.qcow2
	cp --sparse=always raw.img odd.img
	truncate -s $size odd.img
	run 0 config set -o odd.qcow2 odd.img hostname=kiosk
	equal "$(qemu-img info --output json odd.qcow2 |
		jq '."virtual-size"')" $(((size + 511) / 512 * 512))
	run 0 config set odd.img hostname=kiosk
	[ $size -gt 1000000000 ] || holds odd.qcow2 odd.img
	qemu-img check -q odd.qcow2
	run 0 config get odd.qcow2 hostname
	out_is kiosk
done
tidy
