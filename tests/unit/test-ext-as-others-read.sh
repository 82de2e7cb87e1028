#!/bin/sh
# test-ext-as-others-read.sh - what was written, others read the same
#
# SPDX-License-Identifier: Apache-2.0
#
# Owners, links, holes, large directories, full volumes and wiped secrets, by
# the eyes of e2fsck, debugfs, GRUB and, where root may mount, the kernel.
set -eu
export LC_ALL=C.UTF-8 PATH="$PATH:/usr/sbin:/sbin"
export SOURCE_DATE_EPOCH=1700000000
ask=$PWD/tests/lib/ask-volume

for tool in mkfs.ext4 debugfs e2fsck; do
	command -v $tool >/dev/null || {
		echo "skipped: no $tool here"
		exit 77
	}
done
work=$(mktemp -d)
trap 'umount "$work/mnt" 2>/dev/null || :; rm -rf -- "$work"' EXIT
cd "$work"
mkdir mnt

fail() {
	echo "$*"
	exit 1
}

# edit ARGUMENT...: an edit, judged by e2fsck
edit() {
	"$ask" image "$@" >out 2>&1 || fail "$*: $(cat out)"
	e2fsck -fn image >fsck.out 2>&1 || fail "$*: $(cat fsck.out)"
}

# inside COMMAND...: by debugfs
inside() {
	printf '%s\n' "$@" | debugfs -w -f - image 2>/dev/null |
		grep -v '^debugfs'
}

# has PATTERN COMMAND: what debugfs prints
has() {
	pattern=$1
	shift
	inside "$@" >debugfs.out || :
	grep -q -- "$pattern" debugfs.out ||
		fail "$*: no $pattern in $(cat debugfs.out)"
}

# reads FILE PATH: debugfs and GRUB find what FILE holds
reads() {
	inside "dump $2 got" >debugfs.out || :
	cmp got "$1" || fail "$2, by debugfs"
	command -v grub-fstest >/dev/null || return 0
	grub-fstest image cp "(loop0)$2" got >grub.out 2>&1 ||
		fail "$2: $(cat grub.out)"
	cmp got "$1" || fail "$2, by GRUB"
}

# make SIZE MKFS-OPTION...
make() {
	size=$1
	shift
	rm -rf image tree
	mkdir -p tree/folder
	echo text >tree/file
	mkfs.ext4 -q -F "$@" -d tree image "$size" >mkfs.log 2>&1 ||
		fail "$(cat mkfs.log)"
}

mounts() {
	[ "$(id -u)" = 0 ] && mount -o loop,ro image mnt 2>/dev/null
}

head -c 70000 /dev/urandom >large
echo small >small

# ---- owners, names, times ----
make 8M
inside 'set_inode_field folder mode 042775' 'set_inode_field folder gid 70001' \
	'ln file folder/other' 'set_inode_field file links_count 2' \
	'set_inode_field file mode 0100751' 'set_inode_field file uid 12' \
	'ea_set file user.note kept' >debugfs.out || :
edit put /folder/new small
edit mkdir /folder/sub
edit put /file large
reads large /folder/other
has 'Mode:  0751 ' 'stat file'
has 'User:    12 ' 'stat file'
has 'Links: 2 ' 'stat file'
has 'mtime: 0x6553f100:00000000' 'stat file'
has 'user.note' 'ea_list file'
has 'Mode:  0644 ' 'stat folder/new'
has 'Group: 70001 ' 'stat folder/new'
has 'mtime: 0x6553f100:00000000' 'stat folder'
has 'crtime: 0x6553f100:00000000' 'stat folder/new'
has 'Mode:  02755' 'stat folder/sub'
has 'Group: 70001 ' 'stat folder/sub'
edit remove /file
reads large /folder/other
has 'Links: 1 ' 'stat folder/other'
edit put /folder/other small
reads small /folder/other
! "$ask" image remove /folder >out 2>&1 || fail 'a full folder was removed'
cp image before
"$ask" image put /folder/other small
cmp image before

