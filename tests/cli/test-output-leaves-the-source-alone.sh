#!/bin/bash
# test-output-leaves-the-source-alone.sh - -o writes a changed copy
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image generic x.img 256M
sha256sum x.img >sum
run 0 config set x.img -o copy.img hostname=kiosk
sha256sum -c --quiet sum
equal "$(config copy.img .hostname)" '"kiosk"'
fsck_clean copy.img
cmp -n 4194304 x.img copy.img
run 5 config set x.img -o copy.img hostname=other
equal "$(config copy.img .hostname)" '"kiosk"'
run 0 config set x.img -o copy.img --force --json hostname=other
equal "$(jq -r .output out)" copy.img
equal "$(config copy.img .hostname)" '"other"'
sha256sum -c --quiet sum

# A copy may be what the source is, as far as the umask lets it; another file
# that it replaces stays what it was.  So with all that is written.
image generic y.img 256M
chmod 666 y.img
# mode_is MODE FILE
mode_is() {
	equal "$(stat -c %a "$2") $2" "$1 $2"
}
for mask in 022 027 077; do
	umask $mask
	rm -f copy.img x.undo got
	run 0 config set y.img -o copy.img --undo x.undo hostname=kiosk
	mode_is "$(printf %o $((0666 & ~mask)))" copy.img
	mode_is 600 x.undo
	run 0 get y.img:boot/config.json got
	mode_is "$(printf %o $((0666 & ~mask)))" got
done
umask 022
chmod 640 copy.img got
run 0 config set y.img -o copy.img --force hostname=kiosk
mode_is 640 copy.img
run 0 get y.img:boot/config.json got --force
mode_is 640 got
run 0 config set y.img hostname=kiosk
mode_is 666 y.img
