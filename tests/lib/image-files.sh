#!/bin/bash
# image-files.sh - what make-image.sh puts into its partitions
#
# SPDX-License-Identifier: Apache-2.0
#
# Sourced, with the variables of set_kind().  Each stage_*() fills the
# current folder as the build of that version did.
# shellcheck disable=SC2154 # the variables are make-image.sh's

# filler FILE KIB: text that no two files share
filler() {
	seq $((serial * 100000 + 1000000)) \
		$((serial * 100000 + 999999 + $2 * 128)) >"$1"
	serial=$((serial + 17))
}

write_device_type() {
	local artifact=${flag:-resin-image}

	cat <<-END
	{
	  "slug": "$slug",
	  "version": 1,
	  "aliases": [ "$slug" ],
	  "name": "$slug (sample)",
	  "arch": "$arch",
	  "state": "RELEASED",
	  "yocto": {
	    "machine": "$machine",
	    "image": "$artifact",
	    "fstype": "balenaos-img",
	    "version": "yocto-kirkstone",
	    "deployArtifact": "$artifact-$machine.balenaos-img",
	    "compressed": true
	  },
	  "configuration": {
	    "config": {
	      "partition": { "primary": 1 },
	      "path": "/config.json"
	    }
	  }
	}
	END
}

# os_release VARIANT_TOO: as the build writes it, quotes and all
write_os_release() {
	local quoted=$machine

	case $machine in *[!A-Za-z0-9]*) quoted="\"$machine\"" ;; esac
	echo "ID=\"$([ "$os_name" = balenaOS ] && echo balena-os || echo resin-os)\""
	echo "NAME=\"$os_name\""
	echo "VERSION=\"$version\""
	echo "VERSION_ID=\"$version\""
	echo "PRETTY_NAME=\"$os_name $version\""
	echo "MACHINE=$quoted"
	case $variant in
	dev) printf 'VARIANT="Development"\nVARIANT_ID=dev\n' ;;
	prod) printf 'VARIANT="Production"\nVARIANT_ID=prod\n' ;;
	esac
	echo "META_BALENA_VERSION=\"${version%+*}\""
}

# One key a line where the build has always had it so; provisioning of the
# 1.x era wrote it all in one.
write_config() {
	case $kind in
	resin1*)
		printf '%s' '{"applicationId":"1234","apiEndpoint":' \
			'"https://api.resin.io","apiKey":"provisioning-key",' \
			'"deviceType":"raspberry-pi2","userId":"42",' \
			'"vpnEndpoint":"vpn.resin.io","wifiSsid":"shop",' \
			'"wifiKey":"secret of the shop"}'
		;;
	rpi3*-dev)
		printf '{\n  "deviceType": "%s",\n  "hostname": "%s",\n' \
			"$slug" "$(before 2.24.0 && echo resin || echo balena)"
		printf '  "localMode": true,\n  "persistentLogging": false\n}\n'
		;;
	rpi3* | edison)
		printf '{\n  "deviceType": "%s",\n  "localMode": true,\n' "$slug"
		printf '  "persistentLogging": false\n}\n'
		;;
	*)
		printf '{\n  "deviceType": "%s",\n' "$slug"
		printf '  "persistentLogging": false\n}\n'
		;;
	esac
}

write_logo() {
	base64 -d <<-END
	iVBORw0KGgoAAAANSUhEUgAAABgAAAAQAgMAAABxSlcGAAAACVBMVEX///8Aru//xCVl
	UCskAAAAMUlEQVR42mNgwA4YA8AUawiYCp3qABILWwoSFc1aFQoSW7UKJArlQeWgKmH6
	oKYgAQBjWQu7EmjIDwAAAABJRU5ErkJggg==
	END
}

