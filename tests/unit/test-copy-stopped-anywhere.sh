#!/bin/sh
# test-copy-stopped-anywhere.sh - a copy is there whole or not at all, and the
# undo file with it
#
# SPDX-License-Identifier: Apache-2.0
set -eu
# shellcheck source=tests/lib/fault.sh
. "${srcdir:-.}/tests/lib/fault.sh"

edits='100=first 70000=second / 100=FIRST'

seq 10000 >image
truncate -s 400000 image
cp image old
echo another >another

# shellcheck disable=SC2086
faulty COUNT=count -- "$commit_once" -o out image $edits
mv out new
calls=$(cat count)

# judge WHAT BEFORE: out is new, or as before (- for not there)
judge() {
	cmp -s image old || fail "$1: the input changed"
	if [ ! -e out ]; then
		[ "$2" = - ] || fail "$1: $2 is gone"
		echo missing >>seen
	elif cmp -s out new; then
		echo new >>seen
	elif [ "$2" != - ] && cmp -s out "$2"; then
		echo before >>seen
	else
		fail "$1: not whole"
	fi
}

: >seen
for before in - another; do
	call=1
	while [ "$call" -le "$calls" ]; do
		for fault in STOP="$call" ERROR="$call:EIO" \
			ERROR="$call+:ENOSPC"; do
			rm -f out
			[ "$before" = - ] || cp "$before" out
			status=0
			# shellcheck disable=SC2086
			faulty "$fault" TEAR=1 -- \
				"$commit_once" -o out image $edits || status=$?
			[ "$status" != 0 ] || cmp -s out new ||
				fail "$fault: done, but not new"
			judge "$fault" "$before"
		done
		call=$((call + 1))
	done
done
for outcome in missing new before; do
	grep -q "^$outcome$" seen || fail "never seen: $outcome"
done

# The undo file comes first: if the image is new, it is there and whole.
# shellcheck disable=SC2086
faulty COUNT=count -- "$commit_once" -u undo image $edits
mv undo undo-whole
cp image new
calls=$(cat count)
call=1
while [ "$call" -le "$calls" ]; do
	cp old image
	rm -f undo .image.balimg-journal
	status=0
	# shellcheck disable=SC2086
	faulty STOP="$call" -- "$commit_once" -u undo image $edits ||
		status=$?
	[ "$status" = 137 ] || fail "call $call: not killed: $status"
	if [ -e undo ]; then
		cmp -s undo undo-whole || fail "call $call: half an undo file"
	else
		cmp -s image old || fail "call $call: no undo file"
	fi
	call=$((call + 1))
done
