#!/bin/bash
# test-colours-are-for-terminals-that-want-them.sh - colour is for terminals, NO_COLOR and --color rule
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires script

image generic x.img 256M
escape=$(printf '\033')
colored() {
	grep -q "$escape\[" "$1"
}
on_terminal() {
	script -qec "$*" /dev/null </dev/null >said 2>&1 || :
}
export TERM=xterm

run 0 info x.img
! colored out || fail 'colour in a file'
run 0 info --color=always x.img
colored out || fail 'no colour, though asked for'
on_terminal "$BALIMG info x.img"
colored said || fail 'no colour on a terminal'
on_terminal "$BALIMG info --color=never x.img"
! colored said || fail 'colour, though not asked for'
NO_COLOR=1 on_terminal "$BALIMG info x.img"
! colored said || fail 'colour with NO_COLOR'
TERM=dumb on_terminal "$BALIMG info x.img"
! colored said || fail 'colour on a dumb terminal'
NO_COLOR=1 run 0 info --color always x.img
colored out || fail 'NO_COLOR beat --color'
