#!/bin/sh
# test-identify.sh - file systems are named, labelled and numbered as by blkid
#
# SPDX-License-Identifier: Apache-2.0
set -eu
export LC_ALL=C.UTF-8 PATH="$PATH:/usr/sbin:/sbin"
here=$(cd "${srcdir:-.}" && pwd)
ask=$PWD/tests/lib/ask-volume
real=${BALIMG_REAL:-$here/../shared/real}

for tool in blkid mkfs.ext2 mkfs.fat mkswap; do
	command -v $tool >/dev/null || {
		echo "skipped: no $tool here"
		exit 77
	}
done
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
faults=0 seen=0

# compare IMAGE: type, label and UUID
compare() {
	for tag in TYPE LABEL UUID; do
		printf '%s=%s\n' $tag "$(blkid -p -o value -s $tag "$1")"
	done >"$work/theirs"
	"$ask" "$1" identify >"$work/ours"
	seen=$((seen + 1))
	if cmp -s "$work/ours" "$work/theirs"; then
		return 0
	fi
	echo "$(basename "$1"): ours < and blkid's >"
	diff "$work/ours" "$work/theirs" || faults=$((faults + 1))
}

# What we cannot name must have no name.
compare_unknown() {
	"$ask" "$1" identify >"$work/ours"
	grep -qx "TYPE=$2" "$work/ours" || {
		echo "$(basename "$1"): $(cat "$work/ours")"
		faults=$((faults + 1))
	}
}

cd "$work"
for kind in 2 3 4; do
	truncate -s 8M ext$kind
	mkfs.ext$kind -q -L "resin-root$kind" ext$kind
	compare "$work/ext$kind"
done
truncate -s 8M swap fat blank text
mkswap -L swapped swap >/dev/null
compare "$work/swap"
mkfs.fat -n 'RESIN BOOT' -i BDEF0012 fat >/dev/null
compare "$work/fat"
yes 'no file system' | dd of=text bs=4096 count=4 conv=notrunc status=none
compare_unknown "$work/blank" zero
compare_unknown "$work/text" ''
truncate -s 100 tiny
compare_unknown "$work/tiny" zero

if [ -f "$real/images.tar.zst" ] && command -v zstd >/dev/null; then
	zstd -dc "$real/images.tar.zst" |
		tar -xS -C "$work" images/util-linux/fs images/npm
	for image in "$work"/images/util-linux/fs/*.img \
		"$work"/images/npm/ext*.img; do
		case $(blkid -p -o value -s TYPE "$image") in
		# Others than ours keep their names to themselves.
		ext? | xfs | squashfs | swap | btrfs | crypto_LUKS)
			compare "$image"
			;;
		ntfs | iso9660 | f2fs | exfat)
			type=$(blkid -p -o value -s TYPE "$image")
			compare_unknown "$image" "$type"
			;;
		esac
	done
fi
echo "$seen compared"
[ $faults = 0 ]
