#!/bin/bash
# test-customize-udev.sh - udev rules come and go as the device takes them
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/customize.sh
. "${srcdir:-.}/tests/lib/customize.sh"

make rpi4
file /config.json >"$work/before"
printf 'KERNEL=="ttyUSB0", SYMLINK+="gps"\r\nKERNEL=="b", MODE="0666"\r\n' \
	>"$work/crlf"
edit udev-add 99-gps.v2 @"$work/crlf" udev-add 56 'KERNEL=="a", MODE="0600"'
config .os '{"udevRules":{"99-gps.v2":"KERNEL==\"ttyUSB0\", SYMLINK+=\"gps\"\nKERNEL==\"b\", MODE=\"0666\"\n","56":"KERNEL==\"a\", MODE=\"0600\""}}'
changes_nothing udev-add 56 'KERNEL=="a", MODE="0600"'
look udev | jq -e 'map([.name, .lines]) == [["99-gps.v2", 2], ["56", 1]]' \
	>/dev/null || die "listed wrong"
edit udev-rm 99-gps.v2.rules
config .os '{"udevRules":{"56":"KERNEL==\"a\", MODE=\"0600\""}}'
fails not-found udev-rm 99-gps.v2
said 'the image has 56'
edit udev-rm 56
file /config.json | cmp - "$work/before" || die "the last one leaves a trace"

# Others' settings under os stay.
edit set os.network.connectivity.interval 60 udev-add 1 'KERNEL=="a", MODE="1"'
edit udev-rm 1
config .os '{"network":{"connectivity":{"interval":"60"}}}'

# ---- what the device would evaluate, lose or misread ----
# shellcheck disable=SC2016 # the device is to expand them
for name in 'a b' "a'" 'a"' 'a$b' 'a`b' 'a/b' '../x' '.hid' '-n' 'a\b' README \
	'' 'x.rules' 'a*'; do
	case $name in '') code=usage ;; *) code=refused ;; esac
	fails $code udev-add "$name" 'KERNEL=="a", MODE="1"'
	[ -z "$name" ] || fails $code -f udev-add "$name" 'KERNEL=="a"'
done
printf 'KERNEL=="a"\000' >"$work/nul"
fails invalid udev-add 1 @"$work/nul"
head -c 70000 /dev/zero | tr '\0' x >"$work/large"
fails invalid udev-add 1 @"$work/large"
fails refused udev-add 1 -n
edit udev-add 1 'KERNEL=="a, MODE="1"'
said '1.rules'
said 'line 1'

# ---- what is there may be odd ----
printf '{"os":{"udevRules":{"a b":"x","n":5}}}' >"$work/odd"
mcopy -o -i "$boot" "$work/odd" ::/config.json
look udev | jq -e '.[1] == {"name": "n", "lines": 0, "text": null}' \
	>/dev/null || die "listed wrong"
edit udev-rm 'a b' udev-rm n
config . '{}'
printf '{"os":{"udevRules":[]}}' >"$work/odd"
mcopy -o -i "$boot" "$work/odd" ::/config.json
fails invalid udev-add 1 'KERNEL=="a", MODE="1"'
fails invalid udev

# ---- versions ----
make rpi3
file /os-release | sed 's/2[.]48[.]0+rev1/2.19.0/' >"$work/os-release"
mcopy -o -i "$boot" "$work/os-release" ::/os-release
edit udev-add 1 'KERNEL=="a", MODE="1"' # to the root
config .os null
make resin1
edit udev-add 1 'KERNEL=="a", MODE="1"'
config .os null

# ---- the documentation's example, by way of files ----
real=${BALIMG_REAL:-$here/../shared/real}
[ -e "$real/device/readme-udev.config.json" ] || {
	echo "skipped: no $real"
	exit 77
}
example=$real/device/readme-udev.config.json
make rpi4
for rule in 56 64; do
	jq -j ".os.udevRules[\"$rule\"]" "$example" >"$work/$rule.rules"
done
edit udev-add 56 @"$work/56.rules" udev-add 64 @"$work/64.rules"
config .os.udevRules "$(jq -c .os.udevRules "$example")"
look get os.udevRules.64 | jq -j . | cmp - "$work/64.rules"
