#!/bin/sh
# test-ext-trees-are-made.sh - every kind of node, with all that it has
#
# SPDX-License-Identifier: Apache-2.0
#
# A folder with all that may be in a root file system is made in each ext kind,
# and judged by e2fsck, debugfs and, where root may mount, tar of both; then it
# is removed as a whole, and all blocks and inodes are free again.
set -eu
export LC_ALL=C.UTF-8 PATH="$PATH:/usr/sbin:/sbin"
copy=$PWD/tests/lib/copy-tree

fail() {
	echo "$*"
	exit 1
}

for tool in mkfs.ext4 debugfs e2fsck setfattr python3; do
	command -v $tool >/dev/null || {
		echo "skipped: no $tool here"
		exit 77
	}
done
[ "$(id -u)" = 0 ] || {
	echo "skipped: only root makes device nodes"
	exit 77
}
work=$(mktemp -d)
trap 'umount "$work/mnt" 2>/dev/null || :; rm -rf -- "$work"' EXIT
cd "$work"
mkdir mnt from

# repeat TEXT COUNT
repeat() {
	printf "%$2s" '' | sed "s/ /$1/g"
}

fill() {
	mkdir -p a/b/c/d/e sticky many
	echo text >a/text
	: >a/empty
	ln a/text a/again
	ln a/text a/b/c/d/e/text
	head -c 3000000 /dev/urandom >a/large
	truncate -s 5M a/hole
	printf end >>a/hole
	ln -s short a/fast
	ln -s "$(repeat x 59)" a/fast-longest
	ln -s "$(repeat y 60)" a/slow
	ln -s "$(repeat z 1000)" a/slow-long
	ln -s /absolute/target a/absolute
	mknod a/null c 1 3
	mknod a/whiteout c 0 0
	mknod a/disk b 259 70000
	mkfifo -m 640 a/fifo
	python3 -c 'import socket
s = socket.socket(socket.AF_UNIX)
s.bind("a/socket")'
	chmod 4755 a/large
	chmod 1777 sticky
	chmod 2750 a/b
	chown 70000:80000 a/text a/b
	chown -h 12:34 a/slow
	touch -d @1234567890 a/text a/b a/b/c
	touch -h -d @1000000000 a/slow a/fast
	setfattr -n user.note -v "$(repeat n 600)" a/large
	setfattr -n user.small -v 1 a/empty
	printf '\001\000\000\002\000\004\000\000\000\000\000\000\000\000\000\000\000\000\000\000' >cap
	python3 -c 'import os
os.setxattr("a/large", "security.capability", open("cap", "rb").read())
os.setxattr("a/b", "trusted.overlay.opaque", b"y")'
	rm cap
	# Where the file system has access control lists.
	setfacl -m u:1000:rwx,d:u:1000:rwx,d:g:70000:r a/b 2>/dev/null || :
	setfacl -m g:5:rw,m::r a/empty 2>/dev/null || :
	for number in $(seq 1200); do
		: >"many/a name of some length, number $number"
	done
}

(cd from && fill)
deep=from
for number in $(seq 60); do
	deep=$deep/d$number
	mkdir "$deep"
done
echo deep >"$deep/file"

# listing FOLDER: all there is to know, a line each
listing() {
	python3 - "$1" <<-'END'
	import hashlib, os, stat, sys
	top = sys.argv[1]
	inodes = {}
	def show(path):
	    st = os.lstat(path)
	    name = os.path.relpath(path, top)
	    what = ""
	    if stat.S_ISLNK(st.st_mode):
	        what = os.readlink(path)
	    elif stat.S_ISREG(st.st_mode):
	        what = hashlib.sha256(open(path, "rb").read()).hexdigest()
	    links = st.st_nlink if not stat.S_ISDIR(st.st_mode) else 0
	    first = inodes.setdefault(st.st_ino, name)
	    attributes = sorted((n, os.getxattr(path, n, follow_symlinks=False))
	        for n in os.listxattr(path, follow_symlinks=False))
	    print(name, oct(st.st_mode), st.st_uid, st.st_gid,
	        int(st.st_mtime), st.st_rdev, links, first, what, attributes)
	    if stat.S_ISDIR(st.st_mode):
	        for child in sorted(os.listdir(path)):
	            show(os.path.join(path, child))
	show(top)
	END
}

free() {
	dumpe2fs -h image 2>/dev/null | grep -E '^Free (blocks|inodes)'
}

# has PATTERN COMMAND: what debugfs prints
has() {
	debugfs -R "$2" image >debugfs.out 2>/dev/null
	grep -q -- "$1" debugfs.out || fail "$2: $(cat debugfs.out)"
}

ask_debugfs() {
	has 'Type: character special' 'stat /tree/a/null'
	has 'Device major/minor number: 01:03' 'stat /tree/a/null'
	has 'Device major/minor number: 259:70000' 'stat /tree/a/disk'
	has 'Type: FIFO' 'stat /tree/a/fifo'
	has 'Type: socket' 'stat /tree/a/socket'
	has 'Fast link dest: "short"' 'stat /tree/a/fast'
	has 'Links: 3' 'stat /tree/a/again'
	has 'User: 70000   Group: 80000' 'stat /tree/a/text'
	has 'trusted.overlay.opaque' 'ea_list /tree/a/b'
	has 'nnnnnn' 'ea_get /tree/a/large user.note'
	debugfs -R 'dump /tree/a/large got' image 2>/dev/null
	cmp got from/a/large
}

# make MKFS-OPTION...
make() {
	rm -f image
	mkfs.ext4 -q -F "$@" image 24M >mkfs.log 2>&1 ||
		fail "mkfs.ext4 $*: $(cat mkfs.log)"
	try "$@"
}

# ours TYPE MIB: on a file system of our own making, over what was there
ours() {
	head -c "$2M" /dev/urandom >image
	"$copy" --format image "$1" || fail "$1: copy-tree --format"
	e2fsck -fn image >fsck.out 2>&1 || fail "$1: $(cat fsck.out)"
	has 'Mode:  0700' 'stat /lost+found'
	[ "$(blkid -p -o export image | grep -E '^(LABEL|UUID|TYPE)=')" = \
		"LABEL=resin-rootB
UUID=30313233-3435-3637-3839-616263646566
TYPE=$1" ] || fail "$(blkid -p -o export image)"
	try "ours, $1"
}

# try NAME: put the tree into the image
try() {
	free >free.before
	"$copy" from image /tree || fail "$*: copy-tree"
	e2fsck -fn image >fsck.out 2>&1 || fail "$*: $(cat fsck.out)"
	ask_debugfs
	if mount -o loop,ro image mnt 2>mount.log; then
		listing mnt/tree >listing.got
		umount mnt
		diff listing.want listing.got || fail "$*: another tree"
		mounted=yes
	fi
	case $* in
	*ea_inode*) # attributes cannot be removed there
		return
		;;
	esac
	"$copy" --remove image /tree || fail "$*: copy-tree --remove"
	e2fsck -fn image >fsck.out 2>&1 || fail "$*: $(cat fsck.out)"
	free | diff free.before - || fail "$*: not all is free again"
	echo "$*: as it was"
}

mounted=no
listing from >listing.want
ours ext3 24
ours ext4 24
ours ext4 300
make -b 4096 -N 4000
make -b 1024 -N 4000
make -t ext3 -b 4096 -N 4000
make -t ext2 -b 1024 -I 128 -N 4000
make -b 4096 -N 4000 -O inline_data -I 512
make -b 4096 -N 4000 -O ea_inode,^metadata_csum
echo "mounted: $mounted"
