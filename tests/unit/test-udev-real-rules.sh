#!/bin/bash
# test-udev-real-rules.sh - rules of real boards pass, and reach the device
# SPDX-License-Identifier: Apache-2.0
set -eu

ask=$PWD/tests/lib/ask-document
real=${BALIMG_REAL:-${srcdir:-.}/../shared/real}
[ -d "$real/docs/udev" ] || {
	echo "no real rules in $real"
	exit 77
}
command -v jq >/dev/null || {
	echo "no jq"
	exit 77
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# Rules files of board layers: nothing to say, and they are stored as they
# are.  "10-balena.rules" are rules of the audit daemon, not udev's: every
# line of them is an error.
for rules in "$real"/docs/udev/*.rules; do
	"$ask" lint-udev "$rules" >"$dir/said"
	case $rules in
	*10-balena.rules)
		[ -s "$dir/said" ]
		if grep -v ': error: ' "$dir/said"; then
			exit 1
		fi
		;;
	*)
		if [ -s "$dir/said" ]; then
			cat "$dir/said"
			exit 1
		fi
		;;
	esac
	"$ask" normalise-udev "$rules" >"$dir/stored"
	cmp "$rules" "$dir/stored"
done

# The documentation's example, with its LBEL for LABEL: two warnings, and the
# device makes of what is stored what it makes of the example.
config=$real/device/readme-udev.config.json
expected=$real/device/readme-udev.expected.jsonl
for name in 56 64; do
	jq -j ".os.udevRules.\"$name\"" "$config" >"$dir/$name.rules"
	"$ask" normalise-udev "$dir/$name.rules" >"$dir/stored"
	cmp "$dir/$name.rules" "$dir/stored"
	printf '%s\n' "$(cat "$dir/stored")" >"$dir/device"
	jq -j "select(.tag == \"v8.0.2\") .\"rules.d\".\"$name.rules\"" \
		"$expected" | cmp - "$dir/device"
done
cd "$dir"
"$ask" lint-udev 56.rules 64.rules >said
cat >wanted <<'EOT'
64.rules:1: warning: GOTO="modeswitch_rules_end" has no LABEL further down
64.rules:3: warning: unknown key LBEL; udevd ignores the rule
EOT
diff wanted said
