#!/bin/bash
# test-customize-config.sh - settings change where asked, and nowhere else
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/customize.sh
. "${srcdir:-.}/tests/lib/customize.sh"

# ---- the text stays the user's ----
make rpi4
printf '{ "z" : 1e3,\t"deviceType":"raspberrypi4-64",\r\n"u":"\\u00e9\\/" ,"big":12345678901234567890123,"n":0.10}' \
	>"$work/odd.json"
mcopy -o -i "$boot" "$work/odd.json" ::/config.json
edit set hostname kiosk
file /config.json >"$work/now"
head -c "$(($(stat -c %s "$work/odd.json") - 1))" "$work/odd.json" >"$work/head"
head -c "$(stat -c %s "$work/head")" "$work/now" | cmp - "$work/head" ||
	die "more than the key was changed"
config .hostname '"kiosk"'
[ "$(look get big)" = 12345678901234567890123 ] || die "a number lost digits"
[ "$(look get n)" = 0.10 ] || die "a number was spelt anew"
changes_nothing set hostname kiosk
edit unset hostname
file /config.json | cmp - "$work/odd.json" || die "set and unset leave a trace"
edit set hostname a unset hostname
said '"changed":false'

# ---- types ----
edit set persistentLogging true set listenPort 48485 \
	set os.network.wifi.randomMacAddressScan false set nobody.knows x
config '[.persistentLogging, .os.network.wifi, .nobody]' \
	'[true,{"randomMacAddressScan":false},{"knows":"x"}]'
said 'is not known to be read by anything'
edit set-json os.network.connectivity '{"interval": "0"}'
config .os.network.connectivity.interval '"0"'
fails invalid set-json hostname '{"a":'
fails invalid set developmentMode maybe
fails invalid set os x
fails not-found unset nothing.here
fails not-found get nothing.here

# ---- what would break the device ----
fails refused set-json os '[]'
fails refused -f set-json os '[]'
fails refused set-json hostname '{}'
fails refused -f set-json hostname '{}'
fails refused set-json os.udevRules '{"a b": "KERNEL==\"x\""}'
# shellcheck disable=SC2016 # the device is to expand it
fails refused -f set-json 'os.udevRules' '{"$(reboot)": "KERNEL==\"x\""}'
long=$(printf %070d 0)
fails refused set hostname "$long"
force set hostname "$long"
said '(forced)'
config .hostname "\"$long\""
# What was bad before is not this edit's fault.
edit set country DE
config '[.hostname, .country]' "[\"$long\",\"DE\"]"

# ---- merge and inject ----
make rpi4
printf '{"os":{"network":{"wifi":{"randomMacAddressScan":true}}},"persistentLogging":null}' \
	>"$work/patch"
edit merge @"$work/patch"
config . '{"deviceType":"raspberrypi4-64","os":{"network":{"wifi":{"randomMacAddressScan":true}}}}'
printf '\357\273\277{"deviceType": "raspberrypi4-64",\n "hostname": "new"}' \
	>"$work/whole"
edit inject @"$work/whole"
said 'drops os.network.wifi.randomMacAddressScan'
said 'byte order mark'
file /config.json | cmp - <(tail -c +4 "$work/whole") || die "not as given"
changes_nothing inject @"$work/whole"
fails invalid inject '[1]'
: >"$work/empty"
fails invalid inject @"$work/empty"
fails invalid merge '{"a":}'

# ---- the plan says it as it stands ----
make rpi4
edit merge '{"n":1.10,"e":1e3,"big":123456789012345678901,"e":2e3}'
said '"after":"1.10"'
said '"after":"2e3"'
said '"after":"123456789012345678901"'
said 'e stands there twice; the last one counts'
edit set-json n 1.100
said '"changed":false'
edit set-json list '["a","b","c"]'
edit set-json list '["a","c"]'
said 'config.json: list.1","before":"\"b\"","after":null'
edit set-json list '["a","c","d"]'
said 'config.json: list.2","before":null,"after":"\"d\""'
edit set-json password '["old-secret"]'
edit set-json password '["old-secret","new-secret"]'
said 'password.1'
not_said secret

# ---- what only others read ----
edit set-json installer.secureboot true
said 'is read by flasher images alone'
edit set hostname a
not_said 'flasher'

# ---- what is odd about what is there ----
printf '\357\273\277{"hostname":"a","hostname":"b"}\n' >"$work/odd.json"
mcopy -o -i "$boot" "$work/odd.json" ::/config.json
edit set country DE
said 'byte order mark'
said 'hostname stands there twice'
file /config.json | head -c 3 | cmp - <(printf '\357\273\277') ||
	die "the byte order mark is gone unasked"
[ "$(look get hostname)" = '"b"' ] || die "not the last of two"

printf '{"hostname":\n "a" "apiKey"\n' >"$work/odd.json"
mcopy -o -i "$boot" "$work/odd.json" ::/config.json
fails invalid set country DE
said 'line 2, column'
said 'config inject'
look config-check | jq -e '.[0].severity == "error"' >/dev/null ||
	die "no error found"
edit inject @"$work/whole"

head -c 1100000 /dev/zero | tr '\0' ' ' >"$work/long"
mcopy -o -i "$boot" "$work/long" ::/config.json
fails invalid set country DE
edit inject @"$work/whole"
said 'cannot be read, and is replaced'
file /config.json | cmp - <(tail -c +4 "$work/whole") || die "not replaced"

mdel -i "$boot" ::/config.json
fails not-found get hostname
changes_nothing dev-off
edit set hostname first
said 'was missing and is created'
file /config.json | cmp - <(printf '{\n  "hostname": "first"\n}\n') ||
	die "a new config.json looks odd"

# ---- secrets ----
edit set apiKey 0123456789abcdef0123456789abcdef
not_said 0123456789abcdef
said '<hidden>'
look get '' | grep -q '"apiKey": "<hidden>"' || die "not hidden"
[ "$(look get apiKey)" = '"<hidden>"' ] || die "not hidden"
[ "$(look -s get apiKey)" = '"0123456789abcdef0123456789abcdef"' ] ||
	die "not shown"
look -s get '' | cmp - <(file /config.json; echo) || die "not byte for byte"
printf '{"apiKey":"first-secret","apiKey":"second-secret"}' >"$work/odd.json"
mcopy -o -i "$boot" "$work/odd.json" ::/config.json
look get '' >/dev/null
not_said secret
look get apiKey >/dev/null
not_said secret

# ---- leftovers of the device's own writes ----
make rpi4
leave() { # CONTENT RANDOM
	printf '%s' "$1" >"$work/left"
	mcopy -o -i "$boot" "$work/left" \
		"::/.config.json.$2.$(md5sum <"$work/left" | cut -c -32).md5sum"
}
leave '{"hostname":"left","apiKey":"old-secret"}' AbCdEfGh
leave '{' ZZZZZZZZ
edit set country DE
config . '{"hostname":"left","apiKey":"old-secret","country":"DE"}'
[ "$(mdir -a -b -i "$boot" ::/ | grep -c md5sum)" = 0 ] || die "left over"

# ---- where it is ----
make resin1-conf
boot=$image@@$(sfdisk -J "$image" |
	jq '.partitiontable.partitions[4].start * 512')
config .applicationId '"1234"'
"$tool" "$image" -w set hostname old >"$work/said" || die "resin-conf"
said 'resin-conf:/config.json: hostname'
config .hostname '"old"'
make flasher
edit set-json installer.secureboot true
said 'flash-boot:/config.json: installer.secureboot'
not_said 'is read by flasher images alone'
