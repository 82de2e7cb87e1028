#!/bin/bash
# test-udev-rules-are-added-listed-and-removed.sh - udev add, list, cat and rm
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image generic x.img 256M
printf 'SUBSYSTEM=="tty", SYMLINK+="modem"\r\n' >99-modem.rules
printf 'KERNEL=="sda", GROUP="disk"\nKERNEL=="sdb", GROUP="disk"\n' >50-disk.rules
run 0 udev add x.img 99-modem.rules 50-disk.rules
fsck_clean x.img
equal "$(config x.img '.os.udevRules | keys')" '["50-disk","99-modem"]'
run 0 udev list x.img
grep -qE '^50-disk +2$' out || fail "$(cat out)"
run 0 udev list --json x.img
equal "$(jq -r '.[].name' out | sort | tr '\n' ' ')" '50-disk 99-modem '
run 0 udev cat x.img 50-disk
cmp out 50-disk.rules
run 0 udev cat x.img 99-modem.rules
out_is 'SUBSYSTEM=="tty", SYMLINK+="modem"'
"$BALIMG" udev add x.img --name piped - <50-disk.rules >out 2>err
run 2 udev add x.img -
run 0 udev rm x.img 50-disk.rules 99-modem piped
fsck_clean x.img
equal "$(config x.img .os)" null
run 4 udev rm x.img 50-disk
# shellcheck disable=SC2016 # it is a name
cp 50-disk.rules 'a$(reboot).rules'
# shellcheck disable=SC2016
run 5 udev add x.img 'a$(reboot).rules'
