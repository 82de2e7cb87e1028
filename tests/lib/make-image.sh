#!/bin/bash
# make-image.sh - a sparse disk image shaped like balenaOS, without root
#
# SPDX-License-Identifier: Apache-2.0
#
# usage: make-image.sh KIND OUT.img [SIZE]
#
# KIND    OS             table  boot          holds
# rpi3    2.48.0+rev1    MBR    FAT16 40 MiB  raspberrypi3, production
# rpi3-dev  the same, development variant
# rpi3-2.7, -2.15, -2.29, -2.84, each also -dev: other versions of the same, all
#         but the last with aufs for its store; rpi3-2.2 before there were any
# rpi3-2.85 2.85.2      as rpi3, one for both
# rpi4    8.0.2+rev1     MBR    FAT32 40 MiB  raspberrypi4-64
# generic 6.1.25         GPT    FAT16 40 MiB  generic-aarch64
# jetson-orin 6.1.25     GPT    FAT16 40 MiB  p6; five board partitions
#                                             first, one an empty "esp"
# flasher 6.1.25+rev2    GPT    FAT16 40 MiB  flash-boot; generic-amd64's
#                                             image in flash-rootA:/opt
# edison  2.31.5+rev1    none   FAT32 40 MiB  the whole image is resin-boot
# resin1  1.24.0         MBR    FAT16 40 MiB  raspberry-pi2, provisioned
# resin1-conf 1.8.0      MBR    FAT16 40 MiB  config.json in resin-conf
# secure-boot 8.0.2      GPT    FAT16 40 MiB  balena-efi, then LUKS headers
#
# SIZE is that of the whole image ("256M", "8G"; 1G if not given; edison's is
# always 40 MiB): data takes the rest, and the roots shrink to a third of it
# where they must.  What is not needed is a hole, so any size is made in less
# than a second.  The same call makes the same volume ids and sizes.  With a
# folder in $BALIMG_SAMPLES, each image is made once, kept there, and copied.
set -eu
export LC_ALL=C TZ=UTC MTOOLS_SKIP_CHECK=1
export PATH="$PATH:/usr/sbin:/sbin"

MIB=2048 # sectors

usage() {
	sed -n '/^# usage/,/^# than a second/s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

# ---- what each kind is ------------------------------------------------

set_rpi3_version() {
	case $1 in
	*-dev) variant=dev ;;
	esac
	case $1 in
	rpi3 | rpi3-dev) ;;
	rpi3-2.2 | rpi3-2.2-dev) version=2.2.0+rev1 os_name='Resin OS' ;;
	rpi3-2.7 | rpi3-2.7-dev) version=2.7.8+rev1 driver=aufs ;;
	rpi3-2.15 | rpi3-2.15-dev) version=2.15.1+rev1 driver=aufs ;;
	rpi3-2.29 | rpi3-2.29-dev) version=2.29.2+rev1 driver=aufs ;;
	rpi3-2.84 | rpi3-2.84-dev | rpi3-2.85)
		version=2.84.7+rev1 flag=balena-image logo=balena-logo.png
		fingerprint=balenaos.fingerprint sample=balena-sample.ignore
		;;
	*) usage ;;
	esac
	[ "$1" != rpi3-2.85 ] || version=2.85.2+rev1 variant=''
}

# The defaults are those of today; a kind says where it differs.
set_kind() {
	variant='' prefix=resin data_fs=ext4 root_fs=ext4 boot_type=e
	table=gpt fat=16 flag=balena-image logo=balena-logo.png
	fingerprint=balenaos.fingerprint sample=balena-sample.ignore
	os_name=balenaOS driver=overlay2
	case $1 in
	rpi3*)
		version=2.48.0+rev1 slug=raspberrypi3 machine=raspberrypi3
		arch=armv7hf table=dos variant=prod flag=resin-image
		logo=resin-logo.png fingerprint=resinos.fingerprint
		sample=resin-sample.ignore
		set_rpi3_version "$1"
		;;
	rpi4)
		version=8.0.2+rev1 slug=raspberrypi4-64 arch=aarch64
		machine=raspberrypi4-64 table=dos fat=32 boot_type=c
		;;
	generic)
		version=6.1.25 slug=generic-aarch64 machine=generic-aarch64
		arch=aarch64
		;;
	jetson-orin)
		version=6.1.25 slug=jetson-agx-orin-devkit arch=aarch64
		machine=jetson-agx-orin-devkit
		;;
	flasher)
		version=6.1.25+rev2 slug=generic-amd64 machine=generic-amd64
		arch=amd64 prefix=flash flag=balena-image-flasher
		;;
	edison)
		version=2.31.5+rev1 slug=intel-edison machine=edison arch=i386
		table=none fat=32 variant=prod flag=resin-image
		logo=resin-logo.png fingerprint=resinos.fingerprint
		sample=resin-sample.ignore
		;;
	resin1 | resin1-conf)
		version=1.24.0 slug=raspberry-pi2 machine=raspberrypi2
		arch=armv7hf table=dos flag='' logo=resin-logo.png sample=''
		fingerprint=resin-boot.fingerprint root_fs=ext3 data_fs=btrfs
		os_name='Resin OS'
		[ "$1" = resin1 ] || version=1.8.0
		;;
	secure-boot)
		version=8.0.2 slug=generic-amd64 machine=generic-amd64
		arch=amd64 prefix=balena
		;;
	*) usage ;;
	esac
}

