#!/bin/bash
# test-bombs-do-not-fill-the-disk.sh - what a bundle may unpack to is bounded
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires python3 zstd

# unpack STATUS FILE [WORDS]: in 256 MiB of address space, where that can be
unpack() {
	rm -rf in
	(
		[ -n "${SANITIZED:-}" ] || ulimit -v 262144
		run "$1" hup unpack "$2" -C in --force
	)
	! grep -q 'built with libarchive' err || skip 'built without libarchive'
	[ -z "${3:-}" ] || err_has "$3"
	rm -f in.manifest
}

# A file that claims to be huge; one that is all hole.
python3 - <<'END'
import tarfile
huge = tarfile.TarInfo("huge")
huge.size = 1 << 50
open("huge.tar", "wb").write(huge.tobuf(tarfile.GNU_FORMAT) + bytes(10240))
def sparse(size):
    member = tarfile.TarInfo("sparse")
    member.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1",
        "GNU.sparse.map": "%d,0" % size, "GNU.sparse.name": "sparse",
        "GNU.sparse.numblocks": "1", "GNU.sparse.size": str(size)}
    return member
with tarfile.open("sparse.tar", "w", format=tarfile.PAX_FORMAT) as t:
    t.addfile(sparse(1 << 50))
with tarfile.open("hole.tar", "w", format=tarfile.PAX_FORMAT) as t:
    t.addfile(sparse(32 << 20))
with tarfile.open("many.tar", "w", format=tarfile.PAX_FORMAT) as t:
    for i in range(200):
        member = sparse(1 << 30)
        member.name = "sparse%d" % i
        t.addfile(member)
END
unpack 3 huge.tar 'more than 16 GiB'
unpack 3 sparse.tar 'more than 16 GiB'
unpack 0 hole.tar
equal "$(stat -c %s in/sparse)" $((32 << 20))
[ "$(stat -c %b in/sparse)" -lt 1000 ] || fail 'the hole takes room'
unpack 3 many.tar 'more than 16 GiB'
[ "$(du -sk in | cut -f 1)" -lt 1000 ] || fail 'holes take room'

# Compressed, and without end.  Only where there is time: it takes a minute.
[ -n "${BALIMG_BOMBS:-}" ] || exit 0
python3 - <<'END'
import subprocess, tarfile
pack = lambda data: subprocess.run(["zstd", "-q"], input=data,
    stdout=subprocess.PIPE).stdout
bomb = b""
for i in range(20):
    member = tarfile.TarInfo("zeroes%d" % i)
    member.size = 1 << 30
    bomb += pack(member.tobuf(tarfile.GNU_FORMAT))
    bomb += pack(bytes(1 << 24)) * 64
open("root.tar.zst", "wb").write(bomb)
member = tarfile.TarInfo("layer.tar")
member.size = len(bomb)
manifest = tarfile.TarInfo("manifest.json")
text = b'[{"Config": "c.json", "Layers": ["layer.tar"]}]'
manifest.size = len(text)
config = tarfile.TarInfo("c.json")
config.size = 2
pad = lambda data: data + bytes(-len(data) % 512)
open("layer.tar", "wb").write(manifest.tobuf() + pad(text) + config.tobuf() +
    pad(b"{}") + member.tobuf() + pad(bomb) + bytes(1024))
END
unpack 3 root.tar.zst 'more than 16 GiB'
unpack 3 layer.tar 'more than 16 GiB'
run 3 hup verify layer.tar
err_has 'more than 16 GiB'
run 3 hup verify root.tar.zst
err_has 'more than 16 GiB'
