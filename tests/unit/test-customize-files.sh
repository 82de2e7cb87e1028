#!/bin/bash
# test-customize-files.sh - files go in and out of any FAT volume
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/customize.sh
. "${srcdir:-.}/tests/lib/customize.sh"

make generic
seq 1 100000 >"$work/large"
edit mkdir boot/new put-file boot/new/large "$work/large" put 1/new/small hello
file /new/large | cmp - "$work/large"
[ "$(file /new/small)" = hello ] || die "small"
changes_nothing mkdir resin-boot/new put-file boot/new/large "$work/large"
"$tool" "$image" cat resin-boot /new/large | cmp - "$work/large"
look ls boot /new | jq -e 'map([.name, .type, .size]) ==
	[["large", "file", 588895], ["small", "file", 5]]' >/dev/null ||
	die "listed wrong"
look ls boot /new/small | jq -e 'length == 1 and .[0].name == "small"' \
	>/dev/null || die "listed wrong"
fails not-found ls boot /none
fails not-found put none/x y
fails not-found put boot/none/x y
fails usage put boot y
fails usage put boot/../x y
fails invalid put boot/new y
fails invalid mkdir boot/new/small
fails refused rm boot/new
edit rm boot/new/large rm boot/new/small rm boot/new
lacks /new
edit put rootB/x y rm rootB/x
fails not-found rm rootB/x

# ---- config.json is judged ----
fails invalid put boot/config.json hello
fails refused put boot/config.json '{"os":[]}'
edit put boot/config.json '{"hostname":"put"}' set country DE
config . '{"hostname":"put","country":"DE"}'
fails refused rm boot/config.json
force set hostname x rm boot/config.json
lacks /config.json
make resin1
# Its resin-conf has none: config.json is the boot volume's.
edit put boot/config.json '{"deviceType":"raspberry-pi2"}'

# ---- what must not be touched ----
make generic
fails refused rm boot/balena-image
force rm boot/balena-image
make generic
echo signature >"$work/sig"
mcopy -i "$boot" "$work/sig" ::/bzImage.sig
mmd -i "$boot" ::/balena-keys
mcopy -i "$boot" "$work/sig" ::/balena-keys/db.auth
fails refused put boot/bzImage x
fails refused rm boot/bzImage
fails refused put boot/bzImage.sig x
fails refused put boot/BALENA-KEYS/db.auth x
force put boot/bzImage x
look info | jq -e '.warnings[] | select(.text | test("signed"))' >/dev/null ||
	die "no warning"

# ---- without a table ----
make edison
edit put /note.txt hello put boot/note2.txt hello
[ "$(file /note.txt)" = hello ] || die "no table"
