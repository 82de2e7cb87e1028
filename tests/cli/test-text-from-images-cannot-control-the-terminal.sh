#!/bin/bash
# test-text-from-images-cannot-control-the-terminal.sh - escape sequences in an image are shown, not sent
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq mcopy

image generic x.img 256M
escape=$(printf '\033')
printf '{"deviceType":"generic-aarch64","hostname":"a%s[2Jb","k\\u001b[31m":"\\u009b2J","os":{"udevRules":{"r\\u001b]0;x":"y"},"sshKeys":["ssh-rsa AAAA \\u001b[5m"]}}' '\u001b' >evil.json
mcopy -o -i "x.img@@$(boot_offset x.img)" evil.json ::config.json
printf '[connection]\nid=%s[7mid\ntype=wifi\n[wifi]\nssid=%s[8mssid\n' \
	"$escape" "$escape" >net
mcopy -i "x.img@@$(boot_offset x.img)" net ::system-connections/net
for line in 'info' 'check' 'config check' 'udev list' 'ssh list' \
	'network list' 'ls' 'config unset -n' 'info --json' \
	'config set -n' 'network list --json'; do
	word=''
	case $line in
	*unset*) word='hostname' ;;
	*set*) word='hostname=b' ;;
	esac
	# shellcheck disable=SC2086
	"$BALIMG" $line x.img $word >out 2>err </dev/null || :
	! grep -q "$escape" out err || fail "$line: an escape was printed"
	! grep -qP '\x{9b}' out err || fail "$line: a control was printed"
done
run 0 config unset -n x.img hostname
out_has '\u001B[2J'
run 0 udev list x.img
out_has '\x1b]0;x'
run 4 udev cat x.img "${escape}[2J"
! grep -q "$escape" err || fail 'an escape was printed'
