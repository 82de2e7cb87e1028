#!/bin/bash
# test-json-as-jq.sh - an edited config.json means to jq what jq would make
# SPDX-License-Identifier: Apache-2.0
#
# Real texts; of each: a key set anew, one replaced, one removed, a patch
# merged.  Compact ones must stay one line, and where an indented text gained
# or lost lines, these alone must differ.
# shellcheck disable=SC2016 # the dollars are jq's
set -eu

ask=$PWD/tests/lib/ask-config
real=${BALIMG_REAL:-${srcdir:-.}/../shared/real}
[ -d "$real/docs/config.json" ] || {
	echo "no real texts in $real"
	exit 77
}
command -v jq >/dev/null || {
	echo "no jq"
	exit 77
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
printf '{"hostname":"merged","os":{"new":[1,{"a":"b"}]}}' >"$dir/patch"
seen=0

# same FILTER: is our text $dir/ours what jq makes of $text?
same() {
	jq -en --slurpfile ours "$dir/ours" --slurpfile theirs "$text" \
		--slurpfile patch "$dir/patch" --arg key "$key" \
		"\$ours == [\$theirs[] | $1]" >/dev/null || {
		echo "$text: not as jq: $1"
		cat "$dir/ours"
		exit 1
	}
}

# untouched N: at most N lines of the text are others than before, and it
# ends as it did.
untouched() {
	changed=$(diff <(cat "$text"; echo) <(cat "$dir/ours"; echo) |
		grep -c '^<') || :
	if [ "$changed" -gt "$1" ] ||
		[ "$(tail -c1 "$text" | od -c)" != \
		"$(tail -c1 "$dir/ours" | od -c)" ]; then
		echo "$text: touched: $changed lines"
		diff "$text" "$dir/ours"
		exit 1
	fi
}

for text in "$real"/docs/config.json/*.json; do
	jq -e 'type == "object"' "$text" >/dev/null || continue
	key=$(jq -r 'keys[0]' "$text")
	path=${key//./\\.}

	"$ask" set "$text" os.new.key '"v"' >"$dir/ours" || exit
	same '.os.new.key = "v"'
	untouched 1
	"$ask" set "$text" "$path" '{"a":[]}' >"$dir/ours"
	same '.[$key] = {"a":[]}'
	"$ask" unset "$text" "$path" >"$dir/ours"
	same 'del(.[$key])'
	"$ask" merge "$text" "$dir/patch" >"$dir/ours"
	same '. * $patch[0]'
	untouched 2
	# What is there already changes nothing.
	"$ask" set "$text" "$path" "$(jq -c --arg key "$key" '.[$key]' \
		"$text")" >"$dir/ours"
	cmp "$text" "$dir/ours"
	seen=$((seen + 1))
done
[ $seen -ge 50 ] || {
	echo "only $seen texts in $real"
	exit 1
}
