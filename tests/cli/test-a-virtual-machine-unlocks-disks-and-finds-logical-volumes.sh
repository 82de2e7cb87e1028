#!/bin/bash
# The disk of a secure-boot device, whose boot partition anyone reads and whose
# other partitions are LUKS; and a logical volume of LVM.
#
# SPDX-License-Identifier: Apache-2.0
edit=$PWD/tests/unit/edit-image
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq mke2fs e2fsck debugfs qemu-img fsck.fat
. "$srcdir/tests/lib/guest.sh"

# lock FILE: encrypt it, with what is in "bare", to FILE.luks
lock() {
	local try
	# It measures its own time first, which a busy machine makes it fail at.
	for try in 1 2 3 4 5 last; do
		! qemu-img convert -f raw -O luks \
			--object secret,id=key,file=bare \
			-o key-secret=key,iter-time=10 "$1" "$1.luks" || return 0
		[ $try != last ] || fail 'qemu-img cannot make a LUKS volume'
	done
}

# ext FILE FOLDER MIBS: an ext4 volume of what is in the folder
ext() {
	truncate -s $(($3 << 20)) "$1"
	mke2fs -q -F -t ext4 -b 4096 -d "$2" "$1"
}

# ---- secure boot ------------------------------------------------------

printf 'a secret key' >bare
printf 'a secret key\n' >key
mkdir -p empty tree/docker
echo 'from data' >tree/docker/file
image generic s.img 512M
ext data tree 100
ext other empty 8
lock data
lock other
put_partition s.img 5 data.luks
for number in 2 3 4; do
	put_partition s.img "$number" other.luks
done
cp --sparse=always s.img was.img

# What is encrypted is named, and nothing fails; what is not is as ever.
export BALIMG_GUEST=/nonexistent
run 0 info s.img
equal "$(grep -c crypto_LUKS out)" 4
grep -q 'OS *6.1.25' out || fail "$(cat out)"
for name in rootA rootB state data; do
	grep -qE "resin-$name +$name +crypto_LUKS" out || fail "$(cat out)"
done
run 0 --json info s.img
equal "$(jq -c '[.partitions[] | select(.fileSystem == "crypto_LUKS").role]' \
	out)" '["rootA","rootB","state","data"]'
run 0 check s.img
run 0 cat s.img:boot/device-type.json
run 0 ls s.img
run 0 config set --undo undo s.img hostname=kiosk
fsck_clean s.img
run 0 undo s.img undo
cmp s.img was.img
rm undo
export BALIMG_GUEST=$GUEST

run 3 ls s.img:data/docker
err_has 'is encrypted, and no key was given'
err_has '--key'
run 0 ls s.img:data/docker --key @key
out_has file
run 0 cat s.img:data/docker/file --key @bare
out_is 'from data'
printf 'another' >wrong
run 3 put key s.img:data/docker/new --key @wrong
err_has 'the key does not open it'
cmp s.img was.img
tidy
head -c 3000001 /dev/urandom >large
run 0 put large s.img:data/docker/large --key @key --undo undo
tidy
take_partition s.img 5 locked
qemu-img convert --object secret,id=key,file=bare -O raw \
	--image-opts driver=luks,key-secret=key,file.filename=locked plain
truncate -s $((100 << 20)) plain
e2fsck -fn plain >e2fsck.out 2>&1 || fail "$(cat e2fsck.out)"
debugfs -R 'dump /docker/large got' plain 2>/dev/null
cmp got large
equal "$(debugfs -R 'cat /docker/file' plain 2>/dev/null)" 'from data'
for number in 1 2 3 4; do
	take_partition s.img $number now
	take_partition was.img $number before
	cmp now before
done
BALIMG_GUEST=/nonexistent run 0 undo s.img undo
cmp s.img was.img

# ---- LVM ---------------------------------------------------------------

# Only a kernel makes one.
command -v guestfish >/dev/null || skip 'no guestfish, for the part about LVM'
export LIBGUESTFS_BACKEND=direct LIBGUESTFS_BACKEND_SETTINGS=force_tcg
image generic v.img 512M
guestfish -a v.img >fish.out 2>&1 <<'EOC' || fail "$(cat fish.out)"
run
pvcreate /dev/sda5
vgcreate data /dev/sda5
lvcreate volume data 100
mkfs ext4 /dev/data/volume
mount /dev/data/volume /
write /file from-lvm
umount-all
EOC
cp --sparse=always v.img was.img
BALIMG_GUEST=/nonexistent run 0 info v.img
out_has LVM2_member
BALIMG_GUEST=/nonexistent run 3 cat v.img:data/file
run 3 cat --engine direct v.img:data/file
run 0 cat v.img:data/file
out_is from-lvm
tidy
"$edit" v.img -w put data/large @large mkdir data/folder \
	put data/folder/file text put data/file changed >out || fail "$(cat out)"
tidy
guestfish --ro -a v.img >fish.out 2>&1 <<'EOC' || fail "$(cat fish.out)"
run
e2fsck-f /dev/data/volume
mount-ro /dev/data/volume /
checksum sha256 /large
cat /folder/file
cat /file
EOC
equal "$(tr -s '\n' ' ' <fish.out)" \
	"$(sha256sum <large | cut -d' ' -f1) text changed "
