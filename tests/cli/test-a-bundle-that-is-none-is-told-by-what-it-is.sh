#!/bin/bash
# test-a-bundle-that-is-none-is-told-by-what-it-is.sh - a folder, an image, a pipe
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires tar gzip

image generic x.img 256M
mkdir folder
: >empty
head -c 3000 "$BALIMG" >program
mkdir -p root/etc
printf 'VERSION="2.2.0"\n' >root/etc/os-release
tar -C root -cf root.tar .

# none STATUS FILE WORDS: every verb says that of FILE, and which it is
none() {
	run "$1" hup info "$2"
	! grep -q 'built with libarchive' err || skip 'built without libarchive'
	err_has "balimg: $2: $3"
	run "$1" hup verify "$2"
	err_has "balimg: $2: $3"
	run "$1" hup unpack "$2" -C got
	err_has "balimg: $2: $3"
	[ ! -e got ] || fail 'a folder is left'
	run "$1" hup apply "$2" x.img -n
	err_has "balimg: x.img: $2: $3"
}

none 3 folder 'is a folder, not an update bundle'
none 3 x.img 'is a disk image, not an update bundle'
err_has 'balimg info'
none 3 empty 'is empty'
none 3 program 'is no update bundle: no tar file'
none 4 absent 'cannot open: No such file or directory'
run 3 hup diff folder root.tar
equal "$(cat err)" \
	'balimg: folder: is a folder, not an image file or block device'

# Nor is what is to be built of a compressed image.
head -c 100000 "$BALIMG" | gzip >x.img.gz
run 3 hup build x.img.gz -o built
err_has 'hint: a compressed image must be unpacked first'

# What is read once may be a pipe; what is not, says so.
run 0 hup info root.tar
mv out want
tar -C root -c . | "$BALIMG" hup info /dev/stdin >out
grep '^  OS ' want >os
grep -qxFf os out || fail "$(cat out)"
"$BALIMG" hup info - <root.tar >out
grep -qxFf os out || fail "$(cat out)"
tar -C root -c . | "$BALIMG" hup verify - >out 2>err || :
grep -q '^error: /dev/stdin: ' out || fail "$(cat out err)"
# piped ARGUMENT...: is refused, with a way out
piped() {
	local status=0
	tar -C root -c . | "$BALIMG" "$@" 2>err || status=$?
	equal "$status" 3
	err_has '/dev/stdin: is a pipe'
	err_has 'hint: store it in a file first'
}
piped hup unpack /dev/stdin -C got
piped hup diff /dev/stdin root.tar
piped hup apply - x.img -n
[ ! -e got ] || fail 'a folder is left'
