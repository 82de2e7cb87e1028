#!/bin/bash
# test-an-unpacking-that-stops-says-what-is-left.sh - by Ctrl-C, by damage
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires tar strace

mkdir root
for i in 1 2 3 4 5 6 7 8; do
	head -c 100000 /dev/urandom >root/$i
done
tar -C root -cf root.tar .
head -c 500000 root.tar >short.tar
run 3 hup unpack short.tar -C got --manifest got.manifest
! grep -q 'built with libarchive' err || skip 'built without libarchive'
err_has 'hint: got holds 5 files of an unfinished tree'
[ ! -e got.manifest ] || fail 'half a manifest is left'
run 0 hup unpack root.tar -C got --force
diff -r root got

# Leaks cannot be looked for under a tracer.
export ASAN_OPTIONS="detect_leaks=0:${ASAN_OPTIONS-}"
strace -o /dev/null true 2>/dev/null || skip 'no process can be traced here'
rm -rf got
status=0
env --default-signal=INT strace -f -o trace -e trace=pwrite64 \
	-e inject=pwrite64:signal=INT:when=3 \
	"$BALIMG" hup unpack root.tar -C got >out 2>err </dev/null ||
	status=$?
equal "$status" 130
err_has 'hint: got holds'
[ ! -e got.manifest ] || fail 'half a manifest is left'
[ "$(find got -type f | wc -l)" -lt 8 ] || fail 'it did not stop'
