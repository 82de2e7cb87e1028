#!/bin/bash
# qcow2, VMDK and VDI images are what their raw image is, with no virtual
# machine; nothing else pays for that.
#
# SPDX-License-Identifier: Apache-2.0
. "${srcdir:-.}/tests/lib/cli.sh"
. "$srcdir/tests/lib/disk-image.sh"
requires strace

image generic raw.img 512M
convert qcow2 raw.img v3.qcow2
convert qcow2,compat=0.10 raw.img v2.qcow2
convert qcow2,cluster_size=512,refcount_bits=1 raw.img small.qcow2
convert qcow2,cluster_size=2M,extended_l2=on raw.img large.qcow2
qemu-img convert -c -O qcow2 raw.img compressed.qcow2
convert vmdk raw.img one.vmdk
convert vmdk,subformat=streamOptimized raw.img stream.vmdk
convert vdi raw.img disk.vdi
convert vdi,static=on raw.img static.vdi
# Its bytes say what it is, not its name.
cp v3.qcow2 named.img

run 0 --json info raw.img
jq 'del(.path)' out >want
run 0 cat raw.img:boot/config.json raw.img:rootA/etc/os-release
cp out want.files
for file in *.qcow2 *.vmdk *.vdi named.img; do
	sum=$(sha256sum <"$file")
	run 0 --json info "$file"
	silent err
	jq 'del(.path)' out | cmp - want
	run 0 cat "$file:boot/config.json" "$file:rootA/etc/os-release"
	cmp out want.files
	run 0 ls "$file:rootA/etc"
	run 0 check "$file"
	run 0 config set -n "$file" hostname=kiosk
	equal "$(sha256sum <"$file")" "$sum"
done
tidy

# A disk without anything is read as one.
qemu-img create -q -f qcow2 none.qcow2 1T
run 0 info none.qcow2

# One other program is started, for as long as it takes, and it is told the
# format and that there is no other file.
strace -o /dev/null true 2>/dev/null || skip 'no process can be traced here'
export ASAN_OPTIONS="detect_leaks=0:${ASAN_OPTIONS-}"
strace -f -s 300 -e trace=execve -o trace "${program:?}" info v3.qcow2 >/dev/null
equal "$(grep -c 'execve(.* = 0' trace)" 2
grep 'qemu-nbd.* = 0' trace | grep -q 'backing.*null' || fail "$(cat trace)"
grep 'qemu-nbd.* = 0' trace | grep -q 'driver.*qcow2' || fail "$(cat trace)"
grep 'qemu-nbd.* = 0' trace | grep -q -e '--read-only' || fail "$(cat trace)"
for arguments in '--version' 'info raw.img'; do
	# shellcheck disable=SC2086 # words
	strace -f -e trace=openat,execve -o trace "${program:?}" $arguments \
		>/dev/null
	! grep -E 'qemu|libnbd|balimg-nbd' trace || fail 'what is not needed was loaded'
done

# Without qemu-nbd, what is to be installed is said.
status=0
PATH=/nonexistent "${program:?}" info v3.qcow2 >out 2>err || status=$?
equal "$status" 3
err_has qemu-nbd
err_has qemu-utils

# One that a virtual machine writes is left to it.
qemu-nbd -f qcow2 -k "$PWD/busy" -t v3.qcow2 &
pid=$!
until [ -S busy ]; do
	kill -0 $pid || fail 'qemu-nbd does not run'
	sleep 0.1
done
run 5 info v3.qcow2
err_has 'in use'
kill $pid
wait $pid || :
run 0 info v3.qcow2
tidy
