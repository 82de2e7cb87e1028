#!/bin/bash
# test-every-edit-survives-a-power-cut.sh - whatever reached the medium, each
# file is old or new, and the next command ends with a clean volume
#
# SPDX-License-Identifier: Apache-2.0
#
# $BALIMG_POWER_CUT_STATES of each kind of edit are judged: without recovery
# by mtools and fsck.fat (see fat-judge), then after the next command.  Images
# that are equal byte for byte are judged once.
# shellcheck source=tests/lib/edits.sh
. "${srcdir:-.}/tests/lib/edits.sh"

states=${BALIMG_POWER_CUT_STATES:-40}
make_inputs
mkdir state work
declare -A judged

# is_known IMAGE: was an image that is finished as this one judged?  It will
# have been.
is_known() {
	local known
	for known in finished-*; do
		! cmp -s "$1" "$known" || return 0
	done
	cp "$1" "finished-$((finished += 1))"
	return 1
}

for kind in ${BALIMG_EDIT_KINDS:-$edit_kinds}; do
	prepare "$kind"
	faulty TRACE=trace IMAGE=image -- "$balimg" "${words[@]}" >out ||
		fail "$kind"
	cmp image new || fail "$kind: not reproducible"
	judged=() finished=0
	rm -f finished-*
	for ((seed = 0; seed < states; seed++)); do
		rm -rf state/* state/.[!.]*
		{ read -r said && read -r sum; } < <(
			"$power_cut" trace old state $seed)
		said="$kind, seed $seed, $said"
		if [ -z "${judged[$sum]:-}" ]; then
			"$here/tests/lib/fat-judge" cut state/image work ||
				fail "$said"
			mixed work/files "$said"
			judged[$sum]=yes
		fi
		finish state/image "$said"
		is_known state/image || judge_finished state/image "$said"
	done
	echo "$kind: $states states of $("$power_cut" trace) events:" \
		"${#judged[@]} images, $finished when finished"
done
