#!/bin/bash
# test-an-edit-that-changes-nothing-writes-nothing.sh - what is so already is not written again
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image generic x.img 256M
run 0 config set x.img hostname=kiosk
touch -d 2020-01-01 x.img
stat -c '%y %i' x.img >before
run 0 config set x.img hostname=kiosk
err_has 'nothing to change'
silent out
run 0 config set --json x.img hostname=kiosk
equal "$(jq -c '[.changed, .dryRun, .changes]' out)" '[false,false,[]]'
stat -c '%y %i' x.img | cmp - before
