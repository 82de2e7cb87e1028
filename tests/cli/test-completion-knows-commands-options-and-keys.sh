#!/bin/bash
# test-completion-knows-commands-options-and-keys.sh - what can be typed next is told to the shells
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"

candidates() {
	"$BALIMG" completion candidates -- "$@" | cut -f 1
}
has() {
	grep -qxF -- "$1" <<<"$2" || fail "no $1 in: $2"
}
lacks() {
	! grep -qxF -- "$1" <<<"$2" || fail "$1 in: $2"
}

equal "$(candidates cust)" customize
has config "$(candidates '')"
equal "$(candidates config uns)" unset
lacks candidates "$(candidates completion '')"
has --ssh-key "$(candidates customize --s)"
has --dry-run "$(candidates config set --)"
lacks --dry-run "$(candidates config get --)"
lacks --man "$(candidates help --)"
equal "$(candidates --color a)" 'auto
always'
equal "$(candidates info --color n)" never
equal "$(candidates customize --dev '')" 'on
off'
equal "$(candidates info --color=n)" --color=never
equal "$(candidates info --colour=n)" ''
has :files "$(candidates hup verify b.docker --against=x)"
has :files "$(candidates hup unpack b.docker -C x)"
has :files "$(candidates info '')"
has hostname "$(candidates config get x.img host)"
has hostname "$(candidates config set x.img a=b host)"
has hostname "$(candidates config unset -d x.img host)"
has :nospace "$(candidates config set x.img host)"
has :files "$(candidates config set x.img apiKey=@)"
has :files "$(candidates customize --udev '')"
has config "$(candidates help conf)"
equal "$(candidates nonsense '')" ''
equal "$(candidates)" "$(candidates '')"
