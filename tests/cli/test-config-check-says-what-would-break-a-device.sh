#!/bin/bash
# test-config-check-says-what-would-break-a-device.sh - config check has status 1 where a device would stop
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq mcopy

image generic x.img 256M
run 0 config check x.img
printf '{"deviceType":"generic-aarch64","os":[]}' >bad.json
mcopy -o -i "x.img@@$(boot_offset x.img)" bad.json ::config.json
run 1 config check x.img
out_has 'error: os: '
run 1 config check --json x.img
jq -e 'any(.severity == "error")' out >/dev/null
: >empty.json
mcopy -o -i "x.img@@$(boot_offset x.img)" empty.json ::config.json
run 1 config check x.img
out_is 'error: config.json: the JSON text is empty'
