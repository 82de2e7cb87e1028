# edits.sh - sourced: every kind of edit, on a small image of its own
# shellcheck shell=bash
#
# SPDX-License-Identifier: Apache-2.0
#
# For the tests that stop, fail or cut off the whole tool.  The image is a
# bare boot volume of 2.3 MiB (FAT16, as Edison's, but small), so that ten
# thousand copies of it can be judged.
set -eu
export LC_ALL=C.UTF-8 TZ=UTC MTOOLS_SKIP_CHECK=1 SOURCE_DATE_EPOCH=1700000000
export PATH="$PATH:/usr/sbin:/sbin"
here=$(cd "${srcdir:-.}" && pwd)
# shellcheck source=tests/lib/fault.sh
. "$here/tests/lib/fault.sh"
requires mkfs.fat fsck.fat mcopy ssh-keygen
find_tool

# Every kind, by name.  "customize" is many edits in one transaction.
# shellcheck disable=SC2034 # for those who source this
edit_kinds='config splash udev ssh wifi dev put-large put-new rm mkdir
	customize undo'

# make_inputs: what the edits put in
make_inputs() {
	ssh-keygen -q -t ed25519 -N '' -C me -f key
	printf 'KERNEL=="sda", GROUP="disk"\n' >disk.rules
	printf 'password1' >psk
	head -c 150000 /dev/urandom >large
	cp "$here/tests/lib/sample-splash.png" splash.png
}

# make_image FILE: what the edits are made on
make_image() {
	rm -f "$1"
	mkfs.fat -C -F 16 -s 1 -n resin-boot -i ba1eadef "$1" 2300 >mkfs.out 2>&1
	mkdir -p tree/splash tree/system-connections tree/full
	cat >tree/config.json <<-'END'
		{
		  "deviceType": "raspberrypi4-64",
		  "apiKey": "0123456789abcdef0123456789abcdef",
		  "persistentLogging": false,
		  "os": { "udevRules": { "10-a": "KERNEL==\"a\"\n" } }
		}
	END
	printf '{"slug":"raspberrypi4-64","arch":"aarch64"}\n' \
		>tree/device-type.json
	printf 'ID="balena-os"\nVERSION="8.0.2"\n' >tree/os-release
	printf 'DO NOT REMOVE THIS FILE\n' >tree/balena-image
	printf 'old logo, of no known kind\n' >tree/splash/balena-logo.png
	: >tree/extra_uEnv.txt
	head -c 70000 /dev/zero | tr '\0' k >tree/kernel.img
	# A directory whose next entry needs a new cluster.
	for number in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do
		echo $number >tree/full/f$number
	done
	mcopy -s -Q -m -i "$1" tree/* ::
}

# arguments KIND FILE: the words of that edit of FILE, in the array "words"
arguments() {
	case $1 in
	config) words=(config set "$2" hostname=kiosk) ;;
	splash) words=(splash set "$2" splash.png) ;;
	udev) words=(udev add "$2" disk.rules) ;;
	ssh) words=(ssh add "$2" key.pub) ;;
	wifi) words=(network wifi "$2" --ssid Office --psk @psk) ;;
	dev) words=(dev on "$2") ;;
	put-large) words=(put large "$2:boot/kernel.img") ;;
	put-new)
		words=(put psk "$2:boot/full/A long name needs many slots")
		;;
	rm) words=(rm "$2:boot/kernel.img") ;;
	mkdir) words=(mkdir "$2:boot/full/new folder") ;;
	customize)
		words=(customize "$2" --set hostname=kiosk --splash splash.png
			--udev disk.rules --ssh-key key.pub --dev on
			--wifi Office --psk @psk
			--put "psk=boot/full/A long name needs many slots")
		;;
	undo) words=(undo "$2" undo-file) ;;
	esac
}

# prepare KIND: the image as it was is "old", unpacked "old-files"; what KIND
# makes of it is "new" and "new-files".  "image" is what is to be edited.
prepare() {
	rm -rf old new image old-files new-files undo-file
	make_image old
	if [ "$1" = undo ]; then
		arguments customize old
		"$balimg" "${words[@]}" --undo undo-file >out 2>&1
	fi
	cp old image
	arguments "$1" image
	"$balimg" "${words[@]}" >out 2>&1 || fail "$(cat out)"
	mv image new
	cmp -s old new && fail "$1 changes nothing"
	cp old image
	unpack old old-files
	unpack new new-files
}

# unpack IMAGE FOLDER: by mtools
unpack() {
	rm -rf "$2"
	mkdir "$2"
	mcopy -s -Q -n -i "$1" :: "$2/" >mcopy.out 2>&1 ||
		fail "mcopy: $(cat mcopy.out)"
}

# mixed FOLDER WHAT: each file of FOLDER is wholly old or wholly new
mixed() {
	local file
	while IFS= read -r file; do
		if [ -e "old-files/$file" ] && [ -e "new-files/$file" ]; then
			[ -e "$1/$file" ] || fail "$2: $file is gone"
		fi
		[ ! -f "$1/$file" ] ||
			cmp -s "$1/$file" "old-files/$file" ||
			cmp -s "$1/$file" "new-files/$file" ||
			fail "$2: $file is neither old nor new"
	done < <({ (cd "$1" && find . -type f)
		(cd old-files && find . -type f); } | sort -u)
}

# finish IMAGE WHAT: the next writing command does what it is told
finish() {
	"$balimg" mkdir "$1:boot/finished" >out 2>&1 ||
		fail "$2: the next command: $(cat out)"
	[ ! -e "${1%/*}/.${1##*/}.balimg-journal" ] ||
		fail "$2: the journal stays"
}

# judge_finished IMAGE WHAT: ... and ends with a clean volume, of old files or
# of new ones, and its own edit
judge_finished() {
	unpack "$1" files
	rmdir files/finished || fail "$2: the next command did nothing"
	diff -r files old-files >/dev/null ||
		diff -r files new-files >diff.out ||
		fail "$2: after the next command: $(cat diff.out)"
	fsck.fat -n "$1" >fsck.out || fail "$2: $(cat fsck.out)"
}
