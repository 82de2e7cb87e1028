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
	jq -c '.parts[] | select(.part | test("serial")) | .enabled' out >login
	case $kind in
	rpi3-2.84 | rpi3) out=false ;;
	*) out=$1 ;;
	esac
	equal "$(cat login)" "$out"
}

# login TTY YES: does the link that starts it say what builds make it say?
login() {
	in_ext x.img 2 "stat $base$wants/serial-getty@$1.service" >link.out
	if [ "$2" = yes ]; then
		grep -q 'Type: symlink' link.out || fail "$kind: $(cat link.out)"
		grep -qF 'dest: "/lib/systemd/system/serial-getty@.service"' \
			link.out || fail "$kind: $(cat link.out)"
		grep -qE 'User: +0 +Group: +0 ' link.out || fail "$(cat link.out)"
	else
		! grep -q 'Type:' link.out || fail "$kind: $(cat link.out)"
	fi
}

# hostname: what config.json says, "null" if nothing
hostname() {
	mtools_cat x.img config.json | jq -r .hostname
}

look_on() {
	case $kind in
	resin1) login ttyAMA0 yes && login tty1 no ;;
	*-dev) login ttyS0 yes ;;
	rpi3-2.84 | rpi3) login null no ;;
	*) login serial0 yes && login tty1 no ;;
	esac
	equal "$(hostname)" "$name"
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
	! in_ext x.img 2 "ls -p $base$wants" | grep -q serial-getty ||
		fail "$kind: there is a login"
	equal "$(hostname)" null
	file /etc/shadow | grep -q '^root:\*:' || fail 'no password is needed'
	[ "$kind" = resin1 ] ||
		! file "/etc/systemd/system/$engine.service.d/$engine.conf" |
		grep -q tcp: || fail 'the engine listens'
}

wants=/etc/systemd/system/getty.target.wants
for kind in resin1 rpi3-2.2 rpi3-2.7 rpi3-2.29 rpi3-2.29-dev rpi3 rpi3-2.84 \
	rpi3-2.84-dev; do
	image $kind x.img 256M
	base='' engine=balena name=balena
	case $kind in
	resin1) name=null ;;
	rpi3-2.2) engine=docker name=resin ;;
	rpi3-2.7) engine=docker name=resin && layers x.img aufs /docker ;;
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
	err_has 'logins at a screen'
	case $kind-$second in
	rpi3-on | rpi3-2.84-on) err_has 'no serial port gets a login' ;;
	esac
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

# A name that somebody chose is nobody else's, and neither is the default's
# where nothing tells that it came with the mode; what is in config.json beside
# it does not matter.
kind=rpi3-2.29-dev
image $kind x.img 256M
layers x.img aufs
for chosen in shop balena; do
	[ $chosen = balena ] || run 0 config set x.img hostname=$chosen
	run 0 dev off x.img
	[ $chosen = balena ] || equal "$(hostname)" shop
	run 0 dev on x.img
	equal "$(hostname)" $chosen
	run 0 config set x.img hostname=balena
done
run 0 dev off x.img
equal "$(hostname)" null
run 0 config set x.img country=DE
run 0 dev on x.img
equal "$(hostname)" balena
equal "$(config x.img .country)" '"DE"'

kind=rpi3-2.29
image $kind x.img 256M
layers x.img aufs
run 0 config set x.img hostname=balena
mtools_cat x.img config.json >before.json
run 0 dev on x.img
run 0 dev off x.img
err_has 'nothing tells that it came with development mode'
cmp <(mtools_cat x.img config.json) before.json

# A template for the rate is taken; what is kept in the image is not believed:
# names and targets that no build makes, and texts that say something else.
printf '%s\n' 'console=ttyS1,9600n8 console=../x console=tty0 console=ttyS1' \
	'# console=ttyS2' >cmdline.txt
run 0 put cmdline.txt x.img:boot/cmdline.txt
run 0 get x.img:rootA/lib/systemd/system/serial-getty@.service template
run 0 put template x.img:rootA/lib/systemd/system/serial-getty9600@.service
run 0 config unset x.img hostname
run 0 dev on -n x.img
grep -q 'serial-getty9600@ttyS1.service.*link to' out || fail "$(cat out)"
run 0 dev on x.img
in_ext x.img 2 "ls -p $base$wants" | grep -o 'serial-getty[^/]*' >logins
equal "$(cat logins)" serial-getty9600@ttyS1.service
in_ext x.img 2 'cat /.balimg-development' >kept.json
jq -e '.on and .hostname.before == null' kept.json >/dev/null ||
	fail "$(cat kept.json)"
jq -c '.links += {"../../shadow": {"before": "/etc/passwd"},
	"serial-getty@ttyS9.service": {"before": "/etc/passwd"},
	"serial-getty@..%2f.service":
		{"before": "/lib/systemd/system/serial-getty@.service"}} |
	.hostname.old = ",\"apiKey\":\"mine\"" | .files = 3' kept.json >hostile
run 0 put hostile x.img:rootA//.balimg-development
run 0 dev off x.img
equal "$(hostname)" null
equal "$(config x.img .apiKey)" null
! in_ext x.img 2 "ls -p $base$wants" | grep -q serial-getty ||
	fail 'what is kept was believed'
ext_clean x.img 2

# A mark that hid the link from a layer below gives way to it.
kind=rpi3-2.29
image $kind x.img 256M
layers x.img aufs
{
	for folder in /etc /etc/systemd /etc/systemd/system "$wants"; do
		echo "mkdir $own$folder"
	done
	echo "write /dev/null $own$wants/.wh.serial-getty@serial0.service"
} | change_ext x.img 2
run 0 dev on x.img
base=$own login serial0 yes
run 0 ls x.img:rootA$wants
grep -q 'serial0.service -> /lib/systemd/system/serial-getty@.service$' out ||
	fail "$(cat out)"
! in_ext x.img 2 "ls -p $own$wants" | grep -q .wh.serial || fail 'the mark stays'
ext_clean x.img 2