# ---- the partition table ----------------------------------------------

declare -A start size # sectors, by name
script=''             # sfdisk's
esp=C12A7328-F81F-11D2-BA4B-00C04FFC99B3
linux=0FC63DAF-8483-4772-8E79-3D69D8477DE4

# add NAME START SIZE TYPE [MORE]: a partition, in sectors
add() {
	start[$1]=$2 size[$1]=$3
	script+="start=$2, size=$3, type=$4${5:-}"
	[ $table = dos ] || script+=", name=$1"
	script+=$'\n'
}

# Both roots get a third of @1 sectors each, 312 MiB at most.
set_root_size() {
	root=$(($1 / 3 & ~(4 * MIB - 1)))
	[ $root -le $((312 * MIB)) ] || root=$((312 * MIB))
	[ $root -ge $((16 * MIB)) ] || {
		echo "make-image.sh: $kind needs more than that" >&2
		exit 2
	}
}

lay_out_dos() {
	local total=$1 at names=(rootA rootB state data)

	[ $data_fs = ext4 ] || names=(root updt conf data)
	set_root_size $((total - 80 * MIB))
	add $prefix-boot $((4 * MIB)) $((40 * MIB)) $boot_type ', bootable'
	add "$prefix-${names[0]}" $((44 * MIB)) $root 83
	at=$((44 * MIB + root))
	add "$prefix-${names[1]}" $at $root 83
	at=$((at + root))
	script+="start=$at, size=$((total - at)), type=f"$'\n'
	add "$prefix-${names[2]}" $((at + 4 * MIB)) $((20 * MIB)) \
		"$([ "$kind" = resin1-conf ] && echo e || echo 83)"
	at=$((at + 28 * MIB))
	add "$prefix-data" $at $((total - at)) 83
}

# The five of a Jetson AGX Orin; its "esp" is empty, and not the boot
# partition whatever its type says.
lay_out_board() {
	add A_kernel 40 $((128 * MIB)) $linux
	add A_kernel-dtb $((40 + 128 * MIB)) 1536 $linux
	add B_kernel $((1576 + 128 * MIB)) $((128 * MIB)) $linux
	add B_kernel-dtb $((1576 + 256 * MIB)) 1536 $linux
	add esp $((3112 + 256 * MIB)) $((64 * MIB)) $esp
}

lay_out_gpt() {
	local total=$1 at=$((4 * MIB)) grow=0

	if [ "$kind" = jetson-orin ]; then
		lay_out_board
		at=$((324 * MIB))
	fi
	# A LUKS2 header makes each partition 16 MiB larger.
	[ "$kind" != secure-boot ] || grow=$((16 * MIB))
	set_root_size $((total - at - 80 * MIB))
	if [ "$kind" = secure-boot ]; then
		add balena-efi $at $((40 * MIB)) $esp
		at=$((at + 40 * MIB))
		prefix=resin
	fi
	add $prefix-boot $at $((40 * MIB + grow)) $esp
	at=$((at + 40 * MIB + grow))
	if [ $prefix = flash ]; then
		# The root holds an image; the others are there in name only.
		root=$((total - at - 20 * MIB))
		add flash-rootA $at $root $linux
		at=$((at + root))
		add flash-rootB $at $((4 * MIB)) $linux
		add flash-state $((at + 4 * MIB)) $((4 * MIB)) $linux
		add flash-data $((at + 8 * MIB)) $((4 * MIB)) $linux
		return
	fi
	add $prefix-rootA $at $((root + grow)) $linux
	at=$((at + root + grow))
	add $prefix-rootB $at $((root + grow)) $linux
	at=$((at + root + grow))
	add $prefix-state $at $((20 * MIB + grow)) $linux
	at=$((at + 20 * MIB + grow))
	# The backup table takes the last 33 sectors.
	add $prefix-data $at $(((total - at) / MIB * MIB - MIB)) $linux
}

