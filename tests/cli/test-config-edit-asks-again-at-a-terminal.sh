#!/bin/bash
# test-config-edit-asks-again-at-a-terminal.sh - at a terminal, a refused text can be mended
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq script

image generic x.img 256M
# The first time the text is broken, the second time it is mended.
cat >editor <<-'END'
	#!/bin/sh
	if [ -e once ]; then
		printf '{"hostname":"mended"}' >"$1"
	else
		printf '{"hostname":' >"$1"
		: >once
	fi
END
chmod +x editor
export EDITOR=$PWD/editor
echo y | script -qec "$BALIMG config edit x.img" /dev/null >said
grep -q 'Edit again' said || fail "$(cat said)"
equal "$(config x.img .hostname)" '"mended"'
rm once
sha256sum x.img >sum
status=0
echo n | script -qec "$BALIMG config edit x.img" /dev/null >said || status=$?
equal "$status" 3
sha256sum -c --quiet sum
