#!/bin/bash
# test-label-real.sh - images of other projects have the table blkid sees
#
# SPDX-License-Identifier: Apache-2.0
#
# blkid tells a partition table from boot code that looks like one; libfdisk
# alone would take the floppy of rust-fatfs for a disk of four partitions.
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
here=${srcdir:-.}
print=$PWD/tests/unit/print-label
real=${BALIMG_REAL:-$here/../shared/real}

skip() {
	echo "skipped: $1"
	exit 77
}

[ -f "$real/images.tar.zst" ] || skip "no images in $real"
for tool in zstd blkid sfdisk jq; do
	command -v $tool >/dev/null || skip "no $tool here"
done
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
zstd -dc "$real/images.tar.zst" | tar -xS -C "$work" --exclude=docker

fail() {
	echo "$1: $2"
	cat "$work/said"
	exit 1
}

count_partitions() {
	sfdisk -J "$1" 2>/dev/null | jq '.partitiontable.partitions | length'
}

seen=0
while read -r image; do
	"$print" "$image" >"$work/said" || :
	kind=$(blkid -p -o value -s PTTYPE "$image" || :)
	[ "$kind" = dos ] || kind=none # those of other systems are not ours
	case $image in
	*/sectors/*)
		# Sector 0 of real cards, and nothing after it.
		grep -q 'the image is cut short' "$work/said" ||
			fail "$image" "is not found to be cut short"
		;;
	*)
		grep -q "^table: $kind " "$work/said" ||
			fail "$image" "blkid says $kind"
		;;
	esac
	if [ "$kind" = dos ]; then
		[ "$(grep -c '^[0-9]' "$work/said")" = \
			"$(count_partitions "$image")" ] ||
			fail "$image" "sfdisk sees another number of them"
	fi
	seen=$((seen + 1))
done <<END
$(find "$work/images" -type f)
END
[ $seen -ge 50 ] || fail "$real" "only $seen images there"
