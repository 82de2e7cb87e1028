# update.sh - bundles, and judges of images that were updated; to be sourced
# shellcheck shell=bash
#
# SPDX-License-Identifier: Apache-2.0
#
# Beside cli.sh.
# shellcheck disable=SC2154 # srcdir and work are its

# take_apart FILE: what the image KIND.img holds: its root of the running
# system in root.tar, its boot files in boot/
take_apart() {
	run 0 tar "$1:rootA/" -o root.tar --force
	! grep -q 'built with libarchive' err || skip 'built without libarchive'
	rm -rf boot
	mkdir boot
	mcopy -s -Q -n -i "$1@@$(boot_offset "$1")" :: boot/
}

# bundle OUT VERSION [CHANGE]: of what was taken apart, see make-hostapp
bundle() {
	python3 "$srcdir/tests/lib/make-hostapp" root.tar boot "$@"
}

# judge FILE NUMBER BUNDLE COUNTER: e2fsck, and judge-store, are content with
# the root in partition NUMBER
judge() {
	ext_clean "$1" "$2"
	mkdir -p mounted
	if [ "$(id -u)" = 0 ] && mount -o loop,ro ext.img mounted 2>/dev/null
	then
		python3 "$srcdir/tests/lib/judge-store" mounted "$3" "$4" ||
			fail "$1: partition $2, mounted"
		umount mounted
	fi
	rm -rf dumped
	mkdir dumped
	debugfs -R 'rdump / dumped' ext.img >/dev/null 2>&1
	python3 "$srcdir/tests/lib/judge-store" dumped "$3" "$4" lax ||
		fail "$1: partition $2, dumped"
}

trap 'umount "$work/mounted" 2>/dev/null || :; rm -rf "$work"' EXIT
