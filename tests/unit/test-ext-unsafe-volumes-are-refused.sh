#!/bin/sh
# test-ext-unsafe-volumes-are-refused.sh - what an edit would spoil stays as
# it is, and can be read
#
# SPDX-License-Identifier: Apache-2.0
set -eu
export LC_ALL=C.UTF-8 PATH="$PATH:/usr/sbin:/sbin"
ask=$PWD/tests/lib/ask-volume

for tool in mkfs.ext4 debugfs e2fsck; do
	command -v $tool >/dev/null || {
		echo "skipped: no $tool here"
		exit 77
	}
done
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd "$work"
mkdir tree tree/folder
echo text >tree/file
echo new >new

# make MKFS-OPTION...
make() {
	rm -f image
	mkfs.ext4 -q -F -d tree "$@" image 20M >mkfs.log 2>&1 || {
		cat mkfs.log
		exit 1
	}
	debug
}

# debug COMMAND...: by debugfs; then the image is what must stay
debug() {
	printf '%s\n' "$@" | debugfs -w -f - image >debugfs.out 2>&1
	cp image before
}

# refused PATTERN EDIT...: the edit fails, with these words, and changes
# nothing
refused() {
	pattern=$1
	shift
	if "$ask" image "$@" >out 2>&1; then
		echo "not refused: $*, $pattern"
		exit 1
	fi
	grep -q "$pattern" out || {
		echo "$*: not for $pattern, but: $(cat out)"
		exit 1
	}
	cmp image before
}

# unsafe PATTERN: no edit is made, but the file can be read
unsafe() {
	refused "$1" put /file new
	refused "$1" put /folder/other new
	refused "$1" remove /file
	refused "$1" mkdir /more
	rm -rf files
	mkdir files
	"$ask" image unpack files
	cmp files/file tree/file
}

make
debug 'feature needs_recovery'
unsafe 'was not replayed'
"$ask" image check | grep -q '^note:.*not replayed'

# A journal that the superblock says nothing of.
make
debug 'journal_open' 'journal_write -b 333 /dev/null' 'journal_close' \
	'feature -needs_recovery'
unsafe 'was not replayed'

make
debug 'set_super_value state 3'
unsafe 'marked as damaged'
"$ask" image check | grep -q '^fault:.*marked as damaged'

make -t ext2
debug 'set_super_value state 0'
unsafe 'not unmounted'

make
debug 'set_super_value last_orphan 12'
unsafe 'to be deleted'

make -O bigalloc
unsafe bigalloc
make -O quota
unsafe quota
make -O mmp
unsafe mmp
make
debug 'feature shared_blocks'
unsafe shared_blocks
make
debug 'feature read-only'
unsafe read-only

# A feature of the future, to be read but not written.
make
debug 'set_super_value feature_ro_compat 0x2000046b'
unsafe 'can read but not write'

# Cut short.
make
truncate -s 12M image
cp image before
refused 'larger than' put /file new

# Single files.
make -O encrypt,verity
debug 'set_inode_field file flags 0x80800'
refused encrypted put /file new
make -O verity
debug 'set_inode_field file flags 0x180000'
refused verity put /file new
make -O casefold
debug 'set_inode_field folder flags 0x40080000'
refused case-folded put /folder/other new

# Sound volumes have no faults; others are found.
make
[ -z "$("$ask" image check)" ]
debug 'set_super_value free_blocks_count 5'
"$ask" image check | grep -q '^fault:.*blocks are free'
debug 'set_bg 1 free_blocks_count 7'
dd if=/dev/urandom of=image bs=1 seek=$((2048 + 64)) count=2 conv=notrunc \
	status=none
"$ask" image check | grep -q '^fault:.*checksum'
