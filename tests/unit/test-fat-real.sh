#!/bin/sh
# test-fat-real.sh - real FAT images: the same files and faults as others see
#
# SPDX-License-Identifier: Apache-2.0
#
# Every FAT of the images that other projects test with: the files that mtools
# unpacks are those that we unpack, byte for byte, and grub-fstest agrees on a
# sample; we find a fault where fsck.fat finds one, and none elsewhere; what
# we repair, fsck.fat calls clean; and an edit makes nothing worse.
set -eu
export LC_ALL=C.UTF-8 PATH="$PATH:/usr/sbin:/sbin"
here=$(cd "${srcdir:-.}" && pwd)
program=$PWD/tests/lib/ask-volume
real=${BALIMG_REAL:-$here/../shared/real}

# A hang is a failure.
ask() {
	timeout 10 "$program" "$@"
}

skip() {
	echo "skipped: $1"
	exit 77
}

[ -f "$real/images.tar.zst" ] || skip "no images in $real"
for tool in zstd fsck.fat mcopy sfdisk blkid jq; do
	command -v $tool >/dev/null || skip "no $tool here"
done
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
zstd -dc "$real/images.tar.zst" | tar -xS -C "$work" --exclude=docker
# Byte 0x80 and up of 8.3 names as we read them.
echo 'default_codepage=437' >"$work/mtoolsrc"
export MTOOLSRC="$work/mtoolsrc"
faults=0

fault() {
	echo "$name: $*"
	faults=$((faults + 1))
}

# Where our verdict may differ from fsck.fat's: labels of root directory and
# boot sector that differ, and a backup boot sector that differs, are worth a
# note to us, not a fault.  fsck.fat says these in so many words:
notes='^fsck\.fat |^ *$|clusters$|^Leaving filesystem unchanged
^There is no label in boot sector|^Label in boot sector is|^Label .* is not valid
^Volume label .* stored in root directory|^  Auto-(copying|removing) .*label
^There are differences between boot sector and its backup
^This is mostly harmless|^  *Not automatically fixing this|^  *[0-9]+:[0-9a-f]'

is_note() {
	echo "$notes" >"$work/notes"
	! grep -qvE -f "$work/notes" "$work/fsck"
}

# Others see the volume at all?  mtools does not know FAT32 with few clusters.
mtools_can() {
	mdir -b -i "$fat" :: >/dev/null 2>&1
}

compare_files() {
	rm -rf "$work/ours" "$work/theirs"
	mkdir "$work/ours" "$work/theirs"
	ask "$fat" unpack "$work/ours" >"$work/log" 2>&1 ||
		fault "unpack: $(head -n 3 "$work/log")"
	files=$((files + $(find "$work/ours" -type f | wc -l)))
	mtools_can || return 0
	mcopy -s -Q -n -i "$fat" :: "$work/theirs/" >/dev/null 2>&1 ||
		[ -z "$(mdir -b -i "$fat" ::)" ] || fault "mcopy failed"
	diff -r "$work/ours" "$work/theirs" >"$work/log" 2>&1 ||
		fault "other files: $(head -n 5 "$work/log")"
}

# grub-fstest compares one file of ours with what it reads.
compare_sample() {
	command -v grub-fstest >/dev/null || return 0
	(cd "$work/ours" && find . -type f -size +0) |
		LC_ALL=C grep -v '[^ -~]' | sort | sed -n '1~9p' |
		head -n 3 >"$work/sample"
	while read -r file; do
		grub-fstest "$fat" cmp "(loop0)${file#.}" \
			"$work/ours/$file" >"$work/log" 2>&1 ||
			fault "grub-fstest: $file: $(cat "$work/log")"
		samples=$((samples + 1))
	done <"$work/sample"
}

compare_verdicts() {
	fsck.fat -n "$fat" >"$work/fsck" 2>&1 && theirs=0 || theirs=1
	ask "$fat" check >"$work/check" 2>"$work/log" && ours=0 || ours=$?
	[ "$ours" -le 1 ] || fault "check: $(cat "$work/log")"
	[ "$ours" = "$theirs" ] || { [ "$ours-$theirs" = 0-1 ] && is_note; } ||
		fault "we say $ours, fsck.fat $theirs: $(
			cat "$work/check" "$work/fsck" | head -n 20)"
}

