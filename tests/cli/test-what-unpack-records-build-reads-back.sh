#!/bin/bash
# test-what-unpack-records-build-reads-back.sh - a bundle unpacked without
# root's rights, and built again, has the owners, modes, attributes and devices
# it had
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires python3 jq
# shellcheck source=tests/lib/update.sh
. "$srcdir/tests/lib/update.sh"

# Fingerprints are new each time.
export SOURCE_DATE_EPOCH=1700000000

# facts BUNDLE: each path in its only layer: type, mode, owners, time, target,
# device, attributes, content
facts() {
	python3 - "$1" <<-'END'
	import hashlib, io, json, posixpath, sys, tarfile
	outer = tarfile.open(sys.argv[1])
	top = json.load(outer.extractfile("manifest.json")) \
	    if "manifest.json" in outer.getnames() else None
	if top:
	    layer, = top[0]["Layers"]
	    data = outer.extractfile(layer).read()
	    outer = tarfile.open(fileobj=io.BytesIO(data))
	for member in sorted(outer, key=lambda member: member.name.strip("./")):
	    path = posixpath.normpath(member.name)
	    if member.islnk():
	        member = outer.getmember(member.linkname)
	    content = hashlib.sha256(outer.extractfile(member).read()).hexdigest() \
	        if member.isreg() else ""
	    if path.endswith(".fingerprint"):
	        content = ""
	    print(ascii([path, member.type, oct(member.mode), member.uid,
	        member.gid, int(member.mtime), member.linkname, member.devmajor,
	        member.devminor, content,
	        sorted(key for key in member.pax_headers.items()
	               if key[0].startswith("SCHILY"))]))
	END
}

# same WANT GOT: but that a folder which was taken for granted is there
same() {
	local others
	others=$(sort "$1" | comm -23 - <(sort "$2"))
	[ -z "$others" ] || fail "lost: $others"
	others=$(sort "$1" | comm -13 - <(sort "$2") |
		grep -v "b'5', '0o755', 0, 0, .*, '', \[\]\]$") || :
	[ -z "$others" ] || fail "new: $others"
}

image rpi4 old.img 256M
take_apart old.img
bundle new.docker 9.0.0
run 0 hup unpack new.docker -C got --manifest got.manifest
[ ! -e got/usr/null ] || fail 'the device was made'

# Found where unpack leaves it, by whatever name the folder goes.
run 0 --json hup build got/ -o again.docker
equal "$(jq -r .manifest out)" "$work/got.manifest"
facts new.docker >want
grep -q "usr/null.*b'3'.*1, 3" want || fail "no device: $(grep null want)"
facts again.docker >got.facts
same want got.facts
run 0 hup verify again.docker
run 0 hup diff new.docker again.docker
silent out

# By another name; and what was changed in the folder since counts.
mv got.manifest owners
echo more >got/usr/owned
chmod 600 got/usr/owned
: >got/usr/unlisted
run 0 hup build got/. --manifest owners -o changed.docker
facts changed.docker >got.facts
grep -q "^\['usr/owned', b'0', '0o600', 70000, 80000," got.facts ||
	fail "$(grep usr/owned got.facts)"
grep -q "^\['usr/unlisted', b'0', '0o[0-9]*', 0, 0," got.facts ||
	fail "$(grep usr/unlisted got.facts)"
others="^\['usr(/owned|/unlisted)?'"
same <(grep -vE "$others" want) <(grep -vE "$others" got.facts)

# Without it, owners are those of the files here.
run 0 --json hup build got -o plain.docker
equal "$(jq .manifest out)" null
facts plain.docker >got.facts
grep -q "^\['usr/owned', b'0', '0o600', $(id -u)," got.facts ||
	fail 'another owner'

# What is no manifest, or of no folder.
printf './usr/owned type=file uid=x\n' >bad
run 3 hup build got --manifest bad -o bad.docker
err_has 'bad: '
run 4 hup build got --manifest absent -o bad.docker
err_has 'absent: '
run 2 hup build new.docker --manifest owners -o bad.docker
err_has 'is no folder'
run 2 hup build old.img --manifest owners -o bad.docker
[ ! -e bad.docker ] || fail 'half a bundle is left'

# The same of a root file system of old releases, which has no devices.
image rpi3-2.2 older.img 256M
run 0 hup build older.img -o older.tar
run 0 hup unpack older.tar -C older --manifest older.manifest
run 0 hup build older -o again.tar
facts older.tar >want
facts again.tar >got.facts
same want got.facts
