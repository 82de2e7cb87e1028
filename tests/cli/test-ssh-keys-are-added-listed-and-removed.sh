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
run 0 ssh rm x.img me@here you@there
fsck_clean x.img
equal "$(config x.img .os)" null
run 2 ssh add x.img
run 5 ssh add x.img one
