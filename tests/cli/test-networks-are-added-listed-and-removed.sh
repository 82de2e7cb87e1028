#!/bin/bash
# test-networks-are-added-listed-and-removed.sh - network add, wifi, list and rm
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image generic x.img 256M
printf '[connection]\nid=office\ntype=ethernet\n\n[ipv4]\nmethod=auto\n' >office.nmconnection
printf 'pass word;=\n' >psk
run 0 network add x.img office.nmconnection
fsck_clean x.img
mtools_cat x.img system-connections/office.nmconnection |
	cmp - office.nmconnection
run 0 network wifi x.img --ssid 'Shop; floor=1' --psk @psk --hidden \
	--address 192.0.2.7/24 --gateway 192.0.2.1 --dns 192.0.2.53 \
	--dns 192.0.2.54 --name shop
fsck_clean x.img
mtools_cat x.img system-connections/shop >shop
grep -q '^psk=' shop
grep -q '192.0.2.7/24' shop
grep -q '^hidden=true' shop
run 0 network list x.img
out_has office.nmconnection
out_has 'Shop; floor=1'
run 0 network list --json x.img
jq -e 'any(.file == "shop" and .ssid == "Shop; floor=1")' out >/dev/null
run 0 network rm x.img shop office.nmconnection
fsck_clean x.img
mtools_lacks x.img system-connections/shop
run 4 network rm x.img shop
run 2 network wifi x.img --psk @psk
cp office.nmconnection office.abcdef
run 5 network add x.img office.abcdef
