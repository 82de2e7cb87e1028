#!/bin/bash
# What no engine of ours opens is read and edited through libguestfs: btrfs,
# xfs, LUKS, and ext4 whose journal was not replayed.
#
# SPDX-License-Identifier: Apache-2.0
edit=$PWD/tests/unit/edit-image
. "${srcdir:-.}/tests/lib/cli.sh"
requires jq mkfs.btrfs btrfs mkfs.xfs xfs_repair xfs_db mke2fs debugfs \
	qemu-img fsck.fat
. "$srcdir/tests/lib/guest.sh"

# edits STATUS ARGUMENT...: many edits, one machine
edits() {
	local want=$1 got=0
	shift
	"$edit" "$@" >out 2>err </dev/null || got=$?
	[ "$got" = "$want" ] || fail "edit-image $*: $got: $(cat out err)"
}

# A disk of 1.x: its data partition is btrfs.  The spare root becomes xfs,
# and resin-conf an ext4 that lost power: a block of it is in the journal.
image resin1 x.img 2G
mkdir -p tree/rce/data
echo 'from btrfs' >tree/rce/data/file
ln -s /rce/data/file tree/absolute
ln -s nowhere tree/dangling
truncate -s $(($(partition x.img 6 size) * 512)) data
mkfs.btrfs -q -L resin-data -r tree data >/dev/null 2>&1
put_partition x.img 6 data

truncate -s $(($(partition x.img 3 size) * 512)) xfs
printf '%s\n' nothing '0 0' 'd--755 0 0' 'file ---644 7 8 tree/rce/data/file' \
	'$' >proto
mkfs.xfs -q -p proto xfs || skip 'this mkfs.xfs makes no volume that small'
put_partition x.img 3 xfs

head -c 4096 /dev/zero | tr '\0' o >old
head -c 4096 /dev/zero | tr '\0' n >new
mkdir conf
cp old conf/file
truncate -s $(($(partition x.img 5 size) * 512)) ext
mke2fs -q -F -t ext4 -b 4096 -L resin-conf -d conf ext
block=$(debugfs -R 'bmap file 0' ext 2>/dev/null)
printf '%s\n' 'journal_open' "journal_write -b $block new" journal_close |
	debugfs -w ext >/dev/null 2>&1
dumpe2fs -h ext 2>/dev/null | grep -q needs_recovery ||
	fail 'the journal is not what it should be'
put_partition x.img 5 ext
cp --sparse=always x.img was.img

# Neither telling what there is nor what we open ourselves starts one.
BALIMG_GUEST=/nonexistent run 0 info x.img
out_has btrfs
out_has xfs
BALIMG_GUEST=/nonexistent run 0 cat x.img:resin-conf/file
cmp out old
BALIMG_GUEST=/nonexistent run 3 ls x.img:resin-data
err_has 'libguestfs'
run 3 --json ls x.img:resin-data --engine direct
out_has '"code":"unsupported"'
BALIMG_GUEST=/nonexistent run 3 put old x.img:resin-conf/other
run 5 put --engine direct old x.img:resin-conf/other
err_has 'journal'
err_has 'hint'
run 2 ls x.img:resin-data --engine loop
cmp x.img was.img

# Read.  Links lead to where they do on the device.
run 0 cat x.img:resin-data/absolute x.img:3/file x.img:resin-conf/file
{ echo 'from btrfs' && echo 'from btrfs' && cat old; } | cmp - out
# Where the processor has not what KVM takes, /dev/kvm is not believed.
[ "$(uname -m)" != x86_64 ] || grep -qwE 'vmx|svm' /proc/cpuinfo ||
	err_has 'the virtual machine is emulated'
tidy

# Edit all three at once, look at it, and take it back.
head -c 3000001 /dev/urandom >large
touch empty
edits 0 x.img -w -u undo put resin-data/rce/data/large @large \
	put resin-data/absolute changed mkdir resin-data/folder \
	rm resin-data/dangling put 3/new @large put 3/file '@empty' \
	put resin-conf/other @new
tidy
[ "$(grep -c 'replayed' out)" = 1 ] || fail 'nothing said of the journal'
take_partition x.img 6 data
btrfs check data >btrfs.out 2>&1 || fail "$(cat btrfs.out)"
mkdir restored
btrfs restore -S -x data restored >btrfs.out 2>&1 || fail "$(cat btrfs.out)"
cmp restored/rce/data/large large
equal "$(cat restored/rce/data/file)" changed
[ -d restored/folder ] || fail 'no folder was made'
[ ! -L restored/dangling ] || fail 'the link is still there'
take_partition x.img 3 xfs
xfs_repair -n -f xfs >xfs.out 2>&1 || fail "$(cat xfs.out)"
xfs_db -f -r -c 'path /new' -c 'print core.size' -c 'path /file' \
	-c 'print core.size core.uid core.gid' xfs >xfs.out
equal "$(tr '\n' ' ' <xfs.out)" \
	'core.size = 3000001 core.size = 0 core.uid = 7 core.gid = 8 '
take_partition x.img 5 ext
e2fsck -fn ext >e2fsck.out 2>&1 || fail "$(cat e2fsck.out)"
debugfs -R 'cat other' ext 2>/dev/null | cmp - new
debugfs -R 'cat file' ext 2>/dev/null | cmp - new
cp --sparse=always x.img changed.img
BALIMG_GUEST=/nonexistent run 0 undo x.img undo
cmp x.img was.img

# Failures say what and where; nothing was written.
edits 4 x.img -w put resin-data/none/file text
equal "$(sed -n 2p out)" 'x.img: resin-data: /none/file'
equal "$(sed -n 3p out)" 'no such file or directory'
cmp x.img was.img
tidy

# A LUKS partition of a secure-boot disk, the key in a file.
printf 'a secret key\n' >key
printf 'a secret key' >bare
image secure-boot s.img 512M
image edison boot
take_partition s.img 2 luks
truncate -s $((40 * 1024 * 1024)) boot
# It measures its own time first, which a busy machine makes it fail at.
for try in 1 2 3 4 5 last; do
	! qemu-img convert -f raw -O luks --object secret,id=key,file=bare \
		-o key-secret=key,iter-time=10 boot luks || break
	[ $try != last ] || fail 'qemu-img cannot make a LUKS volume'
done
put_partition s.img 2 luks
cp --sparse=always s.img was.img
run 3 config get s.img
err_has '--key'
run 2 config get s.img --key 'a secret key'
edits 0 s.img -k key -w get deviceType set hostname kiosk
equal "$(head -n 1 out)" '"intel-edison"'
take_partition s.img 2 luks
qemu-img convert --object secret,id=key,file=bare -O raw \
	--image-opts driver=luks,key-secret=key,file.filename=luks plain
fsck.fat -n plain >fsck.out || fail "$(cat fsck.out)"
equal "$(mcopy -n -i plain ::config.json - | jq -r .hostname)" kiosk
! grep -aq 'a secret key' out err || fail 'the key was told'
printf 'another' >key
run 3 cat s.img:resin-boot/config.json --key @key
err_has 'the key does not open it'
tidy
