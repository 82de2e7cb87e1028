#!/bin/bash
# test-copies-out-are-whole-and-spare-the-image.sh - also with --force
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"

image generic x.img 256M
ln x.img link.img
sha256sum x.img >sum

# spared STATUS WORDS ARGUMENT...: refused so, and the image as it was
spared() {
	local status=$1 words=$2
	shift 2
	run "$status" "$@"
	err_has "$words"
	sha256sum -c --quiet sum
}

for out in x.img ./x.img link.img; do
	spared 5 "$out is the image itself" \
		get x.img:boot/config.json $out --force
	spared 5 "$out is the image itself" splash get x.img -o $out --force
done
spared 2 'name the same file' \
	config set x.img hostname=a -o new --undo new --force
spared 2 'is not written to standard output' \
	config set x.img hostname=a -o -
spared 2 'is not written to standard output' hup build x.img -o -
[ ! -e new ] || fail 'something was written'
[ ! -e ./- ] || fail 'a file called - was written'
status=0
"$BALIMG" tar x.img:boot -o x.img --force 2>err || status=$?
if ! grep -q 'built with libarchive' err; then
	equal "$status" 5
	err_has 'x.img is the image itself'
fi
sha256sum -c --quiet sum

# It is the output that is full, not the image.
if [ -c /dev/full ]; then
	status=0
	"$BALIMG" cat x.img:boot/config.json >/dev/full 2>err || status=$?
	equal "$status" 6
	err_has 'the output: cannot write: No space left on device'
fi

# Stopped, also by a terminal that is gone, it leaves nothing.
requires strace
export ASAN_OPTIONS="detect_leaks=0:${ASAN_OPTIONS-}"
strace -o /dev/null true 2>/dev/null || skip 'no process can be traced here'
head -c 9000000 /dev/urandom >large
run 0 put large x.img:boot
mkdir got
for signal in INT TERM HUP; do
	status=0
	env --default-signal=$signal strace -f -o trace -e trace=write \
		-e inject=write:signal=$signal:when=2 \
		"$BALIMG" get x.img:boot/large got >out 2>err </dev/null ||
		status=$?
	equal "$status" 130
	err_has 'interrupted'
	[ -z "$(ls -A got)" ] || fail "$signal: $(ls -A got)"
done
