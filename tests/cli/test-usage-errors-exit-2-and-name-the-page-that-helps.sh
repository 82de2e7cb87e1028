#!/bin/bash
# test-usage-errors-exit-2-and-name-the-page-that-helps.sh - usage errors have status 2 and name the page that explains it
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"

run 2
err_has 'balimg help'
run 2 confg get x
err_has 'did you mean '
run 2 config gte x
err_has 'balimg config get'
run 2 nothing-like-it
err_has 'there is no command "nothing-like-it"'
run 2 config set
err_has 'IMAGE is missing'
err_has 'usage: balimg config set [OPTION]... IMAGE KEY=VALUE...'
err_has 'balimg help config set'
run 2 config set x.img
err_has 'KEY=VALUE is missing'
run 2 info a.img b.img
err_has 'too many operands'
run 2 config set --nonsense x.img a=b
err_has 'there is no option --nonsense here'
run 2 config get --force x.img
err_has 'there is no option --force here'
run 2 hup verify --nonsense x.docker
err_has 'balimg help hup verify'
run 2 hup verify --replace x.docker
err_has '--replace goes with --against'
run 2 info -x x.img
err_has 'there is no option -x here'
run 2 config set x.img a=b --output
err_has '--output needs a value: FILE'
run 2 info --json=yes x.img
run 2 --color sometimes info x.img
silent out
