#!/bin/bash
# test-manual-pages-are-clean.sh - mandoc and groff have nothing to say of the manual pages
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires mandoc groff

mkdir man1
"$BALIMG" help --man >man1/balimg.1
for command in $(commands); do
	"$BALIMG" help --man "$command" >"man1/balimg-$command.1"
done
# References are looked up among the installed pages; these are not yet.
mandoc -T lint man1/*.1 | grep -v 'referenced manual not found' >said || :
silent said
for page in man1/*.1; do
	groff -ww -z -man -mdoc -T utf8 "$page" 2>>grumbled
done
silent grumbled
grep -ho '^\.Xr balimg[a-z-]* 1' man1/*.1 | sort -u |
while read -r _ name _; do
	[ -f "man1/$name.1" ] || fail "$name(1) is referred to, and missing"
done
