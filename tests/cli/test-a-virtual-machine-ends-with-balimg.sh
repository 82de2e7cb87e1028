#!/bin/bash
# However balimg ends while its virtual machine works, nothing of it is left,
# and the image is as it was.
#
# SPDX-License-Identifier: Apache-2.0
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq mkfs.btrfs pgrep
. "$srcdir/tests/lib/guest.sh"

image resin1 x.img 512M
truncate -s $(($(partition x.img 6 size) * 512)) data
mkfs.btrfs -q -L resin-data data >/dev/null 2>&1
put_partition x.img 6 data
cp --sparse=always x.img was.img
head -c 40000000 /dev/urandom >large

# wait_for COMMAND...: until it says yes
wait_for() {
	local tries=0
	until "$@" >seen; do
		tries=$((tries + 1))
		[ $tries -lt 1000 ] || fail "in vain: $*"
		sleep 0.1
	done
}

is_started() {
	pgrep -f "qemu.*$work/scratch"
}

# So much is edited that it no longer stays in memory.
is_editing() {
	find "/proc/$1/fd" -lname '*(deleted)' 2>&1 | grep .
}

# start: an edit in the background, its process in $pid
start() {
	env --default-signal=INT "$BALIMG" put large x.img:resin-data/large \
		>out 2>err </dev/null &
	pid=$!
}

# Too slow.
BALIMG_GUEST_TIMEOUT=3 run 6 put large x.img:resin-data/large
err_has 'longer than 3 seconds'
err_has BALIMG_GUEST_TIMEOUT
tidy
cmp x.img was.img

# Not at all.
LIBGUESTFS_HV=/bin/false run 6 put large x.img:resin-data/large
err_has 'no virtual machine can be started'
err_has hint
tidy
cmp x.img was.img

# Killed while it starts, and in the middle of an edit.
start
wait_for is_started
[ -n "$(left)" ] || fail 'the test sees nothing'
kill -KILL $pid
wait $pid || :
tidy
cmp x.img was.img

start
wait_for is_editing $pid
kill -KILL $pid
wait $pid || :
tidy
cmp x.img was.img
[ ! -e .x.img.balimg-journal ] || fail 'it was not killed in time'

# Ctrl-C.
start
wait_for is_started
sleep 1
status=0
kill -INT $pid
wait $pid || status=$?
equal "$status" 130
tidy
cmp x.img was.img
