#!/bin/bash
# test-bundles-are-unpacked-as-others-do.sh - tar, bsdtar, skopeo and umoci
# are the judges
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires python3 tar jq

# same FOLDER FOLDER: in names, contents, links and modes
same() {
	diff -r --no-dereference "$1" "$2" >diff.out 2>&1 ||
		! grep -v 'is a \(fifo\|character\|block\)' diff.out ||
		fail "$1 and $2 differ"
	equal "$(listing "$1")" "$(listing "$2")"
}

# listing FOLDER: modes, owners, times and names; times of links and of what
# no entry tells of are left out
listing() {
	(cd "$1" && find . -mindepth 1 -printf '%P %y %m %U:%G %n %l\n' | sort)
}

# unpack [OPTION...] BUNDLE: into the new folder "got"
unpack() {
	chmod -R u+rwX got 2>/dev/null || :
	rm -rf got got.manifest
	run 0 hup unpack "$@" -C got
}

python3 "$srcdir/tests/unit/make-archives.py" .
umask 022
run 3 hup unpack escape.tar -C got
! grep -q 'built with libarchive' err || skip 'built without libarchive'
rm -rf got

# ---- a root file system ----------------------------------------------------

# As root, by the side of tar; owners, devices and attributes included.
if [ "$(id -u)" = 0 ]; then
	python3 -c 'import sys, tarfile
sys.path.insert(0, sys.argv[1])
t = tarfile.open("all.tar")
with tarfile.open("root.tar", "w", format=tarfile.PAX_FORMAT) as to:
    for member in t.getmembers():
        member.pax_headers.pop("SCHILY.xattr.security.capability", None)
        if member.name.endswith("/su"):
            member.pax_headers["SCHILY.xattr.user.some"] = "value"
        to.addfile(member, t.extractfile(member) if member.isreg() else None)
' "$srcdir"
	rm -rf want
	mkdir want
	if tar -C want --xattrs --xattrs-include='*' -xpf root.tar 2>tar.err &&
		mknod probe c 1 3 2>/dev/null; then
		unpack root.tar
		[ ! -e got.manifest ] || fail 'root needs no manifest'
		same want got
		equal "$(stat -c %t,%T got/dev/console)" 5,1
		equal "$(stat -c %Y got/bin/su got/bin got/bin/sh |
			head -1)" 7
		if command -v getfattr >/dev/null; then
			equal "$(cd got && getfattr -hdR -m - . 2>&1)" \
				"$(cd want && getfattr -hdR -m - . 2>&1)"
			grep -q user.some <(cd got && getfattr -hdR -m - .)
		fi
	fi
fi

# For everybody: what only root can set is in the manifest.
unpack --manifest got.manifest all.tar
equal "$(stat -c '%a %Y' got/bin/su)" '755 7'
equal "$(readlink got/bin/sh)" ../../etc/sh
[ got/bin/su -ef got/bin/also ] || fail 'the hard link is none'
[ ! -e got/dev/console ] || fail 'the device was made'
diff - got.manifest <<-'END'
	#mtree
	. type=dir mode=0755 uid=0 gid=0 time=7.0
	./bin type=dir mode=0755 uid=0 gid=0 time=0.0
	./bin/su type=file mode=4755 uid=1 gid=2 time=7.0
	#xattr security.capability=Y2Fw
	./bin/also type=file mode=0644 uid=0 gid=0 time=7.0
	#link ./bin/su
	./bin/sh type=link mode=0777 uid=0 gid=0 time=7.0 link=../../etc/sh
	./dev type=dir mode=0755 uid=0 gid=0 time=0.0
	./dev/console type=char mode=0600 uid=0 gid=5 time=7.0 device=linux,5,1
	./dev/sda type=block mode=0660 uid=0 gid=6 time=7.0 device=linux,8,0
	./run type=dir mode=0755 uid=0 gid=0 time=0.0
	./run/fifo type=fifo mode=0644 uid=0 gid=0 time=7.0
	./etc type=dir mode=0755 uid=0 gid=0 time=0.0
	./etc/absolute type=file mode=0644 uid=0 gid=0 time=7.0
END
cp got.manifest first.manifest
unpack --manifest got.manifest all.tar
cmp first.manifest got.manifest
# Again into the same folder: what no entry tells of is there already.
run 0 hup unpack all.tar -C got --manifest got.manifest --force
cmp first.manifest got.manifest