write_table() {
	local id=0x0badcafe

	[ $table = dos ] || id=5AFEBA1E-0000-4000-8000-000000000001
	{
		echo "label: $table"
		echo "label-id: $id"
		# Board partitions begin before sfdisk would let them.
		[ $table = dos ] || echo "first-lba: 34"
		echo
		echo "$script"
	} | sfdisk -q --no-reread --no-tell-kernel -w never "$out"
}

# ---- the other file systems -------------------------------------------

# format_ext NAME TYPE [FOLDER]
format_ext() {
	mke2fs -q -F -t "$2" -L "$1" ${3:+-d "$3"} \
		-U "ba5eba11-0000-4000-8000-$(printf %012d "${start[$1]}")" \
		-E "offset=$((start[$1] * 512)),nodiscard,hash_seed=$uuid" \
		"$out" $((size[$1] / 2))k
}

# format_fat NAME LABEL FOLDER
format_fat() {
	# Made apart, as the build does: mkfs.fat takes its measure from the file.
	mkfs.fat -C -n "$2" -S 512 -F $fat -i 1234ABCD fat \
		$((size[$1] / 2)) >/dev/null 2>&1
	find "$3" -exec touch -h -d 2024-05-01T12:34:56 {} +
	mcopy -s -m -Q -i fat -- "$3"/* ::
	dd if=fat of="$out" bs=64k seek=$((start[$1] * 512)) conv=sparse,notrunc \
		oflag=seek_bytes status=none
	rm fat
}

# put NAME OFFSET: standard input goes to byte OFFSET of partition NAME
put() {
	dd of="$out" bs=512 seek=$((start[$1] * 512 + $2)) conv=notrunc \
		oflag=seek_bytes status=none
}

# The head of a LUKS2 volume, as far as anyone looks without its key.
format_luks() {
	printf 'LUKS\xba\xbe\0\2\0\0\0\0\0\0\x40\0\0\0\0\0\0\0\0\1' | put "$1" 0
	printf 'sha256' | put "$1" 72
	printf '%s' "$uuid" | put "$1" 168
}

fill_dos() {
	format_fat $prefix-boot $prefix-boot boot
	if [ $root_fs = ext3 ]; then
		format_ext resin-root ext3 root
		finish_root resin-root
		mkdir conf
		if [ "$kind" = resin1-conf ]; then
			write_config >conf/config.json
			format_fat resin-conf resin-conf conf
		else
			format_ext resin-conf ext4
		fi
		return
	fi
	format_ext $prefix-rootA ext4 root
	finish_root $prefix-rootA
	format_ext $prefix-rootB ext4
	format_ext $prefix-state ext4
	format_ext $prefix-data ext4
}

fill_gpt() {
	local name

	if [ "$kind" = secure-boot ]; then
		format_fat balena-efi balena-efi boot
		for name in boot rootA rootB state data; do
			format_luks resin-$name
		done
		return
	fi
	format_fat $prefix-boot $prefix-boot boot
	format_ext $prefix-rootA ext4 root
	finish_root $prefix-rootA
	[ $prefix != flash ] || return 0
	format_ext $prefix-rootB ext4
	format_ext $prefix-state ext4
	format_ext $prefix-data ext4
}

# ---- main -------------------------------------------------------------

case $# in 2 | 3) ;; *) usage ;; esac
kind=$1
self=$(realpath -- "$0")
# shellcheck source=tests/lib/image-files.sh
. "${self%/*}/image-files.sh"
# shellcheck source=tests/lib/image-root.sh
. "${self%/*}/image-root.sh"
set_kind "$kind"
[ $table != none ] && bytes=$(numfmt --from=iec "${3:-1G}") || bytes=41943040
uuid=ba5eba11-0000-4000-8000-00000000cafe

kept=${BALIMG_SAMPLES:+$BALIMG_SAMPLES/$kind-${3:-1G}.img}
if [ -e "$kept" ]; then
	rm -f -- "$2"
	exec cp --sparse=always -- "$kept" "$2"
fi
rm -f -- "$2"
truncate -s "$bytes" -- "$2"
out=$(realpath -- "$2")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd "$work"

keep() {
	[ -n "$kept" ] || return 0
	cp --sparse=always -- "$out" "$kept.$$"
	mv -- "$kept.$$" "$kept"
}
mkdir boot root
case $kind in
secure-boot) (serial=0 && cd boot && stage_efi) ;;
*) (cd boot && stage_boot) ;;
esac

case $table in
dos) lay_out_dos $((bytes / 512)) ;;
gpt) lay_out_gpt $((bytes / 512)) ;;
none)
	start[resin-boot]=0 size[resin-boot]=$((bytes / 512))
	format_fat resin-boot resin-boot boot
	keep
	exit 0
	;;
esac
[ "$kind" = secure-boot ] || (cd root && stage_root)
write_table
"fill_$table"
keep
