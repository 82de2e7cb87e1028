#!/bin/bash
# test-ssh-agent.sh - the agent's keys are those that ssh-add lists
# SPDX-License-Identifier: Apache-2.0
set -eu

ask=$PWD/tests/lib/ask-document
for tool in ssh-agent ssh-add ssh-keygen; do
	command -v "$tool" >/dev/null || {
		echo "no $tool"
		exit 77
	}
done
dir=$(mktemp -d)
agent=
trap '[ -z "$agent" ] || kill "$agent"; rm -rf "$dir"' EXIT
cd "$dir"

# refused WORD: it fails, and says so
refused() {
	if "$ask" list-agent >ours 2>ours.err || ! grep -q "$1" ours.err; then
		cat ours ours.err
		exit 1
	fi
}

unset SSH_AUTH_SOCK
refused 'SSH_AUTH_SOCK is not set'
export SSH_AUTH_SOCK=$dir/socket
refused 'no SSH agent answers'
: >socket
refused 'no SSH agent answers'
rm socket

ssh-agent -D -a "$dir/socket" >/dev/null &
agent=$!
tries=100
while [ ! -S socket ] && [ "$tries" -gt 0 ]; do
	sleep 0.05
	tries=$((tries - 1))
done
refused 'has no keys'

ssh-keygen -q -N '' -t ed25519 -C 'ed key' -f ed
ssh-keygen -q -N '' -t rsa -b 2048 -C 'C:\Users\me' -f rsa
ssh-keygen -q -N '' -t ecdsa -C '' -f ec
ssh-keygen -q -s rsa -I id -n me ed.pub
ssh-add -q ed rsa ec
ssh-add -l | grep -v CERT | sed 's/ ([A-Z0-9-]*)$//; s/\\/_/g' >theirs
"$ask" list-agent >ours
diff theirs ours
[ "$(wc -l <ours)" -eq 3 ]

SSH_AUTH_SOCK=$(printf '/%0200d' 0)
refused 'too long'