# ---- modes of files with access control lists ----
for options in '-b 1024' '-I 128'; do
	# shellcheck disable=SC2086 # several options
	make 8M $options
	if [ "$(id -u)" != 0 ] || ! command -v setfacl >/dev/null ||
		! mount -o loop,acl image mnt 2>/dev/null; then
		break
	fi
	(
		cd mnt
		for name in one two three; do
			echo text >$name
			setfacl -m u:1000:rwx,g:5:r $name
		done
		mkdir made
		setfacl -m d:u:7:rwx,u:8:x made
	)
	umount mnt
	cp image before
	mount -o loop,acl before mnt
	(
		umask 022
		chmod 600 mnt/one
		chmod 4751 mnt/two
		chmod 1730 mnt/made
		: >mnt/made/new
		chmod 604 mnt/made/new
		cd mnt && getfacl -n one two three made made/new >../acl.want
	)
	umount mnt
	: >nothing
	edit chmod /one 600
	edit chmod /two 4751
	edit chmod /made 1730
	edit put /made/new nothing
	edit chmod /made/new 604
	mount -o loop,acl,ro image mnt
	(cd mnt && getfacl -n one two three made made/new >../acl.got)
	umount mnt
	diff acl.want acl.got || fail "$options: another access control list"
	grep -q 'user:1000:rwx	*#effective:---' acl.got || fail "$(cat acl.got)"
done

# ---- holes ----
# GRUB does not read what begins with a hole.
cp small sparse
truncate -s 3000000 sparse
dd if=large of=sparse bs=4096 seek=300 conv=notrunc status=none
for features in extent ^extent,^64bit; do
	make 8M -b 4096 -O "$features"
	edit put /sparse sparse
	reads sparse /sparse
	blocks=$(inside 'stat sparse' | sed -n 's/.*Blockcount: //p')
	[ "$blocks" -lt 200 ] || fail "$features: holes take $blocks sectors"
	edit put /sparse small
	edit put /sparse sparse
	edit remove /sparse
done

# ---- directories with an index ----
rm -rf tree
mkdir -p tree/many
for number in $(seq 2000); do
	: >"tree/many/a name that takes some room $number"
done
mkfs.ext4 -q -F -b 1024 -N 3000 -d tree image 12M >mkfs.log 2>&1
e2fsck -fyD image >fsck.out 2>&1 || :
has 'Flags: 0x81000' 'stat many'
for number in $(seq 150); do
	"$ask" image put "/many/another name of a good length $number" small
	echo small >"tree/many/another name of a good length $number"
done
for number in $(seq 1 20 2000); do
	"$ask" image remove "/many/a name that takes some room $number"
	rm "tree/many/a name that takes some room $number"
done
edit mkdir /many/last
mkdir tree/many/last
has 'Flags: 0x81000' 'stat many'
inside 'ls -p many' | grep -v '^/0/' | cut -d/ -f6 |
	grep -vxE '|\.\.?' | sort >names
(cd tree/many && find . -mindepth 1 | cut -c3- | sort) | cmp - names
if mounts; then
	diff -r tree/many mnt/many
	cat "mnt/many/another name of a good length 99" >got
	cmp got small
	umount mnt
fi

# ---- full volumes ----
for options in '-b 1024' '-b 4096' '-b 1024 -O ^extent,^64bit' '-N 16'; do
	# shellcheck disable=SC2086 # several options
	make 3M $options
	head -c 4000000 /dev/urandom >huge
	cp image before
	! "$ask" image put /folder/huge huge >out 2>&1 || fail 'no room: put'
	grep -q 'are free' out || fail "$(cat out)"
	cmp image before
	size=1000000
	number=0
	while [ $size -gt 100 ]; do
		head -c $size huge >part
		if "$ask" image put /folder/$number part >out 2>&1; then
			reads part /folder/$number
			number=$((number + 1))
		else
			size=$((size / 2))
		fi
	done
	edit put /folder/0 small
	edit put /file large
	reads large /file
done

# ---- secrets ----
for options in '' '-O inline_data -I 1024'; do
	# shellcheck disable=SC2086 # several options
	make 8M $options
	printf 'SECRET-%s-WORD' "$(seq -s, 9)" >secret
	edit put /folder/secret secret
	grep -q SECRET-1 image || fail 'the secret is not there'
	edit put /folder/secret small
	! grep -q SECRET-1 image || fail "$options: the secret was left"
	edit put /folder/secret secret
	edit remove /folder/secret
	! grep -q SECRET-1 image || fail "$options: the secret was left"
done
make 8M -O inline_data -I 1024
inside 'write secret within' >debugfs.out || :
edit put /within small
! grep -q SECRET-1 image || fail 'the secret was left in the inode'
inside 'write secret again' >debugfs.out || :
edit remove /again
! grep -q SECRET-1 image || fail 'the secret was left in the inode'
