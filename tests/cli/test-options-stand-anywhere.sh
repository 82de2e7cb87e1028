#!/bin/bash
# test-options-stand-anywhere.sh - options may stand before the command, and anywhere behind it
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"

: >x.img
run 3 info x.img
cp err want
for line in '--color=never info x.img' '--color never info x.img' \
	'info --color never x.img' 'info x.img --color=never' \
	'info -d x.img' 'info -dx.img' 'info --drive=x.img' \
	'--color=never info -- x.img'; do
	# shellcheck disable=SC2086
	run 3 $line
	cmp err want
done
: >./-x.img
run 3 info -- -x.img
err_has '-x.img'
run 2 config get -- x.img a -q
err_has 'too many operands'
