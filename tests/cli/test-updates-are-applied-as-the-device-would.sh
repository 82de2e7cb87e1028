#!/bin/bash
# test-updates-are-applied-as-the-device-would.sh - a hostapp in the other root
#
# SPDX-License-Identifier: Apache-2.0
#
# The new root is judged by python3, from what the engine and mobynit ask for,
# by e2fsck and by the kernel; the boot partition by fsck.fat and mtools.
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires python3 jq debugfs e2fsck mke2fs md5sum
# shellcheck source=tests/lib/update.sh
. "$srcdir/tests/lib/update.sh"
export SOURCE_DATE_EPOCH=1700000000

image generic old.img 256M
take_apart old.img
bundle new.docker 6.2.0 'boot_changes["config.json"] = b"{}"'

# ---- the plan, and nothing else ---------------------------------------------

sha256sum old.img >sums
run 0 hup apply new.docker old.img -n
out_has 'OS 6.2.0'
out_has 'starts root B (partition 3)'
sha256sum -c --quiet sums

# ---- into the other root -----------------------------------------------------

run 0 hup apply new.docker old.img -o new.img --undo undo
sha256sum -c --quiet sums
judge new.img 3 new.docker 2
fsck_clean new.img
run 0 check new.img
equal "$(mtools_cat new.img resinOS_uEnv.txt)" 'resin_root_part=3
upgrade_available=1'
# The root that ran is as it was.
ext_clean new.img 2
cp ext.img was.img
ext_clean old.img 2
cmp ext.img was.img

# Settings and other files of the user's stay, the rest is new.  (The hook that
# writes resinOS_uEnv.txt comes after the one that sums up.)
mtools_cat old.img config.json >want
mtools_cat new.img config.json | cmp want -
mtools_cat new.img bzImage | head -n 1 >got
equal "$(cat got)" 'a new kernel'
mkdir files
mcopy -s -Q -n -i "new.img@@$(boot_offset new.img)" :: files/
(cd files && md5sum -c --quiet balenaos.fingerprint)
(cd files && find . -type f ! -name config.json \
	! -name balenaos.fingerprint ! -name resinOS_uEnv.txt -printf '%P\n' | LC_ALL=C sort) >want
cut -c 35- files/balenaos.fingerprint | cmp want -

# The same command makes the same bytes, and they can be taken back.
run 0 hup apply new.docker old.img -o again.img
cmp new.img again.img
run 0 undo new.img undo
cmp new.img old.img

# ---- and back, over what is there --------------------------------------------

bundle next.docker 6.3.0 'upper = [("bin/", None), ("bin/.wh.sh", b""),
	("etc/new", b"n"), ("usr/many/.wh..wh..opq", b""),
	("usr/many/only", b"1"), ("usr/.wh.fast", b"")]'
run 0 hup apply next.docker again.img
judge again.img 2 next.docker 3
equal "$(mtools_cat again.img resinOS_uEnv.txt)" 'resin_root_part=2
upgrade_available=1'
run 0 tar again.img:rootA/ -o got.tar
tar -tf got.tar | grep -E '^./(bin/.|usr/(many|fast)|etc/new)' >got
equal "$(cat got)" './bin/busybox
./etc/new
./usr/many/
./usr/many/only'
fsck_clean again.img
run 0 check again.img

# ---- into the root that runs -------------------------------------------------

cp --sparse=always old.img replaced.img
run 0 hup apply --replace new.docker replaced.img
judge replaced.img 2 new.docker 2
mtools_lacks replaced.img resinOS_uEnv.txt
run 0 info --json replaced.img
equal "$(jq -r .os.version out)" 6.2.0
run 0 tar replaced.img:rootA/ -o got.tar --force
mkdir is was
tar -C is --exclude=./usr -xf got.tar
tar -C was --exclude=./usr -xf root.tar
diff -r was is >differences || :
grep -v -E '(hostapp-update-hooks|storage.conf|resin-boot|os-release)' \
	differences | grep -E '^(Only|diff)' && fail "$(cat differences)"

# ---- what does not fit -------------------------------------------------------

bundle other.docker 6.2.0 \
	'boot_changes["device-type.json"] = b"{\"slug\":\"raspberrypi4-64\"}"'
run 5 hup apply other.docker old.img -n
err_has 'the bundle is for raspberrypi4-64, the image for generic-aarch64'
run 1 hup verify other.docker --against old.img
out_has 'the bundle is for raspberrypi4-64'
run 0 hup apply other.docker old.img -n --force
run 0 hup verify new.docker --against old.img

bundle twice.docker 6.2.0 'files = {"opt/./twice": b"1", "opt/twice": b"2"}'
run 3 hup apply twice.docker old.img -n
err_has 'has opt/twice twice, which the engine refuses'
run 1 hup verify twice.docker

bundle large.docker 6.2.0 'size = 70000000'
run 5 hup apply large.docker old.img -n --force
err_has 'which has room for'
run 1 hup verify large.docker --against old.img
out_has 'which has room for'

python3 - <<'END'
data = bytearray(open("new.docker", "rb").read())
at = data.index(b"a new kernel")
data[at] = ord("A")
open("broken.docker", "wb").write(data)
END
run 3 hup apply broken.docker old.img -n
err_has 'does not fit its diff id'
sha256sum -c --quiet sums
