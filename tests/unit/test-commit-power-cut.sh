#!/bin/sh
# test-commit-power-cut.sh - whatever reached the medium when the power
# failed, the next commit finds the old image or makes the new one
#
# SPDX-License-Identifier: Apache-2.0
#
# $BALIMG_POWER_CUT_STATES says how many states to try.
set -eu
# shellcheck source=tests/lib/fault.sh
. "${srcdir:-.}/tests/lib/fault.sh"

states=${BALIMG_POWER_CUT_STATES:-400}
edits='100=first 70000=second 4096=twice / 4096=TWICE 65536:1024 / 120=third'

seq 10000 >old
truncate -s 100000 old
seq 30000 34000 >>old
cp --sparse=always old image
# shellcheck disable=SC2086
faulty TRACE=trace IMAGE=image -- "$commit_once" image $edits
mv image new
cp --sparse=always old image
# shellcheck disable=SC2086
faulty TRACE=trace-named IMAGE=image NO_TMPFILE=1 -- \
	"$commit_once" image $edits
cmp image new

# holds OFFSET TEXT: is that in the image?
holds() {
	[ "$(tail -c +$(($1 + 1)) state/image | head -c ${#2})" = "$2" ]
}

# A later epoch is there only if all of the one before is.
check_order() {
	if holds 120 third; then
		cmp -s -n 1024 -i 65536:0 state/image /dev/zero ||
			fail "$1: the third epoch before the second"
		holds 4096 TWICE ||
			fail "$1: the third epoch before the second"
	fi
	if holds 4096 TWICE; then
		holds 100 first || fail "$1: the second epoch before the first"
		holds 70000 second ||
			fail "$1: the second epoch before the first"
	fi
}

# try_states TRACE
try_states() {
	: >seen
	seed=0
	while [ "$seed" -lt "$states" ]; do
		rm -rf state
		mkdir state
		said=$("$power_cut" "$1" old state "$seed")
		check_state "$1, seed $seed, $said"
		seed=$((seed + 1))
	done
	echo "$1: $("$power_cut" "$1") events"
	sort seen | uniq -c
	for outcome in 'old none' 'old journal' 'mixed journal' 'new none'; do
		grep -q "^$outcome$" seen || fail "$1: never seen: $outcome"
	done
}

check_state() {
	check_order "$1"
	was=mixed
	cmp -s state/image old && was=old
	cmp -s state/image new && was=new
	[ "$was" != mixed ] || [ -e state/.image.balimg-journal ] ||
		fail "$1: half an edit, and no journal"
	had=none
	if [ -e state/.image.balimg-journal ]; then
		had=journal
		"$commit_once" state/image || fail "$1"
		cmp -s state/image new || fail "$1: not new"
	fi
	echo "$was $had" >>seen
}

try_states trace
try_states trace-named
