#!/bin/bash
# test-unpacking-stays-in-its-folder.sh - whatever a bundle says
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires python3

# hostile FILE ENTRIES: ENTRIES is Python, calls of put(name, kind, ...)
hostile() {
	python3 - "$1" "$2" <<-'END'
	import io, sys, tarfile
	archive = tarfile.open(sys.argv[1], "w", format=tarfile.PAX_FORMAT)
	def put(name, kind="file", target="", data=b"bad", **facts):
	    member = tarfile.TarInfo(name)
	    member.type = {"file": b"0", "hard": b"1", "link": b"2", "char": b"3",
	        "block": b"4", "dir": b"5", "fifo": b"6"}[kind]
	    member.linkname = target
	    member.mode = 0o755
	    member.size = len(data) if kind == "file" else 0
	    for key, value in facts.items():
	        setattr(member, key, value)
	    archive.addfile(member, io.BytesIO(data))
	exec(sys.argv[2])
	archive.close()
	END
}

# unpack STATUS [WORDS]: hostile.tar; nothing outside of box/in changes
unpack() {
	rm -rf box
	mkdir box box/out
	echo good >box/file
	echo good >box/out/file
	run "$1" hup unpack hostile.tar -C box/in --manifest box.manifest
	! grep -q 'built with libarchive' err || skip 'built without libarchive'
	rm -f box.manifest
	[ -z "${2:-}" ] || err_has "$2"
	equal "$(cat box/file box/out/file)" "$(printf 'good\ngood')"
	equal "$(find box -path box/in -prune -o -print | sort | tr '\n' ' ')" \
		'box box/file box/out box/out/file '
	equal "$(stat -c %h%a box/file)" 1644
}
umask 022

hostile hostile.tar 'put("../file")'
unpack 3 'leads out of the tree'
hostile hostile.tar 'put("a/../../file")'
unpack 3 'leads out of the tree'
hostile hostile.tar 'put("a/..", "dir")'
unpack 3 'leads out of the tree'

# An absolute name is one below the folder.
hostile hostile.tar "put('$PWD/box/file')"
unpack 0
equal "$(cat "box/in$PWD/box/file")" bad

# A link, and then something to go through it.
hostile hostile.tar 'put("l", "link", "../out"); put("l/file")'
unpack 3 'below l, which is no directory'
hostile hostile.tar 'put("l", "link", "../out"); put("l/new/file")'
unpack 3 'below l, which is no directory'
hostile hostile.tar "put('l', 'link', '$PWD/box/out'); put('l/d', 'dir')"
unpack 3 'below l, which is no directory'
hostile hostile.tar 'put("l", "link", ".."); put("h", "hard", "l/file")'
unpack 3 'below l, which is no directory'
hostile hostile.tar 'put("d", "dir"); put("d/l", "link", "../../out")
put("d", "dir", mode=0o777); put("d/l", "dir", mode=0)
put("d/l/file")'
unpack 0
equal "$(cat box/in/d/l/file)" bad

# A link where a file goes is replaced, not written through.
hostile hostile.tar 'put("l", "link", "../file"); put("l")'
unpack 0
[ ! -L box/in/l ] || fail 'the link is still there'
hostile hostile.tar 'put("l", "link", "../file"); put("l", "fifo")
put("l", mode=0o666)'
unpack 0

# Hard links: to what is outside; through which others could be written.
hostile hostile.tar 'put("h", "hard", "../file"); put("h")'
unpack 3 'leads out of the tree'
hostile hostile.tar "put('h', 'hard', '$PWD/box/file')"
unpack 3 'which is no directory'
hostile hostile.tar 'put("l", "link", "../file"); put("h", "hard", "l"); put("h")'
unpack 0
equal "$(cat box/in/h)" bad
hostile hostile.tar 'put("h", "hard", "h")'
unpack 0
hostile hostile.tar 'put("h", "hard", "absent")'
unpack 3 'not unpacked before'
hostile hostile.tar 'put("f", data=b"one"); put("h", "hard", "f")
put("f", data=b"two")'
unpack 0
equal "$(cat box/in/h box/in/f)" onetwo

# Devices: recorded only; nothing else at their place.
hostile hostile.tar 'put("d", data=b"1"); put("d", "char", devmajor=1)'
unpack 0
[ ! -e box/in/d ] || fail 'the file is still there'

# Directories: not made a file of while they have files; too deep.
hostile hostile.tar 'put("d/f"); put("d")'
unpack 3 'with files in it'
hostile hostile.tar 'put("d", "dir"); put("d"); put("e"); put("e/f")'
unpack 3 'below e, which is no directory'
hostile hostile.tar 'put("a/" * 300 + "f")'
unpack 3 'more than 200 directories in each other'
hostile hostile.tar 'put("")'
unpack 3 'the root is no directory'
hostile hostile.tar 'put("x" * 300)'
unpack 3 'longer name than files have'
hostile hostile.tar 'put("x" * 200 + ("/" + "x" * 200) * 30)'
unpack 3 'longer than any path'
hostile hostile.tar 'put("s", "link", "x" * 5000)'
unpack 3 'says nothing, or too much'

# Many attributes; many headers; names that are no text.
hostile hostile.tar 'put("x", pax_headers={
    "SCHILY.xattr.user.%d" % i: "1" for i in range(2000)})'
unpack 3 'more than 256 extended attributes'
hostile hostile.tar 'put("x", pax_headers={"comment": "x" * (32 << 20)})'
unpack 3
hostile hostile.tar 'archive.fileobj.write(tarfile.TarInfo("x").tobuf()[:512])
for i in range(3000):
    member = tarfile.TarInfo("././@LongLink")
    member.type, member.size = b"L", 1000
    archive.fileobj.write(member.tobuf() + b"a" * 1000 + bytes(24))'
unpack 3
python3 -c 'import tarfile
t = tarfile.open("hostile.tar", "w", format=tarfile.GNU_FORMAT,
    encoding="latin-1")
t.addfile(tarfile.TarInfo("\xff\n\x1b[31m"))'
unpack 0
equal "$(cd box/in && echo *)" "$(printf '\xff\n\x1b[31m')"
