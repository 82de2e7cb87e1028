#!/bin/bash
# However balimg ends while it edits a qcow2 image, the old or the new one is
# there, and no process, socket or file but it.
#
# SPDX-License-Identifier: Apache-2.0
. "${srcdir:-.}/tests/lib/cli.sh"
. "$srcdir/tests/lib/disk-image.sh"
requires strace
strace -o /dev/null true 2>/dev/null || skip 'no process can be traced here'
export ASAN_OPTIONS="detect_leaks=0:${ASAN_OPTIONS-}"
export SOURCE_DATE_EPOCH=1700000000

image generic raw.img 256M
convert qcow2 raw.img was.qcow2
cp was.qcow2 new.qcow2
run 0 config set new.qcow2 hostname=kiosk
mkdir there
old=0
new=0

# judge CALL NUMBER: what is there now.  To replace a file takes a second name
# for a moment: there the new image may be left, whole.
judge() {
	local spare
	tidy
	for spare in there/.balimg-*; do
		[ -e "$spare" ] || continue
		case $1 in
		rename* | *s) ;;
		*) fail "after $1: $spare is left" ;;
		esac
		cmp "$spare" new.qcow2
		rm "$spare"
	done
	equal "$(ls -A there)" x.qcow2
	if cmp -s there/x.qcow2 was.qcow2; then
		old=$((old + 1))
	elif cmp -s there/x.qcow2 new.qcow2; then
		new=$((new + 1))
	else
		fail "after $1: neither the old image nor the new one"
	fi
	cp was.qcow2 there/x.qcow2
}

# stopped SIGNAL CALL NUMBER: edit, and be sent SIGNAL at the NUMBERth CALL;
# false if there are not so many
stopped() {
	status=0
	env --default-signal=INT strace -o trace -e "trace=$2" \
		-e "inject=$2:signal=$1:when=$3" \
		"${program:?}" config set there/x.qcow2 hostname=kiosk \
		>out 2>err </dev/null || status=$?
	grep -qE 'SIGINT|SIGKILL' trace
}

cp was.qcow2 there/x.qcow2
for call in socket bind listen connect pipe2 clone clone3 fork sendto \
	ftruncate copy_file_range fchmod fsync linkat rename wait4; do
	for when in 1 2 3 4 5 6 7 8 9 10 11 12; do
		stopped KILL $call $when || break
		judge "$call $when"
	done
	cp was.qcow2 there/x.qcow2
done
[ $old -gt 20 ] || fail "it was stopped only $old times before its end"
[ $new -gt 0 ] || fail 'it was never stopped at its end'

# Ctrl-C.
for call in sendto copy_file_range fsync; do
	for when in 1 2 3 8; do
		stopped INT $call $when || break
		[ "$status" = 130 ] || [ "$status" = 0 ] ||
			fail "Ctrl-C at $call $when: $status: $(cat err)"
		judge "$call $when"
	done
	cp was.qcow2 there/x.qcow2
done

# At any time.
for moment in 01 02 03 04 05 06 07 08 09 10 11 12 15 20 30; do
	timeout -s KILL 0.$moment "$BALIMG" config set there/x.qcow2 \
		hostname=kiosk >/dev/null 2>&1 </dev/null || :
	judge "0.$moment s"
done

