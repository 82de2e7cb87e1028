#!/bin/sh
# test-fat-as-others-read.sh - names, dates, attributes and label elsewhere
#
# SPDX-License-Identifier: Apache-2.0
set -eu
export LC_ALL=C.UTF-8 PATH="$PATH:/usr/sbin:/sbin" TZ=UTC
ask=$PWD/tests/lib/ask-volume

for tool in mkfs.fat fsck.fat mcopy grub-fstest; do
	command -v $tool >/dev/null || {
		echo "skipped: no $tool here"
		exit 77
	}
done
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd "$work"

fail() {
	echo "$*"
	exit 1
}

# The same command at the same time makes the same bytes.
export SOURCE_DATE_EPOCH=1700000000
edit() {
	while read -r name; do
		"$ask" "$1" put "/$name" one
	done <names
	"$ask" "$1" mkdir /sub
	"$ask" "$1" put /sub/two.txt two
	"$ask" "$1" put /old.txt two
}

cat >names <<END
$(printf '\360\237\230\200')smile.txt
gr$(printf '\303\274\303\237')e.txt
$(printf '\346\227\245\346\234\254').json
UPPER.TXT
lower.txt
Mixed.Txt
a name with blanks and.several.dots
END
mkfs.fat -C -F 16 -s 1 -n KEPT image 8000 >/dev/null
printf one >one
printf two >two
mcopy -i image one ::/OLD.TXT
mattrib -i image +h +r ::/OLD.TXT
cp image again
edit image
sleep 2
edit again
cmp image again

fsck.fat -n image >log || fail "$(cat log)"
while read -r name; do
	grub-fstest image cmp "(loop0)/$name" one >log 2>&1 ||
		fail "grub-fstest: $name: $(cat log)"
done <names
grub-fstest image cmp '(loop0)/sub/two.txt' two

# mtools does not know characters beyond 16 bits.
sed 1d names | sort >want
mdir -b -i image :: | sed 's,^::/,,' | grep -vE 'smile|sub/|OLD' | sort >got
diff want got
mdir -i image ::/lower.txt | grep -q '2023-11-14 *22:13' ||
	fail "$(mdir -i image ::/lower.txt)"
mattrib -i image ::/OLD.TXT | grep -q 'A *HR.*OLD.TXT' ||
	fail "$(mattrib -i image ::/OLD.TXT)"
[ "$(mlabel -s -i image ::)" = ' Volume label is KEPT       ' ] ||
	[ "$(mlabel -s -i image ::)" = ' Volume label is KEPT ' ] ||
	fail "$(mlabel -s -i image ::)"
mtype -i image ::/OLD.TXT | cmp - two
