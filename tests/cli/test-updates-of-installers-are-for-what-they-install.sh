#!/bin/bash
# test-updates-of-installers-are-for-what-they-install.sh - the image within is
# built from and updated, the installer's own system is not
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires python3 debugfs e2fsck mke2fs
# shellcheck source=tests/lib/update.sh
. "$srcdir/tests/lib/update.sh"
export SOURCE_DATE_EPOCH=1700000000

image flasher old.img 400M
run 0 hup build old.img -o built.docker || skip 'built without libarchive'
inner=$(in_ext old.img 2 'ls -p /opt' | cut -d / -f 6 | grep '^balena-image')
in_ext old.img 2 "dump /opt/$inner inner.img"
run 0 hup build inner.img -o same.docker
cmp built.docker same.docker
take_apart inner.img
bundle new.docker 6.2.0

# The image within becomes what it would have become outside.
run 0 hup verify new.docker --against old.img
run 0 hup apply new.docker inner.img
run 0 hup apply new.docker old.img -o new.img
out_has 'inner resin-rootB'
in_ext new.img 2 "dump /opt/$inner updated.img"
cmp updated.img inner.img
judge updated.img 3 new.docker 2
ext_clean new.img 2
fsck_clean new.img
run 0 hup apply new.docker old.img --inner -n
# The installer's own boot files stay.
mdir -/ -b -i "old.img@@$(boot_offset old.img)" :: >want
mdir -/ -b -i "new.img@@$(boot_offset new.img)" :: | cmp want -

sha256sum old.img >sums
run 2 hup apply new.docker old.img --outer
err_has 'leave out --outer'
run 2 hup build old.img --outer -o outer.docker
err_has 'leave out --outer'
[ ! -e outer.docker ] || fail 'a bundle of the installer'
sha256sum -c --quiet sums
