#!/bin/bash
# test-updates-of-any-size-need-little-memory.sh - three times the files, and
# bundles are built, verified, unpacked, compared and applied in as much memory
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires mcopy sfdisk python3
[ -z "${SANITIZED:-}" ] || skip 'a sanitizer has a memory of its own'

# memory NAME WORD...: how many KiB the command takes, to peak[NAME]
declare -A peak before
memory() {
	local name=$1
	shift
	printf '%s\t\t%s %s\n' "$name" "$BALIMG" "$*" |
		"${BALIMG%/*}/tests/bench/interleave" 1 >timed 2>err ||
		fail "$name: $(cat err)"
	peak[$name]=$(cut -f 5 timed)
	echo "$size MB: $name: ${peak[$name]} KiB"
	[ "${peak[$name]}" -le 49152 ] || fail "$name: more than 48 MiB"
}

mkdir -p root/etc root/boot
printf 'VERSION="6.2.0"\n' >root/etc/os-release
echo kernel >root/boot/zImage
for size in 20 60; do
	python3 - $size <<-'END'
	import random, sys
	random.seed(1)
	with open("root/large", "wb") as file:
	    for number in range(int(sys.argv[1])):
	        data = random.randbytes(500_000)
	        file.write(data + b"text %d " % number * 60_000)
	END
	rm -rf bundle folder image.img
	[ "$size" != 20 ] || "$BALIMG" hup build root -o bundle >out 2>err ||
		skip "$(cat err)"
	memory build hup build root -o bundle --force
	memory verify hup verify bundle
	memory unpack hup unpack bundle -C folder --manifest listed --force
	memory diff hup diff bundle bundle
	image generic image.img 400M
	memory apply hup apply --force bundle image.img
	memory 'apply here' hup apply --force --replace bundle image.img
	memory 'build again' hup build image.img -o again --force
	if [ "$size" = 20 ]; then
		for name in "${!peak[@]}"; do
			before[$name]=${peak[$name]}
		done
	fi
done
for name in "${!peak[@]}"; do
	[ $((peak[$name] - before[$name])) -le 6144 ] ||
		fail "$name: ${peak[$name]} KiB after ${before[$name]}"
done
