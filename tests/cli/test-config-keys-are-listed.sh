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
