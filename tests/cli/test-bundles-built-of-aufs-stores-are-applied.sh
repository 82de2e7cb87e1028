#!/bin/bash
# test-bundles-built-of-aufs-stores-are-applied.sh - there and back again, for
# images whose engine keeps its layers by aufs
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires python3 debugfs e2fsck mke2fs
# shellcheck source=tests/lib/update.sh
. "$srcdir/tests/lib/update.sh"
export SOURCE_DATE_EPOCH=1700000000

for kind in rpi3-2.7 rpi3-2.29; do
	image $kind old.img 256M
	run 0 hup build old.img -o built.docker --force ||
		skip 'built without libarchive'
	run 0 hup verify built.docker --against old.img
	run 0 hup apply built.docker old.img -o new.img --force
	judge new.img 3 built.docker 2
	in_ext new.img 3 'ls -p /balena' >list
	[ -s list ] && grep -q aufs list || in_ext new.img 3 'ls -p /docker' |
		grep -q aufs || fail "$kind: the new store is none of aufs"
	run 0 hup apply --replace built.docker old.img -o replaced.img --force
	judge replaced.img 2 built.docker 2
	run 0 hup build replaced.img -o again.docker --force
	run 0 hup diff built.docker again.docker
	fsck_clean new.img
done
