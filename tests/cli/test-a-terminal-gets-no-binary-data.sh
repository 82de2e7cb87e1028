#!/bin/bash
# test-a-terminal-gets-no-binary-data.sh - splash get refuses to print a PNG on a terminal
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires script

image generic x.img 256M
status=0
script -qec "$BALIMG splash get x.img" /dev/null </dev/null >said || status=$?
equal "$status" 5
grep -q -- '-o FILE' said || fail "$(cat said)"
status=0
script -qec "$BALIMG cat x.img:boot/splash/balena-logo.png" /dev/null \
	</dev/null >said || status=$?
equal "$status" 5