write_sample_connection() {
	cat <<-END
	# Copy to a name without .ignore, and fill in ssid and psk.
	[connection]
	id=balena-wifi
	type=wifi

	[wifi]
	hidden=true
	mode=infrastructure
	ssid=My_Wifi_Ssid

	[ipv4]
	method=auto

	[ipv6]
	addr-gen-mode=stable-privacy
	method=auto

	[wifi-security]
	auth-alg=open
	key-mgmt=wpa-psk
	psk=super_secret_wifi_password
	END
}

# Where the kernel prints: nowhere in production since 2.33.
kernel_console() {
	case $kind in
	resin1*) echo 'console=ttyAMA0,115200 console=tty1' ;;
	rpi3-2.2 | rpi3-2.7 | rpi3-2.15 | rpi3-2.29 | *-dev)
		echo 'console=tty1 console=serial0,115200'
		;;
	*) echo 'vt.global_cursor_default=0 console=null' ;;
	esac
}

stage_raspberry_pi() {
	local name

	printf '# settings of the firmware\ngpu_mem=16\ndtparam=i2c_arm=on\n' \
		>config.txt
	printf 'dwc_otg.lpm_enable=0 %s rootwait quiet\n' "$(kernel_console)" \
		>cmdline.txt
	filler bootcode.bin 52
	filler start.elf 2900
	filler fixup.dat 8
	filler kernel7.img 480
	filler boot.scr 4
	filler bcm2710-rpi-3-b.dtb 28
	filler bcm2711-rpi-4-b.dtb 48
	mkdir overlays
	for name in disable-bt dwc2 hifiberry-dac i2c-rtc imx219 miniuart-bt \
		pi3-disable-bt-with-a-long-name spi0-2cs vc4-kms-v3d w1-gpio; do
		filler overlays/$name.dtbo 2
	done
}

stage_pc() {
	mkdir -p EFI/BOOT
	filler EFI/BOOT/bootx64.efi 900
	printf 'set timeout=0\nmenuentry balenaOS {\n}\n' >EFI/BOOT/grub.cfg
	: >EFI/BOOT/grub_extraenv
	filler bzImage 6000
}

write_fingerprint() {
	local slash=/ sum path temporary=../fingerprint

	# Paths lost their slash in 5.3.4; 1.x wrote one blank, not two.
	case $version in [68].*) slash='' ;; esac
	find . -type f ! -name config.json -printf '%P\n' | sort |
		xargs -d '\n' md5sum |
		while read -r sum path; do
			case $kind in
			resin1*) echo "$sum $slash$path" ;;
			*) echo "$sum  $slash$path" ;;
			esac
		done >$temporary
	mv $temporary "$fingerprint"
}

stage_boot() {
	serial=0
	case $kind in
	rpi* | resin1*) stage_raspberry_pi ;;
	*) stage_pc ;;
	esac
	# Both came to the boot partition with 1.12.
	if [ "$kind" != resin1-conf ]; then
		write_config >config.json
		write_device_type >device-type.json
	fi
	mkdir splash
	write_logo >"splash/$logo"
	if [ -n "$sample" ]; then
		mkdir system-connections
		write_sample_connection >"system-connections/$sample"
		echo 'Samples: files named *.ignore are not used.' \
			>system-connections/README.ignore
	fi
	[ -z "$flag" ] || echo 'DO NOT REMOVE THIS FILE' >"$flag"
	case $kind in
	rpi4 | generic | jetson-orin) : >extra_uEnv.txt ;;
	esac
	case $kind in
	resin1*) echo "resin-image-$machine-2017.01.05" ;;
	*) echo "${flag:-balena-image}-$machine-20240501123456" ;;
	esac >image-version-info
	# A flasher's boot partition and 1.x have none.
	case $kind in
	flasher | resin1* | rpi3-2.[27] | rpi3-2.[27]-dev) ;;
	*) write_os_release >os-release ;;
	esac
	write_fingerprint
}

# What the FAT of an encrypted disk keeps: enough to start the kernel.
stage_efi() {
	mkdir -p EFI/BOOT
	filler EFI/BOOT/bootx64.efi 900
	filler bzImage 4000
	filler bzImage.sig 1
}
