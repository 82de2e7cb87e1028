#!/bin/bash
# test-check-and-repair.sh - faults are found, and only they are mended
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/customize.sh
. "${srcdir:-.}/tests/lib/customize.sh"

# finds FILTER: a finding of which it is true
finds() {
	look check | jq -e "[.findings[] | select($1)] | length > 0" >/dev/null ||
		die "does not find $1"
}

nothing_wrong() {
	look check | jq -e '.findings | all(.severity == "note")' >/dev/null ||
		die "finds something"
}

for kind in rpi3 rpi4 generic edison flasher; do
	make $kind
	nothing_wrong
	changes_nothing repair
done

# ---- a stale second FAT, as balena's own tools leave it ----
make rpi3
start=$((4 * 1024 * 1024)) # FAT16: 4 reserved sectors, 2 x 80 of FAT
printf '\377\377' | dd of="$image" bs=1 conv=notrunc status=none \
	seek=$((start + (4 + 80) * 512 + 2000))
finds '.repair and .severity == "error" and .where == "resin-boot"'
edit repair
said mended
nothing_wrong

# ---- leftovers of writes on the device ----
make rpi4
leave() { # FILE CONTENT RANDOM
	printf '%s' "$2" >"$work/left"
	mcopy -o -i "$boot" "$work/left" \
		"::${1%/*}/.${1##*/}.$3.$(md5sum <"$work/left" |
			cut -c -32).md5sum"
}
leave /config.json '{"hostname":"left"}' AbCdEfGh
leave /config.json '{"hostname":"later"}' ZZZZZZZZ
leave /splash/balena-logo.png new AbCdEfGh
leave /gone.txt gone AbCdEfGh
printf torn >"$work/left"
mcopy -i "$boot" "$work/left" \
	"::/.config.txt.AAAAAAAA.0123456789abcdef0123456789abcdef.md5sum"
file /config.txt >"$work/config.txt"
finds '.where == "resin-boot:/" and .repair'
finds '.where == "resin-boot:/splash" and .repair'
look info | jq -e '.warnings | length == 2' >/dev/null || die "no warnings"
edit repair
nothing_wrong
config . '{"hostname":"left"}'
[ "$(file /splash/balena-logo.png)" = new ] || die "not restored"
file /config.txt | cmp - "$work/config.txt"
lacks /gone.txt
[ "$(mdir -a -b -/ -i "$boot" ::/ | grep -c md5sum)" = 0 ] || die "left over"

# ---- settings ----
make rpi4
printf '{"os":[]}' >"$work/config.json"
mcopy -o -i "$boot" "$work/config.json" ::/config.json
finds '.severity == "error" and .where == "config.json: os" and (.repair | not)'
look info | jq -e '.warnings[] | select(.where == "config.json: os")' \
	>/dev/null || die "no warning"
changes_nothing repair
printf '{' >"$work/config.json"
mcopy -o -i "$boot" "$work/config.json" ::/config.json
finds '.severity == "error" and .where == "config.json"'
look info | jq -e '.customised.sshKeys == null and .os.version' >/dev/null ||
	die "info gives up"
mdel -i "$boot" ::/config.json
finds '.where == "config.json" and .text == "is missing"'

# ---- tables ----
make generic
printf 'x' | dd of="$image" bs=1 seek=600 conv=notrunc status=none
finds '.where == "partition table"'
make rpi4
truncate -s 100M "$image"
finds '.severity == "error" and .where == "partition table"'
look info | jq -e '.label == null and .os == null and (.warnings | length) > 0' \
	>/dev/null || die "info gives up"
fails invalid set hostname x
fails invalid repair

# ---- what is no balenaOS, and what is nothing ----
make edison
mlabel -i "$boot" ::OTHER
mdel -i "$boot" ::/device-type.json ::/resin-image
finds '.severity == "error" and .where == "partitions"'
look info | jq -e '.os == null and .partitions[0].label == "OTHER"' \
	>/dev/null || die "told wrong"
fails not-found set hostname x
truncate -s 0 "$work/empty"
truncate -s 10M "$work/empty"
image=$work/empty
finds '.severity == "error" and .where == "partitions"'
look info >/dev/null || die "empty"
