#!/bin/bash
# test-label-as-sfdisk.sh - partitions are those that sfdisk and parted see
#
# SPDX-License-Identifier: Apache-2.0
#
# And of the image no more than 40 KiB is read to find them.
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
here=${srcdir:-.}
print=$PWD/tests/unit/print-label
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

for tool in sfdisk sgdisk fdisk parted jq mkfs.fat mke2fs mcopy; do
	command -v $tool >/dev/null || {
		echo "skipped: no $tool here"
		exit 77
	}
done

fail() {
	echo "$1: $2"
	exit 1
}

# What sfdisk says, in print-label's words.
as_sfdisk() {
	sfdisk -J "$1" 2>/dev/null | jq -r --arg image "$1" '
		.partitiontable | (.sectorsize // 512) as $unit |
		.partitions[] | [
			(.node | ltrimstr($image) | ltrimstr("p")),
			.start * $unit, .size * $unit, .type,
			(if .bootable or
			    ((.attrs // "") | contains("LegacyBIOSBootable"))
			 then "active" else "-" end),
			(.name // "")
		] | map(tostring) | join(" ")'
}

as_parted() {
	parted -sm "$1" unit B print 2>/dev/null | tail -n +3 |
		awk -F: '{ print $1, $2 + 0, $4 + 0 }' | sort -n
}

compare() {
	"$print" "$1" >"$work/all" || fail "$1" "$(cat "$work/all")"
	grep '^[0-9]' "$work/all" >"$work/ours" || :
	as_sfdisk "$1" | diff - "$work/ours" ||
		fail "$1" "sfdisk sees it otherwise"
	read=$(sed -n 's/^read: //p' "$work/all")
	[ "$read" -le 40960 ] || fail "$1" "$read bytes read"
}

compare_parted() {
	compare "$1"
	as_parted "$1" | diff - <(cut -d ' ' -f 1-3 "$work/ours") ||
		fail "$1" "parted sees it otherwise"
}

# ---- every kind of balenaOS image -------------------------------------
for kind in rpi3 rpi4 generic jetson-orin flasher resin1 secure-boot; do
	"$here/tests/lib/make-image.sh" $kind "$work/$kind.img"
	compare_parted "$work/$kind.img"
	rm "$work/$kind.img"
done

# ---- MBR: as many as can be, holes in the numbering, an unordered chain --
truncate -s 128M "$work/many.img"
{
	echo 'start=2048, size=2048, type=c, bootable'
	echo 'start=4096, size=160000, type=f'
	for i in $(seq 56); do
		echo "start=$((6144 + i * 2600)), size=100"
	done
} | sfdisk -q --label dos "$work/many.img"
compare_parted "$work/many.img"
sfdisk -q --delete "$work/many.img" 60 9 7 2>/dev/null
compare_parted "$work/many.img"
echo 'start=13944, size=50' | sfdisk -q -a "$work/many.img" 2>/dev/null
compare_parted "$work/many.img"

truncate -s 8M "$work/primary.img"
printf 'start=100, size=10, type=0\nstart=50, size=20, type=ee\n' |
	sfdisk -q --label dos "$work/primary.img" 2>/dev/null
compare "$work/primary.img"

# ---- GPT: attributes, names beyond ASCII, a long table, 4 KiB sectors ---
truncate -s 64M "$work/gpt.img"
printf '%s\n' 'size=8M, name="Größe 🚀", attrs=LegacyBIOSBootable' \
	'size=1M, name="a b", type=uefi' 'size=1M' |
	sfdisk -q --label gpt "$work/gpt.img"
compare_parted "$work/gpt.img"
sgdisk -S 256 -d 2 -n 200:40960:51199 -c 200:last "$work/gpt.img" >/dev/null
compare_parted "$work/gpt.img"

truncate -s 64M "$work/4k.img"
printf 'g\nn\n3\n\n+8M\nn\n\n\n\nw\n' | fdisk -b 4096 "$work/4k.img" >/dev/null
"$print" "$work/4k.img" >"$work/all"
grep -q '^table: gpt 4096 ' "$work/all" || fail 4k.img "$(cat "$work/all")"
fdisk -b 4096 -o device,start,sectors -l "$work/4k.img" |
	sed -n "s|^$work/4k.img\([0-9]*\)|\1|p" |
	awk '{ print $1, $2 * 4096, $3 * 4096 }' |
	diff - <(grep '^[0-9]' "$work/all" | cut -d ' ' -f 1-3) ||
	fail 4k.img "fdisk sees it otherwise"

# ---- hybrid: the GPT counts --------------------------------------------
truncate -s 64M "$work/hybrid.img"
sgdisk -n 1:2048:+8M -n 2:0:+8M -h 1 "$work/hybrid.img" >/dev/null 2>&1
compare "$work/hybrid.img"
grep -q '^table: gpt' "$work/all" || fail hybrid.img "is no GPT"
! grep -q hybrid "$work/all" || fail hybrid.img "is found faulty"

# ---- none ---------------------------------------------------------------
: >"$work/none.img"
"$print" "$work/none.img" | grep -q '^table: none' || fail none.img "is a table"
truncate -s 34M "$work/none.img"
"$print" "$work/none.img" | grep -q '^table: none' || fail none.img "is a table"
for bits in 12 16 32; do
	mkfs.fat -F $bits "$work/none.img" >/dev/null 2>&1
	"$print" "$work/none.img" | grep -q '^table: none' ||
		fail none.img "FAT$bits is taken for a table"
done
mkfs.fat -F 32 --mbr=y "$work/none.img" >/dev/null 2>&1
"$print" "$work/none.img" | grep -q '^table: none' ||
	fail none.img "a partition that is the whole disk is taken for one"
