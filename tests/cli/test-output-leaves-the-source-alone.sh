#!/bin/bash
# test-output-leaves-the-source-alone.sh - -o writes a changed copy
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image generic x.img 256M
sha256sum x.img >sum
run 0 config set x.img -o copy.img hostname=kiosk
sha256sum -c --quiet sum
equal "$(config copy.img .hostname)" '"kiosk"'
fsck_clean copy.img
cmp -n 4194304 x.img copy.img
run 5 config set x.img -o copy.img hostname=other
equal "$(config copy.img .hostname)" '"kiosk"'
run 0 config set x.img -o copy.img --force --json hostname=other
equal "$(jq -r .output out)" copy.img
equal "$(config copy.img .hostname)" '"other"'
sha256sum -c --quiet sum
