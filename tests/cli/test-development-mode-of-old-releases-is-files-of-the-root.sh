#!/bin/bash
# test-development-mode-of-old-releases-is-files-of-the-root.sh - dev on, off
# and status before 2.85, and every byte back when it is switched back
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
# shellcheck source=tests/lib/hostapp.sh
. "$srcdir/tests/lib/hostapp.sh"
requires jq e2fsck debugfs mkfs.ext4

file() {
	in_ext x.img 2 "cat $base$1"
}

# tree FOLDER: the system as it is, its files as its fingerprint says
tree() {
	ext_clean x.img 2
	rm -rf "$1"
	mkdir "$1"
	debugfs -R "rdump ${base:-/} $1" ext.img >/dev/null 2>&1
	[ -z "$base" ] || mv "$1/${base##*/}"/* "$1"
	(cd "$1" && sed 's|  /|  ./|' ./*.fingerprint | md5sum -c --quiet) ||
		fail "$kind: the fingerprint does not fit"
}

status() {
	run 0 dev status --json x.img
	equal "$(jq -c '[.enabled, .era]' out)" "[$1,\"build\"]"
	jq -e '.parts | length > 1' out >/dev/null || fail "$(cat out)"
}

look_on() {
	file /etc/shadow | grep -q '^root::' || fail 'a password is needed'
	in_ext x.img 2 "stat $base/etc/shadow" >stat.out
	grep -q 'Mode:  0400 ' stat.out || fail "$(cat stat.out)"
	grep -qE 'User: +0 +Group: +0 ' stat.out || fail "$(cat stat.out)"
	case $kind in
	rpi3-2.84* | rpi3 | rpi3-dev)
		file /etc/ssh/sshd_config_readonly >sshd
		grep -q '^PermitEmptyPasswords yes$' sshd || fail "$(cat sshd)"
		grep -q '^PermitRootLogin yes$' sshd || fail "$(cat sshd)"
		! grep -q '^PasswordAuthentication no' sshd || fail "$(cat sshd)"
		;;
	*) file /etc/default/dropbear | grep -q 'ARGS="-B"' || fail dropbear ;;
	esac
	[ "$kind" != resin1 ] || return 0
	file "/etc/systemd/system/$engine.service.d/$engine.conf" >unit
	equal "$(sed -n 2p unit)" ExecStart=
	sed -n 3p unit | grep -q '^ExecStart=.* -H fd:// .* -H tcp://0.0.0.0:2375$' ||
		fail "$(cat unit)"
	file /etc/os-release | grep -q '^VARIANT_ID=dev$' || fail variant
}

look_off() {
	file /etc/shadow | grep -q '^root:\*:' || fail 'no password is needed'
	[ "$kind" = resin1 ] ||
		! file "/etc/systemd/system/$engine.service.d/$engine.conf" |
		grep -q tcp: || fail 'the engine listens'
}

for kind in resin1 rpi3-2.2 rpi3-2.7 rpi3-2.29 rpi3-2.29-dev rpi3 rpi3-2.84 \
	rpi3-2.84-dev; do
	image $kind x.img 256M
	base='' engine=balena
	case $kind in
	rpi3-2.2) engine=docker ;;
	rpi3-2.7) engine=docker && layers x.img aufs /docker ;;
	rpi3-2.29*) layers x.img aufs ;;
	rpi3*) layers x.img overlay2 ;;
	esac
	case $kind in
	*-dev) first=on second=off is=true other=false ;;
	*) first=off second=on is=false other=true ;;
	esac
	tree before
	status $is
	cp x.img before.img
	run 0 dev $first x.img
	cmp x.img before.img
	run 0 dev $second -n x.img
	cmp x.img before.img
	rm -f undo
	run 0 dev $second x.img --undo undo
	err_has 'serial console'
	status $other
	look_$second
	tree after
	cp x.img second.img
	run 0 dev $second x.img
	cmp x.img second.img

	# What somebody changed since keeps the change; the rest is as it was.
	run 0 dev $first x.img
	status $is
	tree again
	diff -r --no-dereference before again || fail "$kind: leaves a trace"
	run 4 cat x.img:rootA//.balimg-development
	cmp <(mtools_cat x.img config.json) <(mtools_cat before.img config.json)
	cp second.img x.img
	{ file /etc/shadow && echo 'user::1:0:99999:7:::'; } >shadow
	run 0 put shadow x.img:rootA/etc/shadow
	run 0 dev $first x.img
	look_$first
	file /etc/shadow | grep -q '^user::' || fail 'a user is lost'
	cp second.img x.img
	run 0 undo x.img undo
	cmp x.img before.img
done
