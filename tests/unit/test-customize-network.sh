#!/bin/bash
# test-customize-network.sh - profiles that NetworkManager reads, and no other
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/customize.sh
. "${srcdir:-.}/tests/lib/customize.sh"

folder=/system-connections
cat >"$work/office" <<-'END'
[connection]
id=office
type=wifi

[wifi]
ssid=Office; 2nd floor

[wifi-security]
key-mgmt=wpa-psk
psk=correct horse battery

[ipv4]
method=auto
END

make rpi4
edit network-add office @"$work/office"
file $folder/office | cmp - "$work/office"
not_said 'correct horse'
said 'psk=<hidden>'
changes_nothing network-add office @"$work/office"
sed 's/$/\r/' "$work/office" >"$work/crlf"
changes_nothing network-add office @"$work/crlf"
sed 's/correct horse/wrong horse/' "$work/office" >"$work/other"
"$tool" "$image" -s network-add office @"$work/other" >"$work/said"
said 'psk=correct horse'
said 'psk=wrong horse'
edit network-add office @"$work/other"
not_said horse
grep -c 'correct horse' "$image" >/dev/null && die "the old password is there"

look networks | jq -e 'map([.file, .ssid, .ignored]) ==
	[["README.ignore", null, true],
	 ["balena-sample.ignore", "My_Wifi_Ssid", true],
	 ["office", "Office; 2nd floor", false]]' >/dev/null || die "listed wrong"
not_said horse
look -s networks >/dev/null
said 'wrong horse'

# ---- names ----
for name in office.config .office office~ office.pem; do
	fails refused network-add "$name" @"$work/office"
done
force network-add office.config @"$work/office"
has $folder/office.config
for name in a/b 'a:b' 'a?' ' a' 'a.' "$(printf %0300d 0)"; do
	fails invalid network-add "$name" @"$work/office"
	fails invalid -f network-add "$name" @"$work/office"
done

# ---- texts ----
fails invalid network-add x 'no group'
fails invalid -f network-add x 'no group'
fails invalid network-add x "$(printf '[connection]\nid=x\ntype=wifi\n')"
force network-add x "$(printf '[connection]\nid=x\ntype=wifi\n')"

# ---- made from what a person knows ----
edit network-wifi '' '{"ssid":"Café del Mar!","psk":"0;1=2 #3\\"}'
not_said '0;1=2'
look networks | jq -e '.[] | select(.file == "Caf-del-Mar") |
	.ssid == "Café del Mar!" and .id == .ssid' >/dev/null || die "ssid"
changes_nothing network-wifi '' '{"ssid":"Café del Mar!","psk":"0;1=2 #3\\"}'
fails refused network-wifi '' '{"ssid":"Caf del Mar","psk":"12345678"}'
edit network-wifi cafe2 '{"ssid":"Caf del Mar","psk":"12345678"}'
edit network-wifi '' '{"ssid":"öäü"}'
has $folder/wifi
edit network-wifi '' '{"ssid":"my.office"}'
look networks | jq -e '.[] | select(.ssid == "my.office") | .ignored | not' \
	>/dev/null || die "made a name that is not read"
edit network-wifi static '{"ssid":"s","psk":"12345678","hidden":true,
	"address":"192.168.1.20/24","gateway":"192.168.1.1",
	"dns":["1.1.1.1","2606:4700:4700::1111"]}'
file $folder/static | grep -q '^address1=192[.]168[.]1[.]20/24' ||
	die "no address"
fails usage network-wifi '' '{"psk":"12345678"}'
fails usage network-wifi '' '{"ssid":"x","colour":"red"}'
fails usage network-wifi '' '["ssid"]'
fails invalid network-wifi '' '{"ssid":"x","psk":"short"}'
fails invalid network-wifi '' '{"ssid":"x","address":"300.1.1.1/24"}'

# ---- what is sound, but likely not meant ----
reach() { # ADDRESS GATEWAY
	edit network-wifi reach "{\"ssid\":\"s\",\"psk\":\"12345678\",
		\"address${3:-}\":\"$1\",\"gateway${3:-}\":\"$2\"}"
}
reach 10.1.2.3/24 10.1.3.1
said 'the gateway 10.1.3.1 is outside of the net of 10.1.2.3/24'
reach 10.1.2.3/23 10.1.3.1
not_said gateway
reach 10.1.2.3/25 10.1.2.129
said 'is outside of the net'
reach 10.1.2.3/8 10.1.2.3
said "is the device's own address"
reach 10.1.2.3/32 10.1.9.1
not_said 'gateway'
reach fd00::2/63 fd00:0:0:1::1 6
not_said 'the gateway'
reach fd00::2/63 fd00:0:0:2::1 6
said 'the gateway fd00:0:0:2::1 is outside'
reach fd00::2/64 fe80::1 6
not_said 'the gateway'
printf '[connection]\ntype=ethernet\n[ipv4]\naddress1=10.0.0.2/24\n' >"$work/wired"
printf 'gateway=10.0.9.1\nmethod=manual\n' >>"$work/wired"
edit network-add wired @"$work/wired"
said 'the gateway 10.0.9.1 is outside'
edit network-wifi open '{"ssid":"open"}'
said 'asks for no password'
edit network-wifi sample '{"ssid":"My_Wifi_Ssid","psk":"12345678"}'
said 'the name of the sample network'
edit network-rm sample network-rm wired network-rm reach network-rm open

edit network-wifi sae '{"ssid":"s","psk":"short","wpa3":true}'
file $folder/sae | grep -A 1 -q '^key-mgmt=sae$' || die "no SAE"
fails invalid network-wifi sae '{"ssid":"s","wpa3":true}'
printf '[connection]\ntype=wifi\n[wifi]\nssid=s\n[wifi-security]\n' >"$work/wep"
printf 'key-mgmt=none\nwep-key0=abcde\n' >>"$work/wep"
fails refused network-add wep @"$work/wep"
said WEP
force network-add wep @"$work/wep"
said WEP
not_said abcde

# ---- removal ----
edit network-rm office
lacks $folder/office
not_said horse
grep -c 'wrong horse' "$image" >/dev/null && die "the password is still there"
fails not-found network-rm office
said cafe2

# ---- eras ----
make resin1
fails unsupported network-add office @"$work/office"
make rpi4
mdeltree -i "$boot" ::$folder
edit network-add office @"$work/office"
file $folder/office | cmp - "$work/office"
mcopy -i "$boot" "$work/office" ::$folder/resin-sample
look info | jq -e '.warnings[] | select(.where == "resin-sample")' >/dev/null ||
	die "no warning of the sample"
