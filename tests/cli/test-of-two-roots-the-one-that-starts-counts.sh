#!/bin/bash
# test-of-two-roots-the-one-that-starts-counts.sh - also after an update
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires python3 jq tar
# shellcheck source=tests/lib/update.sh
. "$srcdir/tests/lib/update.sh"

# The new system is in root B, and it is that which is built and compared.
image generic x.img 256M
take_apart x.img
bundle new.docker 6.2.0 'extra = False'
run 0 hup apply new.docker x.img
run 0 hup diff x.img new.docker
run 0 --json hup build x.img -o built.docker
equal "$(jq -r .imageId out)" "sha256:$(tar -xOf new.docker manifest.json |
	jq -r '.[0].Config | rtrimstr(".json")')"
run 0 hup diff new.docker built.docker
run 1 hup diff x.img:rootA x.img:rootB

# Then root A, and B again, by the bootloader's own word.
bundle next.docker 6.3.0 'extra = False'
run 0 hup apply next.docker x.img
run 0 hup diff x.img next.docker
printf 'resin_root_part=3\n' >uEnv
run 0 put uEnv x.img:boot/resinOS_uEnv.txt
run 0 hup diff x.img new.docker

# What old releases have in the root is edited where it starts.
image rpi3-2.29 old.img 256M
take_apart old.img
bundle old.docker 2.31.0
run 0 hup apply old.docker old.img
run 0 dev on old.img
out_has 'resin-rootB:/etc/shadow'
! grep -q rootA out || fail "$(cat out)"
run 0 dev status old.img
out_has 'on  '
printf 'resin_root_part=2\n' >uEnv
run 0 put uEnv old.img:boot/resinOS_uEnv.txt
run 0 dev status old.img
out_has 'off  '

# Before 2.9.7 it is the root that tells the version.
image rpi3-2.7 older.img 256M
take_apart older.img
rm -f boot/os-release
bundle older.docker 2.8.0 'boot_changes = {}'
run 0 hup apply older.docker older.img
run 0 info --json older.img
equal "$(jq -r .os.version out)" 2.8.0
