#!/bin/bash
# test-the-root-is-that-of-the-running-system.sh - rootA/ leads through the
# layers of the hostapp, rootA// to what is stored
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
# shellcheck source=tests/lib/hostapp.sh
. "$srcdir/tests/lib/hostapp.sh"
requires jq e2fsck debugfs mkfs.ext4

# names FOLDER: those in it, in the view
names() {
	run 0 ls --json "x.img:rootA$1"
	jq -r '[.[].name] | join(" ")' out
}

# What the container's own layer says of the image's, in each driver's way:
# hostname is gone, issue is another, of udev only what is here counts.
prepare() {
	local hide opaque
	case $driver in
	overlay2)
		hide='mknod hostname c 0 0'
		opaque="ea_set $own/etc/udev trusted.overlay.opaque y"
		;;
	aufs)
		hide='write empty .wh.hostname'
		opaque=$'cd udev\nwrite empty .wh..wh..opq'
		;;
	esac
	change_ext x.img 2 <<-END
	cd $own
	mkdir etc
	cd etc
	$hide
	write upper issue
	symlink absolute /etc/issue
	symlink outside ../../../etc/shadow
	symlink loop loop
	symlink later new-one
	mkdir udev
	cd udev
	write upper only
	cd ..
	$opaque
	END
}

: >empty
echo upper >upper
echo new >new
while read -r kind driver store in_boot; do
	image "$kind" x.img 144M
	layers x.img "$driver" "$store"
	[ "${own#"$store"}" != "$own" ] || fail "no $store in $own"
	prepare
	ext_clean x.img 2
	cp x.img before.img

	# The upper layer hides, replaces and adds; links stay within.
	run 4 cat x.img:rootA/etc/hostname
	run 0 cat "x.img:rootA/$base/etc/hostname"
	out_is localhost
	for name in issue absolute; do
		run 0 cat x.img:rootA/etc/$name
		out_is upper
	done
	run 0 cat x.img:rootA/etc/outside
	out_has root:
	run 3 cat x.img:rootA/etc/loop
	equal "$(names /etc/udev)" only
	list=" $(names /etc) "
	for name in absolute issue loop os-release outside shadow systemd udev; do
		[ "${list#* "$name" }" != "$list" ] || fail "no $name in $list"
	done
	[ "${list/hostname/}" = "$list" ] || fail "hostname in $list"
	[ "${list/.wh./}" = "$list" ] || fail ".wh. in $list"
	equal "$(names /boot)" "$in_boot"
	run 0 ls x.img:rootA//
	out_has 'current -> hostapps/'

	# An old file is written where it is, a new one as far up as it may be.
	run 0 put new x.img:rootA/etc/shadow
	equal "$(in_ext x.img 2 "cat $base/etc/shadow")" new
	in_ext x.img 2 "stat $base/etc/shadow" | grep -q 'Mode:  0400' ||
		fail 'another mode'
	run 0 put new x.img:rootA/etc/hostname
	equal "$(in_ext x.img 2 "cat $own/etc/hostname")" new
	run 0 put new x.img:rootA/etc/later
	equal "$(in_ext x.img 2 "cat $own/etc/new-one")" new
	run 0 put new x.img:rootA/lib/systemd/system/new.service
	equal "$(in_ext x.img 2 "cat $base/lib/systemd/system/new.service")" new
	run 0 put new x.img:rootA/boot/new
	equal "$(in_ext x.img 2 "cat $volume/new")" new
	run 0 mkdir x.img:rootA/etc/new.d
	run 0 put new x.img:rootA/etc/new.d/file
	run 0 put new "x.img:rootA/$base/raw"
	run 0 cat x.img:rootA/raw
	out_is new
	ext_clean x.img 2

	# What would come to light again is not removed.
	run 3 rm x.img:rootA/etc/issue
	err_has 'would show through'
	run 3 rm x.img:rootA/etc/hostname
	run 5 rm x.img:rootA/boot
	run 5 rm x.img:rootA/lib/systemd
	run 5 rm x.img:rootA/etc/new.d
	run 0 rm x.img:rootA/etc/new.d/file x.img:rootA/etc/new.d \
		x.img:rootA/etc/passwd x.img:rootA/etc/absolute
	run 4 cat x.img:rootA/etc/passwd
	run 4 rm x.img:rootA/etc/passwd
	ext_clean x.img 2
	cp before.img x.img
	run 3 mkdir x.img:rootA/etc/hostname
	err_has 'would bring it back'
	[ "$driver" != aufs ] || run 5 put new x.img:rootA/etc/.wh.group

	# All within the transaction.
	run 0 put -n new x.img:rootA/etc/shadow
	cmp x.img before.img
	rm -f undo
	run 0 put new x.img:rootA/etc/hostname --undo undo
	run 0 undo x.img undo
	cmp x.img before.img
done <<-'END'
rpi4 overlay2 /balena init zImage
rpi3-2.29 aufs /balena init storage-driver zImage
rpi3-2.7 aufs /docker init storage-driver zImage
END

# What takes its content or name from elsewhere in a lower layer, which the
# engine never makes, is not mistaken for what is here.
image rpi4 x.img 144M
layers x.img overlay2 /balena
change_ext x.img 2 <<-END
mkdir $own/etc
mkdir $own/etc/moved
ea_set $own/etc/moved trusted.overlay.redirect /etc/systemd
write upper $own/etc/issue
ea_set $own/etc/issue trusted.overlay.metacopy ""
END
for name in issue moved/system; do
	run 3 cat x.img:rootA/etc/$name
	err_has 'elsewhere in a lower layer'
done
run 0 cat x.img:rootA/etc/hostname
run 0 cat "x.img:rootA/$own/etc/issue"
out_is upper

# The release before the boot partition told it.
image rpi3-2.29 x.img 144M
mdel -i "x.img@@$(boot_offset x.img)" ::os-release
run 0 info --json x.img
jq -e '.os.version == "2.29.2+rev1" and .os.variant == "production"' out \
	>/dev/null || fail "$(jq .os out)"

# Nothing of the kind in older roots.
image rpi3-2.2 x.img 144M
run 0 put new x.img:rootA/etc/hostname
equal "$(in_ext x.img 2 'cat /etc/hostname')" new
