#!/bin/bash
# test-failures-name-the-file-and-the-way-out.sh - a message says which file, what, and what now
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016
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
says 2 'IMAGE has an empty name
usage: balimg info IMAGE' '`balimg help info` explains it' info ''
says 2 '-o has an empty name
usage: balimg config set [OPTION]... IMAGE KEY=VALUE...' \
	'`balimg help config set` explains it' \
	config set x.img hostname=a -o ''
head -c 100M x.img >cut.img
for json in '' --json; do
	run 3 ls cut.img $json
	cat out err >both
	grep -q 'the image is cut short' both
	grep -q 'download or copy it again' both
done
run 0 info cut.img
out_has '100 MiB, damaged partition table'
{
	printf conectix
	head -c 1M /dev/zero
} >disk.vhd
says 3 "disk.vhd: is a VHD disk, not a raw image" \
	"make a raw image of it first: qemu-img convert -f vpc -O raw $PWD/disk.vhd NEW.img" \
	info disk.vhd
: >void.img
says 3 'void.img: is empty' '' info void.img
says 4 'no.png: no boot partition: this is no balenaOS image' '' \
	dev on no.png
run 1 check no.png
equal "$(cat out)" \
	'error: partitions: no boot partition: this is no balenaOS image'
says 3 '.: is a folder, not an image file or block device' '' info .
says 3 'x.img: broken.json: line 1, column 8: string or '"'}' expected" '' \
	config merge x.img broken.json
says 3 'x.img: broken.json: line 1, column 8: string or '"'}' expected" '' \
	config inject x.img broken.json
says 3 "x.img: resin-boot: the new config.json: line 1, column 8: string or '}' expected" '' \
	put broken.json x.img:boot/config.json
run 3 info <(cat x.img)
err_has 'is a pipe, not an image file or block device'
says 3 "$config: persistentLogging: must be true or false" \
	'the device knows no other words for it; unset it to have the default' \
	config set x.img persistentLogging=yes
says 3 "$config: applicationId: must be a number" '' \
	config set x.img applicationId=many
says 3 'x.img: hostname: line 1, column 1: invalid token' \
	'in JSON, text has quotes; KEY=TEXT needs none' \
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
says 4 'x.img: there is no rule "60-b"' \
	'`balimg udev list` shows those there are' udev cat x.img 60-b
says 4 'none.rules: No such file or directory' '' udev add x.img none.rules
says 4 'none: No such file or directory' '' udev add x.img none
for edit in 'put no.png x.img:boot/none/' 'put no.png x.img:boot/none/a' \
	'mkdir x.img:boot/none/a'; do
	# shellcheck disable=SC2086
	run 4 $edit
	err_has 'x.img: resin-boot: /none/'
	err_has 'the folder that is to hold it must be there; balimg mkdir'
done
says 3 'no.png: is no undo file or journal, or cut short' '' \
	undo x.img no.png
mkdir folder
for command in 'udev add' 'ssh add' 'splash set' 'config merge'; do
	# shellcheck disable=SC2086
	says 3 'folder: Is a directory' '' $command x.img folder
done
says 5 'x.img: no.png exists already' 'choose another name' \
	config set x.img hostname=a --undo no.png
says 5 'x.img: no.png exists already' 'replace it with --force' \
	config set x.img hostname=a -o no.png
