#!/bin/bash
# test-bash-completes-a-command-line.sh - in bash, Tab completes words with = and : in them
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image generic x.img 256M
mkdir bin
ln -s "$BALIMG" bin/balimg
PATH=$PWD/bin:$PATH
# shellcheck disable=SC1090
source <("$BALIMG" completion bash)
compopt() { :; }

# complete_line LINE: what Tab at its end offers
complete_line() {
	COMP_LINE=$1 COMP_POINT=${#1}
	_balimg
	printf '%s\n' "${COMPREPLY[@]}"
}

equal "$(complete_line 'balimg cust')" customize
equal "$(complete_line 'balimg config uns')" unset
equal "$(complete_line 'balimg config set x.img hostn')" hostname
equal "$(complete_line 'balimg info x')" x.img
equal "$(complete_line 'balimg cat x.img:boot/config.j')" boot/config.json
equal "$(complete_line 'balimg put bin x.img:bo')" boot/
equal "$(complete_line 'balimg config set x.img apiKey=@x')" x.img
equal "$(complete_line 'balimg hup verify b.docker --aga')" --against
equal "$(complete_line 'balimg hup verify b.docker --against x')" x.img
equal "$(complete_line 'balimg hup verify b.docker --against=x')" x.img
