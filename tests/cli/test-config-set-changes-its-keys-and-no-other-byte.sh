#!/bin/bash
# test-config-set-changes-its-keys-and-no-other-byte.sh - config set leaves the rest of config.json
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image generic x.img 256M
mtools_cat x.img config.json >before
run 0 config set x.img hostname=kiosk persistentLogging=true \
	os.network.connectivity.interval=600
out_has '+ resin-boot:/config.json: hostname'
out_has '~ resin-boot:/config.json: persistentLogging'
fsck_clean x.img
equal "$(config x.img .hostname)" '"kiosk"'
equal "$(config x.img .persistentLogging)" true
run 0 config get x.img persistentLogging
out_is true
run 0 config unset x.img hostname persistentLogging os
fsck_clean x.img
run 4 config get x.img hostname
mtools_cat x.img config.json >after
diff <(grep -v persistentLogging before | tr -d ,) <(tr -d , <after)
