#!/bin/bash
# test-quiet-prints-only-the-answer.sh - -q leaves out all talk
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"

image generic x.img 256M
run 0 config set -q x.img hostname=kiosk
silent out
silent err
run 0 config get -q x.img hostname
out_is kiosk
run 4 config get -q x.img nope
[ -s err ] || fail 'an error was not told'
run 0 config set -q -n x.img hostname=other
out_has '~ resin-boot:/config.json: hostname'
silent err
