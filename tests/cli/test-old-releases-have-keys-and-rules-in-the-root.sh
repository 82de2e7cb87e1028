#!/bin/bash
# test-old-releases-have-keys-and-rules-in-the-root.sh - before 2.20 SSH keys
# and udev rules are files of the root, whose fingerprints follow
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
# shellcheck source=tests/lib/hostapp.sh
. "$srcdir/tests/lib/hostapp.sh"
requires jq e2fsck debugfs mkfs.ext4 ssh-keygen

# file PATH: of the system, as debugfs reads it
file() {
	in_ext x.img 2 "cat $base$1"
}

# is PATH MODE: what debugfs says of it, which is root's
is() {
	in_ext x.img 2 "stat $base$1" >stat.out
	grep -q "Mode:  $2 " stat.out || fail "$1: $(cat stat.out)"
	grep -qE 'User: +0 +Group: +0 ' stat.out || fail "$1: $(cat stat.out)"
}

# listed: all that the root's fingerprint lists is as it says
listed() {
	ext_clean x.img 2
	rm -rf tree
	mkdir tree
	debugfs -R "rdump ${base:-/} tree" ext.img >/dev/null 2>&1
	(
		cd tree
		[ -z "$base" ] || cd "${base##*/}"
		sed 's|  /|  ./|' ./*.fingerprint | md5sum -c --quiet
	) || fail "$kind: the fingerprint does not fit"
}

ssh-keygen -q -t rsa -b 2048 -N '' -C one@example -f one
ssh-keygen -q -t ecdsa -N '' -C two@example -f two
ssh-keygen -q -t ed25519 -N '' -C three@example -f three
printf 'KERNEL=="ttyUSB0", MODE="0666"\r\n' >70-serial.rules
printf 'KERNEL=="null", MODE="0600"' >99-last.rules

for kind in resin1 rpi3-2.2 rpi3-2.7 rpi3-2.15; do
	image $kind x.img 256M
	base=
	case $kind in
	rpi3-2.7) layers x.img aufs /docker ;;
	rpi3-2.15) layers x.img aufs /balena ;;
	esac
	listed
	cp x.img before.img

	# Where there is a link to the maker's key, that stays.
	keys=/home/root/.ssh/authorized_keys mode=0600 before=
	if [ $kind != rpi3-2.15 ]; then
		keys=/var/lib/dropbear/authorized_keys mode=0400
		before=$(file $keys)$'\n'
	fi
	run 0 ssh list --json x.img
	equal "$(jq length out)" "$([ $kind = rpi3-2.15 ] && echo 0 || echo 1)"
	run 0 ssh add -n x.img one.pub
	cmp x.img before.img
	run 0 ssh add --json x.img one.pub two.pub --undo undo.$kind
	jq -e '.changes | length >= 1' out >/dev/null || fail "$(cat out)"
	listed
	is $keys $mode
	is /home/root/.ssh 0700
	equal "$(file $keys)" "$before$(cat one.pub two.pub)"
	run 0 ssh add x.img two.pub three.pub
	err_has Ed25519
	run 0 ssh rm x.img two@example
	equal "$(file $keys)" "$before$(cat one.pub three.pub)"
	listed
	run 0 ssh list --json x.img
	equal "$(jq -r '.[-2,-1].comment' out | tr '\n' ' ')" \
		'one@example three@example '
	run 4 ssh rm x.img two@example

	# Rules.
	run 0 udev add x.img 70-serial.rules 99-last.rules
	is /etc/udev/rules.d/70-serial.rules 0644
	equal "$(file /etc/udev/rules.d/70-serial.rules)" \
		"$(tr -d '\r' <70-serial.rules)"
	equal "$(file /etc/udev/rules.d/99-last.rules | tail -c 1 | od -An -c)" \
		"  \\n"
	run 0 udev list --json x.img
	equal "$(jq -c 'map(.name) | sort' out)" '["70-serial","99-last"]'
	run 0 udev cat x.img 99-last
	out_has 'MODE="0600"'
	run 0 udev rm x.img 70-serial.rules
	run 0 udev list --json x.img
	equal "$(jq -c 'map(.name)' out)" '["99-last"]'
	run 4 udev rm x.img 70-serial
	listed

	# config.json is not touched.
	cmp <(mtools_cat x.img config.json) <(mtools_cat before.img config.json)
	cp before.img x.img
	run 0 ssh add x.img one.pub --undo undo
	run 0 undo x.img undo
	cmp x.img before.img
	rm undo
done
