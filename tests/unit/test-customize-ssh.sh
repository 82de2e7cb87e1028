#!/bin/bash
# test-customize-ssh.sh - SSH keys are told apart by what they are
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/customize.sh
. "${srcdir:-.}/tests/lib/customize.sh"
need ssh-keygen

key() { # NAME TYPE COMMENT
	ssh-keygen -q -t "$2" -N '' -C "$3" -f "$work/$1"
}
print() {
	ssh-keygen -lf "$work/$1.pub" | cut -d' ' -f2
}
key a ed25519 same@place
key b ecdsa same@place
key c rsa other

make rpi4
file /config.json >"$work/before"
cat "$work/a.pub" "$work/b.pub" >"$work/two"
edit ssh-add @"$work/two"
edit ssh-add @"$work/c.pub"
file /config.json | jq -r '.os.sshKeys[]' |
	cmp - <(cat "$work/a.pub" "$work/b.pub" "$work/c.pub") || die "differ"
look ssh | jq -r '.[].fingerprint' |
	cmp - <(for k in a b c; do print $k; done) || die "fingerprints"
changes_nothing ssh-add @"$work/b.pub"
sed 's/same@place/new comment/' "$work/a.pub" >"$work/again"
changes_nothing ssh-add @"$work/again"
said 'is there already'
{ printf 'command="id",no-pty '; cat "$work/a.pub"; } >"$work/options"
changes_nothing ssh-add @"$work/options"
said 'with other options, which stay'

fails refused ssh-rm same@place
said "$(print a)"
said "$(print b)"
fails not-found ssh-rm nobody
edit ssh-rm "$(print b)"
edit ssh-rm same@place
config '.os.sshKeys | length' 1
edit ssh-rm "$(cat "$work/c.pub")"
file /config.json | cmp - "$work/before" || die "the last one leaves a trace"

# ---- several in one element, and lines that are no key ----
jq -n --rawfile a "$work/a.pub" --rawfile b "$work/b.pub" \
	--rawfile c "$work/c.pub" \
	'{os:{sshKeys:[$a + $b, null, "no key", $c]}}' >"$work/odd"
mcopy -o -i "$boot" "$work/odd" ::/config.json
look ssh | jq -e 'map(.type == null) == [false, false, true, false]' \
	>/dev/null || die "listed wrong"
changes_nothing ssh-add @"$work/two"
edit ssh-rm "$(print a)"
config '.os.sshKeys[0] | split(" ")[0]' '"ecdsa-sha2-nistp256"'
config '.os.sshKeys[1:3]' '[null,"no key"]'
edit ssh-rm 'no key'
edit ssh-rm "$(print b)" ssh-rm "$(print c)"
config . '{}'
jq -n --rawfile a "$work/a.pub" --rawfile b "$work/b.pub" \
	'{os:{sshKeys:[range(40) | if . % 2 == 0 then $a else $b end]}}' \
	>"$work/odd"
mcopy -o -i "$boot" "$work/odd" ::/config.json
edit ssh-rm "$(print a)"
config '.os.sshKeys | [length, (unique | length), (.[0] | .[0:5])]' \
	'[20,1,"ecdsa"]'
printf '{"os":{"sshKeys":"one"}}' >"$work/odd"
mcopy -o -i "$boot" "$work/odd" ::/config.json
fails invalid ssh-add @"$work/a.pub"

# ---- what is refused, and what is said ----
make rpi4
fails refused ssh-add @"$work/a"
fails invalid ssh-add 'ssh-ed25519 AAAA'
sed 's/same@place/a\\nb/' "$work/a.pub" >"$work/backslash"
fails refused ssh-add @"$work/backslash"
sed 's/same@place/what?/' "$work/a.pub" >"$work/glob"
edit ssh-add @"$work/glob"
said 'may expand'
edit dev-on
said 'root cannot log in over SSH without'
make rpi3
edit ssh-add @"$work/a.pub"
make rpi3
file /os-release | sed 's/2[.]48[.]0+rev1/2.31.0/' >"$work/os-release"
mcopy -o -i "$boot" "$work/os-release" ::/os-release
edit ssh-add @"$work/a.pub"
jq -se '.[0].notes | length > 0' "$work/said" >/dev/null ||
	die "dropbear takes no ed25519"
sed -i 's/2[.]31[.]0/2.13.0/' "$work/os-release"
mcopy -o -i "$boot" "$work/os-release" ::/os-release
file /config.json >"$work/before"
edit ssh-add @"$work/c.pub" # to the root
file /config.json | cmp - "$work/before" || die 'into config.json'
