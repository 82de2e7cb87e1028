#!/bin/bash
# test-an-update-tells-every-bootloader.sh - which root it is to start
#
# SPDX-License-Identifier: Apache-2.0
#
# The files are as boards have them; what the hooks of meta-balena do to them is
# asked for.  grub-editenv reads the blocks.
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires python3 debugfs mke2fs mtools
# shellcheck source=tests/lib/update.sh
. "$srcdir/tests/lib/update.sh"
export SOURCE_DATE_EPOCH=1700000000

image generic plain.img 256M
take_apart plain.img
bundle none.docker 6.2.0 'hooks.pop("99-resin-uboot")'
bundle grub.docker 6.2.0 'hooks.pop("99-resin-uboot")
boot_changes["EFI/BOOT/grub.cfg"] = b"linux root=LABEL=resin-rootA\n"'
bundle uboot.docker 6.2.0
bundle stage2.docker 6.2.0 'hooks.pop("99-resin-uboot")
hooks["99-balena-bootloader"] = "#!/bin/sh\n"'

# fresh: a new card.img
fresh() {
	cp --sparse=always plain.img card.img
}

# with PATH: standard input as a file of the boot partition
with() {
	case $1 in
	EFI/* | grub/*)
		mmd -D s -i "card.img@@$(boot_offset card.img)" "::${1%%/*}" \
			2>/dev/null || :
		;;
	esac
	case $1 in
	EFI/BOOT/*)
		mmd -D s -i "card.img@@$(boot_offset card.img)" ::EFI/BOOT \
			2>/dev/null || :
		;;
	esac
	cat >given
	mcopy -D o -i "card.img@@$(boot_offset card.img)" given "::$1"
}

# block LINE...: an environment block of GRUB's
block() {
	{ printf '# GRUB Environment Block\n' && printf '%s\n' "$@"; } >lines
	{ cat lines && head -c $((1024 - $(stat -c %s lines))) /dev/zero |
		tr '\0' '#'; }
}

# is_block PATH LINE...: it is one, as grub-editenv has it
is_block() {
	mtools_cat card.img "$1" >got
	equal "$(stat -c %s got)" 1024
	shift
	equal "$(grub-editenv got list)" "$(printf '%s\n' "$@")"
}

# GRUB, by number in its environment, if it can count; the menu stays.
if command -v grub-editenv >/dev/null; then
	for path in EFI/BOOT/grubenv grub/grubenv grubenv; do
		fresh
		block resin_root_part=2 upgrade_available=0 bootcount=2 \
			other=x | with $path
		run 0 hup apply grub.docker card.img
		is_block $path resin_root_part=3 upgrade_available=1 \
			bootcount=0 other=x
		equal "$(mtools_cat card.img EFI/BOOT/grub.cfg)" \
			'linux root=LABEL=resin-rootA'
		fsck_clean card.img
		# And back: it is what told which root ran.
		run 0 hup apply --force grub.docker card.img
		is_block $path resin_root_part=2 upgrade_available=1 \
			bootcount=0 other=x
	done

	# By letter, for the bootloader that is a Linux; the others go.
	fresh
	block resin_root_part=2 upgrade_available=0 | with grubenv
	printf 'resin_root_part=2\nupgrade_available=0\n' |
		with resinOS_uEnv.txt
	run 0 hup apply stage2.docker card.img
	is_block bootenv resin_root_part=B upgrade_available=1
	mtools_lacks card.img grubenv
	mtools_lacks card.img resinOS_uEnv.txt
	run 0 hup apply --force stage2.docker card.img
	is_block bootenv resin_root_part=A upgrade_available=1
	fsck_clean card.img
fi

# By label in the menu, which is a new one, if it cannot count.
fresh
run 0 hup apply grub.docker card.img
equal "$(mtools_cat card.img EFI/BOOT/grub.cfg)" 'linux root=LABEL=resin-rootB'

# In what boards without GRUB have.
for path in extlinux/extlinux.conf extlinux.conf cmdline.txt; do
	fresh
	[ "${path%/*}" != extlinux ] ||
		mmd -i "card.img@@$(boot_offset card.img)" ::extlinux
	printf 'a root=LABEL=resin-rootA rootwait\nb root=LABEL=resin-rootA\n' |
		with $path
	run 0 hup apply none.docker card.img
	out_has 'starts root B (partition 3)'
	equal "$(mtools_cat card.img $path)" 'a root=LABEL=resin-rootB rootwait
b root=LABEL=resin-rootB'
	fsck_clean card.img
done

# By device, on the first Raspberry Pis.
fresh
echo 'console=tty1 root=/dev/mmcblk0p2 rootwait' | with cmdline.txt
run 0 hup apply none.docker card.img
equal "$(mtools_cat card.img cmdline.txt)" \
	'console=tty1 root=/dev/mmcblk0p3 rootwait'

# U-Boot, whose counts of failures are files.
fresh
echo counted | with bootcount.env
echo counted | with FSCK0000.bootcount.env
printf 'resin_root_part=2\nupgrade_available=0\n' | with resinOS_uEnv.txt
run 0 hup apply uboot.docker card.img
equal "$(mtools_cat card.img resinOS_uEnv.txt)" 'resin_root_part=3
upgrade_available=1'
mtools_lacks card.img bootcount.env
mtools_lacks card.img FSCK0000.bootcount.env
fsck_clean card.img

# None of these: that is said.  An empty file says nothing.
fresh
: | with cmdline.txt
run 0 hup apply none.docker card.img
err_has 'no file says which root is started'
