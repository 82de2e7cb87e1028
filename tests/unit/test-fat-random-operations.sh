#!/bin/sh
# test-fat-random-operations.sh - any edits leave every FAT kind sound
#
# SPDX-License-Identifier: Apache-2.0
#
# Random edits, several to a flush, of every kind of volume that mkfs.fat
# makes.  After each flush fsck.fat finds nothing and the FATs are equal; at
# intervals mtools unpacks just what the model holds.
set -eu
export LC_ALL=C.UTF-8 PATH="$PATH:/usr/sbin:/sbin"
here=$(cd "${srcdir:-.}" && pwd)
random=$PWD/tests/lib/volume-random
seed=${FAT_SEED:-1}

for tool in mkfs.fat fsck.fat mcopy; do
	command -v $tool >/dev/null || {
		echo "skipped: no $tool here"
		exit 77
	}
done
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd "$work"

# edit NAME COUNT: random edits of the volume NAME
edit() {
	mkdir "$1.model" "$1.work"
	"$random" "$1" "$seed" "$2" "$1.model" \
		"'$here/tests/lib/fat-judge' whole $1 $1.work $1.model" || {
		echo "$1: failed with FAT_SEED=$seed"
		exit 1
	}
	# Whatever the last interval left out.
	mkdir "$1.last"
	mcopy -s -Q -n -i "$1" :: "$1.last/"
	diff -r "$1.model" "$1.last"
	echo "$1: $2 edits, $(wc -l <"$1.work/count") flushes"
	rm -f "$1"
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

make fat12 1440 -F 12
edit fat12 1000
make fat16 6000 -F 16 -s 1
edit fat16 1000
make fat32 34000 -F 32 -s 1
edit fat32 1000

make fat12-one-sector-clusters 600 -F 12 -s 1
edit fat12-one-sector-clusters 300
make fat12-large-sectors 3000 -S 4096 -s 1
edit fat12-large-sectors 200
make fat16-large-sectors 24000 -F 16 -S 4096 -s 1
edit fat16-large-sectors 200
make fat16-one-fat 6000 -F 16 -s 1 -f 1
edit fat16-one-fat 200
make fat16-three-fats 6000 -F 16 -s 1 -f 3
edit fat16-three-fats 200
make fat16-small-root 5000 -F 16 -s 1 -r 32 -R 5
edit fat16-small-root 200
make fat16-large-clusters 140000 -F 16 -s 64
edit fat16-large-clusters 100
make fat32-one-fat 34000 -F 32 -s 1 -f 1
edit fat32-one-fat 200

make fat16-littered 6000 -F 16 -s 1 -R 1
root=$((512 + 2 * $(od -An -tu2 -j 22 -N 2 fat16-littered) * 512))
litter fat16-littered $root 16000
export FAT_LITTERED=1
edit fat16-littered 300
unset FAT_LITTERED

make fat32-not-mirrored 34000 -F 32 -s 1
printf '\201' | dd of=fat32-not-mirrored bs=1 seek=40 conv=notrunc status=none
edit fat32-not-mirrored 100
