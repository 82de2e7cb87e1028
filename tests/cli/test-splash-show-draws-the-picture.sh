#!/bin/bash
# test-splash-show-draws-the-picture.sh - splash show draws what the PNG holds
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq python3

# Four quarters: red, white, black, and what is transparent.
python3 - >quarters.png <<'END'
import struct, sys, zlib
row = lambda a, b: b"\0" + bytes(a * 16 + b * 16)
rows = row((255, 0, 0, 255), (255, 255, 255, 255)) * 16
rows += row((0, 0, 0, 255), (0, 0, 0, 0)) * 16
chunk = lambda kind, data: (struct.pack(">I", len(data)) + kind + data +
                            struct.pack(">I", zlib.crc32(kind + data)))
sys.stdout.buffer.write(
    b"\x89PNG\r\n\x1a\n" +
    chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 32, 8, 6, 0, 0, 0)) +
    chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
END
image rpi4 x.img 256M
run 0 splash show x.img --json
jq -e '.stock and .path == "/splash/balena-logo.png"' out >/dev/null ||
	fail "$(cat out)"
run 0 splash set x.img quarters.png

# Two rows of pixels make one of characters.
half() {
	printf "%${2}s" '' | tr ' ' "$1"
}
run 0 splash show x.img
blank=$(half ' ' 16)
equal "$(sed -n 1,8p out | sort -u)" "$(half '#' 16)$blank"
equal "$(sed -n 9,16p out | sort -u)" "$(half '@' 16)$blank"
equal "$(sed -n '17,$p' out)" \
	"/splash/balena-logo.png  32x32, $(stat -c %s quarters.png) B"

run 0 splash show x.img --color always
escape=$(printf '\033')
[ "$(sed -n 1p out | grep -o "$escape\[38;2;255;0;0m" | wc -l)" = 16 ] ||
	fail 'no sixteen spots of red'
[ "$(sed -n 9p out | grep -o "$escape\[48;2;255;255;255m" | wc -l)" = 16 ] ||
	fail 'what is transparent is not on white'
equal "$(sed -n 1p out | tail -c 5)" "$(printf '\033[0m')"

run 0 splash show x.img --json
jq -e '.width == 32 and .height == 32 and (.stock | not)' out >/dev/null ||
	fail "$(cat out)"

# A wide one takes the width, a high one the height that there is.
python3 - >wide.png <<'END'
import struct, sys, zlib
chunk = lambda kind, data: (struct.pack(">I", len(data)) + kind + data +
                            struct.pack(">I", zlib.crc32(kind + data)))
sys.stdout.buffer.write(
    b"\x89PNG\r\n\x1a\n" +
    chunk(b"IHDR", struct.pack(">IIBBBBB", 8000, 10, 8, 0, 0, 0, 0)) +
    chunk(b"IDAT", zlib.compress(bytes(8001 * 10))) + chunk(b"IEND", b""))
END
run 0 splash set x.img wide.png
run 0 splash show x.img
equal "$(head -n 1 out)" "$(half '@' 60)"
equal "$(wc -l <out)" 2
