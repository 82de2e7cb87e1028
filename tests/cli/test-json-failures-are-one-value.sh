#!/bin/bash
# test-json-failures-are-one-value.sh - with --json, a failure is one JSON value on standard output
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

run 4 info --json /nonexistent/x.img
jq -se 'length == 1 and .[0].error.code == "not-found" and
	(.[0].error | keys == ["code", "hint", "message", "where"])' out
silent err
run 2 --json config set
equal "$(jq -r .error.code out)" usage
silent err
run 2 config set --bad --json
equal "$(jq -r .error.code out)" usage
run 2 nothing-like-it --json
equal "$(jq -r .error.code out)" usage
silent err
: >x.img
run 3 --json info x.img
jq -se 'length == 1 and .[0].error.code == "invalid" or
	.[0].error.code == "unsupported"' out
