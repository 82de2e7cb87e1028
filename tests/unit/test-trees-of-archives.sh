#!/bin/bash
# test-trees-of-archives.sh - what archives hold is met as it would be laid out
#
# SPDX-License-Identifier: Apache-2.0
#
# Python's tarfile makes the archives; skopeo and umoci, where they are, lay
# layers over each other, and bsdtar tells what a tar file holds.
set -eu
export LC_ALL=C
here=$(cd "${srcdir:-.}" && pwd)
print=$PWD/tests/unit/print-tree
[ -x "$print" ] || {
	echo 'skipped: built without libarchive'
	exit 77
}
command -v python3 >/dev/null || {
	echo 'skipped: no python3 here'
	exit 77
}
work=$(mktemp -d)
trap 'chmod -R u+rwX "$work"; rm -rf -- "$work"' EXIT
cd "$work"

fail() {
	printf '%s\n' "$*" >&2
	exit 1
}

# tree KIND FILE: its entries, in the file "got"
tree() {
	"$print" "$1" "$2" >got || fail "$1 $2: $(cat got)"
}

# refused KIND FILE WORDS: the walk must fail, and say so
refused() {
	! "$print" "$1" "$2" >got || fail "$1 $2 did not fail"
	grep -q "^error .*$3" got || fail "$1 $2: $(tail -n 1 got)"
}

python3 "$here/tests/unit/make-archives.py" .

# ---- what one tar file holds -----------------------------------------------

tree tar all.tar
diff - got <<-'END'
	d 755 0:0 0 7 /
	- 4755 1:2 5 7 /bin/su 5d41402abc4b2a76b9719d911017c592 security.capability=cap
	h 644 0:0 0 7 /bin/also -> bin/su
	l 777 0:0 0 7 /bin/sh -> ../../etc/sh
	c 600 0:5 0 7 /dev/console 5,1
	b 660 0:6 0 7 /dev/sda 8,0
	p 644 0:0 0 7 /run/fifo
	- 644 0:0 0 7 /etc/absolute d41d8cd98f00b204e9800998ecf8427e
END
for packed in all.tar.*; do
	mv got want
	tree tar "$packed"
	cmp want got
done
tree tar sparse.tar
grep -q "^- .* 1048576 .* /sparse $(head -c 1048575 /dev/zero |
	{ cat; printf x; } | md5sum | cut -c 1-32)" got || fail "$(cat got)"
refused tar escape.tar 'leads out of the tree: a/../../b'
refused tar link-escape.tar 'leads out of the tree: ../b'
refused tar huge.tar 'more than 16 GiB'
refused tar owner.tar 'which no system has'
refused tar short.tar 'cannot be read'
refused tar device.tar 'is device'
refused bundle two-images.tar 'holds 2 images: a:1, b:2'
refused 1 one.tar 'has 1 layers'
refused 0 all.tar 'is no docker archive'
refused bundle below-link.tar 'lies below what is no directory'

# ---- a folder, and what was recorded of it ---------------------------------

"${BALIMG:?the tool}" hup unpack all.tar -C out --manifest out.manifest \
	2>/dev/null
mkfifo out/dev/new
chmod 640 out/etc/absolute
touch -d @9 out out/dev out/dev/new out/etc out/bin out/run
folder() {
	"$print" folder out "${1:-out.manifest}" >got || fail "$(cat got)"
}
folder
diff - got <<-'END'
	d 755 0:0 0 9 /
	d 755 0:0 0 9 /bin
	- 4755 1:2 5 7 /bin/also 5d41402abc4b2a76b9719d911017c592 security.capability=cap
	l 777 0:0 0 7 /bin/sh -> ../../etc/sh
	h 4755 1:2 0 7 /bin/su -> bin/also security.capability=cap
	d 755 0:0 0 9 /dev
	c 600 0:5 0 7 /dev/console 5,1
	p 644 0:0 0 9 /dev/new
	b 660 0:6 0 7 /dev/sda 8,0
	d 755 0:0 0 9 /etc
	- 640 0:0 0 7 /etc/absolute d41d8cd98f00b204e9800998ecf8427e
	d 755 0:0 0 9 /run
	p 644 0:0 0 7 /run/fifo
END
cp got want
command -v bsdtar >/dev/null && {
	# What bsdtar writes is read, too.
	sed 's/device=linux/device=native/; s/ time=/ nlink=1 gname=x time=/' \
		out.manifest >as.bsdtar
	folder as.bsdtar
	cmp want got
}
bad() {
	printf '#mtree\n%s\n' "$1" >bad.manifest
	! "$print" folder out bad.manifest >got || fail "taken: $1"
	grep -q "^error invalid: : line 2: $2" got || fail "$(cat got)"
}
bad 'etc type=dir' 'no path'
bad './a type=door' 'a word that makes no sense'
bad './a mode=9' 'a word'
bad './a uid=-1' 'a word'
bad './a type=char device=linux,99999,1' 'a word'
bad './\000 type=file' 'no path'
printf './a type=file\n#xattr user.a=b\n' >bad.manifest
! "$print" folder out bad.manifest >got || fail 'bad base64 was taken'
printf './bin/su type=file mode=0644\n#link ./bin/su\n' >loop.manifest
folder loop.manifest

# ---- layers ----------------------------------------------------------------

tree 1 layers-0.tar
[ -s got ]
for tool in skopeo umoci; do
	command -v $tool >/dev/null || {
		echo "not judged: no $tool here"
		exit 0
	}
done
umask 022
for archive in layers-*.tar oci.tar; do
	kind=docker-archive
	[ "$archive" = oci.tar ] && kind=oci-archive
	rm -rf oci rootfs
	skopeo --insecure-policy copy -q "$kind:$archive" oci:oci:x >skopeo.out ||
		fail "skopeo: $archive: $(cat skopeo.out)"
	umoci raw unpack --rootless --image oci:x rootfs >umoci.out 2>&1 ||
		fail "umoci: $archive: $(cat umoci.out)"
	python3 "$here/tests/unit/make-archives.py" --list rootfs >want
	tree bundle "$archive"
	python3 "$here/tests/unit/make-archives.py" --sort got >sorted
	diff want sorted || fail "$archive differs"
done
