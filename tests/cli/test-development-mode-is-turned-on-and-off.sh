#!/bin/bash
# test-development-mode-is-turned-on-and-off.sh - dev on, off and status
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image generic x.img 256M
run 0 dev status x.img
grep -q '^off' out || fail "$(cat out)"
run 0 dev on x.img
fsck_clean x.img
equal "$(config x.img .developmentMode)" true
run 0 dev status x.img
grep -q '^on' out || fail "$(cat out)"
run 0 dev status --json x.img
equal "$(jq .enabled out)" true
run 0 dev off x.img
fsck_clean x.img
run 0 dev status -q x.img
out_is off
