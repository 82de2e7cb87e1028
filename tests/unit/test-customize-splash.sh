#!/bin/bash
# test-customize-splash.sh - the splash gets its one right name, and is kept
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/customize.sh
. "${srcdir:-.}/tests/lib/customize.sh"

# Two pictures of one pixel.
base64 -d >"$work/a.png" <<-END
iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9
awAAAABJRU5ErkJggg==
END
base64 -d >"$work/b.png" <<-END
iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmM
IQAAAABJRU5ErkJggg==
END
saved=/balimg/splash-stock.png

# ---- the name that the version reads, and no other ----
for kind in rpi4:balena rpi3:resin edison:resin flasher:balena resin1:resin; do
	make "${kind%:*}"
	name=/splash/${kind#*:}-logo.png
	file "$name" >"$work/stock"
	file / >/dev/null 2>&1 || :
	edit splash-set @"$work/a.png"
	file "$name" | cmp - "$work/a.png" || die "$kind: not at $name"
	[ "$(mdir -b -i "$boot" ::/splash | wc -l)" = 1 ] ||
		die "$kind: more than the logo in /splash"
	look splash | jq -e --arg name "$name" --arg sum \
		"$(sha256sum <"$work/a.png" | cut -c -64)" '.path == $name
		and .width == 1 and .height == 1 and .sha256 == $sum
		and (.stock | not)' >/dev/null || die "$kind: told wrong"
	changes_nothing splash-set @"$work/a.png"
	# The first one is what is kept.
	edit splash-set @"$work/b.png"
	file $saved | cmp - "$work/stock" || die "$kind: not kept"
	edit splash-reset
	file "$name" | cmp - "$work/stock" || die "$kind: not brought back"
	lacks $saved
	lacks /balimg
	changes_nothing splash-reset
	look splash | jq -e .stock >/dev/null || die "$kind: not stock"
done

# ---- the supervisor's copy ----
make rpi4
file /splash/balena-logo.png >"$work/stock"
mcopy -i "$boot" "$work/b.png" ::/splash/balena-logo-default.png
edit splash-set @"$work/a.png"
file /splash/balena-logo.png | cmp - "$work/a.png"
file /splash/balena-logo-default.png | cmp - "$work/a.png"
file $saved | cmp - "$work/b.png" || die "the copy is the older one"
edit splash-reset
file /splash/balena-logo.png | cmp - "$work/b.png"
file /splash/balena-logo-default.png | cmp - "$work/b.png"

# ---- a name that the version does not read ----
make rpi4
file /splash/balena-logo.png >"$work/stock"
mren -i "$boot" ::/splash/balena-logo.png ::/splash/resin-logo.png
fails not-found splash
said '/splash/resin-logo.png is there, but this OS does not show it'
edit splash-set @"$work/a.png"
said 'is taken away'
file /splash/balena-logo.png | cmp - "$work/a.png" ||
	die "the name that plymouth knows is not the one written"
lacks /splash/resin-logo.png
file $saved | cmp - "$work/stock" || die "the only logo is not kept"
edit splash-reset
file /splash/balena-logo.png | cmp - "$work/stock"
lacks /splash/resin-logo.png

# The next update would put the old name's file in the logo's place.
mcopy -i "$boot" "$work/b.png" ::/splash/resin-logo.png
edit splash-set @"$work/a.png"
lacks /splash/resin-logo.png
file /splash/balena-logo.png | cmp - "$work/a.png"

make rpi3
mcopy -i "$boot" "$work/b.png" ::/splash/balena-logo.png
edit splash-set @"$work/a.png"
said 'OS 2.48.0+rev1 does not show it'
file /splash/resin-logo.png | cmp - "$work/a.png"
file /splash/balena-logo.png | cmp - "$work/b.png"

# ---- of an unknown version, what is there decides ----
for name in resin balena; do
	make rpi4
	mdel -i "$boot" ::/os-release
	dd if=/dev/zero of="$image" bs=512 count=4 conv=notrunc status=none \
		seek="$(sfdisk -J "$image" 2>/dev/null |
			jq '.partitiontable.partitions[1].start + 2')"
	[ $name = balena ] || mren -i "$boot" ::/splash/balena-logo.png \
		::/splash/resin-logo.png
	edit splash-set @"$work/a.png"
	[ "$(mdir -b -i "$boot" ::/splash)" = "::/splash/$name-logo.png" ] ||
		die "$name: $(mdir -b -i "$boot" ::/splash)"
done

# ---- the fingerprint is left alone ----
make rpi4
file /balenaos.fingerprint >"$work/fingerprint"
edit splash-set @"$work/a.png"
file /balenaos.fingerprint | cmp - "$work/fingerprint"

# ---- what is no picture, and what there is no room for ----
fails invalid splash-set hello
head -c 60 "$work/a.png" >"$work/cut.png"
fails invalid splash-set @"$work/cut.png"
make rpi4
mdel -i "$boot" ::/splash/balena-logo.png
fails not-found splash
fails not-found splash-reset
mdeltree -i "$boot" ::/splash
fails refused splash-set @"$work/a.png"
force splash-set @"$work/a.png"
has /splash/balena-logo.png

make rpi4
{
	cat "$work/a.png"
	head -c 300000 /dev/zero
} >"$work/large.png"
free=$(look info | jq '.partitions[0].free')
head -c $((free - 500000)) /dev/zero >"$work/fill"
mcopy -i "$boot" "$work/fill" ::/fill
fails refused splash-set @"$work/large.png"
force splash-set @"$work/large.png"
said 'the device needs 512 KiB'
lacks /balimg
