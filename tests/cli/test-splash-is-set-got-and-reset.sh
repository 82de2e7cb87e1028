#!/bin/bash
# test-splash-is-set-got-and-reset.sh - splash set writes the one right file
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq file

image generic x.img 256M
image rpi3 old.img 256M
mtools_cat x.img splash/balena-logo.png >stock.png
cp "$srcdir/tests/lib/sample-splash.png" mine.png
run 0 splash set x.img mine.png
fsck_clean x.img
mtools_cat x.img splash/balena-logo.png | cmp - mine.png
mtools_lacks x.img splash/resin-logo.png
run 0 splash get x.img
cmp out mine.png
run 0 splash get x.img -o got.png
cmp got.png mine.png
run 5 splash get x.img -o got.png
run 0 splash get x.img -o got.png --force
run 0 splash status x.img
grep -q "$(file mine.png | sed 's/.* \([0-9]*\) x \([0-9]*\),.*/\1x\2/')" out || fail "$(cat out)"
run 0 splash set old.img mine.png
mtools_cat old.img splash/resin-logo.png | cmp - mine.png
mtools_lacks old.img splash/balena-logo.png
printf 'no picture' >no.png
run 3 splash set x.img no.png
mtools_cat x.img splash/balena-logo.png | cmp - mine.png
