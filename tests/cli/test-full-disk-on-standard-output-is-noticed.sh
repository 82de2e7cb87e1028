#!/bin/bash
# test-full-disk-on-standard-output-is-noticed.sh - what could not be printed is a failure, with status 6
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
[ -c /dev/full ] || skip 'no /dev/full here'

for line in --version --help 'help config' 'completion bash'; do
	status=0
	# shellcheck disable=SC2086
	"$BALIMG" $line >/dev/full 2>err || status=$?
	equal "$status" 6
	err_has 'standard output'
done
