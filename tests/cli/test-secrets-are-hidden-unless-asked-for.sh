#!/bin/bash
# test-secrets-are-hidden-unless-asked-for.sh - no secret is printed without --show-secrets
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image generic x.img 256M
printf 'topsecret1\n' >key
printf 'topsecret2\n' >psk
run 0 config set x.img apiKey=@key 'deviceApiKeys:={"api.example.com":"topsecret3"}'
cat out err >said
run 0 config set --json x.img apiKey=topsecret4
cat out err >>said
run 0 network wifi x.img --ssid Shop --psk @psk
cat out err >>said
run 0 network wifi x.img --ssid Shop --psk topsecret7
out_is '~ resin-boot:/system-connections/Shop  only what is hidden differs'
cat err >>said
run 0 customize x.img -n --set apiKey=topsecret5 --wifi W --psk topsecret6 --json
cat out err >>said
for line in 'config get' 'info' 'config get --json' 'network list' \
	'network list --json' 'info --json' 'config check' 'check'; do
	# shellcheck disable=SC2086
	run 0 $line x.img
	cat out err >>said
done
run 0 config get x.img apiKey
cat out err >>said
! grep -n topsecret said || fail 'a secret was told'
run 0 config get --show-secrets x.img apiKey
out_is topsecret4
run 0 config get --show-secrets x.img
mtools_cat x.img config.json | cmp - out
