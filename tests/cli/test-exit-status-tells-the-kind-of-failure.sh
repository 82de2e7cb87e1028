#!/bin/bash
# test-exit-status-tells-the-kind-of-failure.sh - each kind of failure has its exit status
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"

image generic x.img 256M
run 0 check x.img
run 4 info missing.img
run 4 config get x.img no.such.key
run 4 cat x.img:boot/missing
run 4 ls x.img:nopart
run 4 udev cat x.img missing
printf '{"os": 1}' >bad.json
run 5 config inject x.img bad.json
printf '{' >broken.json
run 3 config inject x.img broken.json
run 3 splash set x.img broken.json
run 2 config set x.img novalue
: >exists.img
run 5 config set x.img -o exists.img hostname=a
