#!/bin/bash
# test-edits-of-ext-volumes-can-be-killed-anywhere.sh - stopped before any
# call that writes, an edit is finished or taken back by the next command,
# and e2fsck finds nothing
#
# SPDX-License-Identifier: Apache-2.0
set -eu
export LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH=1700000000
export PATH="$PATH:/usr/sbin:/sbin"
here=$(cd "${srcdir:-.}" && pwd)
# shellcheck source=tests/lib/fault.sh
. "$here/tests/lib/fault.sh"
requires mkfs.ext4 e2fsck debugfs
balimg=$build/balimg
only_plain

mkdir -p tree/etc
head -c 40000 /dev/urandom >tree/etc/large
echo old >tree/etc/small
for number in $(seq 60); do
	echo "$number" >"tree/etc/one of many with a long name $number"
done
head -c 150000 /dev/urandom >large
echo new >small
mkfs.ext4 -q -F -b 1024 -d tree old 4M >mkfs.out 2>&1 || fail "$(cat mkfs.out)"

# unpack IMAGE FOLDER: by debugfs
unpack() {
	rm -rf "$2"
	mkdir "$2"
	debugfs -R "rdump / $2" "$1" >debugfs.out 2>&1
	rm -rf "$2/lost+found"
}

# arguments KIND FILE: the words of that edit of FILE, in the array "words"
arguments() {
	case $1 in
	replace) words=(put large "$2:/etc/large") ;;
	create) words=(put small "$2:/etc/a name that makes the folder grow") ;;
	several) words=(put large small "$2:/etc/") ;;
	remove) words=(rm "$2:/etc/large" "$2:/etc/small") ;;
	mkdir) words=(mkdir "$2:/etc/folder" "$2:/etc/folder/inner") ;;
	esac
}

unpack old old-files
for kind in ${BALIMG_EXT_EDIT_KINDS:-replace create several remove mkdir}; do
	cp old new
	arguments "$kind" new
	"$balimg" "${words[@]}" >out 2>&1 || fail "$(cat out)"
	unpack new new-files
	! diff -r old-files new-files >/dev/null || fail "$kind changes nothing"
	arguments "$kind" image
	for ((call = 1; ; call++)); do
		tear=$([ $((call % 2)) = 0 ] || echo TEAR=1)
		rm -f image .image.balimg-journal
		cp old image
		status=0
		# shellcheck disable=SC2086 # nothing, or one word
		faulty STOP=$call $tear -- "$balimg" "${words[@]}" >out ||
			status=$?
		[ "$status" = 137 ] || break
		what="$kind, call $call"
		[ -e .image.balimg-journal ] || cmp -s image old ||
			cmp -s image new || fail "$what: half, and no journal"
		"$balimg" mkdir image:/finished >out 2>&1 ||
			fail "$what: the next command: $(cat out)"
		e2fsck -fn image >fsck.out 2>&1 || fail "$what: $(cat fsck.out)"
		unpack image files
		rmdir files/finished || fail "$what: the next did nothing"
		diff -r files old-files >/dev/null ||
			diff -r files new-files >diff.out ||
			fail "$what: neither old nor new: $(cat diff.out)"
	done
	[ "$status" = 0 ] || fail "$kind: exit status $status"
	cmp image new || fail "$kind: not stopped, but not new"
	[ "$call" -gt 8 ] || fail "$kind: only $call calls were seen"
	echo "$kind: killed at each of $((call - 1)) calls"
done
