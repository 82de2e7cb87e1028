#!/bin/sh
# test-ext-random-operations.sh - any edits leave every ext kind sound
#
# SPDX-License-Identifier: Apache-2.0
#
# Random edits, several to a flush, of every kind of volume that mkfs.ext4
# makes, small enough to be full at times.  After each flush e2fsck finds
# nothing; in the end debugfs unpacks just what the model holds.
set -eu
export LC_ALL=C.UTF-8 PATH="$PATH:/usr/sbin:/sbin"
random=$PWD/tests/lib/volume-random
seed=${EXT_SEED:-1}

for tool in mkfs.ext4 e2fsck debugfs; do
	command -v $tool >/dev/null || {
		echo "skipped: no $tool here"
		exit 77
	}
done
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd "$work"

# edit KIB COUNT MKFS-OPTION...
edit() {
	kib=$1 count=$2
	shift 2
	rm -rf image model dump
	mkdir model dump
	mkfs.ext4 -q -F "$@" image "${kib}k" >mkfs.log 2>&1 || {
		echo "mkfs.ext4 $*: $(cat mkfs.log)"
		exit 1
	}
	"$random" image "$seed" "$count" model \
		'e2fsck -fn image >fsck.out 2>&1 || { cat fsck.out; false; }' || {
		echo "$*: failed with EXT_SEED=$seed"
		exit 1
	}
	debugfs -R 'rdump / dump' image >debugfs.out 2>&1
	rmdir dump/lost+found
	diff -r --no-dereference model dump
	echo "$*: $count edits"
}

edit 2400 250 -b 1024
edit 6000 250 -b 4096
edit 6000 150 -t ext2 -b 1024
edit 6000 150 -t ext2 -b 4096
edit 6000 150 -t ext3
edit 2400 150 -O ^extent,^64bit -b 1024
edit 2400 150 -b 2048 -O inline_data -I 256
edit 6000 150 -O inline_data -I 1024 -b 4096
edit 2400 100 -O ^metadata_csum
edit 2400 100 -O ^metadata_csum,^64bit,uninit_bg -b 1024
edit 2400 100 -O ^dir_index -b 1024
edit 6000 100 -I 128
edit 2400 100 -b 1024 -N 64
edit 40000 100 -b 1024 -g 1024 -O ^resize_inode,meta_bg
