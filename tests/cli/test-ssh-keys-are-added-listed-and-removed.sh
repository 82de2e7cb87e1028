#!/bin/bash
# test-ssh-keys-are-added-listed-and-removed.sh - ssh add, list and rm
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq ssh-keygen

image generic x.img 256M
ssh-keygen -q -t ed25519 -N '' -C me@here -f one
ssh-keygen -q -t ecdsa -N '' -C you@there -f two
run 0 ssh add x.img one.pub two.pub
fsck_clean x.img
equal "$(config x.img '.os.sshKeys | length')" 2
run 0 ssh list x.img
out_has "$(ssh-keygen -lf one.pub | cut -d ' ' -f 2)"
out_has me@here
run 0 ssh add x.img one.pub
err_has 'nothing to change'
run 0 ssh rm x.img "$(ssh-keygen -lf one.pub | cut -d ' ' -f 2)"
equal "$(config x.img '.os.sshKeys | length')" 1
"$BALIMG" ssh add x.img - <one.pub >out 2>err
equal "$(config x.img '.os.sshKeys | length')" 2
# Options, and what is no key, are seen.
ssh-keygen -q -t ed25519 -N '' -C limited -f three
{ printf 'command="id",no-pty '; cat three.pub; } >options.pub
run 0 ssh add x.img options.pub
run 0 config set --force x.img 'os.sshKeys.3:="no key at all"'
run 0 ssh list x.img
grep -q ' limited  *command="id",no-pty$' out || fail "$(cat out)"
grep -q '^no key  *no key at all$' out || fail "$(cat out)"
run 4 ssh rm x.img ''
err_has 'fingerprint, comment or line ""'
run 0 ssh rm x.img limited 'no key at all'
run 0 ssh rm x.img me@here you@there
fsck_clean x.img
equal "$(config x.img .os)" null
run 2 ssh add x.img
run 5 ssh add x.img one
