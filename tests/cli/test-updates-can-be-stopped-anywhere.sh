#!/bin/bash
# test-updates-can-be-stopped-anywhere.sh - killed, failed or without power,
# an image is the old one or the new one after repair, and a bundle is whole or
# not there
#
# SPDX-License-Identifier: Apache-2.0
#
# The same command makes the same bytes, so that a state is judged by cmp, and
# e2fsck and fsck.fat judge what it is compared to.  Of all calls that write,
# $BALIMG_UPDATE_STATES are tried for each kind of job and of fault: the first
# ones, the last ones, and some of those between.
set -eu
export LC_ALL=C.UTF-8 TZ=UTC MTOOLS_SKIP_CHECK=1 SOURCE_DATE_EPOCH=1700000000
export PATH="$PATH:/usr/sbin:/sbin"
here=$(cd "${srcdir:-.}" && pwd)
# shellcheck source=tests/lib/fault.sh
. "$here/tests/lib/fault.sh"
requires mkfs.fat fsck.fat mcopy mke2fs e2fsck sfdisk jq python3
find_tool
only_plain
states=${BALIMG_UPDATE_STATES:-9}

# made KIND FILE: a sample image
made() {
	"$here/tests/lib/make-image.sh" "$1" "$2" 144M >/dev/null
}

# part FILE NUMBER: where it is, and how large, in sectors
part() {
	sfdisk -J "$1" 2>/dev/null | jq -r --arg at "$2" \
		'.partitiontable.partitions[$at | tonumber - 1] |
		 "\(.start) \(.size)"'
}

# sound FILE NUMBER...: its boot partition and these have no fault
sound() {
	local file=$1 number start size
	shift
	for number in 1 "$@"; do
		read -r start size < <(part "$file" "$number")
		dd if="$file" of=part.img bs=512 skip="$start" count="$size" \
			conv=sparse status=none
		if [ "$number" = 1 ]; then
			fsck.fat -n part.img >fsck.out || fail "$(cat fsck.out)"
		else
			e2fsck -fn part.img >fsck.out 2>&1 ||
				fail "$(cat fsck.out)"
		fi
		rm part.img
	done
}

# sample CALLS: which of them
sample() {
	python3 - "$1" "$states" <<-'END'
	import sys
	calls, states = int(sys.argv[1]), int(sys.argv[2])
	if states >= calls:
	    chosen = range(1, calls + 1)
	else:
	    ends = states // 3
	    chosen = {*range(1, ends + 1), *range(calls - ends + 1, calls + 1)}
	    between = calls - 2 * ends
	    more = states - 2 * ends
	    chosen |= {ends + 1 + between * i // more for i in range(more)}
	print(*sorted(chosen))
	END
}

# only NAME...: there is nothing else in the folder where things are made
only() {
	(cd box && find . -mindepth 1 -printf '%P\n' | sort) >is
	printf '%s\n' "$@" | grep . | sort >want || :
	diff want is >diff.out || fail "$what: left over: $(cat diff.out)"
}

# ---- what there is to do -----------------------------------------------------

made generic hostapp.img
"$balimg" tar hostapp.img:rootA/ -o root.tar >out 2>&1 || {
	echo "skipped: $(cat out)"
	exit 77
}
read -r start _ < <(part hostapp.img 1)
mkdir boot box
mcopy -s -Q -n -i "hostapp.img@@$((start * 512))" :: boot/
python3 "$here/tests/lib/make-hostapp" root.tar boot hostapp.bundle 6.2.0 \
	'hooks["80-rollback"] = ""; size = 2000000'
made resin1 resinhup.img
"$balimg" hup build resinhup.img -o resinhup.bundle >out 2>&1 ||
	fail "$(cat out)"

# ---- apply -------------------------------------------------------------------

# settle: repair brings the image to one of the two
settle() {
	"$balimg" repair box/image >out 2>&1 || fail "$what: $(cat out)"
	only image
	cmp -s box/image old || cmp -s box/image new ||
		fail "$what: neither old nor new"
}

for kind in hostapp resinhup; do
	words=(hup apply "$kind.bundle" box/image)
	cp --sparse=always $kind.img old
	cp --sparse=always old box/image
	faulty COUNT=count TRACE=trace IMAGE=box/image -- "$balimg" \
		"${words[@]}" >out || fail "$kind: cannot be applied"
	calls=$(cat count)
	mv box/image new
	cmp -s old new && fail "$kind: changes nothing"
	sound new 2 3
	"$balimg" check new >out 2>&1 || fail "$(cat out)"
	for call in $(sample "$calls"); do
		what="$kind, killed at $call of $calls"
		cp --sparse=always old box/image
		status=0
		faulty STOP="$call" TEAR=1 -- "$balimg" "${words[@]}" >out ||
			status=$?
		[ "$status" = 137 ] || fail "$what: exit status $status"
		[ -e box/.image.balimg-journal ] || cmp -s box/image old ||
			cmp -s box/image new || fail "$what: half, no journal"
		settle
		for error in $call:EIO $call+:ENOSPC; do
			what="$kind, $error of $calls"
			cp --sparse=always old box/image
			status=0
			faulty ERROR="$error" -- "$balimg" "${words[@]}" >out ||
				status=$?
			case $status in
			0) cmp -s box/image new || fail "$what: not new" ;;
			6) [ -s stderr ] || fail "$what: not a word" ;;
			*) fail "$what: exit status $status" ;;
			esac
			[ "$status" = 0 ] ||
				[ -e box/.image.balimg-journal ] ||
				cmp -s box/image old || fail "$what: not old"
			settle
		done
	done
	echo "$kind: killed and failed at $states of $calls calls"
	for ((seed = 0; seed < states; seed++)); do
		rm -rf box
		mkdir box
		what="$kind, seed $seed"
		"$power_cut" trace old box "$seed" >out || fail "$what"
		settle
	done
	echo "$kind: $states states of $("$power_cut" trace) events"
	rm -f box/* box/.[!.]*
done

# ---- build -------------------------------------------------------------------

for kind in hostapp resinhup; do
	words=(hup build "$kind.img" -o box/bundle)
	faulty COUNT=count -- "$balimg" "${words[@]}" >out ||
		fail "$kind: cannot be built"
	calls=$(cat count)
	mv box/bundle whole
	[ "$calls" -gt 3 ] || fail "$kind: only $calls calls were seen"
	for call in $(sample "$calls"); do
		what="$kind, built, killed at $call of $calls"
		status=0
		faulty STOP="$call" -- "$balimg" "${words[@]}" >out || status=$?
		[ "$status" = 137 ] || fail "$what: exit status $status"
		[ ! -e box/bundle ] || cmp box/bundle whole || fail "$what"
		rm -f box/bundle
		only ''
		for more in '' NO_TMPFILE=1; do
			# A name that cannot be removed either would stay.
			later=+
			[ -z "$more" ] || later=
			for error in $call:EIO $call$later:ENOSPC; do
				what="$kind, built, $error $more of $calls"
				status=0
				# shellcheck disable=SC2086 # nothing or a word
				faulty ERROR="$error" $more -- "$balimg" \
					"${words[@]}" >out || status=$?
				case $status in
				0) cmp box/bundle whole || fail "$what" ;;
				6) [ ! -e box/bundle ] || cmp box/bundle whole ||
					fail "$what: half" ;;
				*) fail "$what: exit status $status" ;;
				esac
				rm -f box/bundle
				only ''
			done
		done
	done
	echo "$kind: built, killed and failed at $states of $calls calls"
done
