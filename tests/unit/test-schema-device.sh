#!/bin/bash
# test-schema-device.sh - config.json is judged as devices take it
# SPDX-License-Identifier: Apache-2.0
#
# The judge is what meta-balena's own scripts made of each text, for one OS
# release a line: exit statuses, the rules files, the SSH keys.
set -eu

ask=$PWD/tests/lib/ask-config
real=${BALIMG_REAL:-${srcdir:-.}/../shared/real}
[ -d "$real/device" ] || {
	echo "no verdicts of devices in $real"
	exit 77
}
command -v jq >/dev/null || {
	echo "no jq"
	exit 77
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
seen=0

fail() {
	echo "$name: $1"
	cat "$dir/said" "$dir/fault"
	exit 1
}

# said PATTERN: is there a finding like this?
said() {
	grep -qP "$1" "$dir/said"
}

# verdicts CONFIG EXPECTED: of each release a line: its version; are the
# statuses of all scripts good; does nobody get in any more; the names of the
# rules whose file does not hold their text.  Without a UUID the host name
# cannot be made, which happens to any image before its first boot.  Of a text
# that jq cannot read there are no rules.
verdicts() {
	jq -r --rawfile text "$1" '
		(try ($text | fromjson) catch null) as $config |
		."rules.d" as $files |
		[(.tag | ltrimstr("v")),
		(.rc | del(."balena-hostname", ."resin-hostname") |
			all(.[]; . == "0")),
		(.authorized_keys_local == null and (.development_flag // "" |
			contains("PasswordAuthentication=no"))),
		(($config.os?.udevRules? // {}) | objects | to_entries[] |
			select($files[.key + ".rules"] !=
				(.value | tostring | sub("\n+$"; "")) + "\n"
				or .value == null) |
			.key)] | @tsv' "$2"
}

# What is an error though the scripts succeed: values that others fail over,
# and names of rules that are one on some device or other.
known_hazards='^error\t(balenaRootCA|os\.udevRules\..*)\t'

# judge CONFIG VERSION SOUND LOCKED LOST...
judge() {
	local config=$1 sound=$3 locked=$4 rule
	if ! "$ask" check "$config" "$2" >"$dir/said" 2>"$dir/fault"; then
		! $sound || fail "we refuse to read what the device reads"
		return 0
	fi
	if ! $sound; then
		said '^error\t' || fail "no error, but the device has"
		return 0
	fi
	grep -P '^error\t' "$dir/said" | grep -vP "$known_hazards" &&
		fail "an error, but the device has none"
	for rule in "${@:5}"; do
		rule=${rule//./\\.}
		grep -qF "$(printf 'error\tos.udevRules.%s\t' "$rule")" \
			"$dir/said" || fail "no error about the rule $rule"
	done
	if $locked; then
		said '^warning\tos\.sshKeys\t' || fail "no word of the lockout"
	fi
}

for expected in "$real"/device/*.expected.jsonl; do
	name=$(basename "$expected" .expected.jsonl)
	config=$real/device/$name.config.json
	[ -f "$config" ] || config=$real/docs/config.json/$name.json
	verdicts "$config" "$expected" >"$dir/verdicts"
	while IFS=$'\t' read -r -a verdict; do
		judge "$config" "${verdict[@]}"
		seen=$((seen + 1))
	done <"$dir/verdicts"
done
[ $seen -ge 130 ] || {
	echo "only $seen verdicts in $real"
	exit 1
}

# The example of balenaOS's README has nothing against it; the injection and
# the list of odd names have.
name=readme-udev
"$ask" check "$real/device/$name.config.json" 8.0.2 >"$dir/said"
[ ! -s "$dir/said" ] || fail "something to say about it"
name=inject-key
"$ask" check "$real/device/$name.config.json" 8.0.2 >"$dir/said"
said '^error\tos\.udevRules\.a.;' || fail "no error"
name=edge
"$ask" check "$real/device/$name.config.json" 8.0.2 >"$dir/said"
[ "$(grep -c '^error' "$dir/said")" -ge 7 ] || fail "too few errors"
