#!/bin/bash
# test-ssh-keys-come-from-the-agent.sh - ssh add --agent takes what ssh-add -L shows
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq ssh-agent ssh-add ssh-keygen

image generic x.img 256M
run 4 ssh add --agent x.img
eval "$(ssh-agent -s)" >/dev/null
trap 'kill "$SSH_AGENT_PID"; rm -rf "$work"' EXIT
export SSH_AUTH_SOCK
run 4 ssh add --agent x.img
for type in ed25519 ecdsa rsa; do
	ssh-keygen -q -t $type -N '' -C "$type key" -f $type
	ssh-add -q $type
done
run 0 ssh add --agent x.img
fsck_clean x.img
mtools_cat x.img config.json | jq -r '.os.sshKeys[]' | sort >got
ssh-add -L | sort | diff - got
run 0 customize x.img --ssh-key agent
err_has 'nothing to change'
