#!/bin/bash
# test-version-is-that-of-the-package.sh - --version prints one line
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"

run 0 --version
grep -qE '^balimg [0-9]+\.[0-9]+\.[0-9]+$' out || fail "$(cat out)"
cp out want
run 0 -V
cmp out want
run 0 --version --json
equal "balimg $(sed 's/^{"version":"\(.*\)"}$/\1/' out)" "$(cat want)"
for line in 'info -V' 'config --version' 'config set -V' '-V info'; do
	# shellcheck disable=SC2086
	run 0 $line
	cmp out want
done
