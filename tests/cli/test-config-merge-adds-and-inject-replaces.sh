#!/bin/bash
# test-config-merge-adds-and-inject-replaces.sh - merge keeps what inject would drop
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image generic x.img 256M
run 0 config set x.img hostname=kiosk os.network.wifi.randomMacAddressScan=true
printf '{"os": {"network": {"connectivity": {"interval": "0"}}}, "hostname": null}' >part.json
run 0 config merge x.img part.json
fsck_clean x.img
equal "$(config x.img '[.hostname, .os.network.wifi.randomMacAddressScan,
	.os.network.connectivity.interval, .deviceType]')" \
	'[null,true,"0","generic-aarch64"]'
printf '{"deviceType":"generic-aarch64",\n\t"a" : 1.0}\n\n' >whole.json
run 0 config inject x.img whole.json
fsck_clean x.img
mtools_cat x.img config.json | cmp - whole.json
grep -q persistentLogging out err || fail 'what was dropped is not told'
"$BALIMG" config inject x.img - <part.json >out 2>err ||
	fail "$(cat err)"
mtools_cat x.img config.json | cmp - part.json
