#!/bin/bash
# test-files-of-ext-volumes-are-edited.sh - put, mkdir, rm and ls in a root
# file system, within the transaction that FAT edits have
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq e2fsck debugfs mkfs.ext4

# root: take rootA out of x.img, and have e2fsck judge it
root() {
	dd if=x.img of=root.img bs=512 conv=sparse status=none \
		skip="$(partition x.img resin-rootA start)" \
		count="$(partition x.img resin-rootA size)"
	e2fsck -fn root.img >fsck.out 2>&1 || fail "$(cat fsck.out)"
}

# inside COMMAND: what debugfs says of root.img
inside() {
	debugfs -R "$1" root.img 2>/dev/null
}

# prepare: links, owners and attributes in rootA, by debugfs
prepare() {
	root
	printf '%s\n' 'symlink absolute /etc/kept' \
		'symlink outside ../../etc/new' 'cd etc' \
		'write hello.txt kept' 'set_inode_field kept mode 0100640' \
		'set_inode_field kept uid 1000' \
		'set_inode_field kept gid 70000' 'ea_set kept user.colour blue' \
		'symlink relative kept' 'symlink dangling ../nowhere/file' \
		'symlink loop loop' 'mknod null c 1 3' |
		debugfs -w -f - root.img >debugfs.out 2>&1
	e2fsck -fn root.img >fsck.out 2>&1 || fail "$(cat fsck.out)"
	dd if=root.img of=x.img bs=512 conv=notrunc status=none \
		seek="$(partition x.img resin-rootA start)"
}

image generic x.img 256M
printf 'hello\n' >hello.txt
printf 'other\n' >other.txt
head -c 300000 /dev/urandom >large
prepare

# Old files keep what they are, new ones are root's.
run 0 put other.txt x.img:rootA//etc/kept
run 0 put large x.img:rootA//etc/new
run 0 mkdir x.img:rootA//etc/folder
root
equal "$(inside 'cat etc/kept')" other
inside 'dump etc/new got' >/dev/null
cmp got large
equal "$(inside 'ea_get etc/kept user.colour')" 'user.colour (4) = "blue"'
run 0 ls --json x.img:rootA//etc
list=$(jq -c '.[] | select(.name != "machine-id") |
	[.name, .type, .mode, .uid, .gid, .target]' out)
equal "$list" '["dangling","symlink","0777",0,0,"../nowhere/file"]
["folder","directory","0755",0,0,null]
["kept","file","0640",1000,70000,null]
["loop","symlink","0777",0,0,"loop"]
["new","file","0644",0,0,null]
["null","character device","0000",0,0,null]
["relative","symlink","0777",0,0,"kept"]'
run 0 ls x.img:rootA//etc
out_has 'dangling -> ../nowhere/file'
run 0 ls x.img:rootA//etc/dangling

# Links are followed, but never out of the volume.
run 0 put hello.txt x.img:rootA//absolute
run 0 cat x.img:rootA//etc/relative
out_is hello
run 0 put hello.txt x.img:rootA//outside
root
equal "$(inside 'cat etc/new')" hello
inside 'stat absolute' | grep -q 'Type: symlink' || fail 'a link is gone'
run 4 put hello.txt x.img:rootA//etc/dangling
run 3 cat x.img:rootA//etc/loop
run 3 put hello.txt x.img:rootA//etc/null
run 5 rm x.img:rootA//etc
run 5 rm x.img:rootA//lost+found

# A link is removed, not what it leads to; several edits are one write.
run 0 rm x.img:rootA//etc/relative x.img:rootA//etc/dangling \
	x.img:rootA//etc/null x.img:rootA//etc/folder
root
equal "$(inside 'cat etc/kept')" hello
run 0 customize x.img --set hostname=kiosk --put hello.txt=rootA//etc/one \
	--put large=rootA//etc/two
root
inside 'dump etc/two got' >/dev/null
cmp got large
config x.img .hostname | grep -q kiosk

# A dry run writes nothing, undo brings every byte back, -o leaves the source.
cp x.img before.img
run 0 put -n other.txt x.img:rootA//etc/one
out_has etc/one
cmp x.img before.img
run 0 rm x.img:rootA//etc/two --undo undo-file
root
run 0 undo x.img undo-file
cmp x.img before.img
run 0 put -o new.img other.txt x.img:rootA//etc/one
cmp x.img before.img
run 0 cat new.img:rootA//etc/one
out_is other
run 0 put hello.txt x.img:rootA//etc/one
cmp x.img before.img

# The same command makes the same bytes.
export SOURCE_DATE_EPOCH=1700000000
cp before.img again.img
run 0 put other.txt x.img:rootA//etc/three
run 0 put other.txt again.img:rootA//etc/three
cmp x.img again.img
root
inside 'stat etc/three' | grep -q 'mtime: 0x6553f100' || fail 'another time'
