#!/bin/bash
# test-hup-diff-finds-what-differs.sh - between bundles, images, and either
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires python3 jq tar gzip

# ---- one change of each kind -----------------------------------------------

# archive FILE CHANGE: CHANGE is Python that may change the entries
archive() {
	python3 - "$1" "$2" <<-'END'
	import io, sys, tarfile
	entries = {}
	def put(name, kind="file", target="", data=b"data", **facts):
	    member = tarfile.TarInfo(name)
	    member.type = {"file": b"0", "hard": b"1", "link": b"2", "char": b"3",
	        "dir": b"5"}[kind]
	    member.linkname, member.mode = target, 0o755
	    member.size = len(data) if kind == "file" else 0
	    for key, value in facts.items():
	        setattr(member, key, value)
	    entries[name] = member, data
	put("etc", "dir")
	put("etc/a")
	put("etc/b", "link", "a")
	put("etc/c", "hard", "etc/a")
	put("etc/d", "char", devmajor=1, devminor=3)
	put("etc/e", pax_headers={"SCHILY.xattr.user.x": "1",
	    "SCHILY.xattr.user.y": "2"})
	exec(sys.argv[2])
	with tarfile.open(sys.argv[1], "w", format=tarfile.PAX_FORMAT) as t:
	    for member, data in entries.values():
	        t.addfile(member, io.BytesIO(data))
	END
}

# differ STATUS CHANGE TEXT: what hup diff says of that change
differ() {
	archive new.tar "$2"
	run "$1" hup diff old.tar new.tar
	! grep -q 'built with libarchive' err || skip 'built without libarchive'
	out_is "$3"
}

archive old.tar ''
differ 0 '' ''
err_has '0 added, 0 removed, 0 changed'
differ 0 'put("./", "dir")' ''
differ 0 'for m, d in entries.values(): m.mtime = 1000' ''
differ 0 'entries = dict(reversed(list(entries.items())))
entries["etc/c"] = entries.pop("etc/c")' ''
differ 0 'put("etc/c")' ''
differ 0 'put("etc/e", pax_headers={"SCHILY.xattr.user.y": "2",
    "SCHILY.xattr.user.x": "1"})' ''
differ 1 'put("etc/f")' '+ /etc/f'
differ 1 'del entries["etc/b"]' '- /etc/b'
differ 1 'put("etc/e", data=b"DATA", pax_headers=entries["etc/e"][0].pax_headers)' \
	'~ /etc/e: content'
differ 1 'put("etc/a", data=b"longer")' '~ /etc/a: size 4 -> 6
~ /etc/c: size 4 -> 6'
differ 1 'del entries["etc/c"]; put("etc/c", "hard", "etc/e")' '~ /etc/c: attributes'
differ 1 'put("etc/b", "link", "c")' '~ /etc/b: target a -> c'
differ 1 'put("etc/b", "dir")' '~ /etc/b: type symlink -> directory'
differ 1 'entries["etc"][0].mode = 0o700' '~ /etc: mode 0755 -> 0700'
differ 0 'entries["etc/b"][0].mode = 0o700' ''
differ 1 'entries["etc/e"][0].uid = 7' '~ /etc/e: owner 0:0 -> 7:0'
differ 1 'entries["etc/d"][0].devminor = 5' '~ /etc/d: device 1,3 -> 1,5'
differ 1 'put("etc/e")' '~ /etc/e: attributes'
differ 1 'put("etc/e", pax_headers={"SCHILY.xattr.user.x": "2",
    "SCHILY.xattr.user.y": "1"})' '~ /etc/e: attributes'
run 1 hup diff --json old.tar new.tar
jq -e '.added == 0 and .changed == 1 and .changes == [{"change": "changed",
	"path": "etc/e", "what": ["attributes"],
	"a": {"type": "file", "mode": "0755", "uid": 0, "gid": 0, "size": 4},
	"b": {"type": "file", "mode": "0755", "uid": 0, "gid": 0, "size": 4}}]
	' out >/dev/null || fail "$(cat out)"
gzip -k old.tar
run 0 hup diff old.tar.gz old.tar
run 4 hup diff old.tar absent.tar
run 2 hup diff old.tar
head -c 3000 old.tar >short.tar
run 3 hup diff old.tar short.tar
err_has 'short.tar'

# What came twice counts as it came last.
python3 - <<'END'
import io, tarfile
with tarfile.open("twice.tar", "w") as t:
    for data in b"one", b"two":
        member = tarfile.TarInfo("f")
        member.size = 3
        t.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo("h")
        link.type, link.linkname = b"1", "f"
        if data == b"one":
            t.addfile(link)
with tarfile.open("once.tar", "w") as t:
    for name, data in ("f", b"two"), ("h", b"one"):
        member = tarfile.TarInfo(name)
        member.size = 3
        t.addfile(member, io.BytesIO(data))
END
run 0 hup diff twice.tar once.tar

# ---- layers, by the side of what they make together ------------------------

if command -v umoci >/dev/null && command -v skopeo >/dev/null; then
	python3 "$srcdir/tests/unit/make-archives.py" .
	for i in 1 2 3 4; do
		rm -rf oci want
		skopeo --insecure-policy copy -q "docker-archive:layers-$i.tar" \
			oci:oci:x
		umoci raw unpack --rootless --image oci:x want >umoci.out 2>&1
		tar -C want --owner=0 --group=0 --numeric-owner -cf flat.tar .
		run 0 hup diff flat.tar "layers-$i.tar"
	done
fi

# Folders are there that no entry tells of, as what is in them is.
mkdir -p told/etc/deep/er told/etc/a
echo 1 >told/etc/os-release
echo 2 >told/etc/deep/er/file
echo 3 >told/etc/a/file
own='--owner=0 --group=0 --numeric-owner --mode=u=rwx,go=rx'
# shellcheck disable=SC2086
tar -C told $own -cf told.tar . # and not told:
# shellcheck disable=SC2086
tar -C told $own --no-recursion -cf untold.tar . ./etc/os-release \
	./etc/deep/er/file ./etc/a/file
run 0 hup diff told.tar untold.tar
run 0 hup diff untold.tar told.tar
rm -r told/etc/a
# shellcheck disable=SC2086
tar -C told $own -cf less.tar .
run 1 hup diff less.tar untold.tar
out_is '+ /etc/a
+ /etc/a/file'

# ---- images ----------------------------------------------------------------

requires mke2fs debugfs mcopy sfdisk
image generic x.img 256M
run 0 ls x.img:rootA/
run 0 tar x.img:rootA/ -o root.tar
run 0 hup diff x.img root.tar
run 0 hup diff root.tar x.img:rootA/
run 0 hup diff x.img x.img
mkdir more
echo new >more/new
cp root.tar more.tar
tar --owner=0 --group=0 -C more -rf more.tar new
run 1 hup diff x.img more.tar
out_is '+ /new'
run 1 hup diff more.tar x.img
out_is '- /new'
