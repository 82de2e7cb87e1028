#!/bin/bash
# test-check-finds-what-repair-mends.sh - check finds stale FAT copies, repair mends them when told to
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image generic x.img 256M
run 0 check x.img
# The second FAT forgets everything.
offset=$(boot_offset x.img)
fats=$(od -An -tu2 -j $((offset + 22)) -N 2 x.img)
reserved=$(od -An -tu2 -j $((offset + 14)) -N 2 x.img)
dd if=/dev/zero of=x.img bs=512 count=1 conv=notrunc status=none \
	seek=$((offset / 512 + reserved + fats))
sha256sum x.img >sum
run 1 check x.img
out_has error:
run 1 check --json x.img
jq -e '.findings | any(.repair != null)' out >/dev/null
run 5 repair x.img
err_has --yes
run 0 repair -n x.img
sha256sum -c --quiet sum
# At a terminal it asks, and no answer is no.
if command -v script >/dev/null; then
	cp --sparse=always x.img asked.img
	status=0
	echo n | script -qec "$BALIMG repair asked.img" /dev/null >said ||
		status=$?
	equal "$status" 5
	cmp x.img asked.img
	echo y | script -qec "$BALIMG repair asked.img" /dev/null >said
	grep -qF 'Repair? [y/N]' said || fail "$(cat said)"
	fsck_clean asked.img
fi
run 0 repair --yes x.img
fsck_clean x.img
run 0 check x.img
run 0 repair x.img

# What it cannot mend is told, and the rest is mended all the same.
requires mcopy
printf '{"os": 1}' >config.json
mcopy -o -i "x.img@@$offset" config.json ::
dd if=/dev/zero of=x.img bs=512 count=1 conv=notrunc status=none \
	seek=$((offset / 512 + reserved + fats))
run 1 repair --yes x.img
fsck_clean x.img
for options in --quiet --dry-run --json; do
	run 1 repair $options x.img
done
