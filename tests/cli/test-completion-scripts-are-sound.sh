#!/bin/bash
# test-completion-scripts-are-sound.sh - bash, zsh and fish can read the completion scripts
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"

run 0 completion bash
bash -n out
silent err
if command -v shellcheck >/dev/null; then
	shellcheck -s bash out
fi
run 0 completion zsh
if command -v zsh >/dev/null; then
	zsh -n out
fi
run 0 completion fish
if command -v fish >/dev/null; then
	fish -n out
fi
run 2 completion csh
