#!/bin/sh
# test-fat-power-cut.sh - cut off anywhere, each file is old or new
#
# SPDX-License-Identifier: Apache-2.0
#
# See fat-power-cut.c for the states, and fat-judge for the verdict.
# FAT_STATES of each of FAT_TRANSACTIONS are judged for every kind of volume.
set -eu
export LC_ALL=C.UTF-8 PATH="$PATH:/usr/sbin:/sbin"
here=$(cd "${srcdir:-.}" && pwd)
cut=$PWD/tests/lib/fat-power-cut
seed=${FAT_SEED:-1}
transactions=${FAT_TRANSACTIONS:-8}
states=${FAT_STATES:-20}

for tool in mkfs.fat fsck.fat mcopy; do
	command -v $tool >/dev/null || {
		echo "skipped: no $tool here"
		exit 77
	}
done
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd "$work"

# edit NAME: cut random edits of the volume NAME
edit() {
	mkdir "$1.model" "$1.work"
	"$cut" "$1" "$seed" "$transactions" "$states" "$1.model" "$1.work" \
		"'$here/tests/lib/fat-judge' \$mode $1.work/state $1.work" || {
		echo "$1: failed with FAT_SEED=$seed"
		exit 1
	}
	rm -rf "$1" "$1.work"
}

# make NAME KIB OPTION...
make() {
	name=$1 kib=$2
	shift 2
	mkfs.fat -C "$@" "$name" "$kib" >mkfs.log 2>&1 || {
		cat mkfs.log
		exit 1
	}
}

# Garbage behind the end mark of a root directory, as other tools leave it.
litter() {
	yes 'GARBAGETXT ' | head -c "$3" |
		dd of="$1" bs=1 seek=$(($2 + 32)) conv=notrunc status=none
}

make fat12 600 -F 12 -s 1
edit fat12
make fat16 6000 -F 16 -s 1
edit fat16
make fat32 34000 -F 32 -s 1
edit fat32
make fat16-large-sectors 24000 -F 16 -S 4096 -s 1
edit fat16-large-sectors
make fat16-littered 6000 -F 16 -s 1 -R 1
root=$((512 + 2 * $(od -An -tu2 -j 22 -N 2 fat16-littered) * 512))
litter fat16-littered $root 16000
export FAT_LITTERED=1
edit fat16-littered
