#!/bin/bash
# test-udev-verify.sh - udevadm verify is asked about rules, where there is one
#
# SPDX-License-Identifier: Apache-2.0
#
# One that speaks as that of systemd 254 and later, and is sure not to be told
# more than it needs; or one that does not know the verb.
# shellcheck source=tests/lib/customize.sh
. "${srcdir:-.}/tests/lib/customize.sh"

mkdir "$work/bin" "$work/tmp"
cat >"$work/bin/udevadm" <<-'END'
	#!/bin/sh
	[ "$1" = verify ] || exit 9
	[ "$2" != --version ] || exit 0
	[ "$2" = --resolve-names=never ] && [ -f "$3" ] && [ -z "$HOME" ] || exit 8
	[ "$(stat -c %a "$3" "${3%/*}" | xargs)" = "600 700" ] || exit 7
	cat "$3" >&2
	echo "$3:1 Line one is odd." >&2
	echo "$3:2 Line two is odd."
	echo "$3: udev rules check failed." >&2
	exit 1
END
chmod +x "$work/bin/udevadm"
make rpi4
printf 'KERNEL=="a", MODE="1"\nKERNEL=="b", MODE="1\n' >"$work/two"
PATH=$work/bin:$PATH TMPDIR=$work/tmp edit udev-add 7 @"$work/two"
said 'line 1: udevadm verify says: Line one is odd.'
not_said 'Line two is odd'
not_said 'check failed'
said 'line 2: the value of MODE has no closing quote'
[ -z "$(ls -A "$work/tmp")" ] || die "left behind: $(ls "$work/tmp")"
file /config.json | jq -j '.os.udevRules."7"' | cmp - "$work/two"
printf '#!/bin/sh\necho "Unknown command verb verify." >&2\nexit 1\n' \
	>"$work/bin/udevadm"
PATH=$work/bin:$PATH TMPDIR=$work/tmp edit udev-add 8 @"$work/two"
not_said 'udevadm'
rm "$work/bin/udevadm"
PATH=$work/bin TMPDIR=/nonexistent "$tool" "$image" -w udev-add 9 \
	'KERNEL=="a", MODE="1"' >"$work/said" || die "failed without udevadm"
