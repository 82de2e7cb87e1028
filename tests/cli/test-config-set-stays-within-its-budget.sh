#!/bin/bash
# test-config-set-stays-within-its-budget.sh - a key costs what a key may cost
#
# SPDX-License-Identifier: Apache-2.0
#
# One config set reads at most 256 KiB of the image, writes at most 128 KiB,
# syncs at most 8 times, and needs at most 16 MiB of memory; how large the
# image is does not matter.
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires strace mcopy sfdisk

# A leak checker cannot work beside strace.
export ASAN_OPTIONS="detect_leaks=0:${ASAN_OPTIONS:-}"

# at_most WHAT GOT LIMIT
at_most() {
	echo "$1: $2 (limit $3)"
	[ "$2" -le "$3" ] || fail "$kind, $size: $1: $2, not at most $3"
}

# edit_cost KIND SIZE: sets reads, writes and syncs
edit_cost() {
	kind=$1 size=$2
	"$srcdir/tests/lib/make-image.sh" "$kind" image.img "$size"
	read -r reads writes syncs < <("$srcdir/tests/lib/io-count" image.img \
		"$BALIMG" config set image.img hostname=budget)
	[ "$("$BALIMG" config get image.img hostname)" = budget ] ||
		fail "$kind, $size: not set"
}

# Not under a sanitizer, which has a memory of its own.
memory() {
	[ -z "${SANITIZED:-}" ] || return 0
	printf 'edit\t\t%s\n' "$BALIMG config set image.img hostname=again" |
		"${BALIMG%/*}/tests/bench/interleave" 1 >timed
	at_most 'KiB of memory' "$(cut -f 5 timed)" 16384
}

for fat in rpi3 rpi4; do
	edit_cost $fat 1G
	at_most 'bytes read' "$reads" $((256 * 1024))
	at_most 'bytes written' "$writes" $((128 * 1024))
	at_most syncs "$syncs" 8
	memory
	edit_cost $fat 256M
	least=$reads
	edit_cost $fat 8G
	at_most 'bytes read' "$reads" $((least + 4096))
done
