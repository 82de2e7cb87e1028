#!/bin/bash
# test-files-are-put-listed-got-and-removed.sh - ls, cat, get, put, mkdir and rm
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq

image generic x.img 256M
image edison bare.img
printf 'hello\n' >hello.txt
printf 'other\n' >other.txt
run 0 ls x.img
out_has rootA
out_has resin-boot
run 0 mkdir x.img:boot/new x.img:1/new/inner
run 0 put hello.txt other.txt x.img:resin-boot/new/inner/
run 0 put hello.txt 'x.img:boot/new/Ünicode näme.txt'
run 0 put hello.txt x.img:boot
fsck_clean x.img
mtools_cat x.img new/inner/other.txt | cmp - other.txt
mtools_cat x.img 'new/Ünicode näme.txt' | cmp - hello.txt
mtools_cat x.img hello.txt | cmp - hello.txt
run 0 ls x.img:boot/new
grep -qE '^ +- .* inner/$' out || fail "$(cat out)"
grep -qE '^ +6 .*  Ünicode näme.txt$' out || fail "$(cat out)"
run 0 ls --json x.img:boot/new/inner
equal "$(jq -c 'map(.name) | sort' out)" '["hello.txt","other.txt"]'
# A folder as shells complete it.
run 0 ls --json x.img:boot/new/inner/
equal "$(jq length out)" 2
run 0 mkdir x.img:boot/slash/
run 0 rm x.img:boot/slash/
run 3 cat x.img:boot/new
err_has 'resin-boot: /new: is a directory'
err_has 'balimg tar'
run 0 cat x.img:boot/hello.txt x.img:1/new/inner/other.txt
out_is 'hello
other'
run 0 cat -d x.img boot/hello.txt
out_is hello
run 0 get x.img:boot/new/inner/other.txt got.txt
cmp got.txt other.txt
run 5 get x.img:boot/hello.txt got.txt
cmp got.txt other.txt
run 0 get --force x.img:boot/hello.txt got.txt
cmp got.txt hello.txt
run 0 get x.img:boot/hello.txt -
out_is hello
mkdir sub
run 0 get x.img:boot/hello.txt sub
cmp sub/hello.txt hello.txt
run 0 get --json --force x.img:boot/hello.txt sub
equal "$(jq -r .output out)" sub/hello.txt
(cd sub && "$BALIMG" get ../x.img:boot/os-release)
mtools_cat x.img os-release | cmp - sub/os-release
"$BALIMG" put - x.img:boot/piped <other.txt
mtools_cat x.img piped | cmp - other.txt
run 2 put - x.img:boot
run 2 put hello.txt other.txt x.img:boot/one
run 2 put hello.txt x.img
run 5 rm x.img:boot/new
run 0 rm x.img:boot/new/inner/other.txt x.img:boot/new/inner/hello.txt \
	x.img:boot/new/inner
fsck_clean x.img
mtools_lacks x.img new/inner
run 0 put hello.txt bare.img:/hello.txt
mtools_cat bare.img hello.txt | cmp - hello.txt
run 0 cat bare.img:/hello.txt
out_is hello
run 2 rm x.img:boot/piped bare.img:/hello.txt
run 4 get x.img:boot/missing missing
[ ! -e missing ] || fail 'a file was left behind'
cp x.img x.img:boot
run 0 ls x.img:boot
out_has resin-boot
