#!/bin/bash
# test-config-keys-are-listed.sh - config keys lists what devices read
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

run 0 config keys
out_has developmentMode
out_has os.network.connectivity.uri
run 0 config keys --secret
out_has deviceApiKey
! grep -q hostname out || fail 'hostname is no secret'
run 0 config keys --json
jq -e 'any(.key == "hostname" and .type == "string" and .secret == false)' \
	out >/dev/null
jq -e 'any(.key == "vpnPort" and .since == "2.10.0" and .removed == "2.53.1"
	and .reader == "OS") and any(.key == "wifiKey" and .secret and
	.reader == "none" and .since == null)' out >/dev/null ||
	fail "told otherwise: $(cat out)"
