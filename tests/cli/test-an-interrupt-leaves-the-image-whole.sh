#!/bin/bash
# test-an-interrupt-leaves-the-image-whole.sh - Ctrl-C while writing: all or nothing, and status 130
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq strace

# Leaks cannot be looked for under a tracer.
export ASAN_OPTIONS="detect_leaks=0:${ASAN_OPTIONS-}"
strace -o /dev/null true 2>/dev/null || skip 'no process can be traced here'

# interrupted CALL NUMBER ARGUMENT...: run the tool, and interrupt it at its
# NUMBERth CALL; false if there are not so many
interrupted() {
	local call=$1 when=$2
	shift 2
	status=0
	# It may be ignored where the tests run in the background.
	env --default-signal=INT strace -f -o trace -e "trace=$call" \
		-e "inject=$call:signal=INT:when=$when" \
		"$BALIMG" "$@" >out 2>err </dev/null || status=$?
	grep -q SIGINT trace
}

image generic x.img 256M
cp --sparse=always x.img was.img
stopped=0
for call in pwrite64 fsync; do
	when=1
	while cp --sparse=always was.img x.img &&
		interrupted $call $when config set x.img hostname=kiosk; do
		fsck_clean x.img
		if [ "$status" = 130 ]; then
			stopped=$((stopped + 1))
			cmp x.img was.img
		else
			equal "$status" 0
			equal "$(config x.img .hostname)" '"kiosk"'
		fi
		when=$((when + 1))
	done
	[ "$when" -gt 1 ] || fail "there was no $call"
done

when=1
while interrupted copy_file_range $when config set was.img -o copy.img \
	hostname=kiosk; do
	if [ "$status" = 130 ]; then
		stopped=$((stopped + 1))
		[ ! -e copy.img ] || fail 'a part of a copy was left'
	else
		equal "$status" 0
		equal "$(config copy.img .hostname)" '"kiosk"'
		rm copy.img
	fi
	when=$((when + 1))
done
[ "$stopped" -gt 0 ] || fail 'it was never stopped'
[ ! -e .x.img.balimg-journal ] || fail 'a journal was left'
