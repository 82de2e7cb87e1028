#!/bin/bash
# test-label-faults.sh - what is wrong with a table is said, by its name
#
# SPDX-License-Identifier: Apache-2.0
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
here=${srcdir:-.}
print=$PWD/tests/unit/print-label
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

for tool in sfdisk sgdisk mkfs.fat mke2fs mcopy; do
	command -v $tool >/dev/null || {
		echo "skipped: no $tool here"
		exit 77
	}
done
make() {
	"$here/tests/lib/make-image.sh" "$1" "$work/image" "${2:-256M}"
}

# wipe OFFSET LEN: bytes become zero
wipe() {
	dd if=/dev/zero of="$work/image" bs=1 seek="$1" count="$2" \
		conv=notrunc status=none
}

# says WORDS: among what is printed
says() {
	"$print" "$work/image" >"$work/said" || :
	grep -qF -- "$1" "$work/said" || {
		echo "should say \"$1\", says:"
		cat "$work/said"
		exit 1
	}
}

says_nothing() {
	"$print" "$work/image" | grep -vE '^(table:|[0-9]|read:)' || return 0
	exit 1
}

# ---- a download cut short ----------------------------------------------
make rpi4
says_nothing
truncate -s 200M "$work/image"
says "invalid: partition table: the image is cut short: its partitions reach \
$((56 * 1024 * 1024)) bytes beyond its end"
truncate -s 512 "$work/image"
says 'the image is cut short'
make generic
says_nothing
truncate -s 200M "$work/image"
says 'the image is cut short'
truncate -s 2K "$work/image"
says 'the GPT is damaged: its entries lie beyond'
truncate -s 512 "$work/image"
says 'the GPT is damaged: its header lies beyond'

# ---- GPT ----------------------------------------------------------------
make generic
wipe 512 8
says 'the GPT is damaged: its header is missing'
make generic
wipe 612 9
says_nothing # part of the header's padding
wipe 568 4
says 'the GPT is damaged: its header fails the checksum'
make generic
wipe 1024 4
says 'the GPT is damaged: its entries fail the checksum'
# ---- the backup, and hybrids, are looked at by check only ---------------
make generic
truncate -s 300M "$work/image"
says 'the backup GPT is at sector 524287, not in the last one (614399)'
make generic
wipe $((256 * 1024 * 1024 - 512)) 8
says 'backup: the GPT is damaged: its header is missing'
make generic
truncate -s $((256 * 1024 * 1024 - 4096)) "$work/image"
says 'backup: the GPT is damaged: its header lies beyond'
make generic
cp "$work/image" "$work/other"
sgdisk -c 2:other "$work/other" >/dev/null
dd if="$work/other" of="$work/image" bs=512 conv=notrunc status=none \
	skip=$((524288 - 33)) seek=$((524288 - 33))
says 'the backup GPT differs'
make generic
sgdisk -h 1 "$work/image" >/dev/null 2>&1
says_nothing
printf '\x01' | dd of="$work/image" bs=1 seek=$((446 + 16 + 12)) conv=notrunc \
	status=none
says 'entry 2 of the hybrid MBR is no partition of the GPT'
