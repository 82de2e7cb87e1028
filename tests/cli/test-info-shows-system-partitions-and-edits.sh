#!/bin/bash
# test-info-shows-system-partitions-and-edits.sh - info shows the system, its partitions and what is customised
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image rpi3 x.img 256M
run 0 info x.img
out_has 2.48.0+rev1
out_has raspberrypi3
out_has resin-rootA
out_has '│'
LC_ALL=C run 0 info x.img
out_has '+-1-'
! grep -qP '[^\x00-\x7f]' out || fail 'not ASCII, in a locale of ASCII'
# No line is wider than a terminal of 80 columns.
! grep -E '^.{81}' out || fail 'too wide'
run 0 info --json x.img
jq -e '.os.version == "2.48.0+rev1" and .os.deviceType == "raspberrypi3" and
	(.partitions | length >= 6) and .size == 268435456 and
	any(.partitions[]; .role == "boot" and .number == 1)' out >/dev/null
truncate -s 1M blank.img
run 0 info blank.img
