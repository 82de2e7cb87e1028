#!/bin/bash
# test-manual-tells-of-every-option.sh - the manual pages have every verb and option of the help pages
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires mandoc

for command in $(commands); do
	"$BALIMG" help --man "$command" | mandoc -T utf8 | col -b >page
	"$BALIMG" help "$command" >text
	grep -q '^EXIT STATUS' page || fail "$command: no EXIT STATUS"
	grep -q '^SYNOPSIS' page || fail "$command: no SYNOPSIS"
	for verb in $(verbs "$command"); do
		grep -q "balimg $command $verb" page ||
			fail "$command: no verb $verb"
		"$BALIMG" help "$command" "$verb" >>text
	done
	# The text beside one may name others.
	sed -nE 's/^ *(-[a-zA-Z], )?(--[a-z0-9-]+).*/\2/p' text |
		sort -u >options
	while read -r option; do
		grep -qF -- "$option" page ||
			fail "$command: no option $option"
	done <options
done
