#!/bin/bash
# test-every-option-in-the-help-is-accepted.sh - what the pages offer is what is parsed
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"

# "config set", "ls": a line for each command or verb
pages() {
	local command
	for command in $(commands); do
		verbs "$command" | sed "s/^/$command /" | grep . ||
			echo "$command"
	done
}

# "-o --output FILE": a line for each option of a page
options() {
	# shellcheck disable=SC2086
	"$BALIMG" help $1 | sed -n 's/^ *\(-[^ ]\)/\1/p' |
		sed 's/  .*//; s/,//'
}

# Together with --help options are parsed, and nothing is done.
count=0
pages >all
while read -r page; do
	line=()
	while read -r first second third; do
		case $first in
		--*) names=$first argument=$second ;;
		*) names="$first $second" argument=$third ;;
		esac
		case $names in
		*--color) argument=never ;;
		*--help | *--version) continue ;;
		esac
		for name in $names; do
			line+=("$name" ${argument:+"$argument"})
		done
		count=$((count + 1))
	done < <(options "$page")
	# shellcheck disable=SC2086
	run 0 $page "${line[@]}" -h
	silent err
done <all
[ "$count" -gt 150 ] || fail "only $count options were tried"
[ "$(wc -l <all)" -gt 35 ] || fail "only $(wc -l <all) pages"
