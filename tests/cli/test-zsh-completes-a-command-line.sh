#!/bin/bash
# test-zsh-completes-a-command-line.sh - in zsh, Tab completes commands and verbs
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires zsh script

mkdir bin zdot
touch screen
ln -s "$BALIMG" bin/balimg
cat >zdot/.zshrc <<-'END'
	PROMPT='> '
	autoload -U compinit && compinit -u -D
	source <(balimg completion zsh)
END
export PATH=$PWD/bin:$PATH ZDOTDIR=$PWD/zdot TERM=vt100

# until_true COMMAND...: wait for it, half a minute at most
until_true() {
	local left=300
	until "$@"; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || fail "in vain: $* $(cat -v screen)"
		sleep 0.1
	done
}

# Tab makes "balimg completion bash" of what is typed; what that prints is
# the proof.
mkfifo keys
script -qfc 'zsh -i' screen <keys >/dev/null 2>&1 &
exec 3>keys
until_true grep -q '^> ' screen
printf 'balimg comp\tba\t >made; echo all >end\n' >&3
until_true [ -s end ]
exec 3>&-
wait
"$BALIMG" completion bash | cmp - made
