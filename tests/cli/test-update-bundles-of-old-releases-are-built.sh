#!/bin/bash
# test-update-bundles-of-old-releases-are-built.sh - root, boot files, quirks
# and fingerprints in a tar file, as the updaters of 1.x to 2.4 take them
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq tar gzip xz bzip2 md5sum python3 debugfs

build() {
	run "$@"
	! grep -q 'built with libarchive' err || skip 'built without libarchive'
}

# as_updater BUNDLE FOLDER: unpacked as app/fetcher/tar.py in resinhup does
as_updater() {
	rm -rf "$2"
	mkdir "$2"
	python3 - "$1" "$2" <<-'END'
	import sys, tarfile
	tar = tarfile.open(sys.argv[1], "r|*")
	for member in tar:
	    assert member.name == "." or member.name.startswith("./"), member.name
	    assert not member.isdev(), member.name
	    tar.extract(member, sys.argv[2], set_attrs=False)
	END
}

# sums_hold FOLDER PRINT: every line of it, by md5sum
sums_hold() {
	(cd "$1" && sed 's|^\([0-9a-f]*\) *//*|\1  |' "$2" | md5sum --quiet -c) ||
		fail "$2 does not hold"
}

# ---- 1.x -------------------------------------------------------------------

image resin1 x.img 256M
change_ext x.img 2 <<-'END'
	mkdir /dev
	cd /dev
	mknod console c 5 1
	mknod sda b 8 0
	mknod pipe p
	cd /
	sif /etc/shadow uid 7
	ea_set /bin/busybox user.note text
END
cp --sparse=always x.img was.img
build 0 --json hup build x.img
equal "$(jq -r '"\(.output) \(.format) \(.version) \(.deviceType) " +
	"\(.compression) \(.leftOut)"' out)" \
	'resinhup-1.24.0.tar.gz resinhup 1.24.0 raspberry-pi2 gz 3'
cmp x.img was.img
run 0 hup verify resinhup-1.24.0.tar.gz
as_updater resinhup-1.24.0.tar.gz root
for path in etc/shadow bin/busybox resin-boot/kernel7.img \
	resin-boot/splash/resin-logo.png quirks/etc/hostname \
	resin-boot/resin-boot.fingerprint resin-root.fingerprint; do
	[ -f "root/$path" ] || fail "no $path"
done
for path in resin-boot/config.json dev/console dev/sda lost+found \
	resin-boot/network; do
	[ ! -e "root/$path" ] || fail "$path is in it"
done
sums_hold root resin-root.fingerprint
sums_hold root/resin-boot resin-boot.fingerprint
# Of an image as it was built, the fingerprints are those in it.
in_ext x.img 2 'cat /resin-root.fingerprint' |
	cmp - root/resin-root.fingerprint
mtools_cat x.img resin-boot.fingerprint |
	cmp - root/resin-boot/resin-boot.fingerprint
grep -q '^[0-9a-f]\{32\} /cmdline.txt$' root/resin-boot/resin-boot.fingerprint
mtools_cat x.img kernel7.img | cmp - root/resin-boot/kernel7.img
tar -tvzf resinhup-1.24.0.tar.gz --numeric-owner >listing
grep -q '^-r-------- 7/0 .* \./etc/shadow$' listing || fail "$(cat listing)"
bsdtar -tf resinhup-1.24.0.tar.gz | cmp - <(tar -tzf resinhup-1.24.0.tar.gz)

# What was edited is in it, and the fingerprints follow.
printf 'rules\n' >rules
run 0 put rules x.img:rootA/lib/udev/rules.d/50-default.rules
run 0 put rules x.img:boot/config.txt
printf '\x89PNG\r\n\x1a\n' >no.png
mtools_cat x.img splash/resin-logo.png >logo.png
build 0 hup build x.img -o edited.tar --with /etc/new/file=rules \
	--with etc/hostname=rules --splash logo.png