# blkid leaves the boot sector's label aside, and bytes as they are.
compare_labels() {
	get="blkid -p -o value -s"
	label=$($get LABEL "$fat")
	[ -n "$label" ] || label=$($get LABEL_FATBOOT "$fat")
	printf 'TYPE=%s\nLABEL=%s\nUUID=%s\n' "$($get TYPE "$fat")" \
		"$label" "$($get UUID "$fat")" >"$work/log"
	case $label in *[!\ -~]*) return 0 ;; esac
	ask "$fat" identify | diff - "$work/log" >"$work/differ" ||
		fault "blkid sees other labels: $(cat "$work/differ")"
}

# Only faults that can be mended: then nothing may be left of them.
judge_repair() {
	grep -q '^mend: ' "$work/check" || return 0
	cp --sparse=always "$fat" "$work/mended"
	ask "$work/mended" repair || fault "repair failed"
	if grep -q '^fault: ' "$work/check"; then
		return 0
	fi
	fsck.fat -n "$work/mended" >"$work/log" 2>&1 ||
		fault "not mended: $(head -n 20 "$work/log")"
}

# A file more, and fsck.fat says the same but for its counts.
judge_edit() {
	head -c 5000 "$0" >"$work/content"
	cp --sparse=always "$fat" "$work/edited"
	ask "$work/edited" put '/A new file.txt' "$work/content" \
		2>"$work/log" || {
		grep -qE 'bytes are needed|is full' "$work/log" ||
			fault "put: $(cat "$work/log")"
		return 0
	}
	fsck.fat -n "$work/edited" >"$work/fsck-edited" 2>&1 || :
	counts='clusters$|^Free cluster summary uninitialized'
	grep -vE "$counts" "$work/fsck" >"$work/before" || :
	grep -vE "$counts" "$work/fsck-edited" >"$work/after" || :
	diff "$work/before" "$work/after" >"$work/log" ||
		fault "an edit made it worse: $(head -n 20 "$work/log")"
	if mtools_can; then
		mtype -i "$work/edited" '::/A new file.txt' |
			cmp -s - "$work/content" ||
			fault "mtype reads another file"
	fi
	! command -v grub-fstest >/dev/null ||
		grub-fstest "$work/edited" cmp '(loop0)/A new file.txt' \
			"$work/content" >"$work/log" 2>&1 ||
		fault "grub-fstest reads another file: $(cat "$work/log")"
}

judge() {
	fat=$1 name=$2
	compare_labels
	compare_verdicts
	judge_repair
	case $name in
	# Chains that lead astray: others read them on.  And a FAT that begins
	# with zeroes: others do not take it for one.
	check-c*.BROKEN* | check-fat12_first_cluster.BROKEN*) ;;
	*)
		compare_files
		compare_sample
		judge_edit
		;;
	esac
	seen=$((seen + 1))
}

# The FAT partitions of a disk, each in a file of its own.
judge_disk() {
	sfdisk -J "$1" | jq -r '.partitiontable.partitions[] |
		"\(.start) \(.size) \(.type)"' >"$work/table"
	while read -r start size type; do
		case $type in
		1 | 4 | 6 | b | c | e) ;;
		*) continue ;;
		esac
		dd if="$1" of="$work/part" bs=512 skip="$start" \
			count="$size" conv=sparse status=none
		truncate -s $((size * 512)) "$work/part"
		[ "$(ask "$work/part" identify | head -n 1)" = TYPE=vfat ] ||
			continue
		judge "$work/part" "$(basename "$1")-$start"
	done <"$work/table"
}

seen=0 files=0 samples=0
for image in "$work"/images/*fat*/*.img "$work"/images/dosfstools/*.img \
	"$work"/images/util-linux/fs/*fat*.img; do
	[ -f "$image" ] || continue
	if [ "$(basename "$image")" = fat16_noheads.img ]; then
		# Half of it is not there: to be named, and refused.
		name=fat16_noheads.img
		ask "$image" identify | grep -qx TYPE=vfat ||
			fault 'is not named'
		ask "$image" check 2>&1 | grep -q 'bytes, but only' ||
			fault 'is not found to be cut short'
		continue
	fi
	judge "$image" "$(basename "$image")"
done
for image in "$work"/images/embedded-sdmmc/*.img \
	"$work"/images/npm/partitioninfo-mbr-disk.img; do
	judge_disk "$image"
done
echo "$seen volumes, $files files, $samples samples read by grub-fstest"
[ $seen -ge 30 ] || fault 'too few volumes'
[ $faults = 0 ]
