#!/bin/bash
# test-dry-run-shows-the-plan-and-writes-nothing.sh - -n shows what would change, and writes nothing
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image generic x.img 256M
touch -d 2020-01-01 x.img
stat -c '%y %i' x.img >before
sha256sum x.img >sum
run 0 config set -n x.img hostname=kiosk
out_has '+ resin-boot:/config.json: hostname  "kiosk"'
err_has 'nothing was written'
run 0 config set --dry-run --json x.img hostname=kiosk
jq -e '.changed and .dryRun and (.changes | length == 1) and
	.changes[0].before == null and (.notes | type == "array")' out >/dev/null
silent err
run 0 customize x.img -n --undo x.undo --dev on
sha256sum -c --quiet sum
stat -c '%y %i' x.img | cmp - before
[ ! -e x.undo ] || fail 'an undo file was written'
chmod 444 x.img
run 0 config set -n x.img hostname=kiosk

# Of long texts that begin alike, what differs is shown.
chmod 644 x.img
for address in 10.0.0.2 10.0.0.3; do
	run 0 network wifi x.img --name shop --ssid 'A shop' --psk 12345678 \
		--address $address/24
done
out_has '…address1=10.0.0.2/24\nmethod=manual\n'
out_has ' → …address1=10.0.0.3/24\nmethod=manual\n'
# ... and never a part of a character.
euros=$(printf '€%.0s' {1..70})
run 0 config set x.img "note=${euros}€"
run 0 config set x.img "note=${euros}é"
out_has '€" → …€'
iconv -f UTF-8 -t UTF-8 out >/dev/null || fail 'half a character'

# What the real run refuses before it writes, the dry one does too, in the same
# words.
mkdir folder folder/closed
echo mine >there
echo mine >there.undo
# as_real STATUS WORDS OPTION...
as_real() {
	local status=$1 words=$2
	shift 2
	run "$status" config set x.img hostname=other "$@"
	err_has "$words"
	mv err real.err
	run "$status" config set x.img hostname=other "$@" -n
	diff real.err err
	run "$status" --json config set x.img hostname=other "$@" -n
	jq -e --arg words "$words" '.error.message | contains($words)' out \
		>jq.out || fail "$(cat out)"
}
as_real 5 'folder exists and is not a regular file' -o folder --force
as_real 5 'there exists already' -o there
as_real 5 'x.img is the image itself' -o x.img --force
as_real 3 'compressed images cannot be written' -o new.gz
as_real 4 'cannot make a file in absent' -o absent/new
as_real 4 'cannot make a file in absent' --undo absent/new
as_real 5 'there.undo exists already' --undo there.undo
run 0 config set x.img hostname=other -n -o there --force --undo new.undo
run 0 config set x.img hostname=other -n -o folder/new
[ -z "$(find . -name 'new*')" ] || fail 'something was written'
equal "$(cat there there.undo)" "$(printf 'mine\nmine')"
chmod 500 folder/closed
if [ "$(id -u)" != 0 ]; then
	as_real 6 'cannot make a file in folder/closed' -o folder/closed/new
fi
