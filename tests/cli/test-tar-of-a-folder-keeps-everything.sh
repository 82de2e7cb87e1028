#!/bin/bash
# test-tar-of-a-folder-keeps-everything.sh - owners, modes, links, devices,
# attributes and names of any bytes, judged by GNU tar and Python
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires mkfs.ext4 debugfs tar python3 getfattr

run_tar() {
	run "$@"
	! grep -q 'built with libarchive' err || skip 'built without libarchive'
}

mkdir -p tree/a/b "tree/$(printf '%060d/' 1 2 3 4)"
echo hi >tree/a/f
ln tree/a/f tree/a/b/hard
ln -s ../f tree/a/b/sym
mkfifo tree/pipe
chmod 4755 tree/a/f
head -c 3000000 /dev/urandom >tree/big
echo x >tree/umläut
echo x >"tree/$(printf 'lat\xe9')"
mkfs.ext4 -q -d tree ext.img 32M
# What only root may make, debugfs makes in the image.
debugfs -w -f - ext.img >debugfs.out 2>&1 <<-'END'
	mknod dev c 5 1
	cd /a
	mknod blk b 259 300
	sif /a/b uid 1000
	sif /a/b gid 65534
	ea_set /a/f user.note text
	ea_set /a/b trusted.overlay.opaque y
END

run_tar 0 tar ext.img:/ -o all.tar
python3 - all.tar <<-'END' >members
	import sys, tarfile
	for m in tarfile.open(sys.argv[1], errors="surrogateescape"):
	    print(ascii(m.name), m.type.decode(), oct(m.mode), m.uid, m.gid,
	          m.linkname, m.devmajor, m.devminor, m.size,
	          {k: v for k, v in m.pax_headers.items() if "xattr" in k})
END
for line in \
	"'./dev' 3 0o[0-9]* 0 0  5 1 0 {}" \
	"'./a/blk' 4 0o[0-9]* 0 0  259 300 0 {}" \
	"'./a/b' 5 .* 1000 65534 .*trusted.overlay.opaque': 'y'" \
	"'./a/b/hard' 0 0o4755 .*SCHILY.xattr.user.note': 'text'" \
	"'./a/b/sym' 2 .* ../f 0 0 0 {}" \
	"'./a/f' 1 0o4755 0 0 \./a/b/hard" \
	"'./pipe' 6 " \
	"'./uml\\\\xe4ut' 0" \
	"'./lat\\\\udce9' 0"; do
	grep -q "^$line" members || fail "no $line in $(cat members)"
done

# The same bytes in whatever locale; compressed by the name's end.
cp all.tar first.tar
LC_ALL=C run 0 tar ext.img:/ -o all.tar --force
cmp all.tar first.tar
run 0 tar ext.img:/a -o a.tar.gz
gzip -t a.tar.gz
"$BALIMG" tar ext.img:/a | cmp - <(gzip -dc a.tar.gz)
run 0 tar ext.img:/a -o upper.TGZ
cmp a.tar.gz upper.TGZ
for end in zip tar.zip 7z lz4 LZMA lz Z; do
	run 5 tar ext.img:/a -o "wrong.$end"
	err_has "no .${end##*.} file can be written"
	err_has 'end in .tar, .gz, .bz2, .xz or .zst'
	[ ! -e "wrong.$end" ] || fail "wrong.$end was written"
done
equal "$(tar -tzf a.tar.gz | head -n 2 | tr '\n' ' ')" './ ./b/ '

# Contents, and as root all the rest.
mkdir out.tree
if [ "$(id -u)" = 0 ]; then
	tar --xattrs --xattrs-include='*' -xpf all.tar -C out.tree
	equal "$(getfattr --only-values -n user.note out.tree/a/f)" text
	equal "$(stat -c '%u %g' out.tree/a/b)" '1000 65534'
else
	tar --exclude=./dev --exclude=./a/blk -xf all.tar -C out.tree
fi
cmp tree/big out.tree/big
[ out.tree/a/f -ef out.tree/a/b/hard ] || fail 'no hard link'

# An existing file stays, unless told; a file is no folder.
run 5 tar ext.img:/ -o all.tar
run 4 tar ext.img:/big -o big.tar
[ ! -e big.tar ] || fail 'half a file'

# A directory in itself is found out.
debugfs -w -R 'link /a /a/b/loop' ext.img >debugfs.out 2>&1
run 3 tar ext.img:/ -o loop.tar
grep -q damaged err || fail "$(cat err)"
[ -z "$(find . -maxdepth 1 -name 'loop*')" ] || fail 'half a file'
