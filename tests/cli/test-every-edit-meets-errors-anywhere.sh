#!/bin/bash
# test-every-edit-meets-errors-anywhere.sh - when any call that writes fails,
# the edit says so and the image is as it was, or a journal finishes it
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/edits.sh
. "${srcdir:-.}/tests/lib/edits.sh"

# judge WHAT STATUS
judge() {
	if [ "$2" = 0 ]; then
		cmp -s image new || fail "$1: done, but not new"
	elif [ "$2" != 6 ]; then
		fail "$1: exit status $2"
	elif [ -e .image.balimg-journal ]; then
		finish image "$1"
		judge_finished image "$1"
		return
	else
		cmp -s image old || fail "$1: failed, but not as it was"
		[ -s stderr ] || fail "$1: failed without a word"
	fi
	[ ! -e .image.balimg-journal ] || fail "$1: the journal stays"
}

make_inputs
for kind in ${BALIMG_EDIT_KINDS:-$edit_kinds}; do
	prepare "$kind"
	faulty COUNT=count -- "$balimg" "${words[@]}" >out || fail "$kind"
	calls=$(cat count)
	for ((call = 1; call <= calls; call++)); do
		for error in $call:EIO $call:ENOSPC $call+:EIO \
			$call+:ENOSPC; do
			rm -f image .image.balimg-journal
			cp old image
			status=0
			faulty ERROR="$error" -- "$balimg" "${words[@]}" \
				>out || status=$?
			judge "$kind, $error" "$status"
		done
	done
	echo "$kind: each of $calls calls failed in four ways"
done
