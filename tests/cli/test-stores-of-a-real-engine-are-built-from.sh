#!/bin/bash
# test-stores-of-a-real-engine-are-built-from.sh - a root whose store docker's
# engine filled is read, and its bundle made again, the same to the byte
#
# SPDX-License-Identifier: Apache-2.0
#
# balena's engine gives a hostapp no layer with .dockerenv, etc/hosts and so on
# between the image's and its own; docker's does, and mobynit leaves it out.
# shellcheck source=tests/lib/cli.sh
. "${srcdir:-.}/tests/lib/cli.sh"
requires python3 debugfs e2fsck
# shellcheck source=tests/lib/update.sh
. "$srcdir/tests/lib/update.sh"
# shellcheck source=tests/lib/engine.sh
. "$srcdir/tests/lib/engine.sh"
needs_engine
tree=$srcdir/tests/lib/list-tree

image rpi4 old.img 256M
take_apart old.img
bundle new.docker 9.0.0 "$odd_layers"
know_bundle new.docker

# ---- the store, as hostapp-update has it made --------------------------------

cp --sparse=always old.img new.img
mount_root new.img 2
rm -rf mounted/{balena,current} mounted/hostapps/*
start_engine "$work/mounted/balena"
docker load -q -i new.docker >log
container=$(docker create --runtime=bare --volume=/boot "$image_id" /bin/sh)
volume=$(docker volume ls -q)
docker export "$container" -o exported.tar
stop_engine
mkdir "mounted/hostapps/$container"
ln -s "../../balena/volumes/$volume/_data" "mounted/hostapps/$container/boot"
ln -s "hostapps/$container" mounted/current
echo 2 >mounted/counter
(cd mounted/balena/overlay2/*-init/diff && find . -printf '%P\n') >init
umount mounted
ext_clean new.img 2

# ---- read, and built from ----------------------------------------------------

run 0 info new.img
run 0 cat new.img:rootA/etc/os-release
out_has 'VERSION="9.0.0"'
run 0 ls new.img:rootA/usr/many
out_has 'file number 7'
! grep -q 'only' out || fail 'a file is there that was taken away'
run 0 check new.img

# What the engine put between is not of the image, and boot is the volume.
without='path in ["boot"] + open("init").read().split("\n")'
run 0 tar new.img:rootA/ -o got.tar
"$tree" exported.tar "$without" >want
"$tree" got.tar "$without" >got
grep -q etc/os-release got
diff want got || fail 'the kernel sees another tree'
tar -tf got.tar >names
! grep -qE '^\./(\.dockerenv|etc/resolv.conf|dev/console)$' names ||
	fail 'what docker made for the container is there'

# same_again FILE: its bundle is the one that the engine loaded
same_again() {
	run 0 --json hup build "$1" -o again.docker --force
	equal "$(jq -r '.imageId, .layers[].diffId' out)" "$image_id
$diff_ids"
	equal "$(jq -r '[.layers[].rebuilt] | unique[]' out)" identical
	equal "$(layer_sums again.docker)" "$diff_ids"
	run 0 hup verify again.docker
	run 0 hup diff new.docker again.docker
}

same_again new.img

# ---- what was changed since is told from it ----------------------------------

store=$(in_ext new.img 2 'ls -p /balena/overlay2' | cut -d / -f 6)
for layer in $store; do
	in_ext new.img 2 "stat /balena/overlay2/$layer/diff/usr/bin/ping" |
		grep -q '^Inode' && break
done
diff=/balena/overlay2/$layer/diff

# changed COMMAND: by debugfs; a bundle of it has another image
changed() {
	cp --sparse=always new.img x.img
	change_ext x.img 2 <<<"$1"
	run 0 --json hup build x.img -o x.docker --force
	[ "$(jq -r .imageId out)" != "$image_id" ] || fail "not seen: $1"
}

changed "sif $diff/usr/bin/ping mode 0100755"
changed "sif $diff/usr/owned uid 3"
changed "ea_set $diff/usr/owned user.note text"
changed "ea_set $diff/usr/bin/ping user.note other"
changed "mkdir $diff/usr/share"
changed "sif $diff/usr/bin mode 040700"
changed "ln $diff/usr/owned $diff/usr/another"

# ---- and updated -------------------------------------------------------------

export SOURCE_DATE_EPOCH=1700000000
run 0 hup apply again.docker new.img -o next.img --force
judge next.img 3 again.docker 3
run 0 hup apply --replace again.docker new.img --force
judge new.img 2 again.docker 3
same_again new.img