run 0 hup verify edited.tar
as_updater edited.tar root
cmp rules root/lib/udev/rules.d/50-default.rules
cmp rules root/resin-boot/config.txt
cmp rules root/etc/new/file
cmp rules root/quirks/etc/hostname
sums_hold root resin-root.fingerprint
sums_hold root/resin-boot resin-boot.fingerprint
grep -q '  /etc/new/file$' root/resin-root.fingerprint || fail 'not listed'

# Kinds of compression, one content; zstd is for no device.
export SOURCE_DATE_EPOCH=1500000000
build 0 hup build x.img -o a.tar
for end in gz xz bz2; do
	build 0 hup build x.img -o a.tar.$end
done
gzip -dc a.tar.gz | cmp - a.tar
xz -dc a.tar.xz | cmp - a.tar
bzip2 -dc a.tar.bz2 | cmp - a.tar
build 5 hup build x.img -o a.tar.zst
err_has 'no device'
build 0 hup build x.img -o upper.tar.GZ
cmp a.tar.gz upper.tar.GZ
for end in zip tar.zip 7z lz4 LZMA lz Z; do
	build 5 hup build x.img -o "wrong.$end"
	err_has "no .${end##*.} file can be written"
	err_has 'end in .tar, .docker, .gz, .bz2 or .xz'
	[ ! -e "wrong.$end" ] || fail "wrong.$end was written"
done
# The same bytes again, however many threads make them.
for threads in 1 2 7; do
	build 0 hup build x.img -o again.tar.gz --force --threads $threads
	cmp a.tar.gz again.tar.gz
done

# ---- refused ---------------------------------------------------------------

printf '{}' >config.json
build 5 hup build x.img -o b.tar --with resin-boot/config.json=config.json
err_has "each device's own"
build 5 hup build x.img -o b.tar --with usr/quirks/a=rules
err_has 'would leave it out'
build 5 hup build x.img -o b.tar --with bin/sh/x=rules
err_has 'bin/sh is no directory'
build 5 hup build x.img -o b.tar --with etc=rules
err_has 'is a directory'
build 3 hup build x.img -o b.tar --splash no.png
build 2 hup build x.img -o b.tar --with ../etc=rules
build 2 hup build x.img -o b.tar --with a=rules --with /a=rules
build 2 hup build x.img -o b.tar --threads 0
build 5 hup build x.img -o x.img --force
err_has 'is the image itself'
build 5 hup build x.img -o a.tar
run 0 mkdir x.img:rootA/etc/quirks
build 5 hup build x.img -o b.tar
err_has 'etc/quirks'
[ ! -e b.tar ] || fail 'half a bundle'
equal "$(find . -name '.balimg*')" ''

# ---- 2.0 to 2.4 ------------------------------------------------------------

image rpi3-2.2 y.img 256M
mkdir system-connections
printf '[wifi-security]\npsk=secret\n' >system-connections/shop
run 0 put system-connections/shop y.img:boot/system-connections/
build 0 --json hup build y.img -o y.tar
equal "$(jq -r .version out)" 2.2.0+rev1
run 0 hup verify y.tar
as_updater y.tar root
[ ! -e root/resin-boot/system-connections/shop ] || fail 'a secret'
[ -e root/resin-boot/system-connections/resin-sample.ignore ]
[ ! -e root/resin-boot/config.json ] || fail 'config.json'
mtools_cat y.img resinos.fingerprint |
	cmp - root/resin-boot/resinos.fingerprint
in_ext y.img 2 'cat /resinos.fingerprint' | cmp - root/resinos.fingerprint
sums_hold root resinos.fingerprint

# ---- from a folder and from a tar file -------------------------------------

build 0 hup build root -o folder.tar
run 0 hup verify folder.tar
build 0 hup build y.tar -o again.tar
run 0 hup verify again.tar
tar -tf y.tar | sort | cmp - <(tar -tf again.tar | sort)
tar -tf y.tar | sort | cmp - <(tar -tf folder.tar | sort)
rm -r root/resin-boot
build 4 hup build root -o b.tar
err_has 'resin-boot'
