# cli.sh - what the tests that run the tool share; to be sourced
# shellcheck shell=bash
#
# SPDX-License-Identifier: Apache-2.0
#
# A test runs in a folder of its own that is gone afterwards.  `run STATUS
# ARGUMENTS` runs the tool, keeps its output in the files "out" and "err", and
# ends the test if the status is another one.
set -eu
export LC_ALL=C.UTF-8 TZ=UTC MTOOLS_SKIP_CHECK=1
export PATH="$PATH:/usr/sbin:/sbin"
unset NO_COLOR SOURCE_DATE_EPOCH VISUAL EDITOR SSH_AUTH_SOCK

srcdir=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
: "${BALIMG:?the tool to be tested}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
	printf '%s\n' "$*" >&2
	exit 1
}

skip() {
	printf 'skipped: %s\n' "$*" >&2
	exit 77
}

# requires PROGRAM...: skip the test where one is missing
requires() {
	local program
	for program; do
		command -v "$program" >/dev/null || skip "no $program here"
	done
}

# run STATUS ARGUMENT...: run the tool
run() {
	local want=$1 got=0
	shift
	"$BALIMG" "$@" >out 2>err </dev/null || got=$?
	[ "$got" = "$want" ] && return
	cat out err >&2
	fail "balimg $*: status $got, not $want"
}

# Every command, and every verb of a command, a line each.
commands() {
	"$BALIMG" --help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p'
}

verbs() {
	"$BALIMG" help "$1" |
		sed -n '/^Verbs/,/^$/s/^  \([a-z][a-z]*\)  .*/\1/p'
}

# equal GOT WANT: the two texts must be the same
equal() {
	[ "$1" = "$2" ] || fail "got:  $1
want: $2"
}

# out_is TEXT, out_has TEXT, err_has TEXT: what the last run printed
out_is() {
	equal "$(cat out)" "$1"
}

out_has() {
	grep -qF -- "$1" out || fail "not in the answer: $1
$(cat out)"
}

err_has() {
	grep -qF -- "$1" err || fail "not in the talk: $1
$(cat err)"
}

silent() {
	[ ! -s "$1" ] || fail "$1 is not empty: $(cat "$1")"
}

# image KIND FILE [SIZE]: a sample image, see make-image.sh
image() {
	requires mcopy mkfs.vfat sfdisk
	"$srcdir/tests/lib/make-image.sh" "$@" >/dev/null
}

# boot_offset FILE: where its boot partition begins, in bytes
boot_offset() {
	sfdisk -d "$1" 2>/dev/null | awk '
		/ start= *[0-9]/ {
			boot = /name="[^"]*-boot"/
			sub(/.*start= */, "")
			if (boot || first == "")
				first = $0 + 0
			if (boot)
				exit
		}
		END { printf "%.0f\n", first * 512 }'
}

# What mtools reads in the boot partition.
mtools_cat() {
	mcopy -n -i "$1@@$(boot_offset "$1")" "::$2" -
}

mtools_has() {
	mdir -b -i "$1@@$(boot_offset "$1")" "::$2" >/dev/null 2>&1
}

mtools_lacks() {
	! mtools_has "$@" || fail "$2 is still there"
}

# fsck_clean FILE: fsck.fat has nothing to say of its boot partition
fsck_clean() {
	local offset
	offset=$(boot_offset "$1")
	dd if="$1" of=fsck.img bs=1M count=40 conv=sparse iflag=skip_bytes \
		skip="$offset" status=none
	fsck.fat -n fsck.img >fsck.out || fail "$(cat fsck.out)"
	! grep -qiE 'dirty|differ|wrong|lost|orphan|reclaim' fsck.out ||
		fail "$(cat fsck.out)"
}

# config FILE FILTER: what jq finds in the image's config.json
config() {
	mtools_cat "$1" config.json | jq -c "$2"
}

# partition FILE NAME FIELD: "start" or "size", in sectors, of the partition of
# that GPT name, or number; 0 if there is none
partition() {
	sfdisk -d "$1" 2>/dev/null | awk -v name="$2" -v field="$3" '
		/ start= *[0-9]/ && (++number == name ||
		 index($0, "name=\"" name "\"")) {
			sub(".*" field "= *", "")
			value = $0 + 0
		}
		END { printf "%.0f\n", value }'
}

# part_offset FILE NAME: where it begins, in bytes
part_offset() {
	echo $(($(partition "$1" "$2" start) * 512))
}

# in_ext FILE PART COMMAND...: what debugfs says, of one command
in_ext() {
	local image=$1 part=$2
	shift 2
	debugfs -R "$*" "$image?offset=$(part_offset "$image" "$part")" \
		2>/dev/null
}

# change_ext FILE PART: debugfs carries out the commands on standard input
change_ext() {
	debugfs -w -f - "$1?offset=$(part_offset "$1" "$2")" >debugfs.out 2>&1
	! grep -qE '(not found|rror|nvalid|sage)' debugfs.out ||
		fail "$(cat debugfs.out)"
}

# ext_clean FILE PART: e2fsck finds nothing; leaves the volume in ext.img
ext_clean() {
	rm -f ext.img
	dd if="$1" of=ext.img bs=1M iflag=skip_bytes,count_bytes conv=sparse \
		skip="$(part_offset "$1" "$2")" \
		count=$(($(partition "$1" "$2" size) * 512)) status=none
	e2fsck -fn ext.img >fsck.out 2>&1 || fail "$(cat fsck.out)"
}
