#!/bin/bash
# test-config-get-prints-what-scripts-can-use.sh - config get prints strings bare, the rest as JSON
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image generic x.img 256M
run 0 config set x.img hostname=kiosk 'os.sshKeys:=[]' 'a\.b=dotted'
run 0 config get x.img hostname
out_is kiosk
run 0 config get --json x.img hostname
out_is '"kiosk"'
run 0 config get x.img os
equal "$(jq -c . out)" '{"sshKeys":[]}'
run 0 config get x.img 'a\.b'
out_is dotted
run 0 config get x.img
mtools_cat x.img config.json | cmp - out
run 0 config get --json x.img
jq -se 'length == 1 and .[0].hostname == "kiosk"' out >/dev/null
run 4 config get x.img a.b
