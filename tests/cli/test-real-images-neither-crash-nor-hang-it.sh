#!/bin/bash
# test-real-images-neither-crash-nor-hang-it.sh - every image of others is
# opened, listed, checked, and, where a volume opens, edited
#
# SPDX-License-Identifier: Apache-2.0
#
# Ten seconds and 256 MiB for each command; a clean refusal is a good answer.
# An edit of a volume that fsck.fat or e2fsck calls sound must leave it so.
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq fsck.fat mdir e2fsck

real=${BALIMG_REAL:-$srcdir/../shared/real}
[ -e "$real/images.tar.zst" ] || skip "no real images at $real"
mkdir images
zstd -dc "$real/images.tar.zst" | tar -xS -C images

# try ARGUMENT...: run the tool; *any* of its own statuses is good
try() {
	local status=0
	(
		# A sanitizer's shadow memory is larger than any limit.
		[ -n "${SANITIZED:-}" ] || ulimit -v 262144
		exec timeout 10 "$BALIMG" "$@" >out 2>err </dev/null
	) || status=$?
	case $status in
	0 | [13456]) return $status ;;
	*) fail "balimg $*: status $status: $(cat err)" ;;
	esac
}

# judge FILE: copy.img, edited, is as sound as FILE was
judge() {
	# It may go in circles where we did not.
	if timeout 10 e2fsck -fn "$1" >fsck.old 2>&1; then
		e2fsck -fn copy.img >fsck.new 2>&1 ||
			fail "$1: was sound: $(cat fsck.new)"
	fi
	fsck.fat -n "$1" >fsck.old 2>&1 || return 0
	# mtools cannot read FAT32 of too few clusters.
	grep -q 'less than the required minimum' fsck.old ||
		mdir -b -i copy.img ::balimg.dir >mdir.out ||
		fail "$1: mdir does not find the new folder"
	fsck.fat -n copy.img >fsck.new 2>&1 ||
		fail "$1: was sound: $(cat fsck.new)"
}

edited=0
while IFS= read -r file; do
	try info "$file" || :
	try info --json "$file" || :
	[ ! -s out ] || jq -e . out >jq.out || fail "$file: no JSON"
	try check "$file" || :
	try config get "$file" || :
	try ls "$file" || :
	# The whole image as one volume, then the first partitions.
	for part in '' 1 2 5; do
		try ls "$file:$part/" || continue
		cp --sparse=always "$file" copy.img
		try mkdir "copy.img:$part/balimg.dir" || continue
		edited=$((edited + 1))
		[ -n "$part" ] || judge "$file"
	done
done < <(find images -type f -not -path '*/docker/*' | sort)
[ "$edited" -ge 50 ] || fail "only $edited edits were possible"
echo "$edited volumes were edited"
