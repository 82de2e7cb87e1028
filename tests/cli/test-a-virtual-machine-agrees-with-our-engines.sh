#!/bin/bash
# With --engine guestfs, what our engines wrote is read alike, and the other
# way round.
#
# SPDX-License-Identifier: Apache-2.0
edit=$PWD/tests/unit/edit-image
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq mke2fs e2fsck fsck.fat debugfs ssh-keygen python3
. "$srcdir/tests/lib/guest.sh"
. "$srcdir/tests/lib/hostapp.sh"

image rpi4 x.img 1G
head -c 300001 /dev/urandom >one
head -c 70000 /dev/urandom >two
seq 2000 >three

# look [OPTION]...: listings and contents, as the engine sees them
look() {
	"$edit" x.img "$@" ls boot / ls boot /overlays ls boot '/a folder' \
		ls 5 / ls 5 /more \
		cat boot '/a folder/Long näme.bin' cat boot /config.txt \
		cat 5 /more/one \
		get '' >out || fail "$(cat out)"
	cat out
}

# Ours write, both read.
"$edit" x.img -w mkdir 'boot/a folder' put 'boot/a folder/Long näme.bin' @one \
	put boot/config.txt @two set hostname kiosk mkdir 5/more \
	put 5/more/one @one put 5/more/two @two >out
look >ours
look -e guestfs >theirs
cmp ours theirs || fail "$(diff -a ours theirs | head -n 20)"
tidy

# They write, both read.
"$edit" x.img -e guestfs -w put 'boot/a folder/Long näme.bin' @two \
	put boot/config.txt @one put boot/new.txt @three rm boot/overlays/dwc2.dtbo \
	set hostname other put 5/more/one @three rm 5/more/two \
	put 5/more/three @one mkdir 5/more/folder >out ||
	fail "$(cat out)"
look >ours
look -e guestfs >theirs
cmp ours theirs || fail "$(diff -a ours theirs | head -n 20)"
tidy
fsck_clean x.img
take_partition x.img 5 ext
e2fsck -fn ext >e2fsck.out 2>&1 || fail "$(cat e2fsck.out)"
mtools_cat x.img /config.txt | cmp - one
mtools_cat x.img /new.txt | cmp - three
debugfs -R 'cat /more/three' ext 2>/dev/null | cmp - one
equal "$(mtools_cat x.img /config.json | jq -r .hostname)" other

# In the image within an installer: a machine for each.
image flasher f.img 512M
"$edit" f.img -e guestfs -w put state/one @one mkdir state/folder >out ||
	fail "$(cat out)"
tidy
"$edit" f.img cat state /one >out || fail "$(cat out)"
cmp one out
take_partition f.img 2 ext
e2fsck -fn ext >e2fsck.out 2>&1 || fail "$(cat e2fsck.out)"
debugfs -R 'dump /opt/balena-image-generic-amd64.balenaos-img inner' ext \
	2>/dev/null
take_partition inner 4 ext
e2fsck -fn ext >e2fsck.out 2>&1 || fail "$(cat e2fsck.out)"
debugfs -R 'cat /one' ext 2>/dev/null | cmp - one

# Modes, in the root of a release whose keys are there.
image rpi3-2.15 o.img 256M
layers o.img aufs /balena
ssh-keygen -q -t ed25519 -N '' -C one@example -f key
run 0 ssh add --engine guestfs o.img key.pub
tidy
for place in '.ssh 0700' '.ssh/authorized_keys 0600'; do
	in_ext o.img 2 "stat ${base:?}/home/root/${place% *}" >stat.out
	grep -q "Mode:  ${place#* } " stat.out || fail "$(cat stat.out)"
done
run 0 ssh list o.img
out_has one@example
ext_clean o.img 2

# An update: every kind of node, with all that it has, as ours makes it.  Only
# the time of a link is the kernel's.
export SOURCE_DATE_EPOCH=1700000000
image generic u.img 256M
cp --sparse=always u.img v.img
run 0 hup build u.img -o u.docker --with '/usr/bin/tool=one'
run 0 hup apply --engine guestfs u.docker u.img
tidy
run 0 hup apply u.docker v.img
for file in u v; do
	ext_clean $file.img 3
	run 0 tar $file.img:rootB// -o $file.tar
	python3 - $file.tar >$file.list <<-'END'
	import hashlib, sys, tarfile
	tar = tarfile.open(sys.argv[1])
	for m in tar:
	    data = tar.extractfile(m).read() if m.isreg() else b""
	    pax = {k: v for k, v in m.pax_headers.items() if "xattr" in k}
	    print(m.name, m.type, oct(m.mode), m.uid, m.gid, m.linkname,
	          m.devmajor, m.devminor, not m.issym() and m.mtime, pax,
	          hashlib.sha256(data).hexdigest())
	END
done
[ "$(wc -l <u.list)" -gt 90 ] || fail "$(cat u.list)"
diff u.list v.list || fail 'another root'
