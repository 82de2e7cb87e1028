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

# same: are our texts to jq what it makes of $text?  Or which is not?
same() {
	jq -rn --slurpfile theirs "$text" --slurpfile patch "$dir/patch" \
		--arg key "$key" --slurpfile new "$dir/new" \
		--slurpfile replaced "$dir/replaced" \
		--slurpfile removed "$dir/removed" \
		--slurpfile merged "$dir/merged" '
		def same($ours; $name; edit):
			select($ours != [$theirs[] | edit]) | $name;
		same($new; "new"; .os.new.key = "v"),
		same($replaced; "replaced"; .[$key] = {"a":[]}),
		same($removed; "removed"; del(.[$key])),
		same($merged; "merged"; . * $patch[0])' >"$dir/others"
	[ ! -s "$dir/others" ] || {
		echo "$text: not as jq: $(cat "$dir/others")"
		exit 1
	}
}

# untouched N NAME: at most N lines of our text of that name are others than
# before, and it ends as it did.
untouched() {
	changed=$(diff <(cat "$text"; echo) <(cat "$dir/$2"; echo) |
		grep -c '^<') || :
	if [ "$changed" -gt "$1" ] ||
		[ "$(tail -c1 "$text" | od -c)" != \
		"$(tail -c1 "$dir/$2" | od -c)" ]; then
		echo "$text: touched: $changed lines"
		diff "$text" "$dir/$2"
		exit 1
	fi
}

for text in "$real"/docs/config.json/*.json; do
	# Its first key and what that has.
	jq -r 'objects | keys[0] as $key | $key, (.[$key] | tojson)' "$text" \
		>"$dir/first" || continue
	[ -s "$dir/first" ] || continue
	{ read -r key && read -r value; } <"$dir/first"
	path=${key//./\\.}

	"$ask" set "$text" os.new.key '"v"' >"$dir/new" || exit
	"$ask" set "$text" "$path" '{"a":[]}' >"$dir/replaced"
	"$ask" unset "$text" "$path" >"$dir/removed"
	"$ask" merge "$text" "$dir/patch" >"$dir/merged"
	same
	untouched 1 new
	untouched 2 merged
	# What is there already changes nothing.
	"$ask" set "$text" "$path" "$value" >"$dir/kept"
	cmp "$text" "$dir/kept"
	seen=$((seen + 1))
done
[ $seen -ge 50 ] || {
	echo "only $seen texts in $real"
	exit 1
}
