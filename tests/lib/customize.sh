# customize.sh - what the tests of edits have in common; to be sourced
#
# SPDX-License-Identifier: Apache-2.0
#
# An edit is made by tests/unit/edit-image, and judged by mtools, jq and
# fsck.fat.  $image is the image at work, $boot its boot partition for mtools.
# shellcheck shell=bash disable=SC2034 # variables are for those who source it
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin" MTOOLS_SKIP_CHECK=1 TZ=UTC
here=${srcdir:-.}
tool=$PWD/tests/unit/edit-image
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
image=$work/image
boot=$image@@4M

need() {
	local program
	for program; do
		command -v "$program" >/dev/null || {
			echo "skipped: no $program here"
			exit 77
		}
	done
}
need fsck.fat mcopy jq sfdisk mke2fs

die() {
	echo "$*" >&2
	[ ! -s "$work/said" ] || sed 's/^/  said: /' "$work/said" >&2
	exit 1
}

# make KIND [SIZE]: a fresh image
make() {
	"$here/tests/lib/make-image.sh" "$1" "$image" "${2:-256M}"
	case $1 in
	edison) boot=$image ;;
	jetson-orin) boot=$image@@324M ;;
	*) boot=$image@@4M ;;
	esac
}

# sound: fsck.fat has nothing to say of the boot volume
sound() {
	local skip=${boot##*@@}
	[ "$skip" != "$boot" ] || skip=0
	dd if="$image" of="$work/volume" bs=1M skip="${skip%M}" count=40 \
		conv=sparse status=none
	fsck.fat -n "$work/volume" >"$work/fsck" 2>&1 ||
		die "fsck.fat: $(cat "$work/fsck")"
}

# edit WORD...: must work, in place, and leave a sound volume
edit() {
	"$tool" "$image" -w "$@" >"$work/said" || die "failed: $*"
	sound
}

# force WORD...: the same with force
force() {
	"$tool" "$image" -wf "$@" >"$work/said" || die "failed: $*"
	sound
}

# look WORD...: what the library tells
look() {
	"$tool" "$image" "$@" >"$work/said" || die "failed: $*"
	cat "$work/said"
}

# fails CODE WORD...: must fail with it, and not touch the image (cksum takes
# a tenth of the time that a digest of all its holes does)
fails() {
	local code=$1 before after
	shift
	before=$(cksum <"$image")
	! "$tool" "$image" -w "$@" >"$work/said" 2>&1 || die "worked: $*"
	[ "$(head -n 1 "$work/said")" = "$code" ] || die "not $code: $*"
	after=$(cksum <"$image")
	[ "$before" = "$after" ] || die "was changed by what failed: $*"
}

# changes_nothing WORD...: no byte, and it says so
changes_nothing() {
	local before after
	before=$(cksum <"$image")
	edit "$@"
	after=$(cksum <"$image")
	[ "$before" = "$after" ] || die "was changed: $*"
	grep -q '"changed":false' "$work/said" || die "does not say so: $*"
}

# said TEXT: in what the last call printed
said() {
	grep -qF -- "$1" "$work/said" || die "does not say: $1"
}

not_said() {
	! grep -qF -- "$1" "$work/said" || die "says: $1"
}

# file PATH: the boot volume's, by mtools
file() {
	mcopy -n -i "$boot" "::$1" -
}

# has PATH; lacks PATH: in the boot volume
has() {
	mdir -a -b -i "$boot" "::$1" >"$work/dir" 2>&1 || die "no $1"
}

lacks() {
	! mdir -a -b -i "$boot" "::$1" >"$work/dir" 2>&1 || die "there is $1"
}

# config FILTER WANT: what jq makes of config.json
config() {
	local got
	got=$(file /config.json | jq -c "$1")
	[ "$got" = "$2" ] || die "$1 is $got, not $2"
}

# same FILE FILE
same() {
	cmp -- "$1" "$2" || die "$1 and $2 differ"
}
