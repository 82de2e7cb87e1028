#!/bin/bash
# test-png-real.sh - we take the pictures that plymouth loads, and no others
# SPDX-License-Identifier: Apache-2.0
set -eu

ask=$PWD/tests/lib/ask-document
real=${BALIMG_REAL:-${srcdir:-.}/../shared/real}
[ -d "$real/docs/png/png" ] || {
	echo "no real pictures in $real"
	exit 77
}

# Each verdict is "LOAD WIDTHxHEIGHT FILE", or what plymouth said instead.
failed=0
while IFS=$'\t' read -r file verdict; do
	want=REJECT
	case $verdict in
	LOAD*) want=${verdict% *} ;;
	esac
	if said=$("$ask" check-png "$real/docs/png/png/$file" 2>&1); then
		got=$(echo "$said" | awk '{ print "LOAD " $1 "x" $2 }')
	else
		got=REJECT
	fi
	if [ "$want" != "$got" ]; then
		echo "$file: should be $want, is $got: $said"
		failed=1
	fi
done <"$real/docs/png/verdicts.tsv"
exit "$failed"