# Others read it: bsdtar makes a tar file of folder and manifest; mtree, one
# of the manifest alone.
if command -v bsdtar >/dev/null; then
	(cd got && bsdtar -cf ../again.tar @../got.manifest)
	python3 - <<-'END'
	import tarfile
	from posixpath import normpath
	def facts(name):
	    return sorted((normpath(m.name.lstrip("/")), m.type if m.type != b"1" else b"0",
	        m.mode, m.uid, m.gid, m.mtime, m.linkname if m.issym() else "",
	        m.devmajor, m.devminor) for m in tarfile.open(name)
	        if m.name.strip("./") not in ("bin", "dev", "run", "etc"))
	want, got = facts("all.tar"), facts("again.tar")
	assert want == got, (want, got)
	END
fi
if command -v mtree >/dev/null; then
	mtree -C <got.manifest >mtree.out 2>&1 || fail "$(cat mtree.out)"
	grep -q '^./bin/su .*mode=04755 uid=1\|^./bin/su .*type=file' mtree.out ||
		fail "$(cat mtree.out)"
fi

# Parts.
mkdir -p parts/resin-boot parts/quirks/etc parts/etc/resin-boot
echo 1 | tee parts/resin-boot/a parts/quirks/etc/b parts/etc/c \
	parts/etc/resin-boot/d >/dev/null
tar -C parts -cf parts.tar .
files() {
	(cd got && find . -type f | sort | tr '\n' ' ')
}
unpack --boot parts.tar
equal "$(files)" './resin-boot/a '
unpack --quirks parts.tar
equal "$(files)" './quirks/etc/b '
unpack --rootfs --quirks parts.tar
equal "$(files)" './etc/c ./etc/resin-boot/d ./quirks/etc/b '
unpack parts.tar
same parts got

# A folder that holds something is left alone, and a manifest.
rm -rf got got.manifest
mkdir got
echo mine >got/file
run 5 hup unpack parts.tar -C got
err_has 'is not empty'
equal "$(cat got/file)" mine
run 0 hup unpack parts.tar -C got --force
equal "$(cat got/file got/etc/c)" "$(printf 'mine\n1')"
rm -rf got
echo mine >got.manifest
run 5 hup unpack parts.tar -C got --manifest got.manifest
err_has 'is there already'
equal "$(cat got.manifest)" mine
[ ! -e got ] || fail 'an empty folder is left'
run 2 hup unpack parts.tar
run 4 hup unpack absent.tar -C got
run 0 hup unpack --json parts.tar -C got
jq -e '.folder == "got" and .entries == 10 and .bytes == 8' out >/dev/null ||
	fail "$(cat out)"

# ---- layers, laid over each other ------------------------------------------

if command -v skopeo >/dev/null && command -v umoci >/dev/null; then
	for archive in layers-[0-9].tar oci.tar; do
		kind=docker-archive
		[ "$archive" != oci.tar ] || kind=oci-archive
		chmod -R u+rwX want 2>/dev/null || :
		rm -rf oci want
		skopeo --insecure-policy copy -q "$kind:$archive" oci:oci:x
		umoci raw unpack --rootless --image oci:x want >umoci.out 2>&1
		unpack --manifest got.manifest "$archive"
		same want got
	done
fi

# ---- archives of other people ----------------------------------------------

real=${BALIMG_REAL:-$srcdir/../shared/real}
[ -e "$real/images.tar.zst" ] || exit 0
requires zstd
zstd -dc "$real/images.tar.zst" | tar -x -f - images/docker
for bundle in images/docker/*; do
	chmod -R u+rwX want 2>/dev/null || :
	rm -rf want
	mkdir want
	case $bundle in
	*delta-on-load~busybox-delta*)
		run 3 hup unpack "$bundle" -C got.delta
		err_has 'is a delta to image sha256:47bcc53f'
		continue
		;;
	*no_manifest* | *null_manifest*)
		run 3 hup unpack "$bundle" -C got.bad
		continue
		;;
	*cli-release* | *broken* | *content.tar)
		tar -C want -xf "$bundle"
		;;
	*)
		python3 - "$bundle" <<-'END'
		import json, os, posixpath, shutil, sys, tarfile
		outer = tarfile.open(sys.argv[1])
		image = json.load(outer.extractfile("manifest.json"))[0]
		for layer in image["Layers"]:
		    member = outer.getmember(layer)
		    if member.issym():
		        member = outer.getmember(posixpath.normpath(
		            posixpath.join(posixpath.dirname(layer), member.linkname)))
		    with tarfile.open(fileobj=outer.extractfile(member)) as t:
		        for entry in t:
		            folder, name = os.path.split(entry.name)
		            gone = os.path.join("want", folder, name[4:])
		            if not name.startswith(".wh."):
		                t.extract(entry, "want")
		            elif os.path.isdir(gone):
		                shutil.rmtree(gone)
		            elif os.path.lexists(gone):
		                os.unlink(gone)
		END
		;;
	esac
	unpack --manifest got.manifest "$bundle"
	diff -r --no-dereference want got >diff.out ||
		fail "$bundle: $(cat diff.out)"
done
