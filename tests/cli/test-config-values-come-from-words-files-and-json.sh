#!/bin/bash
# test-config-values-come-from-words-files-and-json.sh - KEY=VALUE, KEY:=JSON, KEY=@FILE, KEY=@-, KEY=@@TEXT
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image generic x.img 256M
printf 'from a file\n' >file
printf 'two\n\n' >lines
printf '["a", {"b": 1.50}]' >json
run 0 config set x.img name=@file lines=@lines at=@@home:x=y \
	list:=@json 'number:=1e3' 'text:="1e3"' empty=
fsck_clean x.img
equal "$(config x.img '[.name, .lines, .at, .list, .text, .empty]')" \
	'["from a file","two\n","@home:x=y",["a",{"b":1.5}],"1e3",""]'
mtools_cat x.img config.json | grep -qE '(1e3|1000\.0),?$' || fail 'the number is lost'
printf 'piped\n' | "$BALIMG" config set x.img hostname=@- >out 2>err
equal "$(config x.img .hostname)" '"piped"'
run 4 config set x.img name=@missing
run 3 config set x.img name:=nonsense
run 2 config set x.img =value
