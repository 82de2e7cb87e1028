#!/bin/bash
# test-os-roles.sh - the boot partition is found by what it says of itself
#
# SPDX-License-Identifier: Apache-2.0
#
# And the OS by what lies in it.  File systems, labels and UUIDs are those
# that blkid sees.
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin" MTOOLS_SKIP_CHECK=1
here=${srcdir:-.}
print=$PWD/tests/unit/print-os
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
image=$work/image
boot=$image@@4M

for tool in sfdisk sgdisk blkid mkfs.fat mke2fs mcopy; do
	command -v $tool >/dev/null || {
		echo "skipped: no $tool here"
		exit 77
	}
done

make() {
	"$here/tests/lib/make-image.sh" "$1" "$image" "${2:-256M}"
}

# ask [NAME...]: what is found
ask() {
	"$print" "$image" "$@" >"$work/said" || :
}

# says LINE: among what was found, as a whole line
says() {
	grep -qxF -- "$1" "$work/said" || {
		echo "should say \"$1\", says:"
		cat "$work/said"
		exit 1
	}
}

# begins WORDS: a line does
begins() {
	grep -qE -- "^$1" "$work/said" || {
		echo "no line begins \"$1\":"
		cat "$work/said"
		exit 1
	}
}

as_blkid() {
	local at offset size key value type label uuid

	sfdisk -lo device,start,sectors -q "$image" | tail -n +2 |
		sed "s|^$image||" | while read -r at offset size; do
		type=- label=- uuid=-
		while IFS='=' read -r key value; do
			case $key in
			TYPE) type=$value ;;
			LABEL) label=$value ;;
			UUID) uuid=$value ;;
			esac
		done <<-END
		$(blkid -p -O $((offset * 512)) -S $((size * 512)) -o export \
			"$image")
		END
		echo "$at $type $label $uuid"
	done
}

# ---- every kind: file systems as blkid has them, and the facts ----------
# KIND|boot|config|release|variant|device type|flasher|splash
while IFS='|' read -r kind at conf release variant slug flasher splash; do
	make "$kind" 512M
	ask
	if [ "$kind" != edison ]; then
		sed -n '/^[0-9]/s/^\([0-9]*\) [^ ]* /\1 /p' "$work/said" |
			sed 's/ zero / - /' >"$work/ours"
		as_blkid | diff - "$work/ours" || {
			echo "$kind: blkid sees it otherwise"
			exit 1
		}
	fi
	says "boot: $at"
	says "config: $conf"
	says "release: $release"
	says "variant: $variant"
	says "device-type: $slug"
	says "flasher: $flasher"
	says "splash: /splash/$splash"
	read=$(sed -n 's/^read: //p' "$work/said")
	[ "$read" -le 131072 ] || {
		echo "$kind: $read bytes read"
		exit 1
	}
done <<'END'
rpi3|1 resin-boot|1 resin-boot|2.48.0+rev1|prod|raspberrypi3|no|resin-logo.png
rpi3-dev|1 resin-boot|1 resin-boot|2.48.0+rev1|dev|raspberrypi3|no|resin-logo.png
rpi4|1 resin-boot|1 resin-boot|8.0.2+rev1|none|raspberrypi4-64|no|balena-logo.png
generic|1 resin-boot|1 resin-boot|6.1.25|none|generic-aarch64|no|balena-logo.png
jetson-orin|6 resin-boot|6 resin-boot|6.1.25|none|jetson-agx-orin-devkit|no|balena-logo.png
flasher|1 flash-boot|1 flash-boot|6.1.25+rev2|none|generic-amd64|yes|balena-logo.png
edison|0 resin-boot|0 resin-boot|2.31.5+rev1|prod|intel-edison|no|resin-logo.png
resin1|1 resin-boot|1 resin-boot|1.24.0|unknown|raspberry-pi2|no|resin-logo.png
resin1-conf|1 resin-boot|5 resin-conf|1.8.0|unknown|raspberry-pi2|no|resin-logo.png
END

