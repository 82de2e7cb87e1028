#!/bin/sh
# test-commit-killed-anywhere.sh - a commit that is killed leaves the old
# image, or is finished by the next
#
# SPDX-License-Identifier: Apache-2.0
set -eu
# shellcheck source=tests/lib/fault.sh
. "${srcdir:-.}/tests/lib/fault.sh"

journal=.image.balimg-journal
edits='100=first 70000=second 4096=twice / 4096=TWICE 65536:1024 / 120=third'

fresh() {
	rm -rf image "$journal" .balimg-*
	cp --sparse=always old image
}

# Text, a hole, text, and an end within a sector.
seq 10000 >old
truncate -s 100000 old
seq 30000 34000 >>old

fresh
# shellcheck disable=SC2086
"$commit_once" image $edits
mv image new

# What is left must be the old image; or the new one; or, with a journal,
# become the new one.
judge() {
	if [ -e "$journal" ]; then
		"$commit_once" image || fail "$1: cannot be finished"
		cmp -s image new || fail "$1: finished, but not new"
		echo rolled-forward >>seen
	elif cmp -s image old; then
		echo old >>seen
	else
		cmp -s image new || fail "$1: neither old nor new"
		echo new >>seen
	fi
	[ ! -e "$journal" ] || fail "$1: the journal stays"
}

# A file with a temporary name may be left; one without a name is gone.
check_left_behind() {
	left=$(find . -name '.balimg-*')
	[ -n "$1" ] || [ -z "$left" ] || fail "left behind: $left"
}

# kill_everywhere [NO_TMPFILE=1]
kill_everywhere() {
	: >seen
	fresh
	# shellcheck disable=SC2086
	faulty COUNT=count $1 -- "$commit_once" image $edits
	calls=$(cat count)
	[ "$calls" -ge 10 ] || fail "only $calls calls were seen"
	call=1
	while [ "$call" -le "$calls" ]; do
		for tear in '' TEAR=1; do
			fresh
			status=0
			# shellcheck disable=SC2086
			faulty STOP="$call" $tear $1 -- \
				"$commit_once" image $edits || status=$?
			[ "$status" = 137 ] || fail "call $call: not killed"
			if [ -e "$journal" ]; then
				cp "$journal" kept-journal
				cp --sparse=always image kept-image
			fi
			judge "killed at call $call $tear $1"
			check_left_behind "$1"
		done
		call=$((call + 1))
	done
	for outcome in old rolled-forward new; do
		grep -q "^$outcome$" seen || fail "never seen: $outcome"
	done
}

kill_everywhere ''
kill_everywhere NO_TMPFILE=1

# Killed while it was being finished, again and again.
call=1
while :; do
	cp kept-journal "$journal"
	cp --sparse=always kept-image image
	status=0
	faulty STOP="$call" -- "$commit_once" image || status=$?
	[ "$status" = 137 ] || break
	judge "finishing, killed at call $call"
	call=$((call + 1))
done
[ "$status" = 0 ] || fail "finishing failed: $status"
[ "$call" -gt 5 ] || fail "finishing took only $call calls"
