#!/bin/bash
# test-info-warns-of-what-may-go-wrong.sh - info tells of what a device would trip over
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

# sound KIND: a fresh image of which there is nothing to say
sound() {
	image "$1" x.img 256M
	run 0 info x.img
	silent err
}

# boot_put FILE PATH: into the boot partition
boot_put() {
	mcopy -o -i "x.img@@$(boot_offset x.img)" "$1" "::$2"
}

# ---- a second FAT that is not like the first ----
sound generic
offset=$(boot_offset x.img)
reserved=$(od -An -tu2 -j $((offset + 14)) -N 2 x.img | xargs)
length=$(od -An -tu2 -j $((offset + 22)) -N 2 x.img | xargs)
printf '\377\177' | dd of=x.img conv=notrunc status=none oflag=seek_bytes \
	seek=$((offset + (reserved + length) * 512 + 1000)) bs=2
run 0 info x.img
err_has 'warning: resin-boot: FAT copy 2 differs from copy 1'
err_has 'balimg repair'
run 0 repair x.img --yes
run 0 info x.img
silent err

# ---- what the device left half written; the published password ----
sound rpi3
printf '{"hostname":"left"}' >left
boot_put left "/.config.json.AbCdEfGh.$(md5sum <left | cut -c -32).md5sum"
printf '[connection]\nid=resin-sample\ntype=wifi\n[wifi]\nssid=My_Wifi_Ssid\n' \
	>sample
boot_put sample /system-connections/resin-sample
printf '{"os":{"network":[]}}' >config.json
boot_put config.json /config.json
run 0 info x.img
err_has 'leftovers of an interrupted write on the device: balimg repair'
err_has 'resin-sample: is the sample network'
rm left
mdel -i "x.img@@$(boot_offset x.img)" '::.config.json.*'
run 0 info x.img
err_has 'warning: config.json: os.network: is an array, not an object'

# ---- a disk that was installed with secure boot ----
image secure-boot x.img 512M
run 0 info x.img
grep -q 'OS *cannot be read' out || fail "$(cat out)"
err_has 'warning: resin-boot: the file system is crypto_LUKS'
err_has "edit the installer's image"
run 0 info x.img --json
jq -e '.os == null and (.warnings | length) == 1' out >/dev/null ||
	fail "$(cat out)"

# ---- many partitions: their names are whole ----
image jetson-orin x.img 512M
run 0 info x.img
out_has '│A_kernel│A_kernel-dtb│B_kernel│B_kernel-dtb│esp│boot│rootA│rootB│'