# ---- partitions by number, GPT name, label, role -------------------------
make jetson-orin 512M
ask 6 esp resin-rootB data boot rootA 11 nothing ''
says '6: 6'
says 'esp: 5'
says 'resin-rootB: 8'
says 'data: 10'
says 'boot: 6'
says 'rootA: 7'
begins '11: not-found: no partition "11"; there are: 1 A_kernel, 2 A_'
begins 'nothing: not-found: '
begins ': not-found: '
make edison
ask '' 0 resin-boot boot
says ': 0'
says '0: 0'
says 'resin-boot: 0'
says 'boot: 0'
make generic
sgdisk -c 3:resin-rootA "$image" >/dev/null
ask resin-rootA rootA 3
says 'resin-rootA: invalid: partitions 2 and 3 are both called "resin-rootA"; give the number'
begins 'rootA: invalid: partitions 2 and 3'
says '3: 3'

# ---- no label: by device-type.json, then the flag files, then not at all -
make rpi4
mlabel -i "$boot" ::SOMETHING
ask
says 'boot: 1 SOMETHING'
says '1 boot vfat SOMETHING 1234-ABCD'
says 'flasher: no'
mdel -i "$boot" ::device-type.json
ask
says 'boot: 1 SOMETHING'
says 'device-type: raspberrypi4-64' # from os-release
mdel -i "$boot" ::os-release
ask
says 'device-type: raspberrypi4-64' # from config.json
says 'release: 8.0.2+rev1' # from the root
mdel -i "$boot" ::balena-image
ask
says 'boot: not-found: no boot partition: this is no balenaOS image'
says 'device-type: -'

# ---- an installer by its flag file, or by the artefact's name alone ------
make rpi4
echo 'DO NOT REMOVE THIS FILE' | mcopy -i "$boot" - ::balena-image-flasher
ask
says 'flasher: yes'
mdel -i "$boot" ::balena-image-flasher
printf '{"yocto":{"deployArtifact":"balena-image-flasher-x.img"}}' |
	mcopy -o -i "$boot" - ::device-type.json
mdel -i "$boot" ::balena-image
ask
says 'flasher: no' # an installer's would be flash-boot
mlabel -i "$boot" ::SOMETHING
ask
says 'flasher: yes'
echo 'DO NOT REMOVE THIS FILE' | mcopy -i "$boot" - ::balena-image
ask
says 'flasher: no' # this file says so

# ---- two of them ----------------------------------------------------------
make jetson-orin 512M
sgdisk -c 5:resin-boot "$image" >/dev/null
ask boot
says 'boot: 6 resin-boot'
says '5 - zero - -'
make generic
mkfs.fat -C -n resin-boot "$work/second" 20480 >/dev/null 2>&1
mcopy -i "$boot" ::device-type.json "$work/device-type.json"
dd if="$work/second" of="$image" bs=512 seek=90112 \
	conv=notrunc,sparse status=none
sgdisk -c 2:balena-boot "$image" >/dev/null
ask
says 'boot: 1 resin-boot'
mcopy -i "$image@@46137344" "$work/device-type.json" ::
ask boot
says 'boot: invalid: partitions 1 and 2 could both be the boot partition'
mdel -i "$boot" ::device-type.json
ask
says 'boot: 2 balena-boot'

# ---- an encrypted disk: what is in the clear only starts the kernel -------
make secure-boot 512M
ask
begins 'boot: unsupported: resin-boot: .*crypto_LUKS'
says 'release: -'
sgdisk -c 1:balena-boot "$image" >/dev/null
ask
begins 'boot: unsupported: resin-boot: .*crypto_LUKS'

# ---- what is no text, or too much of it -----------------------------------
make rpi4
head -c 3000 /dev/urandom | mcopy -o -i "$boot" - ::device-type.json
head -c 3000 /dev/urandom | mcopy -o -i "$boot" - ::os-release
ask
says 'boot: 1 resin-boot'
says 'release: -'
says 'device-type: raspberrypi4-64' # from config.json
head -c 2M /dev/zero | mcopy -o -i "$boot" - ::os-release
ask
begins 'release: invalid: '
