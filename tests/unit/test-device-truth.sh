#!/bin/bash
# test-device-truth.sh - config.json is judged as real devices judge it
#
# SPDX-License-Identifier: Apache-2.0
#
# For each config.json there is what meta-balena's own scripts made of it, in
# two releases.  What a device cannot read is refused; what it takes is taken,
# and told to hold the rules, keys and mode that the device ends up with.
# shellcheck source=tests/lib/customize.sh
. "${srcdir:-.}/tests/lib/customize.sh"

real=${BALIMG_REAL:-$here/../shared/real}
[ -d "$real/device" ] || {
	echo "skipped: no $real"
	exit 77
}

# What both are put into, to be compared: of the device or of ours.
# shellcheck disable=SC2016 # the dollars are jq's
shown='def shown($rules; $keys; $development):
	{"rules.d": $rules, authorized_keys_local: $keys,
	 development: (if $tag == "v8.0.2" then $development else null end)};'

# recorded EXPECTED CONFIG TAG: "good", or why a device does not do what the
# text says, and in a line of its own what the device ends up with; nothing if
# there is no record.  That a host name is missing is not the text's fault;
# names of rules are taken only where no shell would look twice at them.
recorded() {
	jq -rcS --rawfile text "$2" --arg tag "$3" "$shown"'
	select(.tag == $tag) | . as $r |
	[$r.rc | to_entries[] | select(.key | endswith("-hostname") | not) |
	 select(.value != "0") | .key] as $failed |
	(try ($text | fromjson) catch null) as $config |
	(if ($failed | length) > 0 then "fails: \($failed | join(" "))"
	elif ($config | type) != "object" then "is no object"
	else
		[($config.os?.udevRules? // {}) | to_entries[]? |
		 select((.key | test("^[A-Za-z0-9_+][A-Za-z0-9._+-]*$") | not)
			or .key == "README" or (.key | endswith(".rules"))
			or $r["rules.d"][.key + ".rules"] !=
			   ((.value | tostring | sub("\n+$"; "")) + "\n"))
		 | .key] as $lost |
		if ($lost | length) > 0 then "loses: \($lost | join(" "))"
		else "good" end
	end),
	shown($r["rules.d"]; $r.authorized_keys_local;
		$r.development_flag != null)' "$1"
}

# outcome TAG: what we say that the device will hold, in the record's words
outcome() {
	"$tool" "$image" udev ssh dev | jq -cSn --arg tag "$1" "$shown"'
	[inputs] as [$udev, $ssh, $dev] |
	shown($udev | map({(.name + ".rules"):
			((.text | sub("\n+$"; "")) + "\n")}) | add // {};
		$ssh | map(.line + "\n") |
			if length > 0 then add else null end;
		$dev.enabled)'
}

# inject FILE: the scripts recorded do not look at the root certificate, whose
# stand-ins in the texts are none
inject() {
	"$tool" "$image" -w inject @"$1" >"$work/said" 2>&1 ||
		{ grep -q ': balenaRootCA$' "$work/said" &&
			"$tool" "$image" -wf inject @"$1" >"$work/said" 2>&1; }
}

judge() { # EXPECTED CONFIG TAG
	local want theirs ours name=${1##*/}
	recorded "$@" >"$work/record"
	[ -s "$work/record" ] || return 0
	{ read -r want && read -r theirs; } <"$work/record"
	if inject "$2"; then
		[ "$want" = good ] || die "$name, $3: taken, though it $want"
		ours=$(outcome "$3")
		[ "$ours" = "$theirs" ] || die "$name, $3: not $theirs: $ours"
		taken=$((taken + 1))
	else
		[ "$want" != good ] || die "$name, $3: not taken"
		refused=$((refused + 1))
	fi
}

taken=0 refused=0
for tag in v8.0.2 v2.29.2; do
	if [ $tag = v8.0.2 ]; then
		make rpi4
	else
		make rpi3
		file /os-release | sed "s/2[.]48[.]0+rev1/2.29.2/" \
			>"$work/os-release"
		mcopy -o -i "$boot" "$work/os-release" ::/os-release
	fi
	for expected in "$real"/device/*.expected.jsonl; do
		name=${expected##*/}
		name=${name%.expected.jsonl}
		config=$real/device/$name.config.json
		[ -e "$config" ] || config=$real/docs/config.json/$name.json
		[ -e "$config" ] || continue
		judge "$expected" "$config" $tag
	done
	sound
done
# The README's two rules, from files as people have them.
make rpi4
jq -r '.os.udevRules | to_entries[] | "\(.key)\t\(.value | @json)"' \
	"$real/device/readme-udev.config.json" >"$work/rules"
[ "$(wc -l <"$work/rules")" = 2 ] || die "not two rules"
while IFS=$'\t' read -r name text; do
	jq -jn "$text" >"$work/$name.rules"
	edit udev-add "$name" @"$work/$name.rules"
done <"$work/rules"
outcome v8.0.2 | jq '."rules.d"' >"$work/ours"
jq -S 'select(.tag == "v8.0.2") | ."rules.d"' \
	"$real/device/readme-udev.expected.jsonl" >"$work/theirs"
same "$work/theirs" "$work/ours"
file /config.json | jq -S .os >"$work/ours"
jq -S .os "$real/device/readme-udev.config.json" >"$work/theirs"
same "$work/theirs" "$work/ours"

[ $taken -ge 134 ] || die "only $taken taken"
[ $refused -ge 6 ] || die "only $refused refused"
echo "$taken taken, $refused refused, as the devices do"
