#!/bin/bash
# test-failures-name-the-file-and-the-way-out.sh - a message says which file, what, and what now
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"

image generic x.img 256M
printf '{"a":1,}' >broken.json
printf 'no picture' >no.png
printf -- '-----BEGIN OPENSSH PRIVATE KEY-----\n' >id
printf '[connection]\nid=a\ntype=wifi\n' >half
printf 'KERNEL=="a", MODE="1"\n' >rules.txt

# says STATUS WHAT HINT ARGUMENT...: all of what is printed, in two lines
says() {
	local status=$1 want="balimg: $2${3:+
hint: $3}"
	shift 3
	run "$status" "$@"
	equal "$(cat err)" "$want"
}

config='x.img: resin-boot:/config.json'
says 4 'none.img: cannot be opened: No such file or directory' '' \
	info none.img
says 3 '.: is a folder, not an image file or block device' '' info .
says 3 'x.img: broken.json: line 1, column 8: string or '"'}' expected" '' \
	config merge x.img broken.json
says 3 'x.img: broken.json: line 1, column 8: string or '"'}' expected" '' \
	config inject x.img broken.json
says 3 "$config: persistentLogging: must be true or false" \
	'the device knows no other words for it; unset it to have the default' \
	config set x.img persistentLogging=yes
says 3 "$config: applicationId: must be a number" '' \
	config set x.img applicationId=many
says 3 'x.img: hostname: line 1, column 1: invalid token' \
	'after := stands JSON, in which text has quotes; KEY=TEXT needs none' \
	config set x.img hostname:=kiosk
says 4 "$config: hostname is not set" '' config get x.img hostname
says 3 'x.img: no.png: this is not a PNG file' '' splash set x.img no.png
says 3 'x.img: half: a Wi-Fi connection needs wifi.ssid' '' \
	network add x.img half
says 5 'x.img: id: line 1: this is a private key, which must never leave its owner' \
	'give the public key, in the file of the same name with ".pub" at its end' \
	ssh add x.img id
says 3 'rules.txt: udev rules are in files whose names end in .rules' \
	'if it holds rules, rename it, or use balimg udev add --name NAME' \
	udev add x.img rules.txt
says 3 'rules.txt: udev rules are in files whose names end in .rules' \
	'if it holds rules, rename it, or use balimg udev add --name NAME' \
	customize x.img --udev rules.txt
run 0 udev add x.img rules.txt --name 50-a
says 4 'x.img: there is no rule "60-b"' 'the image has 50-a' \
	udev rm x.img 60-b
says 3 'no.png: is no undo file or journal, or cut short' '' \
	undo x.img no.png
says 5 'x.img: no.png exists already' 'choose another name' \
	config set x.img hostname=a --undo no.png
says 5 'x.img: no.png exists already' 'replace it with --force' \
	config set x.img hostname=a -o no.png
