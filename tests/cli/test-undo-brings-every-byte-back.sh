#!/bin/bash
# test-undo-brings-every-byte-back.sh - balimg undo makes the image what it was
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"

image generic x.img 256M
sha256sum x.img >sum
printf '[connection]\nid=a\ntype=ethernet\n' >a.nmconnection
run 0 customize x.img --undo x.undo --set hostname=kiosk \
	--network a.nmconnection --put a.nmconnection=boot/new-file.txt
equal "$(stat -c %a x.undo)" 600
! sha256sum -c --status sum || fail 'nothing was changed'
run 0 undo -n x.img x.undo
! sha256sum -c --status sum || fail 'a dry run undid it'
run 0 undo x.img x.undo
sha256sum -c --quiet sum
run 0 config set x.img hostname=other
run 5 undo x.img x.undo
