#!/bin/bash
# test-customize-makes-many-edits-in-one-write.sh - customize does all or nothing
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq ssh-keygen

image generic x.img 256M
ssh-keygen -q -t ed25519 -N '' -C me -f key
printf 'KERNEL=="sda", GROUP="disk"\n' >disk.rules
printf '[connection]\nid=office\ntype=ethernet\n' >office
printf 'password1' >psk
printf 'hello\n' >hello.txt
mtools_cat x.img splash/balena-logo.png >logo.png
run 0 customize --drive x.img --set hostname=kiosk --set-json 'a={"b":[1]}' \
	--unset persistentLogging --udev disk.rules --ssh-key key.pub \
	--wifi One --psk @psk --wifi Two --network office --dev on \
	--splash logo.png --put hello.txt=boot/hello.txt
fsck_clean x.img
equal "$(config x.img '[.hostname, .a, .persistentLogging, .developmentMode,
	(.os.udevRules | keys), (.os.sshKeys | length)]')" \
	'["kiosk",{"b":[1]},null,true,["disk"],1]'
mtools_cat x.img hello.txt | cmp - hello.txt
run 0 network list --json x.img
equal "$(jq -c 'map(select(.ignored | not) | .ssid) | sort' out)" \
	'[null,"One","Two"]'
sha256sum x.img >sum
run 5 customise x.img --set hostname=other --ssh-key key
run 4 customize x.img --set hostname=other --unset no.such
run 2 customize x.img
run 2 customize x.img --psk @psk --wifi One
run 2 customize x.img --dev maybe
sha256sum -c --quiet sum
