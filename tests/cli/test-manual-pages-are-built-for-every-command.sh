#!/bin/bash
# test-manual-pages-are-built-for-every-command.sh - the build makes a manual page for each command
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"

built=$(dirname "$BALIMG")/cli/man
[ -d "$built" ] || skip 'the tool under test was not built here'
commands | sed 's/.*/balimg-&.1/' >want
echo balimg.1 >>want
sort -o want want
# shellcheck disable=SC2012
ls "$built" | sort >got
diff want got
while read -r page; do
	command=${page#balimg}
	command=${command#-}
	command=${command%.1}
	"$BALIMG" help --man ${command:+"$command"} | cmp - "$built/$page"
done <want
