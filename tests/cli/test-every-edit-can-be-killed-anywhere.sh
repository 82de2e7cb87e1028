#!/bin/bash
# test-every-edit-can-be-killed-anywhere.sh - stopped before any call that
# writes, an edit is old or new to others, and the next command finishes it
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/edits.sh
. "${srcdir:-.}/tests/lib/edits.sh"

make_inputs
mkdir work
for kind in ${BALIMG_EDIT_KINDS:-$edit_kinds}; do
	prepare "$kind"
	for ((call = 1; ; call++)); do
		tear=$([ $((call % 2)) = 0 ] || echo TEAR=1)
		rm -f image .image.balimg-journal
		cp old image
		status=0
		# shellcheck disable=SC2086 # nothing, or one word
		faulty STOP=$call $tear -- "$balimg" "${words[@]}" >out ||
			status=$?
		[ "$status" = 137 ] || break
		"$here/tests/lib/fat-judge" cut image work ||
			fail "$kind, call $call"
		mixed work/files "$kind, call $call"
		[ -e .image.balimg-journal ] || cmp -s image old ||
			cmp -s image new ||
			fail "$kind, call $call: half done, and no journal"
		finish image "$kind, call $call"
		judge_finished image "$kind, call $call"
	done
	[ "$status" = 0 ] || fail "$kind: exit status $status"
	cmp image new || fail "$kind: not stopped, but not new"
	[ "$call" -gt 8 ] || fail "$kind: only $call calls were seen"
	echo "$kind: killed at each of $((call - 1)) calls"
done
