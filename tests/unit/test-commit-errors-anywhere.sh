#!/bin/sh
# test-commit-errors-anywhere.sh - a commit that meets an error leaves the old
# image, or a journal by which it is finished
#
# SPDX-License-Identifier: Apache-2.0
set -eu
# shellcheck source=tests/lib/fault.sh
. "${srcdir:-.}/tests/lib/fault.sh"

journal=.image.balimg-journal
edits='100=first 70000=second 4096=twice / 4096=TWICE 65536:1024 / 120=third'

fresh() {
	rm -rf image "$journal"
	cp --sparse=always old image
}

seq 10000 >old
truncate -s 100000 old
seq 30000 34000 >>old

fresh
# shellcheck disable=SC2086
faulty COUNT=count -- "$commit_once" image $edits
mv image new
calls=$(cat count)

# judge WHAT STATUS
judge() {
	if [ "$2" = 0 ]; then
		cmp -s image new || fail "$1: done, but not new"
		[ ! -e "$journal" ] || fail "$1: done, but the journal stays"
		echo whole >>seen
	elif [ "$2" != 6 ]; then
		fail "$1: exit status $2"
	elif [ -e "$journal" ]; then
		grep -Eq 'not finished|edit is done' stderr ||
			fail "$1: the journal is kept without a word"
		"$commit_once" image || fail "$1: cannot be finished"
		cmp -s image new || fail "$1: finished, but not new"
		echo journal >>seen
	else
		cmp -s image old || fail "$1: failed, but not old"
		echo old >>seen
	fi
	left=$(find . -name '.balimg-*')
	[ -z "$left" ] || fail "$1: left behind: $left"
}

: >seen
call=1
while [ "$call" -le "$calls" ]; do
	for error in "$call:EIO" "$call:ENOSPC" "$call+:EIO" \
		"$call+:ENOSPC"; do
		for tear in '' TEAR=1; do
			fresh
			status=0
			# shellcheck disable=SC2086
			faulty ERROR="$error" $tear -- \
				"$commit_once" image $edits || status=$?
			judge "$error $tear" "$status"
		done
	done
	call=$((call + 1))
done
for outcome in whole journal old; do
	grep -q "^$outcome$" seen || fail "never seen: $outcome"
done
