#!/bin/bash
# test-every-edit-survives-a-power-cut.sh - whatever reached the medium, each
# file is old or new, and the next command ends with a clean volume
#
# SPDX-License-Identifier: Apache-2.0
#
# $BALIMG_POWER_CUT_STATES of each kind of edit are judged: without recovery
# by mtools and fsck.fat (see fat-judge), then after the next command.
# shellcheck source=tests/lib/edits.sh
. "${srcdir:-.}/tests/lib/edits.sh"

states=${BALIMG_POWER_CUT_STATES:-40}
make_inputs
mkdir state work
for kind in ${BALIMG_EDIT_KINDS:-$edit_kinds}; do
	prepare "$kind"
	faulty TRACE=trace IMAGE=image -- "$balimg" "${words[@]}" >out ||
		fail "$kind"
	cmp image new || fail "$kind: not reproducible"
	for ((seed = 0; seed < states; seed++)); do
		rm -rf state/* state/.[!.]*
		said="$kind, seed $seed, $("$power_cut" trace old state $seed)"
		"$here/tests/lib/fat-judge" cut state/image work ||
			fail "$said"
		mixed work/files "$said"
		finish state/image "$said"
	done
	echo "$kind: $states states of $("$power_cut" trace) events"
done
