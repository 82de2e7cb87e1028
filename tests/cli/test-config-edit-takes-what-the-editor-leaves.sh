#!/bin/bash
# test-config-edit-takes-what-the-editor-leaves.sh - config edit injects the text byte for byte
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image generic x.img 256M
cat >editor <<-'END'
	#!/bin/sh
	[ "$1" = --wait ] || exit 1
	stat -c '%a' "$2" >mode
	stat -c '%a' "$(dirname "$2")" >folder
	echo "$2" >path
	printf '{"deviceType":"generic-aarch64",\n "hostname" :"edited"}' >"$2"
END
chmod +x editor
mkdir tmp
export TMPDIR=$PWD/tmp XDG_RUNTIME_DIR='' EDITOR="$PWD/editor --wait"
run 0 config edit x.img
fsck_clean x.img
equal "$(mtools_cat x.img config.json)" '{"deviceType":"generic-aarch64",
 "hostname" :"edited"}'
equal "$(cat mode folder)" '600
700'
[ ! -e "$(cat path)" ] || fail 'the copy is still there'
equal "$(ls tmp)" ''
VISUAL=true run 0 config edit x.img
err_has 'nothing to change'
sha256sum x.img >sum
VISUAL=false run 6 config edit x.img
VISUAL='sed -i s/edited/"/' run 3 config edit x.img
VISUAL=/nonexistent/editor run 4 config edit x.img
sha256sum -c --quiet sum
equal "$(ls tmp)" ''
