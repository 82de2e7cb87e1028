#!/bin/bash
# test-fish-completes-a-command-line.sh - in fish, Tab completes commands, verbs and options
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires fish

mkdir bin
ln -s "$BALIMG" bin/balimg
PATH=$PWD/bin:$PATH
: >x.img
"$BALIMG" completion fish >script

complete_line() {
	HOME=$work fish -c "source script; complete -C '$1'" | cut -f 1
}

equal "$(complete_line 'balimg cust')" customize
equal "$(complete_line 'balimg config uns')" unset
equal "$(complete_line 'balimg info x.i')" x.img
complete_line 'balimg config set --dry' | grep -qx -- --dry-run
equal "$(complete_line 'balimg hup verify b.docker --against=x.i')" \
	--against=x.img
equal "$(complete_line 'balimg config set x.img apiKey=@x.i')" apiKey=@x.img
