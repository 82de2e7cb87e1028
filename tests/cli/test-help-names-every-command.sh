#!/bin/bash
# test-help-names-every-command.sh - every command is in the overview, and has a page of its own
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"

run 0 --help
silent err
[ "$(commands | wc -l)" -ge 19 ] || fail "too few: $(commands)"
for command in $(commands); do
	run 0 help "$command"
	out_has "usage: balimg $command"
	cp out page
	run 0 "$command" --help
	cmp out page
	run 0 help --man "$command"
	out_has ".Nm balimg-$command"
done
run 0 help config set
out_has 'usage: balimg config set [OPTION]... IMAGE KEY=VALUE...'
cp out page
run 0 config set --help
cmp out page
run 4 help nonsense
